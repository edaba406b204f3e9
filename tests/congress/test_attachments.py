"""Files are known by what they contain; nothing a name says is believed, nothing hidden in a picture is kept."""

import io
import os
import time

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from pypdf import PdfWriter

from congress.kernel.workflow import Refused
from congress.models import Attachment
from congress.services import attachments
from congress.services.attachments import FileRefused
from tests.congress.test_workbooks import simple, with_parts
from tests.factories import make_district

pytestmark = pytest.mark.django_db
ALL = set(attachments.EXTENSIONS.values())


@pytest.fixture
def district():
    return make_district()


@pytest.fixture
def store(district):
    return lambda content, name, kinds=ALL: attachments.store(
        content, name=name, organization=district, by=None, kinds=kinds
    )


def picture(image_format, size=(8, 6), **options):
    out = io.BytesIO()
    Image.new("RGB", size, "red").save(out, image_format, **options)
    return out.getvalue()


def pdf():
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    return saved_pdf(writer)


def saved_pdf(writer):
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def document():
    return with_parts(simple(), rename=lambda name: name.replace("xl/workbook.xml", "word/document.xml"))


@pytest.mark.parametrize(
    ("make", "name", "kind"),
    [
        (simple, "花名册.xlsx", "xlsx"),
        (document, "报告.DOCX", "docx"),
        (pdf, "文件.pdf", "pdf"),
        (lambda: picture("JPEG"), "照片.jpeg", "jpg"),
        (lambda: picture("PNG"), "照片.png", "png"),
    ],
)
def test_a_file_that_is_what_it_says_is_kept_and_read_back(store, make, name, kind):
    attachment = store(make(), name)
    assert (attachment.name, attachment.kind) == (name, kind)
    assert attachment.size == len(attachments.read(attachment))
    assert not any(part in attachment.file.name for part in ("花名册", "xlsx", "."))
    if kind not in {"jpg", "png"}:
        assert attachments.read(attachment) == make()


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"<?php echo 1;", "shell.php"),
        (b"<?php echo 1;", "shell.php.jpg"),
        (picture("PNG"), "照片.jpg"),
        (picture("JPEG"), "照片.pdf"),
        (b"\x89PNG\r\n\x1a\n<html><script>alert(1)</script>", "页.png"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "图.svg"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "图.png"),
        (b"MZ" + b"\0" * 100, "花名册.xlsx"),
        (simple, "报告.docx"),  # made in the test: two workers must call it the same
        (b"%PDF-1.7\nno end", "文件.pdf"),
        (b"//%PDF-1.7\nalert(1)\n%%EOF", "文件.pdf"),
        (b"", "空.pdf"),
        (picture("JPEG")[:200], "照片.jpg"),
        (picture("PNG"), "照片"),
    ],
    ids=lambda value: value.__name__ if callable(value) else str(value),
)
def test_a_file_that_is_not_what_it_says_is_refused_with_a_sentence(store, content, name):
    content = content() if callable(content) else content
    with pytest.raises(Refused) as refusal:
        store(content, name)
    assert str(refusal.value)
    assert not Attachment.objects.exists()


def test_only_the_kinds_a_field_allows_are_taken(store):
    with pytest.raises(FileRefused):
        store(pdf(), "文件.pdf", {Attachment.Kind.JPEG})


def test_a_file_over_20_mb_is_refused(store):
    with pytest.raises(FileRefused, match="20 MB"):
        store(b"%PDF-1.7" + b"\0" * 20 * 1024**2, "文件.pdf")


def test_a_picture_loses_its_place_its_comment_and_what_hangs_behind_it(store):
    exif = Image.Exif()
    exif[0x010E], exif[0x8825] = "家门口", {1: "N", 2: (31.0, 2.0, 3.0)}
    exif[0x0112] = 6  # lying on its side
    content = picture("JPEG", exif=exif, comment=b"secret comment") + b"<script>alert(1)</script>"
    kept = attachments.read(store(content, "照片.jpg"))
    image = Image.open(io.BytesIO(kept))
    assert (image.size, dict(image.getexif()), image.info.get("comment")) == ((6, 8), {}, None)
    assert b"script" not in kept
    assert b"secret" not in kept
    notes = PngInfo()
    notes.add_text("Author", "secret author")
    assert b"secret" not in attachments.read(store(picture("PNG", pnginfo=notes), "照片.png"))


@pytest.mark.parametrize("size", [(8000, 5001), (30_000, 30_000)])
def test_a_picture_of_too_many_pixels_is_refused_before_it_is_unpacked(store, size):
    out = io.BytesIO()
    Image.new("1", size).save(out, "PNG")
    began = time.monotonic()
    with pytest.raises(FileRefused):
        store(out.getvalue(), "照片.png")
    assert time.monotonic() - began < 1


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("../../etc/花名册.xlsx", "花名册.xlsx"),
        ("C:\\名册\\花名册.xlsx", "花名册.xlsx"),
        ("花名册\u202excod.xlsx", "花名册xcod.xlsx"),
        ("花\x00名\r\n册.xlsx", "花名册.xlsx"),
        ("名" * 300 + ".xlsx", "名" * 195 + ".xlsx"),
    ],
)
def test_a_name_is_shown_without_paths_and_tricks(typed, shown):
    assert attachments.clean_name(typed) == shown


def test_a_stored_file_that_changed_or_vanished_is_not_given_out(store):
    attachment = store(pdf(), "文件.pdf")
    path = default_storage.path(attachment.file.name)
    assert os.stat(path).st_mode & 0o777 == 0o600
    with open(path, "ab") as file:
        file.write(b"x")
    with pytest.raises(FileRefused):
        attachments.read(attachment)
    os.remove(path)
    with pytest.raises(FileRefused):
        attachments.open_file(attachment)


def test_the_sweeper_takes_old_files_that_no_row_knows_and_no_others(store):
    kept = store(pdf(), "文件.pdf")
    young = default_storage.save("ab/young", ContentFile(b"x"))
    old = default_storage.save("ab/old", ContentFile(b"x"))
    two_days_ago = time.time() - 2 * 86_400
    for place in (old, kept.file.name):
        os.utime(os.path.join(settings.MEDIA_ROOT, place), (two_days_ago, two_days_ago))
    assert attachments.sweep() == 1
    assert [default_storage.exists(place) for place in (kept.file.name, young, old)] == [True, True, False]
    default_storage.delete(young)
