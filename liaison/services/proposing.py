"""A proposal who of a committee looks after which groups and delegates, for the office to accept or change."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from congress.kernel.workflow import Refused
from congress.models import Congress
from congress.policies import MANAGE, holds
from delegates.models import CommitteeMember, DelegateGroup, Mandate
from liaison.kernel.sharing import Seated, Sitting, suggest
from liaison.models import CommitteeLink
from liaison.services import linking
from liaison.services.coverage import sitting
from liaison.services.limits import limits_of


@dataclass(frozen=True)
class Line:
    """One group or delegate, and the member it would go to."""

    target: DelegateGroup | Mandate
    member: CommitteeMember

    @property
    def name(self) -> str:
        """How the form calls it."""
        return f"{'group' if isinstance(self.target, DelegateGroup) else 'mandate'}-{self.target.pk}"


def propose(congress: Congress) -> list[Line]:
    """What new links would bring the committee to the norms; nothing is written. Six queries for any number."""
    members = {one.pk: one for one in sitting(CommitteeMember.objects.filter(congress=congress))}
    seated = {pk: Sitting(pk, one.duties) for pk, one in members.items()}
    for link in CommitteeLink.objects.filter(member__in=members, until=None).order_by("pk"):
        held = seated[link.member_id]
        (held.groups if link.group_id else held.delegates).append(link.group_id or link.mandate_id)
    bodies = {one.pk: one for one in DelegateGroup.objects.filter(congress=congress)}
    serving = Mandate.objects.serving().filter(congress=congress).select_related("person", "group")
    delegates = {one.pk: one for one in serving.order_by("roster_key", "pk")}
    limits = limits_of([congress.organization])[congress.organization_id]
    suggested = suggest(
        list(seated.values()),
        list(bodies),
        [Seated(one.pk, one.group_id, one.front_line) for one in delegates.values()],
        limits["groups"].most,
        (limits["delegates"].least, limits["delegates"].most),
    )
    return [
        Line(bodies[one.group] if one.group else delegates[one.delegate or 0], members[one.member]) for one in suggested
    ]


@transaction.atomic
def accept(congress: Congress, chosen: Mapping[str, int], *, by: Any) -> int:
    """Begin the links that were agreed to: by line, the member it goes to. All of them, or none with a sentence."""
    if not holds(by, MANAGE, congress.organization):
        raise PermissionDenied
    Congress.objects.select_for_update(of=("self",)).get(pk=congress.pk)  # two who accept at once: the second is told
    members = {one.pk: one for one in sitting(CommitteeMember.objects.filter(congress=congress))}
    groups = {one.pk: one for one in DelegateGroup.objects.filter(congress=congress)}
    seats = {one.pk: one for one in Mandate.objects.serving().filter(congress=congress).select_related("person")}
    for name, pk in chosen.items():
        what, _dash, number = name.partition("-")
        target = (groups if what == "group" else seats).get(int(number))
        if target is None or pk not in members:
            raise Refused(_("Somebody changed the register meanwhile. Look at the new proposal."))
        linking.link(members[pk], target, by=by)
    return len(chosen)
