"""The life of a mandate (reference.md §2.4): one table. No delegate changes status but by a row of it.

Every row writes the decision down (`MandateChange`), clears what the delegate held in the bodies, opens the vacancy,
owes the filing, and tells who must know.
"""

from datetime import timedelta
from typing import Any, Final

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from congress.kernel import audit, duetimes, notices, rules
from congress.kernel.workflow import Move, Workflow, by_time
from congress.kernel.workflow import Transition as T
from congress.models import User
from congress.policies import managers_of
from delegates.deadlines import filing_due, resignation_due
from delegates.forms import (
    AcceptResignationForm,
    CeaseForm,
    DeclineResignationForm,
    DismissForm,
    PersuadeForm,
    ResignForm,
    RestoreForm,
    SuspendForm,
    TerminateForm,
    WithdrawForm,
)
from delegates.models import (
    ChangeReason,
    DelegateGroup,
    Delegation,
    Mandate,
    MandateChange,
    RemovalMotion,
    VacancyCause,
)
from delegates.models import MandateStatus as S
from delegates.policies import decides_on_mandate, keeps_register, resigns
from delegates.workflows.openings import open_vacancy

FILING, RESIGNATION = "filing", "resignation"
ALIVE: Final = [S.CANDIDATE, S.ELECTED, S.ACTIVE, S.SUSPENDED, S.RESIGN_PENDING]
REASONS: Final = {
    "elect": ChangeReason.ELECTED,
    "lose": ChangeReason.NOT_ELECTED,
    "drop": ChangeReason.NOT_PUT_FORWARD,
    "admit": ChangeReason.CREDENTIALS,
    "void_procedure": ChangeReason.PROCEDURE,
    "void_unfit": ChangeReason.UNFIT,
    "resign": ChangeReason.RESIGNATION,
    "withdraw_resignation": ChangeReason.WITHDRAWN,
    "remove": ChangeReason.REMOVAL,
    "expire": ChangeReason.TERM_OVER,
}
"""What a row means where nobody chooses a reason."""

CAUSES: Final = {
    ChangeReason.DEATH: VacancyCause.DIED,
    ChangeReason.RESIGNATION: VacancyCause.RESIGNED,
    ChangeReason.REMOVAL: VacancyCause.REMOVED,
    ChangeReason.MOVED_OUT: VacancyCause.CEASED,
    ChangeReason.POSTED_AWAY: VacancyCause.CEASED,
    ChangeReason.PROCEDURE: VacancyCause.VOID,
    ChangeReason.UNFIT: VacancyCause.VOID,
}


# Guards: why not now, or nothing.


def no_motion(mandate: Mandate) -> str:
    """A resignation does not overtake a removal that is under way, and the office ends it first."""
    if "_motion" not in mandate.__dict__:  # asked for every button of a page; under the lock the row is a fresh one
        open_ones = RemovalMotion.objects.filter(mandate=mandate, state__in=["moved", "heard", "counted"])
        mandate.__dict__["_motion"] = open_ones.exists()
    if mandate.__dict__["_motion"]:
        return _("A motion to remove this delegate is under way: decide or withdraw it first.")
    return ""


def urged_before(mandate: Mandate) -> str:
    """Whoever does not perform is urged to resign first, and has time to do so (劝辞)."""
    urged = mandate.changes.filter(verb="persuade").order_by("-decided_on").first()
    if urged is None:
        return _("First urge the delegate to resign.")
    days = rules.value("persuasion_days", mandate.congress.organization, timezone.localdate())
    free_on = urged.decided_on + timedelta(days=days)
    if timezone.localdate() < free_on:
        return _("Urged to resign on %(day)s: he has until %(until)s to answer.") % {
            "day": _long(urged.decided_on),
            "until": _long(free_on),
        }
    return ""


def motion_carried(mandate: Mandate) -> str:
    """Nobody is removed but by the vote of his electing unit."""
    if not RemovalMotion.objects.filter(mandate=mandate, state=RemovalMotion.State.COUNTED).exists():
        return _("There is no motion that the electing unit has voted on.")
    return ""


def _long(day: Any) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


# Effects: what follows, in the same transaction.


def write_change(mandate: Mandate, move: Move) -> None:
    """The decision as it will be read in ten years."""
    data = move.data
    day = data.get("decided_on") or timezone.localdate(move.at)
    files = mandate.status == S.TERMINATED
    organization = mandate.congress.organization
    deadline = filing_due(organization, day) if files else None
    change = MandateChange.objects.create(
        mandate=mandate,
        verb=move.verb,
        source=move.source,
        target=mandate.status,
        reason=data.get("reason") or REASONS[move.verb],
        decided_on=day,
        basis=data.get("basis", ""),
        proposer=data.get("proposer", ""),
        decider=data.get("decider", ""),
        note=data.get("letter", "") or data.get("note", "") or move.note,
        scan=data.get("scan"),
        by=move.by or data.get("recorded_by"),
        filing_due_on=deadline.due_on if deadline else None,
        report_due=move.verb == "restore",
    )
    if deadline:
        duetimes.start(
            f"{FILING}:{change.pk}",
            kind=FILING,
            subject_id=change.pk,
            organization=organization,
            title=_("%(organization)s: file the termination of %(name)s's mandate with the committee above")
            % {"organization": organization.name, "name": mandate.person.name},
            starts_on=day,
            deadline=deadline,
            link=reverse("admin:delegates_mandatechange_change", args=[change.pk]),
        )


def record_it(mandate: Mandate, move: Move) -> None:
    """Decisions on somebody's mandate are part of the audit."""
    audit.record(
        f"mandate_{move.verb}",
        by=move.by or move.data.get("recorded_by"),
        subject=f"{mandate._meta.label} {mandate.pk}",
        organization=mandate.congress.organization,
    )


def take_votes(mandate: Mandate, move: Move) -> None:
    """The figures he was elected with."""
    mandate.elected_on = move.data["decided_on"]
    mandate.votes_for, mandate.votes_due = move.data["votes_for"], move.data["votes_due"]


def leave_posts(mandate: Mandate, move: Move) -> None:
    """Whoever does not serve leads no group and no delegation. What he held stays in the rows' history."""
    for model, name in POSTS:
        for body in model.objects.filter(**{name: mandate}):
            setattr(body, name, None)
            body.save(update_fields=[name])
    for delegation in Delegation.objects.filter(deputies=mandate):
        delegation.deputies.remove(mandate)


POSTS: Final = (
    (DelegateGroup, "leader"),
    (DelegateGroup, "deputy"),
    (Delegation, "head"),
    (Delegation, "liaison"),
)


def open_seat(mandate: Mandate, move: Move) -> None:
    """The seat is empty from this day on."""
    reason = move.data.get("reason") or REASONS[move.verb]
    day = move.data.get("decided_on") or timezone.localdate(move.at)
    cause = CAUSES.get(reason, VacancyCause.TERMINATED)
    open_vacancy(mandate.electing_unit, cause=cause, on=day, left_by=mandate)


def owe_answer(mandate: Mandate, move: Move) -> None:
    """The committee answers a resignation within its time."""
    organization = mandate.congress.organization
    today = move.data.get("decided_on") or timezone.localdate(move.at)
    duetimes.start(
        f"{RESIGNATION}:{mandate.pk}:{move.at.isoformat()}",
        kind=RESIGNATION,
        subject_id=mandate.pk,
        organization=organization,
        title=_("%(organization)s: decide on the resignation of %(name)s")
        % {"organization": organization.name, "name": mandate.person.name},
        starts_on=today,
        deadline=resignation_due(organization, today),
        link=reverse("admin:delegates_mandate_change", args=[mandate.pk]),
    )


def answer_given(mandate: Mandate, move: Move) -> None:
    """The resignation is decided, or taken back."""
    duetimes.close(RESIGNATION, mandate.pk)


def tell_floors(mandate: Mandate, move: Move) -> None:
    """What floors above have in this delegate's name is settled with it: `settings.WHEN_LEFT` names who does."""
    mandate.save(update_fields=["status"])  # so that they find it ended
    for dotted in settings.WHEN_LEFT:
        import_string(dotted)(mandate)


def tell(mandate: Mandate, move: Move) -> None:
    """The delegate, his unit's contact person, the office; of a termination also the office above. Each once."""
    if move.data.get("quietly"):  # a term that ended long ago is news to nobody
        return
    organization = mandate.congress.organization
    office = list(managers_of(organization)) if move.verb in {"resign", "withdraw_resignation"} else []
    above = organization.parent if mandate.status == S.TERMINATED else None
    staff = [*office, *(managers_of(above) if above else [])]
    people: list[tuple[User | None, str]] = [
        (mandate.person.user, "my_mandate"),
        (mandate.electing_unit.contact, ""),
        *((clerk, "admin") for clerk in staff),
    ]
    admin = reverse("admin:delegates_mandate_change", args=[mandate.pk])
    links = {"my_mandate": reverse("my_mandate"), "admin": admin, "": ""}
    row = MANDATE.row(move.verb)
    notices.post_many([
        notices.Owed(
            f"mandate:{mandate.pk}:{move.verb}:{move.at.isoformat()}:{person.pk}",
            "delegates/notices/mandate_decided.txt",
            person,
            links[link],
            {
                "name": mandate.person.name,
                "congress": mandate.congress.full_name,
                "done": row.label,
                "status": mandate.get_status_display(),
                "own": link == "my_mandate",
                "decider": move.data.get("decider", ""),
                "basis": move.data.get("basis", ""),
            },
        )
        for person, link in people
        if person and person.is_active and person != move.by
    ])  # fmt: skip


AS_DECIDED = [write_change, record_it, tell]
LEAVES = [write_change, leave_posts, open_seat, answer_given, record_it, tell, tell_floors]

# fmt: off
MANDATE = Workflow(Mandate, [
    # verb                     from                                          to                who                  when             then
    T("elect",                [S.CANDIDATE],                                S.ELECTED,        by_time,             [],              [take_votes, *AS_DECIDED], label=gettext_lazy("elected")),
    T("lose",                 [S.CANDIDATE],                                S.NOT_ELECTED,    by_time,             [],              AS_DECIDED, label=gettext_lazy("not elected")),
    T("drop",                 [S.CANDIDATE],                                S.NOT_ELECTED,    by_time,             [],              AS_DECIDED, label=gettext_lazy("not put forward")),
    T("admit",                [S.ELECTED],                                  S.ACTIVE,         by_time,             [],              AS_DECIDED, label=gettext_lazy("credentials confirmed")),
    T("void_procedure",       [S.ELECTED],                                  S.VOID,           by_time,             [],              AS_DECIDED, label=gettext_lazy("election void: the unit elects again")),
    T("void_unfit",           [S.ELECTED],                                  S.VOID,           by_time,             [],              AS_DECIDED, label=gettext_lazy("election void: the unit replaces the person")),
    T("suspend",              [S.ACTIVE],                                   S.SUSPENDED,      decides_on_mandate,  [],              [write_change, leave_posts, record_it, tell], needs=SuspendForm, label=gettext_lazy("Suspend the functions")),
    T("restore",              [S.SUSPENDED],                                S.ACTIVE,         decides_on_mandate,  [],              AS_DECIDED, needs=RestoreForm, label=gettext_lazy("Restore the functions")),
    T("cease",                [S.ACTIVE, S.SUSPENDED],                      S.CEASED,         keeps_register,      [no_motion],     LEAVES, needs=CeaseForm, label=gettext_lazy("Cease the functions")),
    T("terminate",            [S.ACTIVE, S.SUSPENDED, S.RESIGN_PENDING],    S.TERMINATED,     decides_on_mandate,  [no_motion],     LEAVES, needs=TerminateForm, label=gettext_lazy("Terminate the mandate")),
    T("resign",               [S.ACTIVE],                                   S.RESIGN_PENDING, resigns,             [no_motion],     [*AS_DECIDED, owe_answer], needs=ResignForm, label=gettext_lazy("Resign")),
    T("withdraw_resignation", [S.RESIGN_PENDING],                           S.ACTIVE,         resigns,             [],              [*AS_DECIDED, answer_given], needs=WithdrawForm, label=gettext_lazy("Withdraw the resignation")),
    T("decline_resignation",  [S.RESIGN_PENDING],                           S.ACTIVE,         decides_on_mandate,  [],              [*AS_DECIDED, answer_given], needs=DeclineResignationForm, label=gettext_lazy("Do not accept the resignation")),
    T("accept_resignation",   [S.RESIGN_PENDING],                           S.TERMINATED,     decides_on_mandate,  [no_motion],     LEAVES, needs=AcceptResignationForm, label=gettext_lazy("Accept the resignation")),
    T("persuade",             [S.ACTIVE],                                   S.ACTIVE,         keeps_register,      [],              AS_DECIDED, needs=PersuadeForm, label=gettext_lazy("Urge to resign")),
    T("dismiss",              [S.ACTIVE],                                   S.TERMINATED,     decides_on_mandate,  [no_motion, urged_before], LEAVES, needs=DismissForm, label=gettext_lazy("Terminate for duties not performed")),
    T("remove",               [S.ACTIVE, S.SUSPENDED, S.RESIGN_PENDING],    S.TERMINATED,     by_time,             [motion_carried], LEAVES, label=gettext_lazy("Removed by the electing unit")),
    T("expire",               ALIVE,                                        S.EXPIRED,        by_time,             [],              [write_change, leave_posts, answer_given, tell, tell_floors], label=gettext_lazy("Term over")),
], field="status")
# fmt: on
