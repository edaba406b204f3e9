"""The admin's side navigation: what the user's role works with, in the order of a day."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from congress.models import Role
from congress.policies import AUDIT, MANAGE, NOTICES, VIEW, branches, has_role


def _item(title: Any, icon: str, name: str) -> dict[str, Any]:
    return {"title": title, "icon": icon, "link": reverse_lazy(f"admin:{name}")}


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """The groups of links the user may use, and no other."""
    user = request.user
    groups = [
        {"title": _("My desk"), "items": _desk(user)},
        {"title": _("Delegates"), "items": _register(user)},
        {"title": _("Links and contacts"), "items": _links(user)},
        {"title": _("Proposals and motions"), "items": _papers(user)},
        {"title": _("Elections and changes"), "items": _term(user)},
        {"title": _("Training"), "items": _training(user)},
        {"title": _("Bodies"), "items": _bodies(user)},
        {"title": _("Rules and calendar"), "items": _rules(user)},
        {"title": _("System"), "items": _machine(user)},
    ]
    return [group for group in groups if group["items"]]


def _desk(user: Any) -> list[dict[str, Any]]:
    unread = NOTICES.visible(user).filter(read_at=None).count()
    messages = {"title": _("Messages"), "icon": "mail", "link": reverse_lazy("message_list")}
    if unread:
        messages["badge"] = str(unread)
    own = {"title": _("My account"), "icon": "person", "link": reverse_lazy("my_account")}
    return [_item(_("Dashboard"), "dashboard", "index"), messages, own]


def _register(user: Any) -> list[dict[str, Any]]:
    if not branches(user, VIEW):
        return []
    items = [
        _item(_("Delegates"), "groups", "delegates_mandate_changelist"),
        _item(_("Structure"), "donut_small", "delegates_mandate_structure"),
    ]
    if branches(user, MANAGE):
        items += [
            _item(_("Correction requests"), "rule", "delegates_correctionrequest_changelist"),
            _item(_("Imports"), "upload_file", "congress_importrun_changelist"),
        ]
    items += [
        _item(_("Printed reports"), "print", "congress_printedreport_changelist"),
        _item(_("Official documents"), "description", "congress_officialdocument_changelist"),
    ]
    if branches(user, MANAGE):
        items += [
            _item(_("Document templates"), "edit_document", "congress_documenttemplate_changelist"),
            _item(_("Letterheads"), "badge", "congress_letterhead_changelist"),
        ]
    return items


def _term(user: Any) -> list[dict[str, Any]]:
    if not branches(user, VIEW):
        return []
    items = [
        _item(_("Decisions on delegates"), "history_edu", "delegates_mandatechange_changelist"),
        _item(_("Vacancies"), "event_seat", "delegates_vacancy_changelist"),
        _item(_("Elections"), "ballot", "delegates_election_changelist"),
        _item(_("Credentials checks"), "verified_user", "delegates_credentialsreview_changelist"),
    ]
    if branches(user, MANAGE):
        items.append(_item(_("Removal motions"), "person_off", "delegates_removalmotion_changelist"))
    items.append(_item(_("Pledges"), "draw", "delegates_commitment_changelist"))
    return [*items, _item(_("Due times"), "alarm", "congress_duetime_changelist")]


def _links(user: Any) -> list[dict[str, Any]]:
    if not branches(user, VIEW):
        return []
    items = [_item(_("Committee links"), "hub", "liaison_committeelink_changelist")]
    if branches(user, MANAGE):
        items += [
            _item(_("Proposal of links"), "account_tree", "liaison_propose"),
            _item(_("Delegates' contacts"), "contacts", "liaison_contact_changelist"),
        ]
    return [*items, _item(_("Committee members"), "supervisor_account", "delegates_committeemember_changelist")]


def _papers(user: Any) -> list[dict[str, Any]]:
    if not branches(user, VIEW):
        return []
    return [
        _item(_("Board"), "view_kanban", "proposals_board"),
        _item(_("List of papers"), "article", "proposals_proposal_changelist"),
        _item(_("Assigning meeting"), "assignment_ind", "proposals_handover"),
        _item(_("Overdue"), "notification_important", "proposals_late"),
        _item(_("Units' parts"), "work", "proposals_assignment_changelist"),
        _item(_("Promises"), "handshake", "proposals_undertaking_changelist"),
        _item(_("Supervision meetings"), "groups_2", "proposals_supervisionmeeting_changelist"),
        _item(_("Enquiries and interpellations"), "contact_support", "proposals_inquiry_changelist"),
        _item(_("Categories of papers"), "category", "proposals_category_changelist"),
        _item(_("Earlier papers"), "history_edu", "proposals_precedent_changelist"),
    ]


def _training(user: Any) -> list[dict[str, Any]]:
    if not branches(user, VIEW):
        return []
    return [
        _item(_("Training days"), "school", "delegates_trainingsession_changelist"),
        _item(_("Courses"), "menu_book", "delegates_course_changelist"),
        _item(_("Training plans"), "edit_calendar", "delegates_trainingplan_changelist"),
        _item(_("Who came"), "fact_check", "delegates_attendance_changelist"),
    ]


def _bodies(user: Any) -> list[dict[str, Any]]:
    if not branches(user, VIEW):
        return []
    return [
        _item(_("Delegate groups"), "diversity_3", "delegates_delegategroup_changelist"),
        _item(_("Delegations"), "flag", "delegates_delegation_changelist"),
        _item(_("Electing units"), "how_to_vote", "delegates_electingunit_changelist"),
        _item(_("Congresses"), "account_balance", "congress_congress_changelist"),
        _item(_("Sessions"), "event", "congress_session_changelist"),
        _item(_("Organisations"), "account_tree", "congress_organization_changelist"),
    ]


def _rules(user: Any) -> list[dict[str, Any]]:
    if not branches(user, VIEW):
        return []
    return [
        _item(_("Rules"), "gavel", "congress_rule_changelist"),
        _item(_("Calendar days"), "calendar_month", "congress_calendarday_changelist"),
        _item(_("Calendar years"), "date_range", "congress_calendaryear_changelist"),
    ]


def _machine(user: Any) -> list[dict[str, Any]]:
    items = []
    if has_role(user, Role.SYSADMIN):
        items += [
            _item(_("Accounts"), "manage_accounts", "congress_user_changelist"),
            _item(_("Background jobs"), "schedule", "congress_job_changelist"),
            _item(_("Deliveries"), "outgoing_mail", "congress_delivery_changelist"),
        ]
    if branches(user, AUDIT):
        items.append(_item(_("Audit record"), "policy", "congress_auditevent_changelist"))
    return items
