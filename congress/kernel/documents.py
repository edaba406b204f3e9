"""The kinds of official documents the code knows, and which wording of each is in force where.

A kind is declared once, by the floor it belongs to (`settings.DOCUMENT_KINDS`), with a complete default text. An
office rewords it for its branch in a row; the nearest branch's row wins.
"""

from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass, field
from typing import Final, Literal

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from congress.kernel import wording
from congress.kernel.workflow import Refused
from congress.models import (
    DocumentLayout,
    DocumentTemplate,
    Letterhead,
    OfficialDocument,
    Organization,
    OrganizationKind,
)

Direction = Literal["up", "down", "level"]
Issuer = Literal["committee", "office", "credentials", "unit"]
KNOWN: Final = ("机构", "党委", "上级机构", "联系电话")  # what the letterheads say
WORD_LENGTH: Final = OfficialDocument._meta.get_field("word").max_length
_SUFFIXES: Final = ("街道", "镇", "乡", "区", "县", "市", "村", "社区")


@dataclass(frozen=True)
class Placeholder:
    """A word a text may hold between braces: what it stands for, and what it might be."""

    word: str
    meaning: str
    sample: str
    may_be_empty: bool = False  # a sentence that only sometimes applies leaves no gap


@dataclass(frozen=True)
class Kind:
    """One kind of document: to whom it goes, who issues it, what it may speak of, and how it reads by default."""

    key: str
    name: str  # what the office calls it
    direction: Direction
    layout: DocumentLayout
    issuer: Issuer
    placeholders: tuple[Placeholder, ...]
    title: str
    recipient: str
    body: str
    copy_to: str = ""
    attachments_note: str = ""
    remark: str = ""

    @property
    def words(self) -> list[str]:
        return [placeholder.word for placeholder in self.placeholders]

    @property
    def optional(self) -> list[str]:
        return [placeholder.word for placeholder in self.placeholders if placeholder.may_be_empty]

    @property
    def samples(self) -> dict[str, str]:
        """A value for every placeholder, for previews."""
        return {placeholder.word: placeholder.sample for placeholder in self.placeholders}


@dataclass(frozen=True)
class Wording:
    """The text of a kind as it is in force somewhere, and the row it comes from; none if the code's own holds."""

    layout: str
    title: str
    recipient: str
    body: str
    copy_to: str
    row: DocumentTemplate | None = field(default=None, compare=False)

    @property
    def layout_name(self) -> str:
        return str(DocumentLayout(self.layout).label)


def kinds() -> dict[str, Kind]:
    """Every kind by its key, in the order of the declared lists."""
    return {kind.key: kind for path in settings.DOCUMENT_KINDS for kind in import_string(path)}


def kind_of(key: str) -> Kind:
    """The kind of that key. Raises `Refused` naming the keys there are."""
    known = kinds()
    if key not in known:
        raise Refused(
            _("There is no kind of document “%(key)s”. There are: %(known)s.") % {"key": key, "known": ", ".join(known)}
        )
    return known[key]


def is_upward(document: OfficialDocument) -> bool:
    """Whether it goes to a higher body, and so names who signed it off."""
    kind = kinds().get(document.kind)
    return kind is not None and kind.direction == "up"


def in_force(kind: Kind, organization: Organization) -> Wording:
    """The wording for that organisation: the nearest branch's, else everybody's, else the code's own."""
    return all_in_force(organization, [kind])[kind.key]


def all_in_force(organization: Organization, wanted: list[Kind]) -> dict[str, Wording]:
    """The same for several kinds, in one query."""
    codes = organization.path.strip("/").split("/")
    rows = list(DocumentTemplate.objects.filter(organization=None, kind__in=[kind.key for kind in wanted]))
    rows += (
        DocumentTemplate.objects.filter(organization__code__in=codes, kind__in=[kind.key for kind in wanted])
        .select_related("organization")
        .order_by("organization__path")
    )
    nearest = {row.kind: row for row in rows}  # the longest path comes last and stays
    return {kind.key: _wording(nearest.get(kind.key) or kind) for kind in wanted}


def _wording(source: DocumentTemplate | Kind) -> Wording:
    row = source if isinstance(source, DocumentTemplate) else None
    return Wording(source.layout, source.title, source.recipient, source.body, source.copy_to, row)


def is_worded(kind: Kind, organization: Organization | None) -> bool:
    """Whether that organisation, or everybody, already has a wording of its own."""
    return DocumentTemplate.objects.filter(kind=kind.key, organization=organization).exists()


def texts_of(document: OfficialDocument) -> tuple[str, ...]:
    """Everything of it that is read, for who looks for gaps."""
    return (
        document.title,
        document.recipient,
        document.body,
        document.attachments_note,
        document.remark,
        document.copy_to,
        document.issuer,
    )


def missing_in(document: OfficialDocument) -> list[str]:
    """What is still to be filled in before it can be issued."""
    return wording.missing_in(*texts_of(document))


def letterhead(organization: Organization) -> Letterhead:
    """How the organisation signs, every field but the phone filled from its name where its row is silent."""
    own = Letterhead.objects.filter(organization=organization).first()
    return completed(own or Letterhead(organization=organization))


def completed(own: Letterhead) -> Letterhead:
    """A copy of the row with its gaps filled."""
    head, name = copy(own), own.organization.name
    head.committee = own.committee or f"中共{name}委员会"
    head.committee_word = own.committee_word or f"{stem(name)}委"
    head.office = own.office or f"{name}党代表联络办公室"
    head.office_word = own.office_word or f"{stem(name)}党联"
    head.credentials = own.credentials or f"{name}代表资格审查委员会"
    return head


NAMES: Final = ("committee", "committee_word", "office", "office_word", "credentials")


def borrowed_from(head: Letterhead) -> dict[str, Organization]:
    """The names of a letterhead that are another organisation's of the same district, by field: nobody signs for it."""
    root = head.organization.path.strip("/").split("/")[0]
    others = Organization.objects.filter(
        path__startswith=f"/{root}/" if head.organization.path.startswith("/") else root
    )
    others = others.filter(kind__in=[OrganizationKind.DISTRICT, OrganizationKind.TOWNSHIP])
    rows = {row.organization_id: row for row in Letterhead.objects.filter(organization__in=others)}
    taken: dict[str, Organization] = {}
    for other in others.exclude(pk=head.organization_id):
        row = rows.get(other.pk) or Letterhead(organization=other)
        row.organization = other
        full = completed(row)
        taken |= {getattr(full, name): other for name in NAMES}
    return {name: taken[getattr(head, name)] for name in NAMES if getattr(head, name) in taken}


def signature(kind: Kind, head: Letterhead) -> tuple[str, str]:
    """The body that issues this kind, and the word before its number."""
    if kind.issuer == "unit" and head.organization.kind == OrganizationKind.UNIT:
        own = Letterhead.objects.filter(organization=head.organization).first() or Letterhead()
        name = head.organization.name
        return own.office or name, own.office_word or name[:WORD_LENGTH]
    if kind.issuer in {"office", "unit"}:  # an office that answers itself signs as the office
        return head.office, head.office_word
    return (head.credentials if kind.issuer == "credentials" else head.committee), head.committee_word


def stem(name: str) -> str:
    """石桥镇 → 石桥; a name of two characters stays as it is."""
    for suffix in _SUFFIXES:
        if name.endswith(suffix) and len(name) - len(suffix) >= 2:
            return name[: -len(suffix)]
    return name


def known_facts(organization: Organization, head: Letterhead) -> Mapping[str, str]:
    """What every document of the organisation may say without being told."""
    above = letterhead(organization.parent).committee if organization.parent else ""
    return dict(zip(KNOWN, (organization.name, head.committee, above, head.phone), strict=True))
