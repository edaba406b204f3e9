"""Links between committee members and groups or delegates: begun, ended, handed to another member."""

from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from congress.kernel.workflow import Refused, lock
from delegates.models import CommitteeMember, DelegateGroup, Mandate
from delegates.querysets import SERVING
from liaison.models import CommitteeLink
from liaison.policies import LINKS
from liaison.services.limits import limits_of


@transaction.atomic
def link(
    member: CommitteeMember, target: DelegateGroup | Mandate, *, by: Any, since: date | None = None
) -> CommitteeLink:
    """Begin a link. Refuses what is no pair of one committee's branch, is over, or holds already."""
    member = lock(member)
    link = CommitteeLink(member=member, since=since or timezone.localdate())
    setattr(link, "group" if isinstance(target, DelegateGroup) else "mandate", target)
    if not LINKS.may_change(by, link):
        raise PermissionDenied
    if member.left_on is not None:
        raise Refused(_("%(name)s has left the committee.") % {"name": member.name})
    if isinstance(target, Mandate) and target.status not in SERVING:
        raise Refused(_("%(name)s is not in office.") % {"name": target})
    if not target.congress.organization.path.startswith(member.congress.organization.path):
        raise Refused(_("%(name)s does not belong to this committee's area.") % {"name": target})
    if link.since > timezone.localdate():
        raise Refused(_("The day lies in the future."))
    try:
        with transaction.atomic():
            link.save()
    except IntegrityError:
        raise Refused(
            _("%(member)s is linked with %(name)s already.") % {"member": member.name, "name": target}
        ) from None
    return link


@transaction.atomic
def end(link: CommitteeLink, *, by: Any, note: str = "", on: date | None = None) -> CommitteeLink:
    """End a link; it stays in the history. Said twice, it is ended once."""
    return _ended(lock(link), by=by, note=note, on=on)


def _ended(locked: CommitteeLink, *, by: Any, note: str, on: date | None = None) -> CommitteeLink:
    if not LINKS.may_change(by, locked):
        raise PermissionDenied
    if locked.until is not None:
        return locked
    day = on or timezone.localdate()
    if day > timezone.localdate():
        raise Refused(_("The day lies in the future."))
    locked.until, locked.ended_note = max(day, locked.since), note.strip()
    locked.save(update_fields=["until", "ended_note"])
    return locked


@transaction.atomic
def move(moved: CommitteeLink, member: CommitteeMember, *, by: Any) -> CommitteeLink:
    """Hand a group or a delegate to another member: the old link ends the day the new one begins."""
    if moved.member_id == member.pk:
        raise Refused(_("Choose another member."))
    locked = lock(moved)
    if locked.until is not None:
        raise Refused(_("This link has ended."))
    _ended(locked, by=by, note=_("handed to %(name)s") % {"name": member.name})
    return link(member, locked.group or locked.mandate, by=by)


def notices(member: CommitteeMember) -> list[str]:
    """What does not fit the norms of N04 and N05 now: nothing is refused for it, but the office is told."""
    limits = limits_of([member.congress.organization])[member.congress.organization_id]
    held = CommitteeLink.objects.open().filter(member=member)
    counts = {"groups": held.filter(mandate=None).count(), "delegates": held.filter(group=None).count()}
    said = {
        "groups": _("%(name)s is in touch with %(count)s groups; %(least)s to %(most)s are asked."),
        "delegates": _("%(name)s is in touch with %(count)s delegates; %(least)s to %(most)s are asked."),
    }
    return [
        said[what] % {"name": member.name, "count": count, "least": limits[what].least, "most": limits[what].most}
        for what, count in counts.items()
        if not limits[what].fits(count)
    ]
