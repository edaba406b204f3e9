"""Who may see and do what, on the ground floor. The only module here that asks guardian.

A role says *what* (ROLES), a user's grant on an organisation says *where*: it reaches down the branch. Nobody has
a right by being in a group, being superuser or by a model-wide permission.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import OuterRef, Q, QuerySet, Subquery
from guardian.shortcuts import assign_perm

from congress.kernel.audit import role_names
from congress.kernel.policy import Policy, seen_besides
from congress.kernel.rules import DECLARED
from congress.models import (
    Attachment,
    AuditEvent,
    CalendarDay,
    CalendarYear,
    Congress,
    Delivery,
    DocumentState,
    DocumentTemplate,
    DueTime,
    ImportRun,
    Job,
    Letterhead,
    Notice,
    OfficialDocument,
    Organization,
    OrganizationKind,
    OrganizationUserPermission,
    PrintedReport,
    Role,
    Rule,
    Session,
    User,
)
from congress.querysets import within

VIEW, MANAGE, REVEAL, AUDIT = "view_branch", "manage_branch", "reveal_branch", "audit_branch"
HANDLE = "handle_branch"


@dataclass(frozen=True)
class Capabilities:
    """What a role may do, where it is granted. `staff` opens the admin, and asks for a second factor."""

    staff: bool
    branch: tuple[str, ...] = ()
    accounts: bool = False  # makes and closes accounts, sees the machine, never business data


ROLES: dict[str, Capabilities] = {
    Role.OFFICE: Capabilities(staff=True, branch=(VIEW, MANAGE, REVEAL)),
    Role.TOWNSHIP: Capabilities(staff=True, branch=(VIEW, MANAGE, REVEAL)),
    Role.WORKROOM: Capabilities(staff=True, branch=(VIEW,)),
    Role.ORGANISATION_DEPARTMENT: Capabilities(staff=True, branch=(VIEW,)),
    Role.AUDITOR: Capabilities(staff=True, branch=(AUDIT,)),
    Role.SYSADMIN: Capabilities(staff=True, accounts=True),
    Role.DELEGATE: Capabilities(staff=False),
    Role.UNIT: Capabilities(staff=False, branch=(HANDLE,)),
}


@transaction.atomic
def grant_role(user: User, role: str, organization: Organization | None = None) -> None:
    """Give `user` a role, and its rights on the branch of `organization`."""
    capabilities = ROLES[role]
    group, _fresh = Group.objects.get_or_create(name=role)
    user.groups.add(group)
    if capabilities.staff and not user.is_staff:
        user.is_staff = True
        user.save(update_fields=["is_staff"])
    for codename in capabilities.branch if organization else ():  # a contact person of an electing unit has no desk
        assign_perm(f"congress.{codename}", user, organization)


@transaction.atomic
def revoke_roles(user: User) -> None:
    """Take every role and every grant of an account away."""
    user.groups.clear()
    OrganizationUserPermission.objects.filter(user=user).delete()
    user.is_staff = False
    user.save(update_fields=["is_staff"])


def has_role(user: Any, *roles: str) -> bool:
    """Whether `user` is an active account with one of the roles."""
    return bool(user.is_authenticated and user.is_active and set(role_names(user)) & set(roles))


def branches(user: Any, right: str = VIEW) -> tuple[str, ...]:
    """The paths of the branches `user` holds `right` on; all his rights are asked of the database once per request."""
    if not user.is_authenticated or not user.is_active:
        return ()
    if "_branches" not in user.__dict__:
        # Read directly: guardian's shortcut asks for one right at a time and took a tenth of a page.
        facts = OrganizationUserPermission.objects.filter(user=user)
        remember_grants(user, facts.values_list("permission__codename", "content_object__path"))
    return user.__dict__["_branches"].get(right, ())


def remember_grants(user: Any, facts: Iterable[tuple[str, str]]) -> None:
    """Guardian's rows about the user and an organisation, a right and its path each; kept until he is read anew."""
    held: dict[str, set[str]] = {}
    for right, path in facts:
        held.setdefault(right, set()).add(path)
    user.__dict__["_branches"] = {right: tuple(sorted(paths)) for right, paths in held.items()}


def holds(user: Any, right: str, organization: Organization) -> bool:
    """Whether `user` holds `right` on the organisation's branch."""
    return any(organization.path.startswith(path) for path in branches(user, right))


def at_desk(user: Any) -> Q:
    """What stands in the name of a unit whose desk `user` works at; a desk speaks for units alone."""
    return within(branches(user, HANDLE), "organization") & Q(organization__kind=OrganizationKind.UNIT)


def managers_of(organization: Organization) -> Iterable[User]:
    """The nearest office that manages the organisation: whom a notice about it goes to."""
    codes = organization.path.strip("/").split("/")
    grants = Organization.objects.filter(code__in=codes).order_by("-path")
    for anchor in grants:
        users = User.objects.filter(
            organizationuserpermission__content_object=anchor,
            organizationuserpermission__permission__codename=MANAGE,
            is_active=True,
        ).distinct()
        if users:
            return users
    return User.objects.none()


class BranchPolicy(Policy):
    """Rows that stand in an organisation: seen and changed by whoever holds its branch."""

    prefix, right = "organization", VIEW

    def organization_of(self, obj: Any) -> Organization:
        for name in self.prefix.split("__"):
            obj = getattr(obj, name)
        return obj

    def visible(self, user: Any) -> QuerySet:
        return self.model._default_manager.filter(within(branches(user, self.right), self.prefix))

    def may_list(self, user: Any) -> bool:
        return bool(branches(user, self.right))

    def may_change(self, user: Any, obj: Any) -> bool:
        return holds(user, MANAGE, self.organization_of(obj))

    def may_create(self, user: Any) -> bool:
        return bool(branches(user, MANAGE))


class OrganizationPolicy(Policy):
    model = Organization

    def may_list(self, user: Any) -> bool:
        return bool(branches(user))

    def visible(self, user: Any) -> QuerySet:
        return Organization.objects.filter(within(branches(user)))

    def may_change(self, user: Any, obj: Organization) -> bool:
        return holds(user, MANAGE, obj)

    def may_create(self, user: Any) -> bool:
        return bool(branches(user, MANAGE))


class CongressPolicy(BranchPolicy):
    model = Congress


class SessionPolicy(BranchPolicy):
    model, prefix = Session, "congress__organization"


class RulePolicy(Policy):
    """Rules are no secret to staff; a branch's own are its office's, a level's are the district office's."""

    model = Rule

    def may_list(self, user: Any) -> bool:
        return bool(branches(user))

    def visible(self, user: Any) -> QuerySet:
        if not branches(user):
            return Rule.objects.none()
        return Rule.objects.filter(Q(organization=None) | within(branches(user), "organization"))

    def may_set(self, user: Any, key: str) -> bool:
        """Whether `user` may set this rule anywhere: what guards personal data is the district office's."""
        return has_role(user, Role.OFFICE) or not (key in DECLARED and DECLARED[key].protects)

    def may_change(self, user: Any, obj: Rule) -> bool:
        if not self.may_set(user, obj.key):
            return False
        if obj.organization is None:
            return has_role(user, Role.OFFICE)
        return holds(user, MANAGE, obj.organization)

    def may_create(self, user: Any) -> bool:
        return bool(branches(user, MANAGE))


class CalendarPolicy(Policy):
    """The calendar is one for all: any staff reads it, the district office keeps it."""

    def __init__(self, model: type[CalendarDay] | type[CalendarYear]) -> None:
        self.model = model

    def may_list(self, user: Any) -> bool:
        return bool(branches(user))

    def visible(self, user: Any) -> QuerySet:
        return self.model.objects.all() if branches(user) else self.model.objects.none()

    def may_change(self, user: Any, obj: Any) -> bool:
        return has_role(user, Role.OFFICE)

    def may_create(self, user: Any) -> bool:
        return has_role(user, Role.OFFICE)


class ImportRunPolicy(BranchPolicy):
    """Imports are their branch's managers' affair: the preview shows what is not yet anybody's record."""

    model, right = ImportRun, MANAGE


class PrintedReportPolicy(BranchPolicy):
    """A finished print is seen by those who see its organisation, or printed it and still do."""

    model = PrintedReport

    def may_change(self, user: Any, obj: Any) -> bool:
        return False


class AttachmentPolicy(BranchPolicy):
    """Files are seen with their organisation; those with personal numbers in clear by their owner alone.

    A unit's desk sees the unit's own, and a floor says which others who may see (`settings.FILES_SEEN_BESIDES`).
    """

    model = Attachment

    def visible(self, user: Any) -> QuerySet:
        own = within(branches(user), self.prefix) & (Q(sensitive=False) | Q(owner=user))
        own &= Q(restricted=False) | within(branches(user, MANAGE), self.prefix)
        besides = at_desk(user) | seen_besides(user, settings.FILES_SEEN_BESIDES)
        return Attachment.objects.filter(own | besides & Q(sensitive=False, restricted=False), removed_at=None)


class DueTimePolicy(BranchPolicy):
    """What is due is seen with the organisation that owes it; it is done by doing the thing."""

    model = DueTime

    def day_of(self, user: Any, kind: str, subject: str) -> Subquery:
        """The open due day of each row, `subject` being the column of what it is about: to annotate a list with."""
        due = self.visible(user).filter(kind=kind, subject_id=OuterRef(subject), closed_at=None)
        return Subquery(due.order_by("due_on").values("due_on")[:1])

    def may_change(self, user: Any, obj: Any) -> bool:
        return False

    def may_create(self, user: Any) -> bool:
        return False


class LetterheadPolicy(BranchPolicy):
    """How an office signs is kept by who manages its branch."""

    model, right = Letterhead, MANAGE


class DocumentTemplatePolicy(BranchPolicy):
    """A branch's wording is its office's; everybody's is read by every office and kept by the district's."""

    model, right = DocumentTemplate, MANAGE

    def visible(self, user: Any) -> QuerySet:
        paths = branches(user, MANAGE)
        if not paths:
            return DocumentTemplate.objects.none()
        return DocumentTemplate.objects.filter(Q(organization=None) | within(paths, "organization"))

    def may_change(self, user: Any, obj: DocumentTemplate) -> bool:
        if obj.organization is None:
            return has_role(user, Role.OFFICE)
        return super().may_change(user, obj)


class DocumentPolicy(BranchPolicy):
    """What was issued is seen with its organisation and changed by nobody; drafts are their managers' alone, and
    their unit's: it issues them. A floor says who gets which of them besides (`settings.DOCUMENTS_SEEN_BESIDES`)."""

    model = OfficialDocument

    def visible(self, user: Any) -> QuerySet:
        drafts = Q(issued_on=None)  # drafts, and what was dropped before it was issued
        seen = within(branches(user), "organization") & ~drafts
        seen |= within(branches(user, MANAGE), "organization") & drafts
        return OfficialDocument.objects.filter(
            seen | at_desk(user) | seen_besides(user, settings.DOCUMENTS_SEEN_BESIDES)
        )

    def may_change(self, user: Any, obj: OfficialDocument) -> bool:
        return obj.state == DocumentState.DRAFT and super().may_change(user, obj)


class NoticePolicy(Policy):
    """A notice is its recipient's."""

    model = Notice

    def visible(self, user: Any) -> QuerySet:
        return Notice.objects.filter(recipient=user) if user.is_authenticated else Notice.objects.none()

    def may_change(self, user: Any, obj: Notice) -> bool:
        return obj.recipient_id == user.pk


class AuditEventPolicy(Policy):
    """Auditors read the record of their branch and of what belongs to none. Nobody changes it."""

    model = AuditEvent

    def may_list(self, user: Any) -> bool:
        return bool(branches(user, AUDIT))

    def visible(self, user: Any) -> QuerySet:
        paths = branches(user, AUDIT)
        if not paths:
            return AuditEvent.objects.none()
        return AuditEvent.objects.filter(Q(organization=None) | within(paths, "organization"))


class AccountPolicy(Policy):
    """Accounts belong to the system administrator, who never sees business data; a user sees himself."""

    model = User

    def may_list(self, user: Any) -> bool:
        return has_role(user, Role.SYSADMIN)

    def visible(self, user: Any) -> QuerySet:
        if has_role(user, Role.SYSADMIN):
            return User.objects.all()
        return User.objects.filter(pk=user.pk)

    def may_change(self, user: Any, obj: User) -> bool:
        return has_role(user, Role.SYSADMIN) and obj.pk != user.pk

    def may_create(self, user: Any) -> bool:
        return has_role(user, Role.SYSADMIN)


class MachinePolicy(Policy):
    """Jobs and deliveries: the system administrator's view of the machine. They hold ids, no business data."""

    def __init__(self, model: type[Job] | type[Delivery]) -> None:
        self.model = model

    def may_list(self, user: Any) -> bool:
        return has_role(user, Role.SYSADMIN)

    def visible(self, user: Any) -> QuerySet:
        return self.model.objects.all() if has_role(user, Role.SYSADMIN) else self.model.objects.none()


def may_reveal(user: Any, organization: Organization) -> bool:
    """Whether `user` may see the branch's personal numbers unmasked. How often is a rule of its own."""
    return holds(user, REVEAL, organization)


ORGANIZATIONS, CONGRESSES, SESSIONS, RULES = OrganizationPolicy(), CongressPolicy(), SessionPolicy(), RulePolicy()
CALENDAR_DAYS, CALENDAR_YEARS = CalendarPolicy(CalendarDay), CalendarPolicy(CalendarYear)
IMPORTS, PRINTS, ATTACHMENTS = ImportRunPolicy(), PrintedReportPolicy(), AttachmentPolicy()
LETTERHEADS, DOCUMENT_TEMPLATES, DOCUMENTS = LetterheadPolicy(), DocumentTemplatePolicy(), DocumentPolicy()
NOTICES, AUDIT_EVENTS, ACCOUNTS = NoticePolicy(), AuditEventPolicy(), AccountPolicy()
DUE_TIMES = DueTimePolicy()
JOBS, DELIVERIES = MachinePolicy(Job), MachinePolicy(Delivery)
