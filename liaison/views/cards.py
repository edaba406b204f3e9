"""What a delegate's first page says about the people he keeps in touch with. Named in settings.PORTAL_CARDS."""

from typing import Any

from congress.doors.portal import Card
from delegates.policies import MANDATES
from liaison.services.contacts import progress_of


def contacts(user: Any) -> Card:
    """How many people I am in touch with, and how many are asked."""
    seats = MANDATES.visible(user).filter(person__user=user).serving().for_list()
    return Card("liaison/_contacts_card.html", {"progress": progress_of(seats)})
