"""The documents' pages: chosen, drafted, reworded, issued, fetched; the neighbour's do not exist."""

from datetime import date

import pytest
from django.urls import reverse

from congress.kernel import jobs
from congress.kernel.documents import kind_of
from congress.models import DocumentTemplate, Letterhead, OfficialDocument, Role
from congress.services import documents
from tests.factories import make_district, make_township, make_user

pytestmark = pytest.mark.django_db
ADD = "/admin/congress/officialdocument/add/"


@pytest.fixture
def town():
    return make_township(make_district(), "石桥镇")


@pytest.fixture
def clerk(town):
    return make_user(Role.TOWNSHIP, town)


@pytest.fixture
def neighbour(town):
    return make_user(Role.TOWNSHIP, make_township(town.parent, "青江镇"))


def change(document):
    return reverse("admin:congress_officialdocument_change", args=[document.pk])


def take(document, verb):
    return reverse("admin:congress_officialdocument_take", args=[document.pk, verb])


def test_a_document_is_drafted_filled_issued_and_fetched(town, clerk, sign_in):
    client = sign_in(clerk)
    assert "终止代表资格的决定" in client.get(ADD).content.decode()
    form = client.get(f"{ADD}?kind=restoration-notice").content.decode()
    assert 'name="姓名"' in form
    answer = client.post(f"{ADD}?kind=restoration-notice", {"organization": town.pk, "姓名": "王文"})
    document = OfficialDocument.objects.get()
    assert answer.url == change(document)
    page = client.get(change(document)).content.decode()
    assert "还须填写" in page
    assert "单位及职务" in page
    client.post(take(document, "issue"), {"issued_on": "2026-11-20"})
    document.refresh_from_db()
    assert document.state == "draft"
    fields = {name: getattr(document, name) for name in ("title", "issuer", "word", "layout", "recipient")}
    client.post(change(document), fields | {"recipient": "安塘村党支部", "body": "恢复。", "_version": "0"})
    client.post(take(document, "issue"), {"issued_on": "2026-11-20"})
    document.refresh_from_db()
    assert document.number_text == "石桥委〔2026〕1号"
    jobs.run_due()
    document.refresh_from_db()
    page = client.get(change(document)).content.decode()
    assert reverse("attachment", args=[document.archive_id]) in page
    assert document.archive_sha256 in page
    client.post(change(document), fields | {"body": "改", "_version": "1"})
    document.refresh_from_db()
    assert document.body == "恢复。"
    client.post(take(document, "void"), {"note": "内容有误"})
    assert "内容有误" in client.get(change(document)).content.decode()


def test_a_draft_nobody_wants_is_dropped(town, clerk, sign_in):
    document = documents.draft("cease-notice", town, {}, by=clerk)
    sign_in(clerk).post(take(document, "drop"), {"sure": "1"})
    document.refresh_from_db()
    assert (document.state, document.number) == ("voided", None)


def test_an_unknown_kind_has_no_page(clerk, sign_in):
    client = sign_in(clerk)
    for url in (f"{ADD}?kind=nothing", reverse("admin:congress_documenttemplate_add") + "?kind=nothing",
                reverse("admin:congress_documenttemplate_preview", args=["nothing"])):  # fmt: skip
        assert client.get(url).status_code == 404, url


def test_the_neighbours_documents_do_not_exist(town, clerk, neighbour, sign_in):
    document = documents.draft("cease-notice", town, {}, by=clerk)
    template = DocumentTemplate.objects.create(kind="cease-notice", organization=town, title="x", body="x")
    head = Letterhead.objects.create(organization=town)
    client = sign_in(neighbour)
    pages = [change(document), take(document, "issue"),
             reverse("admin:congress_officialdocument_history", args=[document.pk]),
             reverse("admin:congress_documenttemplate_change", args=[template.pk]),
             reverse("admin:congress_letterhead_change", args=[head.pk]),
             f"/api/v1/documents/{document.pk}/"]  # fmt: skip
    for url in pages:
        assert client.get(url).status_code == 404, url
        assert client.post(url, {"issued_on": "2026-11-20", "title": "改"}).status_code in {403, 404, 405}, url
    preview = reverse("admin:congress_printedreport_preview", args=["d01-document"])
    assert client.get(f"{preview}?document={document.pk}").status_code == 422
    answer = client.post(f"{ADD}?kind=cease-notice", {"organization": town.pk})
    assert answer.status_code == 200  # the form again: no such choice
    assert OfficialDocument.objects.count() == 1


def template_page(kind="restoration-notice"):
    return reverse("admin:congress_documenttemplate_add") + f"?kind={kind}"


def test_a_wording_begins_from_the_one_in_force_and_is_checked(town, clerk, sign_in):
    client = sign_in(clerk)
    assert client.get(reverse("admin:congress_documenttemplate_add")).status_code == 302
    page = client.get(template_page()).content.decode()
    assert "关于恢复{姓名}同志执行代表职务的通知" in page
    texts = {"organization": town.pk, "layout": "letter", "title": "恢复{姓名}职务", "body": "{身份证号}"}
    answer = client.post(template_page(), texts).content.decode()
    assert "{身份证号}" in answer
    assert "没有" in answer
    client.post(template_page(), texts | {"body": "恢复{姓名}。"})
    assert DocumentTemplate.objects.get().kind == "restoration-notice"
    again = client.post(template_page(), texts | {"body": "恢复{姓名}。"}).content.decode()
    assert "已有" in again
    listed = client.get(reverse("admin:congress_documenttemplate_changelist")).content.decode()
    assert reverse("admin:congress_documenttemplate_change", args=[DocumentTemplate.objects.get().pk]) in listed


def test_everybodys_wording_is_the_district_offices(town, clerk, sign_in):
    texts = {"organization": "", "layout": "letter", "title": "恢复", "body": "恢复{姓名}。"}
    assert sign_in(clerk).post(template_page(), texts).status_code == 403
    assert not DocumentTemplate.objects.exists()
    sign_in(make_user(Role.OFFICE, town.parent)).post(template_page(), texts)
    assert DocumentTemplate.objects.get().organization is None


def test_the_placeholders_are_explained_while_one_writes(clerk, sign_in):
    client = sign_in(clerk)
    url = reverse("admin:congress_documenttemplate_placeholders", args=["restoration-notice"])
    said = client.post(url, {"body": "恢复{姓名}，{未知}"}).content.decode()
    assert "代表姓名" in said
    assert "{未知}" in said
    preview = reverse("admin:congress_documenttemplate_preview", args=["restoration-notice"])
    assert "王建国" in client.get(preview).content.decode()
    text = {"layout": "letter", "title": "恢复{姓名}", "body": "<b>{姓名}</b>"}
    assert "&lt;b&gt;王建国&lt;/b&gt;" in client.post(preview, text).content.decode()
    assert client.post(preview, text | {"body": "{未知}"}).status_code == 422


def test_readers_see_what_was_issued_and_draft_nothing(town, clerk, sign_in):
    values = dict.fromkeys(kind_of("pre-election-notice").words, "某")
    document = documents.draft("pre-election-notice", town, values, by=clerk)
    reader = sign_in(make_user(Role.WORKROOM, town))
    assert reader.get(change(document)).status_code == 404
    documents.issue(document, by=clerk, issued_on=date(2026, 11, 20))
    assert reader.get(change(document)).status_code == 200
    assert reader.post(take(document, "void"), {"note": "x"}).status_code == 403
    assert reader.get(ADD).status_code == 404
