"""Earlier papers of 人大, of 政协 and of our own: what new ones are held against."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy

from congress.doors.admin import ReadOnlyAdmin
from congress.policies import MANAGE, branches
from proposals.models import Precedent
from proposals.policies import PRECEDENTS


@admin.register(Precedent)
class PrecedentAdmin(ReadOnlyAdmin):
    """They come by a workbook or with our own papers; a corrected workbook corrects them."""

    policy = PRECEDENTS
    list_display = ["title", "source", "year", "number_text", "answer", "whose"]
    list_filter = ["source", "year"]
    search_fields = ["title", "number_text"]
    list_select_related = ["organization"]
    fields = ["title", ("source", "year"), ("number_text", "organization"), "answer"]
    change_list_template = "admin/proposals/precedent_change_list.html"

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        manages = bool(branches(request.user, MANAGE))
        return super().changelist_view(request, {"imports": manages} | (extra_context or {}))

    @admin.display(description=gettext_lazy("organisation"), ordering="organization__path")
    def whose(self, obj: Precedent) -> str:
        return obj.organization.name
