"""Everything a second township has, every page about it, and everybody who has nothing to do with it."""

from django.urls import reverse

from congress.models import JournalEntry, Notice, Role
from proposals.models import (
    Assignment,
    Inquiry,
    Invitation,
    Proposal,
    Signature,
    SupervisionMeeting,
    Undertaking,
)
from proposals.services import inquiries
from proposals.workflows import ASSIGNMENT, INQUIRY, PROPOSAL, UNDERTAKING
from tests import factories
from tests.proposals.world import MARK, in_every_state

DESKS = (
    "opinion", "plan-units", "supervise", "feedback", "result", "publish", "decision", "keep", "retype", "lead",
)  # fmt: skip
OF_A_PAPER = (
    "my_proposal", "paper_print", "paper_edit", "paper_save", "paper_alike", "paper_kind", "paper_submit",
    "paper_withdraw", "paper_sign", "paper_take_over", "own_signature", "paper_feedback", "public_paper",
)  # fmt: skip
OF_A_PART = (
    "unit_assignment", "unit_progress", "unit_contact", "unit_person", "unit_letter", "unit_letter_issue",
    "unit_letter_word", "unit_letter_scan", "unit_opinion_forms",
)  # fmt: skip
LISTS = (
    "admin:index", "admin:proposals_board", "admin:proposals_handover", "admin:proposals_late",
    "admin:proposals_proposal_changelist", "admin:proposals_assignment_changelist",
    "admin:proposals_undertaking_changelist", "admin:proposals_inquiry_changelist",
    "admin:proposals_supervisionmeeting_changelist", "admin:proposals_precedent_changelist",
    "admin:proposals_category_changelist", "admin:proposals_enter", "admin:congress_officialdocument_changelist",
    "admin:congress_printedreport_changelist", "admin:congress_duetime_changelist", "my_proposals", "my_inquiries",
    "inquiry_new", "paper_new", "unit_home", "unit_promises", "unit_inquiries", "public_papers", "public_home",
    "message_list",
)  # fmt: skip
RESOURCES = ("proposals", "assignments", "documents", "reports", "due-times", "organizations", "sessions")


def asked(world, mark):
    """An enquiry the body has, and a draft others are invited to."""
    facts = {
        "kind": "enquiry",
        "target": world.unit,
        "subject": f"关于{mark}询问",
        "question": "何时能够完工通水，请答复。",
    }
    given = inquiries.begin(world.lead, facts, by=world.user)
    for verb, by in (("submit", world.user), ("accept", world.office), ("deliver", world.office)):
        given = INQUIRY.take(given, verb, by=by)
    draft = inquiries.begin(world.lead, facts | {"subject": f"关于{mark}询问草稿"}, by=world.user)
    inquiries.invite(draft, world.co[:2], by=world.user)
    return given, draft


def with_everything(far):
    """The second township with everything it can have, in every state."""
    far.papers = in_every_state(far, MARK)
    far.given, far.draft = asked(far, MARK)
    far.meeting = SupervisionMeeting.objects.create(
        organization=far.congress.organization, held_on=far.session.starts_on, place=f"{MARK}会议室", chair="李明",
        present="各单位", minutes=f"{MARK}纪要",
    )  # fmt: skip
    return far


def paper_pages(row):
    yield from (reverse(name, args=[row.pk]) for name in OF_A_PAPER)
    yield from (reverse(f"admin:proposals_{name}", args=[row.pk]) for name in DESKS)
    yield from (reverse(f"admin:proposals_proposal_{name}", args=[row.pk]) for name in ("change", "history"))
    yield from (reverse("admin:proposals_proposal_take", args=[row.pk, one]) for one in PROPOSAL.by_verb)
    for signature in Signature.objects.filter(proposal=row):
        yield reverse("signer_remind", args=[row.pk, signature.pk])
        yield from (reverse("signer_step", args=[row.pk, signature.pk, verb]) for verb in ("drop", "ask_again"))
    yield from (reverse("reply_letter", args=[row.pk, reply.pk]) for reply in row.replies.all())


def part_pages(row):
    yield from (reverse(name, args=[row.pk]) for name in OF_A_PART)
    yield from (reverse("unit_step", args=[row.pk, verb]) for verb in ASSIGNMENT.by_verb)
    yield from (reverse("admin:proposals_assignment_take", args=[row.pk, verb]) for verb in ASSIGNMENT.by_verb)
    yield from (reverse(f"admin:proposals_assignment_{name}", args=[row.pk]) for name in ("change", "history"))


def promise_pages(row):
    yield from (reverse("promise_step", args=[row.pk, verb]) for verb in UNDERTAKING.by_verb)
    yield reverse("unit_promise", args=[row.pk])
    yield from (reverse("admin:proposals_undertaking_take", args=[row.pk, verb]) for verb in UNDERTAKING.by_verb)
    yield from (reverse(f"admin:proposals_undertaking_{name}", args=[row.pk]) for name in ("change", "history"))


def inquiry_pages(row):
    yield from (reverse(name, args=[row.pk]) for name in ("my_inquiry", "inquiry_edit", "unit_inquiry"))
    yield from (reverse("unit_inquiry_step", args=[row.pk, verb]) for verb in ("answer", "answer_again"))
    yield from (reverse("admin:proposals_inquiry_take", args=[row.pk, verb]) for verb in INQUIRY.by_verb)
    yield from (reverse(f"admin:proposals_inquiry_{name}", args=[row.pk]) for name in ("change", "history"))


def meeting_pages(row):
    yield reverse("admin:proposals_meeting_papers", args=[row.pk])
    yield from (reverse(f"admin:proposals_supervisionmeeting_{name}", args=[row.pk]) for name in ("change", "history"))


PAGES_OF = ("signing", "planning", "promised")
"""Whose pages are knocked at one by one; lists hold papers in every state."""


def all_pages(theirs):
    papers = [theirs.papers[name] for name in PAGES_OF]
    for paper in papers:
        yield from paper_pages(paper)
    for part in Assignment.objects.filter(proposal__in=papers):
        yield from part_pages(part)
    for promise in Undertaking.objects.filter(proposal__congress=theirs.congress):
        yield from promise_pages(promise)
    for inquiry in (theirs.given, theirs.draft):
        yield from inquiry_pages(inquiry)
    yield from meeting_pages(theirs.meeting)


def strangers(world):
    """Everybody who has nothing to do with the second township, each by what he is."""
    town = world.congress.organization
    return {
        "the neighbour's office": world.office, "another delegate": world.user, "another unit": world.desk,
        "a workroom": factories.make_user(Role.WORKROOM, town), "an auditor": factories.make_user(Role.AUDITOR, town),
        "the system administrator": factories.make_user(Role.SYSADMIN),
    }  # fmt: skip


def read(answer):
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return content.decode("utf-8", "replace")


def trace():
    """What must stay as it is while strangers knock."""
    return {
        "papers": sorted(Proposal.objects.values_list("pk", "state", "version", "title", "is_public")),
        "wishes": Proposal.objects.exclude(withdrawal_reason="").count(),
        "parts": sorted(Assignment.objects.values_list("pk", "state", "unit", "handler_name")),
        "names": sorted(Signature.objects.values_list("pk", "state", "reminded_at")),
        "asked": sorted(Inquiry.objects.values_list("pk", "state", "version")),
        "invited": sorted(Invitation.objects.values_list("pk", "state")),
        "promises": sorted(Undertaking.objects.values_list("pk", "state", "text")),
        "steps": JournalEntry.objects.count(),
        "messages": Notice.objects.count(),
    }  # fmt: skip
