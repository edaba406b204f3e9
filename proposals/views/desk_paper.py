"""One paper at a unit's desk: the paper itself, every step, what is noted beside, and the letter that answers it."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy
from django.views.generic import FormView, TemplateView, View

from congress.kernel.workflow import Refused
from congress.reports import DocumentReport
from proposals.forms.desk import ContactForm, IssueLetterForm, PersonForm, ProgressForm, ScanForm, WordForm
from proposals.models import WITH_THE_UNIT, Assignment, Reply
from proposals.policies import ASSIGNMENTS
from proposals.services import desk, handling, letters
from proposals.views.desk import DeskMixin
from proposals.views.desk_steps import Step
from proposals.workflows import ASSIGNMENT
from proposals.workflows.letters import letter_frame, preview_reply_letter
from proposals.workflows.telling import proposers

NOTED = ("progress", "contact", "person")
REPLY_FIELDS = ("reply_class", "text", "signer", "contact_name", "contact_phone")


class PaperMixin(DeskMixin):
    """Pages of one part of the unit's; another unit's does not exist."""

    request: HttpRequest
    kwargs: dict[str, Any]

    @cached_property
    def assignment(self) -> Assignment:
        """The unit's part the address names."""
        rows = ASSIGNMENTS.at_desk(self.request.user).for_list()
        more = ("proposal__leader", "proposal__category", "handler")
        return get_object_or_404(rows.select_related(*more), pk=self.kwargs["pk"])

    @property
    def back(self) -> str:
        return reverse("unit_assignment", args=[self.kwargs["pk"]])


class AssignmentPage(PaperMixin, TemplateView):
    """One paper in the unit's hands: what it says, how it stands, what to do now."""

    template_name = "proposals/assignment.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        assignment, today = self.assignment, desk.today()
        desk.lit([assignment], today)
        sent = self.request.GET.get("sent", "")
        facts = desk.sheet(assignment, self.request.user)
        return super().get_context_data(
            assignment=assignment,
            proposal=assignment.proposal,
            today=today,
            sent=sent if sent in {*desk.VERBS, *NOTED} else "",
            is_ours=assignment.state in WITH_THE_UNIT,
            **facts,
            **kwargs,
        )


class AssignmentStep(DeskMixin, Step[Assignment]):
    """A step of the unit's: what it means, what has to be said, and the button."""

    workflow, verbs, template_name = ASSIGNMENT, desk.VERBS, "proposals/assignment_step.html"
    templates = {"draft": "proposals/assignment_reply.html"}
    said = {
        "sign_for": gettext_lazy("Signed for. Say next who handles it."),
        "object": gettext_lazy("Sent to the office. You are told here what it decides; until then no clock runs."),
        "start": gettext_lazy("The handling has begun."),
        "ask_extension": gettext_lazy("The office is asked for more time. You are told here what it decides."),
        "give_opinion": gettext_lazy("The lead unit has your opinion."),
        "collect": gettext_lazy("The opinions are in. Write the reply now."),
        "draft": gettext_lazy("The draft is kept. Read it once more, then send it to the office."),
        "submit_reply": gettext_lazy("The office has your reply. You are told here when it may go out."),
    }

    def get_queryset(self) -> Any:
        rows = ASSIGNMENTS.at_desk(self.request.user).for_list()
        return rows.select_related("proposal__leader")

    def back(self, obj: Assignment) -> str:
        return reverse("unit_assignment", args=[obj.pk])

    def more(self, obj: Assignment, verb: str) -> dict[str, Any]:
        facts: dict[str, Any] = {"assignment": obj, "proposal": obj.proposal}
        if verb == "draft":
            opening, closing = letter_frame(obj)
            facts |= {"opening": opening, "closing": closing, "outline": desk.outline(obj)}
            facts |= {"previous": desk.previous_reply(obj)}
        if verb == "submit_reply":
            facts |= {"reply": obj.replies.filter(round=obj.round).first()}
        return facts


class PaperForm(PaperMixin, FormView):
    """Something noted beside a paper; what was typed stays when it is refused."""

    template_name = "proposals/assignment_form.html"
    name: str  # the page's, under which the device keeps what is typed
    heading: Any
    intro: Any = ""
    button: Any
    said: Any

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        facts = {"heading": self.heading, "intro": self.intro, "button": self.button, "name": self.name}
        facts |= {"assignment": self.assignment, "proposal": self.assignment.proposal, "back": self.back}
        return super().get_context_data(**facts, **kwargs)

    def note(self, facts: dict[str, Any]) -> None:
        """Write down what was said. Raises `Refused`."""
        raise NotImplementedError

    def form_valid(self, form: forms.Form) -> HttpResponse:
        try:
            self.note(form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
            return self.form_invalid(form)
        messages.success(self.request, self.said)
        return redirect(f"{self.back}?sent={self.name}")


class NoteProgress(PaperForm):
    form_class, name = ProgressForm, "progress"
    heading = gettext_lazy("Note the progress")
    intro = gettext_lazy("The delegates read it on their phones, so write it for them: what was done, what comes next.")
    button, said = gettext_lazy("Note it"), gettext_lazy("The progress is noted.")

    def note(self, facts: dict[str, Any]) -> None:
        handling.note_progress(self.assignment, by=self.request.user, **facts)


class NoteContact(PaperForm):
    form_class, name = ContactForm, "contact"
    heading = gettext_lazy("Note a talk with a delegate")
    intro = gettext_lazy(
        "Speak with the proposers before you answer them. The delegate sees this note and may say that it was not so."
    )
    button, said = gettext_lazy("Note it"), gettext_lazy("The talk is noted.")

    def get_form(self, form_class: Any = None) -> ContactForm:
        form = super().get_form(form_class)
        form.about(self.assignment, proposers(self.assignment.proposal))
        return form

    def note(self, facts: dict[str, Any]) -> None:
        handling.note_contact(self.assignment, facts.pop("mandate"), facts, by=self.request.user)


class HandOver(PaperForm):
    form_class, name = PersonForm, "person"
    heading = gettext_lazy("Who has it in hand")
    intro = gettext_lazy("Inside your unit only. It is not passed on to another unit: for that there is the objection.")
    button, said = gettext_lazy("Keep it"), gettext_lazy("The person in charge is noted.")

    def get_initial(self) -> dict[str, Any]:
        return {name: getattr(self.assignment, name) for name in ("handler_name", "handler_phone")}

    def note(self, facts: dict[str, Any]) -> None:
        handling.hand_over(self.assignment, facts["handler_name"], facts["handler_phone"], by=self.request.user)


class LetterMixin(PaperMixin):
    """Pages of the letter that answers the paper, once the office has let it go out."""

    @cached_property
    def reply(self) -> Reply:
        """The newest reply that went out."""
        rows = self.assignment.replies.filter(issued_on__isnull=False).select_related("document__organization")
        reply = rows.order_by("-round").first()
        if reply is None or reply.document is None:
            raise Http404
        return reply


class LetterPreview(PaperMixin, View):
    """The letter as the delegates will get it: what is being written, what is kept, or what went out."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        replies = self.assignment.replies.select_related("document__organization", "proposal", "assignment__unit")
        reply = replies.order_by("-round").first()
        if reply is None:
            raise Http404
        return self._shown(reply)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What stands in the editor now; it is not kept."""
        said = {name: request.POST.get(name, "")[:8000] for name in REPLY_FIELDS}
        return self._shown(Reply(proposal=self.assignment.proposal, assignment=self.assignment, **said))

    @staticmethod
    def _shown(reply: Reply) -> HttpResponse:
        document = reply.document or preview_reply_letter(reply)
        return HttpResponse(DocumentReport.of(document).html(medium="screen"))


class IssueLetter(LetterMixin, PaperForm):
    """The letter gets its number: in the unit's name, by the unit."""

    template_name = "proposals/assignment_letter.html"
    form_class, name = IssueLetterForm, "letter"
    heading = gettext_lazy("Number the letter and send it out")
    button, said = (
        gettext_lazy("Number it (编号发文)"),
        gettext_lazy("The letter has its number. Print it, seal it, send it."),
    )

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not letters.is_draft(self.reply.document):
            return redirect(self.back)
        return super().get(request, *args, **kwargs)

    def get_initial(self) -> dict[str, Any]:
        return {"issued_on": max(self.reply.issued_on, letters.earliest(self.reply)[0])}

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"earliest": letters.earliest(self.reply)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(reply=self.reply, word=letters.word_of(self.assignment.unit), **kwargs)

    def note(self, facts: dict[str, Any]) -> None:
        """A second click finds it numbered already."""
        if letters.is_draft(self.reply.document):
            letters.issue_letter(self.reply, facts["issued_on"], by=self.request.user)


class LetterWord(LetterMixin, PaperForm):
    form_class, name = WordForm, "word"
    heading = gettext_lazy("The word before your numbers")
    intro = gettext_lazy("It holds for every letter of your unit that has no number yet.")
    button, said = gettext_lazy("Keep it"), gettext_lazy("The word is kept.")

    @property
    def back(self) -> str:
        return reverse("unit_letter_issue", args=[self.kwargs["pk"]])

    def get_initial(self) -> dict[str, Any]:
        return {"word": letters.word_of(self.assignment.unit)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(reply=self.reply, **kwargs)

    def note(self, facts: dict[str, Any]) -> None:
        letters.say_word(self.assignment.unit, facts["word"], by=self.request.user)


class LetterScan(LetterMixin, PaperForm):
    form_class, name = ScanForm, "scan"
    heading = gettext_lazy("Scan of the sealed letter")
    intro = gettext_lazy("The sheet with number, signature and seal, as the delegates got it.")
    button, said = gettext_lazy("Keep the scan"), gettext_lazy("The scan is kept.")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(reply=self.reply, **kwargs)

    def note(self, facts: dict[str, Any]) -> None:
        letters.attach_scan(self.reply, facts["scan"], by=self.request.user)
