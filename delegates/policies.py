"""Who may see and change delegates. A person is seen through his mandates, a body through its congress."""

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from congress.kernel.policy import Policy
from congress.models import Organization, Role
from congress.policies import MANAGE, BranchPolicy, branches, has_role, holds
from congress.querysets import within
from delegates.kernel.committees import decider
from delegates.models import (
    Attendance,
    Commitment,
    CommitteeMember,
    CorrectionRequest,
    Course,
    CredentialsReview,
    DelegateGroup,
    Delegation,
    ElectingUnit,
    Election,
    Mandate,
    MandateChange,
    Objection,
    Person,
    RemovalMotion,
    TrainingPlan,
    TrainingSession,
    Vacancy,
)
from delegates.querysets import SERVING


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


class MemberPolicy(BranchPolicy):
    """Committee members are kept by the office of their congress."""

    model, prefix = CommitteeMember, "congress__organization"


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


def keeps_register(user: Any, mandate: Mandate) -> bool:
    """Whether the account's office keeps the register the mandate stands in."""
    return bool(user) and holds(user, MANAGE, mandate.congress.organization)


def decides(user: Any, organization: Organization, rule: str) -> bool:
    """Whether the account records decisions of the committee that decides about the organisation."""
    return bool(user) and holds(user, MANAGE, decider(organization, rule))


def decides_on_mandate(user: Any, mandate: Mandate) -> bool:
    """The same-level committee decides on a termination (任期制条例 art. 28), unless the rule says above."""
    return decides(user, mandate.congress.organization, "mandate_decision_level")


def resigns(user: Any, mandate: Mandate) -> bool:
    """A delegate resigns himself, on his phone; the office records a letter on paper."""
    return is_self(user, mandate.person) or keeps_register(user, mandate)


class ChangePolicy(BranchPolicy):
    """Decisions are seen with the register they changed, and by the delegate they are about."""

    model, prefix = MandateChange, "mandate__congress__organization"

    def visible(self, user: Any) -> QuerySet:
        seen = within(branches(user), self.prefix)
        if has_role(user, Role.DELEGATE):
            seen |= Q(mandate__person__user=user)
        return MandateChange.objects.filter(seen)

    def may_create(self, user: Any) -> bool:
        return False  # a decision is recorded by taking it

    def may_read_note(self, user: Any, change: MandateChange) -> bool:
        """A letter of resignation is for the office that keeps it and for its writer; other notes for every reader."""
        letter = change.verb == "resign"
        return not letter or self.may_change(user, change) or is_self(user, change.mandate.person)

    def may_file(self, user: Any, change: MandateChange) -> bool:
        """Whether the account may record that the decision was filed with the committee above."""
        return self.may_change(user, change) and change.filing_due_on is not None and change.filed_on is None


class ElectionPolicy(BranchPolicy):
    model, prefix = Election, "electing_unit__congress__organization"

    def may_reply(self, user: Any, election: Election) -> bool:
        """Whether the account records the committee's replies on candidates and results."""
        return decides(user, election.electing_unit.congress.organization, "election_reply_level")


class ObjectionPolicy(BranchPolicy):
    """What was said against a candidate is the managing office's affair alone."""

    model, prefix, right = Objection, "election__electing_unit__congress__organization", MANAGE


class VacancyPolicy(BranchPolicy):
    model, prefix = Vacancy, "electing_unit__congress__organization"

    def may_create(self, user: Any) -> bool:
        return False  # a vacancy opens by itself

    def may_reply(self, user: Any, vacancy: Vacancy) -> bool:
        return decides(user, vacancy.electing_unit.congress.organization, "election_reply_level")


class ReviewPolicy(BranchPolicy):
    """A report can be worded until it is submitted."""

    model, prefix = CredentialsReview, "congress__organization"

    def may_change(self, user: Any, obj: CredentialsReview) -> bool:
        return super().may_change(user, obj) and obj.state == CredentialsReview.State.DRAFT

    def may_reply(self, user: Any, review: CredentialsReview) -> bool:
        return decides(user, review.congress.organization, "election_reply_level")


class MotionPolicy(BranchPolicy):
    """A motion to remove is the managing office's affair until it is decided; then the decision is recorded."""

    model, prefix, right = RemovalMotion, "mandate__congress__organization", MANAGE

    def may_change(self, user: Any, obj: RemovalMotion) -> bool:
        return super().may_change(user, obj) and obj.state == RemovalMotion.State.MOVED


class CommitmentPolicy(BranchPolicy):
    """A pledge is read by the branch, and signed by the delegate alone."""

    model, prefix = Commitment, "mandate__congress__organization"

    def visible(self, user: Any) -> QuerySet:
        seen = within(branches(user), self.prefix)
        if has_role(user, Role.DELEGATE):
            seen |= Q(mandate__person__user=user)
        return Commitment.objects.filter(seen)

    def may_change(self, user: Any, obj: Commitment) -> bool:
        return False

    def may_create(self, user: Any) -> bool:
        return False


CHANGES, ELECTIONS, OBJECTIONS, VACANCIES = ChangePolicy(), ElectionPolicy(), ObjectionPolicy(), VacancyPolicy()
REVIEWS, MOTIONS, COMMITMENTS = ReviewPolicy(), MotionPolicy(), CommitmentPolicy()
MEMBERS = MemberPolicy()


class TrainingPlanPolicy(BranchPolicy):
    """A plan is read in its branch and kept by its office."""

    model = TrainingPlan


class CoursePolicy(BranchPolicy):
    model = Course


class TrainingSessionPolicy(BranchPolicy):
    """A session is seen by its branch, and by whomever it invites.

    It invites the delegates in office of its organiser's branch: so each of them sees it, and the staff of the
    townships below, whose delegates they are. The organiser's office alone keeps it.
    """

    model, prefix = TrainingSession, "course__organization"

    def visible(self, user: Any) -> QuerySet:
        paths = list(branches(user))
        seen = within(paths, self.prefix)
        if has_role(user, Role.DELEGATE):
            own = Mandate.objects.filter(person__user=user, status__in=SERVING)
            paths += own.order_by().values_list("congress__organization__path", flat=True)
            seen |= Exists(Attendance.objects.filter(session=OuterRef("pk"), mandate__person__user=user))
        above = {code for path in paths for code in path.strip("/").split("/")}
        return TrainingSession.objects.filter(seen | Q(course__organization__code__in=above))


class AttendancePolicy(BranchPolicy):
    """Who came where is seen by the office whose delegate he is, and by himself; kept by the organiser's office."""

    model, prefix = Attendance, "mandate__congress__organization"

    def visible(self, user: Any) -> QuerySet:
        seen = within(branches(user), self.prefix)
        if has_role(user, Role.DELEGATE):
            seen |= Q(mandate__person__user=user)
        return Attendance.objects.filter(seen)

    def may_change(self, user: Any, obj: Attendance) -> bool:
        return holds(user, MANAGE, obj.session.course.organization)

    def may_create(self, user: Any) -> bool:
        return False  # the roll makes them

    def published(self, user: Any) -> QuerySet:
        """The study notes a delegate reads of others: published ones, of sessions he is invited to himself."""
        return Attendance.objects.filter(note_published=True, session__in=TRAININGS.visible(user))


def may_read_note(user: Any, attendance: Attendance) -> bool:
    """A study note is its writer's and his office's until it is published."""
    organization = attendance.mandate.congress.organization
    return attendance.note_published or is_self(user, attendance.mandate.person) or holds(user, MANAGE, organization)


def may_publish(user: Any, attendance: Attendance) -> bool:
    """The organiser's office publishes notes, and the writer's own."""
    offices: list[Organization] = [attendance.session.course.organization, attendance.mandate.congress.organization]
    return any(holds(user, MANAGE, organization) for organization in offices)


PLANS, COURSES, TRAININGS, ATTENDANCES = (
    TrainingPlanPolicy(),
    CoursePolicy(),
    TrainingSessionPolicy(),
    AttendancePolicy(),
)
MANDATES, PERSONS, CORRECTIONS = MandatePolicy(), PersonPolicy(), CorrectionPolicy()
ELECTING_UNITS, DELEGATIONS, GROUPS = BodyPolicy(ElectingUnit), BodyPolicy(Delegation), BodyPolicy(DelegateGroup)
