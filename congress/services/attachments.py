"""Files in and out of the private store: known by what they contain, never by what they are called."""

import hashlib
import os
import re
import unicodedata
from collections.abc import Collection
from datetime import timedelta
from io import BytesIO
from typing import IO, Any, Final

import puremagic
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, default_storage
from django.utils import timezone
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from congress.kernel.workbooks import package_kind
from congress.kernel.workflow import Refused
from congress.models import Attachment, Organization, User
from congress.models.files import random_name

Kind = Attachment.Kind

LARGEST_FILE: Final = 20 * 1024**2
MOST_PIXELS: Final = 40_000_000
EXTENSIONS: Final = {
    ".pdf": Kind.PDF,
    ".xlsx": Kind.XLSX,
    ".docx": Kind.DOCX,
    ".jpg": Kind.JPEG,
    ".jpeg": Kind.JPEG,
    ".png": Kind.PNG,
}
SCANS: Final = (Kind.PDF, Kind.JPEG, Kind.PNG)  # what a signed paper comes in as
PICTURES: Final = {Kind.JPEG: "JPEG", Kind.PNG: "PNG"}
ORPHAN_AFTER: Final = timedelta(days=1)  # longer than any transaction that may still write the row


class FileRefused(Refused):
    """The file is not taken, or not given out. The message says why and what to do."""


def store(
    content: bytes,
    *,
    name: str,
    organization: Organization,
    by: User | None,
    kinds: Collection[str],
    sensitive: bool = False,
    restricted: bool = False,
) -> Attachment:
    """Keep an upload whose extension, first bytes and content agree on one of `kinds`; pictures are made anew.

    Raises `FileRefused` or `WorkbookRefused`, each with a sentence.
    """
    if len(content) > LARGEST_FILE:
        raise FileRefused(_("The file is larger than 20 MB."))
    name = clean_name(name)
    claimed = EXTENSIONS.get(os.path.splitext(name)[1].lower())
    if claimed not in kinds:
        offered = ", ".join(f".{kind}" for kind in sorted(kinds))
        raise FileRefused(_("“%(name)s” cannot be taken here: only %(kinds)s.") % {"name": name, "kinds": offered})
    if claimed in {Kind.XLSX, Kind.DOCX}:
        found: str = package_kind(content)
    else:
        found = _sniffed(content)
    if found != claimed:
        raise FileRefused(
            _("“%(name)s” does not contain what its name says. Save it again in the right format.") % {"name": name}
        )
    if claimed in PICTURES:
        content = _made_anew(content, PICTURES[claimed])
    facts = {"sensitive": sensitive, "restricted": restricted}
    return keep(content, name=name, kind=claimed, organization=organization, by=by, **facts)


def keep(
    content: bytes,
    *,
    name: str,
    kind: str,
    organization: Organization,
    by: User | None,
    sensitive: bool = False,
    restricted: bool = False,
) -> Attachment:
    """Keep a file the application made itself, or has examined. The row is written after the file is safe on disk.

    A sensitive file, with personal numbers in clear, is given out to nobody but its owner; a restricted one to those
    who manage its organisation.
    """
    place = default_storage.save(random_name(Attachment(), ""), ContentFile(content))
    _settle(place)
    return Attachment.objects.create(
        organization=organization,
        name=clean_name(name),
        kind=kind,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        file=place,
        owner=by,
        sensitive=sensitive,
        restricted=restricted,
    )


def read(attachment: Attachment) -> bytes:
    """The file's bytes, as they were stored. Raises `FileRefused` if they are gone or have changed since."""
    with open_file(attachment) as file:
        content = file.read()
    if hashlib.sha256(content).hexdigest() != attachment.sha256:
        raise FileRefused(_("The stored file “%(name)s” is damaged.") % {"name": attachment.name})
    return content


def open_file(attachment: Attachment) -> IO[Any]:
    """The file, opened for reading. Raises `FileRefused` if it is gone."""
    try:
        return default_storage.open(attachment.file.name, "rb")
    except FileNotFoundError:
        raise FileRefused(_("The stored file “%(name)s” is missing.") % {"name": attachment.name}) from None


def sweep() -> int:
    """Delete stored files that no row knows: uploads whose transaction failed. Says how many."""
    before, swept = timezone.now() - ORPHAN_AFTER, 0
    if not default_storage.exists(""):
        return 0
    for folder in default_storage.listdir("")[0]:
        places = {f"{folder}/{name}" for name in default_storage.listdir(folder)[1]}
        known = set(Attachment.objects.filter(file__in=places).values_list("file", flat=True))
        for place in places - known:
            if default_storage.get_modified_time(place) < before:
                default_storage.delete(place)
                swept += 1
    return swept


def clean_name(name: str) -> str:
    """A name fit to show: its last part, without control and direction characters, at most 200 characters."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    shown = "".join(character for character in last if unicodedata.category(character) not in {"Cc", "Cf", "Zl", "Zp"})
    stem, extension = os.path.splitext(shown.strip())
    return f"{stem[: 200 - len(extension)]}{extension}"[:200] or _("file")


def _sniffed(content: bytes) -> str:
    """The kind the first bytes speak of, or nothing."""
    try:
        found = {match.extension for match in puremagic.magic_string(content)}
    except (puremagic.PureError, ValueError):
        return ""
    kinds = {EXTENSIONS[extension] for extension in found if extension in EXTENSIONS}
    if kinds == {Kind.PDF} and not (content.startswith(b"%PDF-") and b"%%EOF" in content[-2048:]):
        return ""
    return kinds.pop() if len(kinds) == 1 else ""


def _made_anew(content: bytes, image_format: str) -> bytes:
    """The picture alone: upright, without EXIF, place, comments or anything appended."""
    too_large = FileRefused(_("The picture has more than 40 million pixels. Make it smaller."))
    try:
        with Image.open(BytesIO(content), formats=[image_format]) as image:
            if image.width * image.height > MOST_PIXELS:
                raise too_large
            upright = ImageOps.exif_transpose(image).convert("RGBA" if _has_alpha(image, image_format) else "RGB")
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise too_large from None
    except (OSError, SyntaxError, ValueError) as broken:
        raise FileRefused(_("The picture cannot be read. Save it again as JPEG or PNG.")) from broken
    upright.info.clear()  # comments and colour profiles would be written out again
    out = BytesIO()
    upright.save(out, image_format, quality=90, optimize=True)
    return out.getvalue()


def _has_alpha(image: Image.Image, image_format: str) -> bool:
    return image_format == "PNG" and (image.mode in {"RGBA", "LA"} or "transparency" in image.info)


def _settle(place: str) -> None:
    """On a disk of ours, wait until file and folder are written: the row must not outlive the file."""
    if not isinstance(default_storage, FileSystemStorage):
        return
    path = default_storage.path(place)
    for each in (path, os.path.dirname(path)):
        handle = os.open(each, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
