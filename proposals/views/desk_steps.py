"""One step at a desk: what it means, what has to be said, and nothing lost when it is refused."""

from collections.abc import Mapping
from typing import Any, TypeVar

from django.contrib import messages
from django.db import models
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse

from congress.doors.portal import TransitionView
from congress.kernel.workflow import Refused

M = TypeVar("M", bound=models.Model)


class Step(TransitionView[M]):
    """The steps of a desk, those of its office left out: they have no page here."""

    verbs: tuple[str, ...] = ()
    said: Mapping[str, Any] = {}  # what is told after a step
    templates: Mapping[str, str] = {}  # steps with a page of their own

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if "verb" in kwargs and kwargs["verb"] not in self.verbs:
            raise Http404
        kwargs.setdefault("verb", self.verbs[0])
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, pk: int, verb: str) -> HttpResponseBase:
        obj = self._object(pk)
        if reason := self.workflow.obstacle(obj, verb):
            messages.error(request, reason)
            return redirect(self.back(obj))
        return self._page(obj, verb, self._form(obj, verb))

    def post(self, request: HttpRequest, pk: int, verb: str) -> HttpResponseBase:
        obj = self._object(pk)
        form = self._form(obj, verb, request.POST)
        if not form.is_valid():
            return self._refused(obj, verb, form, "")
        try:
            self.take(obj, verb, dict(form.cleaned_data))
        except Refused as refusal:
            return self._refused(obj, verb, form, str(refusal))
        if verb in self.said:
            messages.success(request, self.said[verb])
        return redirect(self.landing(obj, verb))

    def take(self, obj: M, verb: str, facts: dict[str, Any]) -> M:
        """Take the step with what was said."""
        return self.workflow.take(obj, verb, by=self.request.user, **facts)

    def _refused(self, obj: M, verb: str, form: Any, refusal: str) -> HttpResponseBase:
        """A second click finds it done and says nothing; whoever typed a text keeps it and reads why not."""
        obj.refresh_from_db()  # as the first click left it
        if self.workflow.has_left(obj, verb):
            if self.workflow.repeats(obj, verb, form, by=self.request.user):
                return redirect(self.landing(obj, verb))
            if told := self.workflow.told(obj, verb, typed=bool(form.fields)):
                form.errors.clear()
                refusal = told
        if not form.fields:
            messages.error(self.request, refusal)
            return redirect(self.back(obj))
        if refusal:
            form.add_error(None, refusal)
        return self._page(obj, verb, form)

    def back(self, obj: M) -> str:
        """Where one goes without taking the step."""
        raise NotImplementedError

    def landing(self, obj: M, verb: str) -> str:
        """Where one is after it; the page there forgets what the device kept."""
        return f"{self.back(obj)}?sent={verb}"

    def more(self, obj: M, verb: str) -> dict[str, Any]:
        """What the page shows besides the form."""
        return {}

    def _page(self, obj: M, verb: str, form: Any) -> HttpResponseBase:
        row = self.workflow.row(verb)
        if form.is_bound and not form.non_field_errors() and (reason := self.workflow.obstacle(obj, verb)):
            form.add_error(None, reason)
        context = {"object": obj, "row": row, "verb": verb, "form": form, "back": self.back(obj)}
        template = self.templates.get(verb, self.template_name)
        return TemplateResponse(self.request, template, context | self.more(obj, verb))
