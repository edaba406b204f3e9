"""What a decision on a mandate brings with it, told before it is confirmed. The effects do the same."""

from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from congress.models import Congress
from delegates.deadlines import filing_due, resignation_due, step_due
from delegates.models import (
    Delegation,
    Election,
    ElectionKind,
    ElectionState,
    Mandate,
    MandateStatus,
)
from delegates.querysets import SERVING
from delegates.workflows import MANDATE
from delegates.workflows.mandates import POSTS, answer_given, leave_posts, open_seat, owe_answer, tell_floors


def due_count(congress: Congress) -> int:
    """应到: delegates in office of the congress."""
    return Mandate.objects.filter(congress=congress).serving().count()


def consequences(mandate: Mandate, verb: str) -> list[str]:
    """Sentences, in the order a clerk wants to know them: attendance, seat, posts, papers, what stays."""
    row = MANDATE.row(verb)
    said = [_attendance(mandate, row.target)]
    if open_seat in row.then:
        said.append(_vacancy(mandate))
    if leave_posts in row.then:
        said += _posts(mandate)
    if row.target == MandateStatus.TERMINATED:
        day = filing_due(mandate.congress.organization, timezone.localdate()).due_on
        said.append(_("To be filed with the committee above by %(day)s.") % {"day": _long(day)})
    if owe_answer in row.then:
        day = resignation_due(mandate.congress.organization, timezone.localdate()).due_on
        said.append(
            _("The committee decides by %(day)s; until then the delegate stays in office.") % {"day": _long(day)}
        )
    elif answer_given in row.then and mandate.status == MandateStatus.RESIGN_PENDING:
        said.append(_("The resignation is answered with it."))
    if verb == "restore":
        said.append(_("The delegate and the electing unit are told in writing; the next session hears of it."))
    if tell_floors in row.then:
        said += [sentence for dotted in settings.WHEN_LEFT_FORETOLD for sentence in import_string(dotted)(mandate)]
    said.append(_others(mandate, row.target))
    return [sentence for sentence in said if sentence]


def _attendance(mandate: Mandate, target: str) -> str:
    due = due_count(mandate.congress)
    after = due - (mandate.status in SERVING) + (target in SERVING)
    if after == due:
        return _("Due to attend (应到) stays %(due)s.") % {"due": due}
    return _("Due to attend (应到) changes from %(due)s to %(after)s.") % {"due": due, "after": after}


def _vacancy(mandate: Mandate) -> str:
    unit, today = mandate.electing_unit, timezone.localdate()
    waiting = Election.objects.filter(
        electing_unit=unit, kind=ElectionKind.BY_ELECTION, state=ElectionState.PLANNED
    ).exists()
    if waiting:
        return _("A vacancy opens in %(unit)s and joins its by-election.") % {"unit": unit}
    day = step_due(ElectionState.PLANNED, mandate.congress.organization, today).due_on
    return _("A vacancy opens in %(unit)s; it recommends candidates by %(day)s.") % {"unit": unit, "day": _long(day)}


def _posts(mandate: Mandate) -> list[str]:
    lost = [
        _("%(body)s loses its %(post)s.") % {"body": body, "post": model._meta.get_field(name).verbose_name}
        for model, name in POSTS
        for body in model.objects.filter(**{name: mandate})
    ]
    deputies = Delegation.objects.filter(deputies=mandate)
    return lost + [_("%(body)s loses a deputy head.") % {"body": body} for body in deputies]


def _others(mandate: Mandate, target: str) -> str:
    if target in SERVING:
        return ""
    others = Mandate.objects.filter(person=mandate.person_id).exclude(pk=mandate.pk).serving().count()
    duties = _("His duties and tasks in this congress end; what he did stays on record.")
    if not others:
        return duties
    return duties + ngettext(
        "%(count)s other mandate of this person is not touched.",
        "%(count)s other mandates of this person are not touched.",
        others,
    ) % {"count": others}


def _long(day: Any) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
