"""Who may see and change delegates. A person is seen through his mandates, a body through its congress."""

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from congress.kernel.policy import Policy
from congress.models import Role
from congress.policies import MANAGE, BranchPolicy, branches, has_role, holds
from congress.querysets import within
from delegates.models import CorrectionRequest, DelegateGroup, Delegation, ElectingUnit, Mandate, Person


def is_self(user: Any, person: Person) -> bool:
    """Whether the account is this very delegate's."""
    return bool(user and user.is_authenticated and person.user_id == user.pk and has_role(user, Role.DELEGATE))


class MandatePolicy(BranchPolicy):
    """A mandate is seen by its congress's branch, and by the delegate himself."""

    model, prefix = Mandate, "congress__organization"

    def visible(self, user: Any) -> QuerySet:
        seen = within(branches(user), self.prefix)
        if has_role(user, Role.DELEGATE):
            seen |= Q(person__user=user)
        return Mandate.objects.filter(seen)


class PersonPolicy(Policy):
    """A person is seen where he holds a mandate or is kept; changed only by the office that keeps him."""

    model = Person

    def may_list(self, user: Any) -> bool:
        return bool(branches(user))

    def visible(self, user: Any) -> QuerySet:
        seats = Mandate.objects.filter(within(branches(user), "congress__organization"), person=OuterRef("pk"))
        seen = Exists(seats) | within(branches(user), "organization")
        if has_role(user, Role.DELEGATE):
            seen |= Q(user=user)
        return Person.objects.filter(seen)

    def may_change(self, user: Any, obj: Person) -> bool:
        return holds(user, MANAGE, obj.organization)

    def may_create(self, user: Any) -> bool:
        return bool(branches(user, MANAGE))


class BodyPolicy(BranchPolicy):
    """Electing units, delegations and groups stand in their congress's branch."""

    prefix = "congress__organization"

    def __init__(self, model: type[ElectingUnit] | type[Delegation] | type[DelegateGroup]) -> None:
        self.model = model


class CorrectionPolicy(BranchPolicy):
    """The delegate sees his own requests, the office those of its branch."""

    model, prefix, right = CorrectionRequest, "mandate__congress__organization", MANAGE

    def visible(self, user: Any) -> QuerySet:
        seen = within(branches(user, MANAGE), self.prefix)
        if has_role(user, Role.DELEGATE):
            seen |= Q(mandate__person__user=user)
        return CorrectionRequest.objects.filter(seen)


def is_asker(user: Any, request: CorrectionRequest) -> bool:
    return is_self(user, request.mandate.person)


def is_office_of(user: Any, request: CorrectionRequest) -> bool:
    return bool(user) and holds(user, MANAGE, request.mandate.congress.organization)


MANDATES, PERSONS, CORRECTIONS = MandatePolicy(), PersonPolicy(), CorrectionPolicy()
ELECTING_UNITS, DELEGATIONS, GROUPS = BodyPolicy(ElectingUnit), BodyPolicy(Delegation), BodyPolicy(DelegateGroup)
