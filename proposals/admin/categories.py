"""Categories of papers, and the committee members who lead them."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext as _

from congress.doors.admin import PolicyAdmin
from congress.kernel.workflow import Refused
from delegates.models import CommitteeMember
from delegates.policies import MEMBERS
from proposals.models import Category
from proposals.policies import CATEGORIES, accounts_in


@admin.register(Category)
class CategoryAdmin(PolicyAdmin):
    policy = CATEGORIES
    list_display = ["name", "parent", "organization", "number", "is_party_building", "is_closed"]
    search_fields = ["name"]
    fields = ["organization", "parent", "name", "number", "is_party_building", "is_closed"]
    list_select_related = ["parent", "organization"]

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "parent":  # two levels, no more: and nothing stands under itself
            kwargs["queryset"] = CATEGORIES.visible(request.user).filter(parent=None)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Category, form: Any, change: bool) -> None:
        if obj.parent_id is not None and (obj.parent_id == obj.pk or obj.children.exists()):
            raise Refused(_("There are two levels: a category with others below it stands under none."))
        super().save_model(request, obj, form, change)


@admin.register(CommitteeMember)
class CommitteeMemberAdmin(PolicyAdmin):
    policy = MEMBERS
    list_display = ["name", "post", "duties", "congress", "is_standing"]
    search_fields = ["name", "post"]
    fields = ["congress", "name", "post", "duties", "number", "is_standing", "user", "left_on"]
    autocomplete_fields = ["congress"]
    list_select_related = ["congress__organization"]

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "user":  # messages about papers go there: nobody's account but the branch's own
            kwargs["queryset"] = accounts_in(request.user)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)
