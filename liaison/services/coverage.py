"""Who is reached: delegates by a committee member, directly or through their group; people by a delegate.

Set-based: the same few queries for one delegate and for ten thousand.
"""

from typing import Any, Final

from django.db.models import Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from delegates.models import CommitteeMember
from liaison.models import CommitteeLink, Contact, ContactKind

PARTY, MASS = ContactKind.PARTY_MEMBER, ContactKind.MASS
SEAT: Final = "congress__organization"


def with_coverage(mandates: QuerySet) -> QuerySet:
    """Each delegate with `is_direct` and `is_by_group`: whether a committee member is in touch with him that way."""
    links = CommitteeLink.objects.open()
    return mandates.annotate(
        is_direct=Exists(links.filter(mandate=OuterRef("pk"))),
        is_by_group=Exists(links.filter(group=OuterRef("group"), group__isnull=False)),
    )


def with_contacts(mandates: QuerySet) -> QuerySet:
    """Each delegate with `party_members` and `masses`: how many he is in touch with now."""
    return mandates.annotate(party_members=_contacts(PARTY), masses=_contacts(MASS))


def with_links(members: QuerySet) -> QuerySet:
    """Each committee member with `group_count` and `delegate_count`: how many of each he is in touch with now."""
    return members.annotate(group_count=_links("group"), delegate_count=_links("mandate"))


def coverage(mandates: QuerySet) -> dict[str, int]:
    """Of these delegates: reached directly, through the group, by either way, by none."""
    return with_coverage(mandates.order_by()).aggregate(
        direct=Count("pk", filter=Q(is_direct=True)),
        via_group=Count("pk", filter=Q(is_by_group=True)),
        union=Count("pk", filter=Q(is_direct=True) | Q(is_by_group=True)),
        uncovered=Count("pk", filter=Q(is_direct=False, is_by_group=False)),
    )


def coverage_by(mandates: QuerySet) -> dict[int, dict[str, int]]:
    """The same for each organisation, with how many delegates it has (`delegates`)."""
    rows = with_coverage(mandates.order_by()).values(SEAT)
    counted = rows.annotate(
        delegates=Count("pk"),
        reached_directly=Count("pk", filter=Q(is_direct=True)),
        reached_by_group=Count("pk", filter=Q(is_by_group=True)),
        uncovered=Count("pk", filter=Q(is_direct=False, is_by_group=False)),
    )
    found = {}
    for row in counted.values_list(SEAT, "delegates", "reached_directly", "reached_by_group", "uncovered"):
        names = ("delegates", "direct", "via_group", "uncovered")
        found[row[0]] = dict(zip(names, row[1:], strict=True))
    return found


def uncovered(mandates: QuerySet) -> QuerySet:
    """The delegates no committee member is in touch with."""
    return with_coverage(mandates).filter(is_direct=False, is_by_group=False)


def contacts_by(mandates: QuerySet) -> list[dict[str, Any]]:
    """How many delegates of each organisation are in touch with so many members and so many masses (`delegates`)."""
    rows = with_contacts(mandates.order_by()).values(SEAT, "party_members", "masses")
    return list(rows.annotate(delegates=Count("pk")))


def links_by(members: QuerySet) -> list[dict[str, Any]]:
    """How many committee members of each organisation are in touch with so many groups and delegates (`members`)."""
    rows = with_links(members.order_by()).values(SEAT, "group_count", "delegate_count")
    return list(rows.annotate(members=Count("pk")))


def sitting(members: QuerySet[CommitteeMember]) -> QuerySet[CommitteeMember]:
    """Members who have not left the committee."""
    return members.filter(left_on=None)


def _contacts(kind: str) -> Coalesce:
    rows = Contact.objects.open().filter(mandate=OuterRef("pk"), kind=kind).order_by().values("mandate")
    return _count(rows)


def _links(what: str) -> Coalesce:
    rows = CommitteeLink.objects.filter(until=None, member=OuterRef("pk"), **{f"{what}__isnull": False})
    return _count(rows.order_by().values("member"))


def _count(rows: QuerySet) -> Coalesce:
    counted = Subquery(rows.annotate(count=Count("pk")).values("count"), output_field=IntegerField())
    return Coalesce(counted, Value(0))
