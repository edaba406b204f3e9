"""An early or late turnover: a term's end is moved on somebody's word, and kept with it."""

from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from congress.kernel import audit, rules
from congress.kernel.deadlines import add_months
from congress.kernel.workflow import Refused, lock
from congress.models import Congress, TermChange
from congress.policies import CONGRESSES


@transaction.atomic
def change_end(congress: Congress, ends_on: date, *, basis: str, by: Any) -> TermChange:
    """Let the term end earlier or later. Delegates serve until the next congress opens (任期制条例 art. 4).

    Raises `Refused` beyond the extension the rule allows, counted from the end the term began with.
    """
    congress = lock(congress)
    if not CONGRESSES.may_change(by, congress):
        raise PermissionDenied
    if congress.starts_on is None:
        raise Refused(_("Enter first when the term starts."))
    if ends_on <= congress.starts_on:
        raise Refused(_("The term ends before it starts."))
    if ends_on <= timezone.localdate():
        raise Refused(_("The new end lies in the past. Delegates serve until the next congress opens."))
    latest = _latest_end(congress)
    if ends_on > latest:
        raise Refused(
            _("A term may be extended until %(day)s at most.")
            % {"day": f"{latest.year}年{latest.month}月{latest.day}日"}
        )
    change = TermChange.objects.create(congress=congress, before=congress.ends_on, after=ends_on, basis=basis, by=by)
    congress.ends_on, congress.turnover_basis = ends_on, basis
    congress.version += 1
    congress.save(update_fields=["ends_on", "turnover_basis", "version"])
    audit.record("term_change", by=by, subject=str(congress), organization=congress.organization, basis=basis)
    return change


def _latest_end(congress: Congress) -> date:
    """The regular end of the term and the longest extension."""
    organization, today = congress.organization, timezone.localdate()
    years = rules.value("term_years", organization, congress.starts_on)
    regular = add_months(congress.starts_on, 12 * years)
    first = congress.term_changes.order_by("at", "pk").first()
    if first and first.before:
        regular = first.before
    elif not first and congress.ends_on:
        regular = congress.ends_on
    return add_months(regular, rules.value("term_extension_months", organization, today))
