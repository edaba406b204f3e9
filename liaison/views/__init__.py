"""The delegate's own pages about the people he keeps in touch with."""

from liaison.views.contacts import ChangeContact, EndContact, MyContacts, NewContact

__all__ = ["ChangeContact", "EndContact", "MyContacts", "NewContact"]
