"""What a delegate's first page says about the people he keeps in touch with. Named in settings.PORTAL_CARDS."""

from typing import Any

from congress.doors.portal import Card
from delegates.policies import MANDATES
from liaison.services.contacts import progress


def contacts(user: Any) -> Card:
    """How many people I am in touch with, and how many are asked."""
    seat = MANDATES.visible(user).filter(person__user=user).serving().for_list().first()
    return Card("liaison/_contacts_card.html", {"progress": progress(seat) if seat else []})
