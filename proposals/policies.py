"""Who may see papers and act on them: the office of the branch, the delegates who sign, the units that handle.

A draft is its signers' alone. A unit sees what it was given, from the day it was given. What may be public is so only
when the office says so, and never before it is answered or filed.
"""

from typing import Any

from django.db.models import CharField, Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat

from congress.kernel.policy import Policy
from congress.models import Congress, OfficialDocument, Organization, Role, User
from congress.policies import HANDLE, MANAGE, VIEW, BranchPolicy, branches, has_role, holds
from congress.querysets import within
from delegates.models import Mandate
from delegates.policies import is_self
from delegates.querysets import SERVING
from proposals.models import (
    EDITABLE,
    PRIVATE,
    PUBLISHABLE,
    Assignment,
    Category,
    Feedback,
    Inquiry,
    Invitation,
    InvitationState,
    Precedent,
    Proposal,
    RejectReason,
    Reply,
    Signature,
    SignatureState,
    SupervisionMeeting,
    SupervisionStep,
    Undertaking,
)
from proposals.models import AssignmentState as A

GONE = ("ceased", "terminated", "expired", "void")
"""A mandate that has ended. Who is suspended may come back."""
UNSEEN_BY_UNITS = (A.PLANNED, A.CANCELLED, A.RETURNED)


def is_lead(user: Any, proposal: Proposal) -> bool:
    """Whether the account is the lead proposer's."""
    return bool(user) and is_self(user, proposal.lead.person)


def keeps(user: Any, proposal: Proposal) -> bool:
    """Whether the account's office keeps the papers of that congress."""
    return bool(user) and holds(user, MANAGE, proposal.congress.organization)


def enters(user: Any, proposal: Proposal) -> bool:
    """Whether the account may write the paper: its lead proposer, or the office that entered it from a paper form."""
    return is_lead(user, proposal) or (proposal.entered_by_id is not None and keeps(user, proposal))


def has_left(user: Any, proposal: Proposal) -> bool:
    """Whether the account is a lead proposer's who has left office: he reads his paper and does nothing with it."""
    return proposal.lead.status in GONE and is_lead(user, proposal)


def closes(user: Any, proposal: Proposal) -> bool:
    """A paper whose proposers are content is closed by itself; the office may do it too."""
    return user is None or keeps(user, proposal)


def asks(user: Any, inquiry: Inquiry) -> bool:
    """Whether the account is the first asker's."""
    return bool(user) and is_self(user, inquiry.lead.person)


def handles(user: Any, assignment: Assignment) -> bool:
    """Whether the account works at the desk of the unit."""
    return bool(user) and holds(user, HANDLE, assignment.unit)


def directs(user: Any, assignment: Assignment) -> bool:
    """Whether the account's office gave the unit its part."""
    return bool(user) and holds(user, MANAGE, assignment.proposal.congress.organization)


class ProposalPolicy(BranchPolicy):
    """Submitted papers are seen by the branch; a signer sees his own, a unit those it was given."""

    model, prefix = Proposal, "congress__organization"

    def may_list(self, user: Any) -> bool:
        return bool(branches(user) or branches(user, HANDLE)) or has_role(user, Role.DELEGATE)

    def visible(self, user: Any) -> QuerySet:
        seen = self._concerned(user)
        if has_role(user, Role.DELEGATE):
            seen |= self.public()
        return Proposal.objects.filter(seen)

    def concerned(self, user: Any) -> QuerySet:
        """The same without what is merely public: of that, a stranger reads the public page and no more."""
        return Proposal.objects.filter(self._concerned(user))

    def _concerned(self, user: Any) -> Q:
        seen = self.of_branch(user)
        if has_role(user, Role.DELEGATE):
            # Asked for here: a few dozen keys among a hundred thousand papers, and no plan that could read them all.
            seen |= Q(pk__in=set(self.signed_by(user).union(self.answered_to(user)).values_list("proposal", flat=True)))
        if desks := branches(user, HANDLE):
            given = Assignment.objects.exclude(state__in=UNSEEN_BY_UNITS).filter(within(desks, "unit"))
            seen |= Q(pk__in=given.values("proposal"))
        return seen

    def of_branch(self, user: Any) -> Q:
        """What was handed in there, and what its office typed off a form."""
        # A draft that was thrown away was never anybody's but its signers'.
        handed_in = ~Q(state__in=PRIVATE) & ~Q(state="withdrawn", submitted_at=None)
        return within(branches(user), self.prefix) & (handed_in | Q(entered_by__isnull=False))

    def may_change(self, user: Any, obj: Proposal) -> bool:
        return keeps(user, obj)

    @staticmethod
    def signed_by(user: Any) -> QuerySet:
        """The papers a delegate leads, signed, or is asked to sign; who said no can still say yes while it is open."""
        own = Signature.objects.filter(mandate__person__user=user)
        asked = Q(state=SignatureState.INVITED, proposal__state__in=EDITABLE)
        asked |= Q(state=SignatureState.DECLINED, proposal__state__in=PRIVATE)
        return own.filter(Q(is_lead=True) | Q(state=SignatureState.SIGNED) | asked).values("proposal")

    @staticmethod
    def own(user: Any) -> QuerySet:
        """The papers a delegate put his name under, and no other. Asks for their keys: with keys, a plan cannot err."""
        signed = Signature.objects.filter(mandate__person__user=user, state=SignatureState.SIGNED)
        return Proposal.objects.filter(pk__in=list(signed.values_list("proposal", flat=True)))

    @staticmethod
    def answered_to(user: Any) -> QuerySet:
        """The papers that papers he signed were merged into: every proposer is answered, and there (R4 §5, R15)."""
        own = Signature.objects.filter(mandate__person__user=user, state=SignatureState.SIGNED)
        return own.filter(proposal__merged_into__isnull=False).values("proposal__merged_into")

    @staticmethod
    def public() -> Q:
        """What everybody may read: opened by the office, and still what may be open."""
        return Q(is_public=True, state__in=PUBLISHABLE)

    def published(self) -> QuerySet:
        """What strangers read without signing in: opened by the office, and still in force."""
        return Proposal.objects.filter(self.public())


class ConcernedPolicy(ProposalPolicy):
    """The same without what is merely public, for what names the signers."""

    def visible(self, user: Any) -> QuerySet:
        return self.concerned(user)


class OfficePapersPolicy(ProposalPolicy):
    """The papers of the branch alone: what the office's pages tell of one is no signer's and no reader's.

    A clerk who is a delegate too reads what he signed elsewhere on his phone, as every signer does.
    """

    def may_list(self, user: Any) -> bool:
        return bool(branches(user))

    def visible(self, user: Any) -> QuerySet:
        return Proposal.objects.filter(self.of_branch(user))


class BlankFormPolicy(BranchPolicy):
    """Whose empty forms may be printed: an office's own branch, and the congress a delegate sits in."""

    model = Congress

    def visible(self, user: Any) -> QuerySet:
        own = Mandate.objects.filter(person__user=user, status__in=SERVING).values("congress")
        return Congress.objects.filter(within(branches(user), "organization") | Q(pk__in=own))


class AssignmentPolicy(Policy[Assignment]):
    """A unit's part is seen by the unit, by the office, and by whoever may see that the paper is with it."""

    model = Assignment

    def may_list(self, user: Any) -> bool:
        return bool(branches(user) or branches(user, HANDLE))

    def visible(self, user: Any) -> QuerySet:
        seen = within(branches(user), "proposal__congress__organization")
        if desks := branches(user, HANDLE):
            seen |= within(desks, "unit") & ~Q(state__in=UNSEEN_BY_UNITS)
        return Assignment.objects.filter(seen)

    def at_desk(self, user: Any) -> QuerySet:
        """The parts of the units whose desk `user` works at, from the day they were given."""
        return self.visible(user).filter(within(branches(user, HANDLE), "unit")).exclude(state__in=UNSEEN_BY_UNITS)

    def may_change(self, user: Any, obj: Assignment) -> bool:
        return directs(user, obj)


class UndertakingPolicy(Policy[Undertaking]):
    """A promise is seen by its unit, by the office and by the signers of the paper."""

    model = Undertaking

    def may_list(self, user: Any) -> bool:
        return bool(branches(user) or branches(user, HANDLE))

    def visible(self, user: Any) -> QuerySet:
        seen = within(branches(user), "proposal__congress__organization") | within(branches(user, HANDLE), "unit")
        if has_role(user, Role.DELEGATE):
            seen |= Q(proposal__in=ProposalPolicy.signed_by(user)) | Q(proposal__in=ProposalPolicy.answered_to(user))
        return Undertaking.objects.filter(seen)

    def at_desk(self, user: Any) -> QuerySet:
        """What the units promised whose desk `user` works at."""
        return self.visible(user).filter(within(branches(user, HANDLE), "unit"))


class CategoryPolicy(BranchPolicy):
    """Everybody chooses among the categories; an office keeps its own, and nobody the common ones."""

    model = Category

    def may_list(self, user: Any) -> bool:
        return bool(branches(user))

    def visible(self, user: Any) -> QuerySet:
        return Category.objects.filter(Q(organization=None) | Q(organization__code__in=_codes(user)))

    def may_change(self, user: Any, obj: Category) -> bool:
        return obj.organization is not None and holds(user, MANAGE, obj.organization)


class PrecedentPolicy(BranchPolicy):
    """An earlier paper is shown to whoever belongs to its organisation, to one below it or to one above it; one that
    was not filed because it touches secrets or accuses somebody, to the office alone."""

    model = Precedent
    HUSHED = (RejectReason.SECRET, RejectReason.ACCUSATION)

    def may_list(self, user: Any) -> bool:
        return bool(branches(user))

    def visible(self, user: Any) -> QuerySet:
        office = within(branches(user), "organization")
        near = Q(organization__code__in=_codes(user)) & (Q(proposal=None) | ~Q(proposal__reject_reason__in=self.HUSHED))
        return Precedent.objects.filter(office | near | Q(proposal__is_public=True, proposal__state__in=PUBLISHABLE))

    def may_change(self, user: Any, obj: Precedent) -> bool:
        return obj.proposal_id is None and holds(user, MANAGE, obj.organization)


class InquiryPolicy(BranchPolicy):
    """An enquiry is seen by the branch once it is handed in, by its askers, by whom they invite while it is a draft,
    and by the body asked once it has it."""

    model, prefix = Inquiry, "congress__organization"

    def may_list(self, user: Any) -> bool:
        return bool(branches(user) or branches(user, HANDLE)) or has_role(user, Role.DELEGATE)

    def visible(self, user: Any) -> QuerySet:
        handed_in = ~Q(state="draft") & ~Q(state="withdrawn", submitted_at=None)
        seen = within(branches(user), self.prefix) & handed_in
        if has_role(user, Role.DELEGATE):
            asked = Inquiry.askers.through.objects.filter(inquiry=OuterRef("pk"), mandate__person__user=user)
            seen |= Exists(asked) | Q(lead__person__user=user) | Q(pk__in=self.invited(user))
        if desks := branches(user, HANDLE):
            seen |= within(desks, "target") & Q(state__in=["delivered", "answered", "reanswer", "escalated", "closed"])
        return Inquiry.objects.filter(seen)

    @staticmethod
    def invited(user: Any) -> QuerySet:
        """The drafts somebody invites the account to join; who said no can still say yes."""
        own = Invitation.objects.filter(mandate__person__user=user, inquiry__state="draft")
        return own.filter(state__in=[InvitationState.INVITED, InvitationState.DECLINED]).values("inquiry")

    def at_desk(self, user: Any) -> QuerySet:
        """What bodies are asked whose desk `user` works at."""
        return self.visible(user).filter(within(branches(user, HANDLE), "target"))


class MeetingPolicy(BranchPolicy):
    model = SupervisionMeeting


class FeedbackPolicy(BranchPolicy):
    """What a delegate thinks of a handling is read by the office, by himself and by the units it is about."""

    model, prefix = Feedback, "proposal__congress__organization"

    def visible(self, user: Any) -> QuerySet:
        seen = within(branches(user), self.prefix)
        if has_role(user, Role.DELEGATE):
            seen |= Q(mandate__person__user=user)
        if desks := branches(user, HANDLE):
            given = Assignment.objects.exclude(state__in=UNSEEN_BY_UNITS).filter(within(desks, "unit"))
            seen |= Q(proposal__in=given.values("proposal"))
        return Feedback.objects.filter(seen)

    def may_change(self, user: Any, obj: Feedback) -> bool:
        return False

    def may_create(self, user: Any) -> bool:
        return False


def files_of_desks(user: Any) -> Q:
    """Files a unit's desk reads though they are the office's: what came with a part it was given, and what urged it."""
    desks = branches(user, HANDLE)
    if not desks:
        return Q(pk__in=[])
    given = Assignment.objects.exclude(state__in=UNSEEN_BY_UNITS).filter(within(desks, "unit"))
    about = given.annotate(key=Concat(Value("assignment:"), Cast("pk", CharField()))).values("key")
    issued = OfficialDocument.objects.filter(about__in=about, issued_on__isnull=False, archive__isnull=False)
    named = SupervisionStep.objects.filter(assignment__in=given, document__issued_on__isnull=False)
    return Q(pk__in=issued.values("archive")) | Q(pk__in=named.values("document__archive"))


def _letters(user: Any) -> QuerySet:
    """The replies that went out on papers the user's office keeps: each letter is its too, whoever issued it."""
    kept = within(branches(user), "proposal__congress__organization")
    return Reply.objects.filter(kept, issued_on__isnull=False)


def letters_to_offices(user: Any) -> Q:
    """A unit's own letter is read and printed by the office that keeps the paper it answers."""
    return Q(pk__in=_letters(user).values("document"), issued_on__isnull=False)


def files_of_papers(user: Any) -> Q:
    """Files that are a unit's though they belong to a paper: the letters that answer it, for the paper's office, and
    the proof that a promise was kept, for whoever sees the promise."""
    letters = _letters(user)
    printed = letters.filter(document__issued_on__isnull=False).values("document__archive")
    proofs = UNDERTAKINGS.visible(user).values("evidence_file")
    return Q(pk__in=printed) | Q(pk__in=letters.values("sealed_scan")) | Q(pk__in=proofs)


def _codes(user: Any) -> set[str]:
    """The codes of the organisations on the way from the top to where a user belongs, that included."""
    paths = {*branches(user, VIEW), *branches(user, HANDLE)}
    if has_role(user, Role.DELEGATE):
        seats = Organization.objects.filter(congresses__mandates__person__user=user)
        paths |= set(seats.filter(congresses__mandates__status__in=SERVING).values_list("path", flat=True))
    return {code for path in paths for code in path.strip("/").split("/")}


def accounts_in(user: Any) -> QuerySet:
    """The open accounts of the organisations `user` manages."""
    own = within(branches(user, MANAGE), "organizationuserpermission__content_object")
    return User.objects.filter(own, is_active=True).distinct().order_by("username")


PROPOSALS, ASSIGNMENTS, UNDERTAKINGS = ProposalPolicy(), AssignmentPolicy(), UndertakingPolicy()
CATEGORIES, PRECEDENTS, INQUIRIES = CategoryPolicy(), PrecedentPolicy(), InquiryPolicy()
MEETINGS, FEEDBACKS = MeetingPolicy(), FeedbackPolicy()
CONCERNED, OFFICE_PAPERS, BLANKS = ConcernedPolicy(), OfficePapersPolicy(), BlankFormPolicy()
