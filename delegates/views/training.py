"""The delegate's trainings: what he came to, what comes, his notes, and signing in at the door."""

from contextlib import suppress
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import FormView, ListView, View

from congress.doors.portal import PolicyMixin
from congress.kernel.workflow import Refused
from delegates.forms import NoteForm
from delegates.models import Attendance, TrainingSession
from delegates.policies import ATTENDANCES, TRAININGS
from delegates.services import training
from delegates.views.records import DelegateMixin

SHOWN = 5


class MyTraining(DelegateMixin, PolicyMixin[Attendance], ListView):
    """My trainings of this year and before, what comes, and what others have learned."""

    policy, template_name, paginate_by = ATTENDANCES, "delegates/my_training.html", 25

    def get_queryset(self) -> Any:
        return training.own_attendances(self.request.user).for_list()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.request.user
        today = timezone.localdate()
        return super().get_context_data(
            year=training.own_year(user),
            coming=training.coming(user, today)[:SHOWN],
            today=today,
            notes=ATTENDANCES.published(user).for_list().order_by("-session__held_on", "-pk")[:SHOWN],
            saved=self.request.GET.get("saved", "") if self.request.GET.get("saved", "").isdecimal() else "",
            **kwargs,
        )


class PublishedNotes(DelegateMixin, ListView):
    """What delegates wrote of trainings, and the office published."""

    template_name, paginate_by = "delegates/training_notes.html", 25

    def get_queryset(self) -> Any:
        return ATTENDANCES.published(self.request.user).for_list().order_by("-session__held_on", "-pk")


class MyNote(DelegateMixin, FormView):
    """What I learned: my own words, which nobody else changes."""

    template_name, form_class = "delegates/training_note.html", NoteForm

    @cached_property
    def attendance(self) -> Attendance:
        return get_object_or_404(training.own_attendances(self.request.user).for_list(), pk=self.kwargs["pk"])

    def get_initial(self) -> dict[str, Any]:
        return {"text": self.attendance.note, "offered": self.attendance.note_offered}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(attendance=self.attendance, **kwargs)

    def form_valid(self, form: NoteForm) -> HttpResponse:
        training.save_note(self.attendance, **form.cleaned_data, by=self.request.user)
        messages.success(self.request, _("Your study note is kept. The liaison office can read it."))
        return redirect(f"{reverse('my_training')}?saved={self.attendance.pk}")


class SignIn(DelegateMixin, PolicyMixin[TrainingSession], View):
    """What the code at the door leads to: one button. Looking at it changes nothing."""

    policy = TRAININGS

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        return self._page(self._session(code))

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        session = self._session(code)
        with suppress(Refused):  # the page says why not
            training.sign_in(session, by=request.user)
        return redirect("training_sign_in", code)

    def _session(self, code: str) -> TrainingSession:
        return get_object_or_404(self.get_queryset().for_list(), code=code.replace("\x00", ""))

    def _page(self, session: TrainingSession) -> HttpResponse:
        own = training.own_attendances(self.request.user).filter(session=session).first()
        context = {"session": session, "own": own, "obstacle": training.obstacle(session, timezone.now())}
        return TemplateResponse(self.request, "delegates/training_sign_in.html", context)
