"""One matter, two papers (并案): one goes under the other, and every proposer is answered (R4 §5, R15)."""

from typing import Final

from django.db import OperationalError
from django.utils.translation import gettext as _

from congress.kernel.workflow import Move, Refused
from proposals.models import MERGEABLE, Proposal

NOT_AVAILABLE: Final = "55P03"  # PostgreSQL: somebody else holds the row


def go_under(proposal: Proposal, move: Move) -> None:
    """It joins the other paper, and what was merged into it joins that too: nobody is answered through two hands."""
    lead = _still_there(proposal, move.data["into"])
    proposal.merged_into = lead
    Proposal.objects.filter(merged_into=proposal.pk).update(merged_into=lead)


def _still_there(proposal: Proposal, chosen: Proposal) -> Proposal:
    """The paper it goes under, held, and judged as it is now: two people may be merging two papers into each other."""
    try:
        lead = Proposal.objects.select_for_update(nowait=True).get(pk=chosen.pk)
    except OperationalError as held:
        if getattr(held.__cause__, "sqlstate", "") != NOT_AVAILABLE:
            raise
        raise Refused(_("Somebody is deciding on the other paper just now. Look at it again in a moment.")) from held
    fits = lead.congress_id == proposal.congress_id and lead.pk != proposal.pk
    if not fits or lead.state not in MERGEABLE or lead.merged_into_id:
        raise Refused(
            _("Nothing can be merged into “%(title)s”: it is now “%(state)s”.")
            % {"title": lead.title, "state": lead.get_state_display()}
        )
    return lead


def part_again(proposal: Proposal, move: Move) -> None:
    """As if it had just come in: what its readers wrote spoke of the merger, so they read it again."""
    proposal.decision_note, proposal.decided_at, proposal.merged_into = move.note, None, None
    proposal.submissions += 1
