"""Categories of papers, and the committee members who lead them."""

from django.contrib import admin

from congress.doors.admin import PolicyAdmin
from delegates.models import CommitteeMember
from delegates.policies import MEMBERS
from proposals.models import Category
from proposals.policies import CATEGORIES


@admin.register(Category)
class CategoryAdmin(PolicyAdmin):
    policy = CATEGORIES
    list_display = ["name", "parent", "organization", "number", "is_party_building", "is_closed"]
    search_fields = ["name"]
    fields = ["organization", "parent", "name", "number", "is_party_building", "is_closed"]
    list_select_related = ["parent", "organization"]


@admin.register(CommitteeMember)
class CommitteeMemberAdmin(PolicyAdmin):
    policy = MEMBERS
    list_display = ["name", "post", "duties", "congress", "is_standing"]
    search_fields = ["name", "post"]
    fields = ["congress", "name", "post", "duties", "number", "is_standing", "user", "left_on"]
    autocomplete_fields = ["congress"]
    list_select_related = ["congress__organization"]
