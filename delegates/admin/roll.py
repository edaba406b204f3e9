"""The roll of a training day: who came, ticked by the office; and the code delegates scan at the door."""

from typing import Any

import segno
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from congress.kernel.workflow import Refused
from delegates.forms import RollForm
from delegates.models import TrainingSession
from delegates.policies import ATTENDANCES, MANDATES, TRAININGS
from delegates.services import training

ROWS_A_PAGE = 100
LATEST = 8


class RollPages:
    """What the pages of a training day add. Who only reads sees the roll of his own delegates without its buttons."""

    admin_site: Any
    opts: Any

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/roll/", view(self.roll), name="delegates_trainingsession_roll"),
            path("<int:pk>/code/", view(self.code), name="delegates_trainingsession_code"),
            path("<int:pk>/code/<slug:verb>/", view(self.code_verb), name="delegates_trainingsession_code_verb"),
            *super().get_urls(),  # type: ignore[misc]
        ]

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        if obj := context.get("original"):
            context["keeps"] = TRAININGS.may_change(request.user, obj)
        return super().render_change_form(request, context, *args, **kwargs)  # type: ignore[misc]

    def roll(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The delegates invited, by township, group or name; those ticked are signed in or taken back together."""
        session = self.get_object(request, str(pk))  # type: ignore[attr-defined]
        form = RollForm(request.POST or None, initial={"hours": plain(session.hours)})
        if request.method == "POST":
            problem = self._take(request, session, form)
            if not problem:
                return redirect(request.get_full_path())
            messages.error(request, problem)
        context = {"session": session, "now": _now(request, session)}
        if request.htmx:
            return TemplateResponse(request, "admin/delegates/_roll_state.html", context)
        context |= self.admin_site.each_context(request) | _Roll(request, session).context()
        context |= {"form": form, "opts": self.opts, "title": str(session)}
        context |= {"keeps": TRAININGS.may_change(request.user, session)}
        return TemplateResponse(request, "admin/delegates/roll.html", context)

    def _take(self, request: HttpRequest, session: TrainingSession, form: RollForm) -> str:
        """Do what the roll's button says; the reason why not, or nothing."""
        verb = request.POST.get("verb", "")
        ticked = _numbers(request.POST.getlist("shown" if verb == "mark_all" else "chosen"))
        if verb not in {"mark", "mark_all", "unmark"}:
            raise Http404
        if not ticked:
            return _("Nobody is ticked.")
        if verb != "unmark" and not form.is_valid():
            return " ".join(str(text) for texts in form.errors.values() for text in texts)
        try:
            if verb == "unmark":
                count = training.unmark(session, ticked, by=request.user)
                messages.success(request, _("%(count)s delegates taken back.") % {"count": count})
            else:
                count = training.mark(session, ticked, form.cleaned_data["hours"], by=request.user)
                messages.success(request, _("%(count)s delegates signed in.") % {"count": count})
        except Refused as refusal:
            return str(refusal)
        return ""

    def code(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The QR code, for the wall, and how many have signed in."""
        session = self.get_object(request, str(pk))  # type: ignore[attr-defined]
        if not TRAININGS.may_change(request.user, session):
            raise PermissionDenied
        opens, closes = training.window(session)
        context = {"session": session, "now": _now(request, session), "opens": opens, "closes": closes}
        context["obstacle"] = training.obstacle(session, timezone.now())
        if request.htmx:
            return TemplateResponse(request, "admin/delegates/_code_state.html", context)
        address = request.build_absolute_uri(reverse("training_sign_in", args=[session.code]))
        context |= {"qr_code": segno.make(address, error="m").svg_data_uri(scale=8, border=2), "address": address}
        return TemplateResponse(request, "admin/delegates/code.html", context)

    def code_verb(self, request: HttpRequest, pk: int, verb: str) -> HttpResponse:
        """Open or close the sign-in by code, or give it a new code."""
        session = self.get_object(request, str(pk))  # type: ignore[attr-defined]
        if request.method != "POST" or verb not in {"open", "close", "renew"}:
            raise Http404
        if verb == "renew":
            training.renew_code(session, by=request.user)
        else:
            training.set_open(session, verb == "open", by=request.user)
        return redirect("admin:delegates_trainingsession_code", pk)


def _now(request: HttpRequest, session: TrainingSession) -> dict[str, Any]:
    """How many are due and have come, and who came last."""
    came = ATTENDANCES.visible(request.user).filter(session=session)
    return {
        "due": training.invited(session, MANDATES.visible(request.user)).count(),
        "came": came.count(),
        "latest": came.exclude(signed_at=None).for_list().order_by("-signed_at", "-pk")[:LATEST],
    }


class _Roll:
    """The rows of the roll's page: who is invited or came, as far as the filters and the user's rights go."""

    def __init__(self, request: HttpRequest, session: TrainingSession) -> None:
        self.request, self.session = request, session
        self.asked = {name: request.GET.get(name, "").replace("\x00", "") for name in ("town", "group", "q", "state")}
        seen = MANDATES.visible(request.user)
        came = ATTENDANCES.visible(request.user).filter(session=session, mandate__person=OuterRef("person"))
        invited = training.invited(session, MANDATES.visible(request.user))
        self.came = ATTENDANCES.visible(request.user).filter(session=session)
        self.rows = seen.filter(Q(pk__in=invited.values("pk")) | Q(pk__in=self.came.values("mandate")))
        self.rows = self.rows.annotate(here=Exists(came))

    def context(self) -> dict[str, Any]:
        """The page, and what it can be narrowed to."""
        towns = list(
            self.rows.order_by("congress__organization__path")
            .values_list("congress__organization__code", "congress__organization__name")
            .distinct()
        )
        page = Paginator(self._narrowed(), ROWS_A_PAGE).get_page(self.request.GET.get("page"))
        here = {one.mandate.person_id: one for one in self.came.filter(mandate__person__in=_persons(page)).for_list()}
        for mandate in page:
            mandate.came = here.get(mandate.person_id)
        chosen = self.asked["town"] or (towns[0][0] if len(towns) == 1 else "")
        return {"page": page, "asked": self.asked, "towns": towns, "groups": self._groups(chosen) if chosen else []}

    def _groups(self, town: str) -> list[tuple[int, str]]:
        rows = self.rows.filter(congress__organization__code=town, group__isnull=False)
        rows = rows.order_by("group__number", "group").values_list("group", "group__name")
        return list(rows.distinct())

    def _narrowed(self) -> QuerySet:
        rows = self.rows.for_register().order_by("congress__organization__path", "roster_key", "pk")
        if self.asked["town"]:
            rows = rows.filter(congress__organization__code=self.asked["town"])
        if group := _numbers([self.asked["group"]]):
            rows = rows.filter(group__in=group)
        if self.asked["state"] in {"here", "missing"}:
            rows = rows.filter(here=self.asked["state"] == "here")
        if words := self.asked["q"].strip()[:40]:
            rows = rows.filter(person__in=_named(self.request, words))
        return rows


def _named(request: HttpRequest, words: str) -> QuerySet:
    return MANDATES.visible(request.user).matching(words).order_by().values("person")


def _persons(page: Any) -> list[int]:
    return [mandate.person_id for mandate in page]


def _numbers(texts: list[str]) -> list[int]:
    return [int(text) for text in texts if text.isascii() and text.isdecimal() and len(text) < 19]


def plain(hours: Any) -> str:
    """Hours as one says them: 4, 4.5."""
    return f"{float(hours):g}"
