"""Who may see and change links and contacts."""

from typing import Any

from django.db.models import Q, QuerySet

from congress.models import Role
from congress.policies import MANAGE, BranchPolicy, branches, has_role, holds, may_reveal
from congress.querysets import within
from delegates.policies import is_self
from delegates.querysets import SERVING
from liaison.models import CommitteeLink, Contact


class LinkPolicy(BranchPolicy):
    """A link is read in its committee's branch and by the member himself; kept by the branch's office."""

    model, prefix = CommitteeLink, "member__congress__organization"

    def visible(self, user: Any) -> QuerySet:
        seen = within(branches(user), self.prefix)
        if user.is_authenticated and user.is_active:
            seen |= Q(member__user=user)
        return CommitteeLink.objects.filter(seen)


class ContactPolicy(BranchPolicy):
    """Private people: for the office that keeps the delegate's record, and for the delegate who is in touch."""

    model, prefix, right = Contact, "mandate__congress__organization", MANAGE

    def visible(self, user: Any) -> QuerySet:
        seen = within(branches(user, MANAGE), self.prefix)
        if has_role(user, Role.DELEGATE):
            seen |= Q(mandate__person__user=user)
        return Contact.objects.filter(seen)

    def may_change(self, user: Any, obj: Contact) -> bool:
        """The office, and the delegate himself as long as he is in office."""
        own = is_self(user, obj.mandate.person) and obj.mandate.status in SERVING
        return own or holds(user, MANAGE, self.organization_of(obj))

    def may_create(self, user: Any) -> bool:
        return bool(branches(user, MANAGE)) or has_role(user, Role.DELEGATE)


def may_see_phone(user: Any, contact: Contact) -> bool:
    """Whether the account may have the number in clear: the delegate his own contacts', an office with a line in the
    audit."""
    return is_self(user, contact.mandate.person) or may_reveal(user, contact.mandate.congress.organization)


LINKS, CONTACTS = LinkPolicy(), ContactPolicy()
