"""Who reaches what, through every door. What may not be seen does not exist."""

import re
from io import BytesIO
from zipfile import ZipFile

import pytest
from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from pypdf import PdfReader

from congress.kernel.reports import registry
from congress.models import AuditEvent, Role
from tests.doors.world import MARK

pytestmark = pytest.mark.django_db

STAFF_WITH_BRANCH = {"office", "township", "workroom", "organisation_department"}
MANAGERS = {"office", "township"}
LISTS = {  # every list page of the staff, and the roles for which it exists
    "admin:delegates_mandate_changelist": STAFF_WITH_BRANCH,
    "admin:delegates_electingunit_changelist": STAFF_WITH_BRANCH,
    "admin:delegates_delegation_changelist": STAFF_WITH_BRANCH,
    "admin:delegates_delegategroup_changelist": STAFF_WITH_BRANCH,
    "admin:delegates_correctionrequest_changelist": MANAGERS,
    "admin:delegates_election_changelist": STAFF_WITH_BRANCH,
    "admin:delegates_objection_changelist": MANAGERS,
    "admin:delegates_vacancy_changelist": STAFF_WITH_BRANCH,
    "admin:delegates_mandatechange_changelist": STAFF_WITH_BRANCH,
    "admin:delegates_credentialsreview_changelist": STAFF_WITH_BRANCH,
    "admin:delegates_removalmotion_changelist": MANAGERS,
    "admin:delegates_commitment_changelist": STAFF_WITH_BRANCH,
    "admin:congress_duetime_changelist": STAFF_WITH_BRANCH,
    "admin:delegates_trainingplan_changelist": STAFF_WITH_BRANCH,
    "admin:delegates_course_changelist": STAFF_WITH_BRANCH,
    "admin:delegates_trainingsession_changelist": STAFF_WITH_BRANCH,
    "admin:delegates_attendance_changelist": STAFF_WITH_BRANCH,
    "admin:congress_organization_changelist": STAFF_WITH_BRANCH,
    "admin:congress_congress_changelist": STAFF_WITH_BRANCH,
    "admin:congress_session_changelist": STAFF_WITH_BRANCH,
    "admin:congress_rule_changelist": STAFF_WITH_BRANCH,
    "admin:congress_calendarday_changelist": STAFF_WITH_BRANCH,
    "admin:congress_calendaryear_changelist": STAFF_WITH_BRANCH,
    "admin:congress_importrun_changelist": MANAGERS,
    "admin:congress_printedreport_changelist": STAFF_WITH_BRANCH,
    "admin:congress_officialdocument_changelist": STAFF_WITH_BRANCH,
    "admin:congress_documenttemplate_changelist": MANAGERS,
    "admin:congress_letterhead_changelist": MANAGERS,
    "admin:proposals_proposal_changelist": STAFF_WITH_BRANCH,
    "admin:proposals_assignment_changelist": STAFF_WITH_BRANCH,
    "admin:proposals_inquiry_changelist": STAFF_WITH_BRANCH,
    "admin:proposals_undertaking_changelist": STAFF_WITH_BRANCH,
    "admin:proposals_supervisionmeeting_changelist": STAFF_WITH_BRANCH,
    "admin:proposals_category_changelist": STAFF_WITH_BRANCH,
    "admin:proposals_precedent_changelist": STAFF_WITH_BRANCH,
    "admin:delegates_committeemember_changelist": STAFF_WITH_BRANCH,
    "admin:liaison_committeelink_changelist": STAFF_WITH_BRANCH,
    "admin:liaison_contact_changelist": MANAGERS,
    "admin:congress_user_changelist": {"sysadmin"},
    "admin:congress_job_changelist": {"sysadmin"},
    "admin:congress_delivery_changelist": {"sysadmin"},
    "admin:congress_auditevent_changelist": {"auditor"},
}
PORTAL = {"portal_home": {"delegate"}, "my_record": {"delegate"}, "ask_correction": {"delegate"},
          "my_corrections": {"delegate"}, "my_mandate": {"delegate"}, "rights": {"delegate"}, "pledge": {"delegate"},
          "resign": {"delegate"}, "unit_home": {"unit"}, "my_training": {"delegate"},
          "training_notes": {"delegate"}, "my_proposals": {"delegate"}, "paper_new": {"delegate"},
          "my_inquiries": {"delegate"}, "my_contacts": {"delegate"}, "contact_new": {"delegate"},
          "unit_promises": {"unit"}, "unit_inquiries": {"unit"}}  # fmt: skip
OPEN = ["public_home", "login", "components", "public_papers"]
RESOURCES = [name for name in settings.API_RESOURCES if name != "tokens"]
ALL_ROLES = [str(role) for role in Role]


@pytest.mark.parametrize("role", ALL_ROLES)
def test_each_role_finds_its_own_pages_and_no_other(world, sign_in, role):
    client = sign_in(world.users[role])
    staff = world.users[role].is_staff
    for name, roles in LISTS.items():
        expected = 200 if role in roles else (404 if staff else 302)
        assert client.get(reverse(name)).status_code == expected, name
    for name, roles in PORTAL.items():
        assert client.get(reverse(name)).status_code == (200 if role in roles else 404), name
    for name in OPEN:
        assert client.get(reverse(name)).status_code in {200, 302}, name


def test_a_stranger_sees_the_public_pages_only(world, client):
    for name in [*LISTS, *PORTAL, "message_list", "my_account", "start"]:
        response = client.get(reverse(name))
        assert response.status_code == 302, name
        assert response.url.startswith("/login/"), name
    for name in OPEN:
        assert client.get(reverse(name)).status_code == 200, name


def test_the_list_of_pages_above_is_complete(world):
    """A new list page must be added to LISTS, or nobody has said who may see it."""
    names = set(_names(get_resolver()))
    lists = {f"admin:{name}" for name in names if name.endswith("_changelist")}
    assert lists == set(LISTS)


def _names(resolver):
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from _names(pattern)
        elif isinstance(pattern, URLPattern) and pattern.name:
            yield pattern.name


ALLOWED_BEFORE_THE_CODE = {"one_time_code", "one_time_setup", "password_change", "logout", "set_size", "set_language"}


def test_staff_with_a_password_only_get_nowhere(world, client):
    client.force_login(world.users["office"], backend="congress.doors.backend.AccountBackend")
    for name in [*LISTS, "admin:index", "message_list", "my_account", "start", "public_home"]:
        response = client.get(reverse(name))
        assert response.status_code == 302, name
        assert "/account/" in response.url, name
    for path in RESOURCES:
        assert client.get(f"/api/v1/{path}/").status_code == 401


def test_a_township_never_meets_its_neighbours_mark(world, sign_in):
    client = sign_in(world.users["township"])
    pages = [reverse(name) for name in LISTS] + ["/admin/"]
    pages += [f"{reverse('admin:delegates_mandate_changelist')}?q={query}" for query in ("王", "邻镇", "wang", "w")]
    pages += [f"/api/v1/{name}/?page_size=200" for name in RESOURCES]
    pages += [reverse("admin:delegates_mandate_structure"), reverse("admin:delegates_vacancy_report")]
    pages += ["/api/v1/delegates/?status=candidate", "/admin/delegates/mandate/?status=candidate"]
    pages += ["/api/v1/delegates/?search=王", "/api/v1/organizations/?search=邻"]
    pages += [reverse("admin:congress_printedreport_ask", args=[key]) for key in registry()]
    pages += [f"/admin/delegates/{model}/add/" for model in
              ("mandate", "delegategroup", "election", "objection", "credentialsreview", "removalmotion")]  # fmt: skip
    pages += ["/admin/liaison/committeelink/add/", "/admin/liaison/contact/add/"]
    pages += ["/admin/congress/importrun/add/"]
    pages += [reverse(f"admin:proposals_{name}") for name in ("board", "late", "handover", "enter")]
    pages += [f"/admin/autocomplete/?app_label=delegates&model_name=delegation&field_name={field}&term="
              for field in ("head", "congress", "deputies")]  # fmt: skip
    for page in pages:
        response = client.get(page)
        body = b"".join(response.streaming_content) if response.streaming else response.content
        text = body.decode()
        assert MARK not in text.replace(f"q={MARK}", ""), page
        assert "13900000002" not in text
        assert MARK not in str(response.headers), page


def test_a_neighbours_row_and_no_row_look_the_same(world, sign_in):
    client = sign_in(world.users["township"])
    theirs = world.theirs
    rows = {
        "admin:delegates_mandate_change": theirs.mandate.pk,
        "admin:delegates_mandate_history": theirs.mandate.pk,
        "admin:delegates_delegategroup_change": theirs.group.pk,
        "admin:delegates_delegation_change": theirs.delegation.pk,
        "admin:delegates_electingunit_change": theirs.unit.pk,
        "admin:delegates_correctionrequest_change": theirs.correction.pk,
        "admin:delegates_election_change": theirs.term.election.pk,
        "admin:delegates_election_history": theirs.term.election.pk,
        "admin:delegates_election_speech": theirs.term.election.pk,
        "admin:delegates_objection_change": theirs.term.objection.pk,
        "admin:delegates_vacancy_change": theirs.term.vacancy.pk,
        "admin:delegates_mandatechange_change": theirs.term.change.pk,
        "admin:delegates_mandatechange_file": theirs.term.change.pk,
        "admin:delegates_credentialsreview_change": theirs.term.review.pk,
        "admin:delegates_credentialsreview_judge": theirs.term.review.pk,
        "admin:delegates_removalmotion_change": theirs.term.motion.pk,
        "admin:delegates_commitment_change": theirs.term.commitment.pk,
        "admin:delegates_quotas": theirs.mandate.congress_id,
        "admin:delegates_trainingplan_change": theirs.plan.pk,
        "admin:delegates_course_change": theirs.attendance.session.course_id,
        "admin:delegates_trainingsession_change": theirs.attendance.session_id,
        "admin:delegates_trainingsession_roll": theirs.attendance.session_id,
        "admin:delegates_trainingsession_code": theirs.attendance.session_id,
        "admin:delegates_attendance_change": theirs.attendance.pk,
        "admin:congress_organization_change": theirs.organization.pk,
        "admin:congress_organization_reorganize": theirs.organization.pk,
        "admin:congress_congress_change": theirs.mandate.congress_id,
        "admin:congress_session_change": theirs.session.pk,
        "admin:congress_rule_change": theirs.rule.pk,
        "admin:congress_printedreport_change": theirs.printed.pk,
        "admin:congress_officialdocument_change": theirs.document.pk,
        "admin:congress_documenttemplate_change": theirs.wording.pk,
        "admin:congress_letterhead_change": theirs.letterhead.pk,
        "admin:liaison_committeelink_change": theirs.link.pk,
        "admin:liaison_committeelink_end": theirs.link.pk,
        "admin:liaison_committeelink_move": theirs.link.pk,
        "admin:liaison_contact_change": theirs.contact.pk,
        "admin:liaison_contact_end": theirs.contact.pk,
        "admin:liaison_contact_history": theirs.contact.pk,
        "attachment": theirs.printed.attachment_id,
    }
    for name, pk in rows.items():
        foreign, absent = client.get(reverse(name, args=[pk])), client.get(reverse(name, args=[987654]))
        assert (foreign.status_code, absent.status_code) == (404, 404), name
        assert _without(foreign.content, pk) == _without(absent.content, 987654), name
    for path, pk in [("delegates", theirs.mandate.pk), ("congresses", theirs.mandate.congress_id),
                     ("reports", theirs.printed.pk), ("sessions", theirs.session.pk), ("groups", theirs.group.pk),
                     ("organizations", theirs.organization.pk), ("elections", theirs.term.election.pk),
                     ("vacancies", theirs.term.vacancy.pk), ("mandate-changes", theirs.term.change.pk),
                     ("credentials-reviews", theirs.term.review.pk), ("removal-motions", theirs.term.motion.pk),
                     ("due-times", theirs.term.due.pk), ("trainings", theirs.attendance.session_id),
                     ("attendances", theirs.attendance.pk), ("documents", theirs.document.pk)]:  # fmt: skip
        foreign, absent = client.get(f"/api/v1/{path}/{pk}/"), client.get(f"/api/v1/{path}/987654/")
        assert foreign.status_code == 404
        assert foreign.content == absent.content
    assert client.get(f"/api/v1/reports/{theirs.printed.pk}/file/").status_code == 404


def _without(page: bytes, pk: int) -> bytes:
    """The page without what every page repeats of the request: its address, and the form's token."""
    text = re.sub(rb'name="csrfmiddlewaretoken" value="[^"]+"', b"", page)
    return text.replace(f"/{pk}/".encode(), b"/N/")


def test_a_township_cannot_write_into_its_neighbours_rows(world, sign_in):
    client = sign_in(world.users["township"])
    theirs = world.theirs
    before = theirs.mandate.person.post
    posts = [
        (reverse("admin:delegates_mandate_change", args=[theirs.mandate.pk]), {"post": "改"}),
        (reverse("admin:delegates_mandate_reveal", args=[theirs.mandate.pk, "phone"]), {}),
        (reverse("admin:delegates_correctionrequest_take", args=[theirs.correction.pk, "accept"]), {"answer": "改"}),
        (reverse("admin:delegates_mandate_take", args=[theirs.mandate.pk, "suspend"]), {"basis": "改"}),
        (reverse("admin:delegates_election_take", args=[theirs.term.election.pk, "cancel"]), {"note": "改"}),
        (reverse("admin:delegates_election_ballot", args=[theirs.term.election.pk, "election"]), {}),
        (reverse("admin:delegates_election_drop", args=[theirs.term.election.pk, theirs.term.candidates[0].pk]), {}),
        (reverse("admin:delegates_vacancy_take", args=[theirs.term.vacancy.pk, "waive"]), {"basis": "改"}),
        (reverse("admin:liaison_contact_reveal", args=[theirs.contact.pk]), {}),
        (reverse("admin:liaison_contact_end", args=[theirs.contact.pk]), {"reason": "moved"}),
        (reverse("admin:liaison_committeelink_end", args=[theirs.link.pk]), {"note": "改"}),
        (reverse("admin:delegates_credentialsreview_take", args=[theirs.term.review.pk, "submit"]), {}),
        (reverse("admin:delegates_credentialsreview_judge", args=[theirs.term.review.pk]), {}),
        (reverse("admin:delegates_removalmotion_take", args=[theirs.term.motion.pk, "hear"]), {}),
        (reverse("admin:delegates_mandatechange_file", args=[theirs.term.change.pk]), {"number": "改"}),
        (reverse("admin:delegates_quotas", args=[theirs.mandate.congress_id]), {"basis": "改"}),
        (f"{reverse('admin:delegates_mandate_add')}?election={theirs.term.election.pk}", {"name": "改"}),
        (
            reverse("admin:congress_organization_reorganize", args=[theirs.organization.pk]),
            {"verb": "rename", "name": "改"},
        ),
    ]
    for url, data in posts:
        assert client.post(url, data).status_code == 404, url
    theirs.mandate.person.refresh_from_db()
    theirs.correction.refresh_from_db()
    assert theirs.mandate.person.post == before
    assert theirs.correction.state == "asked"


def test_a_township_cannot_move_its_own_row_to_the_neighbour(world, sign_in):
    client = sign_in(world.users["township"])
    group = world.ours.group
    url = reverse("admin:delegates_delegategroup_change", args=[group.pk])
    response = client.post(url, {"congress": world.theirs.mandate.congress_id, "name": group.name, "number": 1})
    assert response.status_code == 200  # the form again: no such choice
    group.refresh_from_db()
    assert group.congress == world.ours.mandate.congress
    assign = reverse("admin:delegates_mandate_assign")
    response = client.post(f"{assign}?ids={world.ours.mandate.pk}", {"group": world.theirs.group.pk})
    assert response.status_code == 200
    world.ours.mandate.refresh_from_db()
    assert world.ours.mandate.group == group


@pytest.mark.parametrize("key", ["p01-roster", "p02-registration", "p03-structure"])
def test_reports_of_the_neighbour_do_not_exist_for_a_township(world, sign_in, key):
    client = sign_in(world.users["township"])
    code = world.theirs.organization.code
    asked = client.post(
        "/api/v1/reports/", {"key": key, "params": {"organization": code}}, content_type="application/json"
    )
    assert asked.status_code == 400
    assert MARK not in asked.content.decode()
    page = reverse("admin:congress_printedreport_preview", args=[key])
    assert MARK not in client.get(f"{page}?organization={code}").content.decode()


@pytest.mark.parametrize("key", ["p01-roster", "p02-registration", "p03-structure"])
def test_a_districts_own_report_holds_only_what_its_asker_sees(world, key):
    """The township asks for everything it may: its file names nobody of the neighbour's, in any format."""
    township, office = world.users["township"], world.users["office"]
    report = registry()[key]
    ours = {"organization": world.ours.organization.code}
    assert MARK not in report(township, ours).html()
    book = report(township, ours).render("xlsx")
    cells = b"".join(ZipFile(BytesIO(book)).read(name) for name in ZipFile(BytesIO(book)).namelist())
    assert MARK.encode() not in cells
    paper = report(township, ours).render("pdf")
    text = "".join(page.extract_text() for page in PdfReader(BytesIO(paper)).pages)
    assert MARK not in text
    assert MARK in report(office, {"organization": world.theirs.organization.code}).html()


def test_readers_change_nothing(world, sign_in):
    for role in ("organisation_department", "workroom", "auditor"):
        client = sign_in(world.users[role])
        mandate = world.ours.mandate
        for url, data in [
            (reverse("admin:delegates_mandate_change", args=[mandate.pk]), {"post": "改"}),
            (reverse("admin:delegates_mandate_add"), {}),
            (reverse("admin:delegates_mandate_reveal", args=[mandate.pk, "phone"]), {}),
            (reverse("admin:congress_importrun_add"), {}),
            (reverse("admin:congress_rule_add"), {}),
        ]:
            assert client.post(url, data).status_code in {403, 404}, (role, url)
    assert not AuditEvent.objects.filter(action="reveal").exists()


def test_a_removed_grant_takes_effect_on_the_next_request(world, sign_in):
    from congress.policies import revoke_roles

    user = world.users["township"]
    client = sign_in(user)
    assert client.get("/api/v1/delegates/").json()["count"] == 1
    revoke_roles(user)
    assert client.get(reverse("admin:delegates_mandate_changelist")).status_code in {302, 404}
    assert client.get("/api/v1/delegates/").json().get("count", 0) == 0


def test_a_model_wide_permission_shows_nothing(world, sign_in):
    """guardian's default would show every row to its holder."""
    from django.contrib.auth.models import Permission

    user = world.users["township"]
    user.user_permissions.add(*Permission.objects.filter(codename__in=["view_branch", "manage_branch"]))
    client = sign_in(user)
    assert client.get("/api/v1/organizations/").json()["count"] == 1


def test_what_was_refused_is_recorded(world, sign_in):
    client = sign_in(world.users["township"])
    client.get(reverse("admin:delegates_mandate_change", args=[world.theirs.mandate.pk]))
    assert AuditEvent.objects.filter(action="denied", actor=world.users["township"].username, succeeded=False).exists()


def test_a_file_with_numbers_in_clear_is_its_owners_alone(world, sign_in):
    from congress.models import Attachment

    attachment = world.ours.printed.attachment
    Attachment.objects.filter(pk=attachment.pk).update(sensitive=True, owner=world.users["township"])
    for role, expected in [("township", 200), ("office", 404), ("organisation_department", 404), ("workroom", 404)]:
        client = sign_in(world.users[role])
        for url in (reverse("attachment", args=[attachment.pk]), f"/api/v1/reports/{world.ours.printed.pk}/file/"):
            response = client.get(url)
            for close in response._resource_closers:  # response.close() would close the test's connection as well
                close()
            assert response.status_code == expected, (role, url)
