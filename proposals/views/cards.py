"""What a delegate's first page says about papers. Named in settings.PORTAL_CARDS."""

from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from congress.doors.portal import Card, Owed
from proposals.services import inquiries, mine
from proposals.services.lights import light, words
from proposals.services.standing import standings

SHOWN = 3


def papers(user: Any) -> Card:
    """My newest papers with their place, and what I should do about any."""
    today = timezone.localdate()
    rows = list(mine.own_papers(user).for_list().order_by("-pk")[:SHOWN])
    found = standings(rows, today)
    for row in rows:
        row.standing = found[row.pk]
    owed = [
        Owed(one.text, reverse("my_proposal", args=[one.proposal_id]), words(one.due_on, today),
             light(one.due_on, today))
        for one in mine.waiting(user)
    ]  # fmt: skip
    owed += [
        Owed(_("%(name)s invites you to ask: “%(subject)s”") % {"name": row.lead.person.name, "subject": row.subject},
             reverse("my_inquiry", args=[row.pk]))
        for row in inquiries.asked_to_join(user)
    ]  # fmt: skip
    return Card("proposals/_papers_card.html", {"papers": rows}, owed)
