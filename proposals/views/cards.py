"""What a delegate's first page says about papers. Named in settings.PORTAL_CARDS."""

from typing import Any

from django.urls import reverse
from django.utils import timezone

from congress.doors.portal import Card, Owed
from proposals.services import mine
from proposals.services.lights import light, words
from proposals.services.standing import standings

SHOWN = 3


def papers(user: Any) -> Card:
    """My newest papers with their place, and what I should do about any."""
    today = timezone.localdate()
    rows, waiting = mine.at_a_glance(user, SHOWN)
    found = standings(rows, today)
    for row in rows:
        row.standing = found[row.pk]
    owed = [Owed(one.text, _page(one), words(one.due_on, today), light(one.due_on, today)) for one in waiting]
    return Card("proposals/_papers_card.html", {"papers": rows}, owed)


def _page(one: mine.Waiting) -> str:
    if one.inquiry_id:
        return reverse("my_inquiry", args=[one.inquiry_id])
    return reverse("my_proposal", args=[one.proposal_id])
