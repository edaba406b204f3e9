"""The life of a motion to remove a delegate (罢免, S1; a default): moved, heard, voted in secret, approved."""

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from congress.kernel import audit, notices, rules
from congress.kernel.workflow import SYSTEM, Actor, Move, Workflow, by_time
from congress.kernel.workflow import Transition as T
from congress.policies import MANAGE, holds
from delegates.forms import DropForm, HearingForm, RemovalVoteForm, RemoveForm
from delegates.kernel.ballots import is_carried
from delegates.models import MotionMover, RemovalMotion
from delegates.models import MotionState as S
from delegates.policies import decides_on_mandate
from delegates.workflows.mandates import MANDATE


def manages_it(actor: Actor, motion: RemovalMotion) -> bool:
    """The office records what the unit does."""
    return bool(actor) and holds(actor, MANAGE, motion.mandate.congress.organization)


def decides_it(actor: Actor, motion: RemovalMotion) -> bool:
    """The committee that approves the removal."""
    return decides_on_mandate(actor, motion.mandate)


def enough_movers(motion: RemovalMotion) -> str:
    """Members of the unit who move it are a share of it; a committee needs none."""
    if motion.mover == MotionMover.COMMITTEE:
        return ""
    organization = motion.mandate.congress.organization
    percent = rules.value("removal_motion_percent", organization, timezone.localdate())
    if not motion.supporters or not motion.electors:
        return _("Say how many members of the electing unit move it, and how many there are.")
    if motion.supporters * 100 < percent * motion.electors:
        return _("%(supporters)s of %(electors)s members are fewer than the %(percent)s %% a motion needs.") % {
            "supporters": motion.supporters,
            "electors": motion.electors,
            "percent": percent,
        }
    return ""


def carried(motion: RemovalMotion) -> str:
    """More than half of those due have voted for it."""
    if is_carried(motion.votes_for or 0, motion.due or 0):
        return ""
    return _("Not carried: %(votes)s of %(due)s due are not more than half.") % {
        "votes": motion.votes_for,
        "due": motion.due,
    }


def not_carried(motion: RemovalMotion) -> str:
    """A motion that was carried is decided, not dropped."""
    return "" if carried(motion) else _("The motion was carried: the committee decides on it.")


def keep_what_was_said(motion: RemovalMotion, move: Move) -> None:
    """The hearing's or the vote's figures."""
    for name, value in move.data.items():
        if name in FIELDS:
            setattr(motion, name, value)


FIELDS = {field.name for field in RemovalMotion._meta.concrete_fields} - {"id", "state", "mandate", "version"}


def remove_delegate(motion: RemovalMotion, move: Move) -> None:
    """The mandate ends by the vote of those who gave it."""
    said = {name: value for name, value in move.data.items() if name != "reason"}
    MANDATE.take(motion.mandate, "remove", by=SYSTEM, recorded_by=move.by, **said)


def tell_delegate(motion: RemovalMotion, move: Move) -> None:
    """The delegate hears of every step of a motion against him."""
    user = motion.mandate.person.user
    if user and user.is_active:
        notices.post(
            f"motion:{motion.pk}:{move.verb}:{move.at.isoformat()}",
            "delegates/notices/motion_step.txt",
            user,
            link=reverse("my_mandate"),
            state=motion.get_state_display(),
            congress=motion.mandate.congress.full_name,
        )


def record_it(motion: RemovalMotion, move: Move) -> None:
    """Who recorded which step."""
    organization = motion.mandate.congress.organization
    audit.record(f"motion_{move.verb}", by=move.by, subject=f"RemovalMotion {motion.pk}", organization=organization)


# fmt: off
REMOVAL = Workflow(RemovalMotion, [
    # verb        from                          to           who         when             then
    T("hear",     [S.MOVED],                    S.HEARD,     manages_it, [enough_movers], [keep_what_was_said, tell_delegate, record_it], needs=HearingForm, label=gettext_lazy("The delegate was heard")),
    T("count",    [S.HEARD],                    S.COUNTED,   manages_it, [],              [keep_what_was_said, tell_delegate, record_it], needs=RemovalVoteForm, label=gettext_lazy("The unit has voted in secret")),
    T("approve",  [S.COUNTED],                  S.APPROVED,  decides_it, [carried],       [remove_delegate, record_it], needs=RemoveForm, label=gettext_lazy("The committee approves the removal")),
    T("close",    [S.COUNTED],                  S.LOST,      manages_it, [not_carried],   [tell_delegate, record_it], label=gettext_lazy("Not carried: close the motion")),
    T("decline",  [S.COUNTED],                  S.LOST,      decides_it, [],              [tell_delegate, record_it], needs=DropForm, label=gettext_lazy("The committee does not approve the removal")),
    T("lapse",    [S.MOVED, S.HEARD, S.COUNTED], S.WITHDRAWN, by_time,   [],              [record_it], label=gettext_lazy("Term over")),
    T("withdraw", [S.MOVED, S.HEARD],           S.WITHDRAWN, manages_it, [],              [tell_delegate, record_it], needs=DropForm, label=gettext_lazy("Withdraw the motion")),
], parent="mandate")
# fmt: on
