"""The admin's side navigation: what the user's role works with, in the order of a day."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from congress.models import Role
from congress.policies import AUDIT, MANAGE, VIEW, branches, has_role


def _item(title: Any, icon: str, name: str) -> dict[str, Any]:
    return {"title": title, "icon": icon, "link": reverse_lazy(f"admin:{name}")}


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """The groups of links the user may use, and no other."""
    user, groups = request.user, []
    if branches(user, VIEW):
        groups.append(
            {
                "title": _("Delegates"),
                "items": [
                    _item(_("Dashboard"), "dashboard", "index"),
                    _item(_("Delegates"), "groups", "delegates_mandate_changelist"),
                    *(
                        [_item(_("Correction requests"), "rule", "delegates_correctionrequest_changelist")]
                        if branches(user, MANAGE)
                        else []
                    ),
                    *(
                        [_item(_("Imports"), "upload_file", "congress_importrun_changelist")]
                        if branches(user, MANAGE)
                        else []
                    ),
                    _item(_("Printed reports"), "print", "congress_printedreport_changelist"),
                ],
            }
        )
        groups.append(
            {
                "title": _("Bodies"),
                "items": [
                    _item(_("Delegate groups"), "diversity_3", "delegates_delegategroup_changelist"),
                    _item(_("Delegations"), "flag", "delegates_delegation_changelist"),
                    _item(_("Electing units"), "how_to_vote", "delegates_electingunit_changelist"),
                    _item(_("Congresses"), "account_balance", "congress_congress_changelist"),
                    _item(_("Sessions"), "event", "congress_session_changelist"),
                    _item(_("Organisations"), "account_tree", "congress_organization_changelist"),
                ],
            }
        )
        groups.append(
            {
                "title": _("Rules and calendar"),
                "items": [
                    _item(_("Rules"), "gavel", "congress_rule_changelist"),
                    _item(_("Calendar days"), "calendar_month", "congress_calendarday_changelist"),
                    _item(_("Calendar years"), "date_range", "congress_calendaryear_changelist"),
                ],
            }
        )
    machine = []
    if has_role(user, Role.SYSADMIN):
        machine += [
            _item(_("Accounts"), "manage_accounts", "congress_user_changelist"),
            _item(_("Background jobs"), "schedule", "congress_job_changelist"),
            _item(_("Deliveries"), "outgoing_mail", "congress_delivery_changelist"),
        ]
    if branches(user, AUDIT):
        machine.append(_item(_("Audit record"), "policy", "congress_auditevent_changelist"))
    if machine:
        groups.append({"title": _("System"), "items": machine})
    return groups
