"""Who keeps in touch with whom between meetings."""

from liaison.models.contacts import Contact, ContactKind, EndReason, Target
from liaison.models.links import CommitteeLink

__all__ = ["CommitteeLink", "Contact", "ContactKind", "EndReason", "Target"]
