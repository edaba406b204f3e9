"""What anybody may read of papers: subject, who handled it, what came of it. No delegate's number or phone."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import get_object_or_404
from django.utils.decorators import method_decorator
from django.views.generic import ListView, TemplateView

from congress.doors.paging import PatientPaginator
from proposals.policies import PROPOSALS
from proposals.services.standing import answering_units, public_words


@method_decorator(login_not_required, name="dispatch")
class PublicPapers(ListView):
    """The papers the office opened, the newest first; found by a part of the subject or the number."""

    template_name, paginate_by, paginator_class = "proposals/public_papers.html", 25, PatientPaginator

    def get_queryset(self) -> Any:
        rows = PROPOSALS.published().for_list().order_by("-pk")
        return rows.matching(self.text) if self.text else rows

    @property
    def text(self) -> str:
        return self.request.GET.get("q", "").replace("\x00", "")[:40].strip()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        rows = list(context["object_list"])
        units = answering_units(rows)
        for row in rows:
            row.units, row.place = units.get(row.pk, ""), public_words(row)
        return context | {"object_list": rows, "q": self.text}


@method_decorator(login_not_required, name="dispatch")
class PublicPaper(TemplateView):
    """One of them with its replies."""

    template_name = "proposals/public_paper.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        paper = get_object_or_404(
            PROPOSALS.published().select_related("congress__organization", "session", "category"), pk=kwargs["pk"]
        )
        replies = paper.replies.filter(issued_on__isnull=False).select_related("assignment__unit")
        return super().get_context_data(
            proposal=paper,
            place=public_words(paper),
            units=answering_units([paper]).get(paper.pk, ""),
            replies=replies.order_by("-round", "pk"),
            **kwargs,
        )
