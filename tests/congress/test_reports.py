"""The report engine and the paper it prints on."""

import hashlib
import io
import re
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.core.management import CommandError, call_command
from openpyxl import load_workbook
from pypdf import PdfReader

from congress.kernel import paper
from congress.kernel.reports import Column, ReportForm, ReportRefused, Section, registry, report_class
from congress.models import AuditEvent, Organization, Role
from congress.policies import ORGANIZATIONS, grant_role
from congress.reports import BranchForm, BranchReport
from tests.factories import make_congress, make_district, make_mandate, make_township, make_user

pytestmark = pytest.mark.django_db

COLUMNS = (
    Column("number", "代码", lambda organization: organization.code, 12),
    Column("name", "名称", lambda organization: organization.name, 20, "left"),
)
FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", '=HYPERLINK("http://x")', "=cmd|' /C calc'!A0"]


class Register(BranchReport):
    """A small report of the tests' own: the organisations of a branch."""

    key, title, template, records_a_part = "organizations", "单位名册", "reports/base.html", 2

    def build(self):
        branch = self.seen(ORGANIZATIONS).filter(path__startswith=self.organization.path)
        return [Section("全部单位", list(branch), COLUMNS, notes=["以上为全部单位。"])]


def pages(pdf: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]


def test_every_report_has_its_key_title_and_template():
    assert list(registry())[:3] == ["p01-roster", "p02-registration", "p03-structure"]
    assert [report.title for report in registry().values()][:3] == ["代表名册", "代表登记表", "代表结构统计表"]


def test_an_unknown_report_is_refused_with_the_keys_there_are():
    with pytest.raises(ReportRefused, match="p01-roster, p02-registration, p03-structure"):
        report_class("p99-nothing")


def test_an_unknown_parameter_is_refused_by_name():
    make_district()
    with pytest.raises(ReportRefused, match="colour") as refused:
        Register(None, {"colour": "red"})
    assert list(refused.value.errors) == ["colour"]


def test_a_report_shows_its_user_what_he_may_see_and_the_operator_everything():
    district = make_district()
    own, other = make_township(district, "青江镇"), make_township(district, "石桥镇")
    user = make_user(Role.TOWNSHIP, own)
    assert [row.name for row in Register(user).sections[0].records] == ["青江镇"]
    assert [row.name for row in Register(None).sections[0].records] == ["明川区", "青江镇", "石桥镇"]
    assert Register(user).organization == own
    assert other.name not in Register(user).html()


def test_what_the_user_may_not_see_is_refused_like_what_does_not_exist():
    district = make_district()
    own, other = make_township(district, "青江镇"), make_township(district, "石桥镇")
    make_congress(other)
    user = make_user(Role.TOWNSHIP, own)
    sentences = []
    for code in (other.code, "000000"):
        with pytest.raises(ReportRefused) as refused:
            Register(user, {"organization": code})
        sentences.append(str(refused.value).replace(code, "CODE"))
    assert sentences[0] == sentences[1]
    with pytest.raises(ReportRefused, match=f"{other.code}-15"):
        Register(user, {"congress": f"{other.code}-15"})


def test_a_congress_of_another_organisation_is_refused():
    district = make_district()
    congress = make_congress(make_township(district, "青江镇"))
    with pytest.raises(ReportRefused, match="石桥镇"):
        Register(None, {"organization": make_township(district, "石桥镇").code, "congress": congress.code})


def test_who_sees_two_branches_must_say_which_one_he_means():
    district = make_district()
    user = make_user(Role.TOWNSHIP, make_township(district, "青江镇"))
    second = make_user(Role.TOWNSHIP, make_township(district, "石桥镇"))
    assert Register(user).count == Register(second).count == 1
    grant_role(user, Role.TOWNSHIP, Organization.objects.get(name="石桥镇"))
    del user.__dict__["_branches"]
    with pytest.raises(ReportRefused):
        Register(user)


def test_a_report_remembers_what_was_asked_in_words_that_can_be_asked_again():
    congress = make_congress()
    report = Register(None, {"congress": congress.code, "organization": ""})
    assert report.asked == {"congress": congress.code}
    assert Register(None, report.asked).params == report.params


def test_the_form_of_a_report_offers_only_what_its_user_may_see():
    district = make_district()
    own = make_township(district, "青江镇")
    make_township(district, "石桥镇")
    form = Register.form(make_user(Role.TOWNSHIP, own))
    assert isinstance(form, ReportForm)
    assert list(form.fields["organization"].queryset) == [own]
    assert f'value="{own.pk}"' not in str(form["organization"])
    assert f'value="{own.code}"' in str(BranchForm(user=None, initial={"organization": own})["organization"])


def test_a_long_section_is_cut_into_parts_and_its_notes_stand_under_the_last_one():
    district = make_district()
    for name in ("青江镇", "石桥镇", "凤台镇", "龙溪镇"):
        make_township(district, name)
    parts = Register(None).parts()
    assert [[len(section.records) for section in part] for part in parts] == [[2], [2], [1]]
    assert [part[0].notes for part in parts] == [[], [], ["以上为全部单位。"]]
    assert [part[0].opens for part in parts] == [True, False, False]


def test_the_parts_of_a_document_count_their_pages_on():
    district = make_district()
    for name in ("青江镇", "石桥镇", "凤台镇", "龙溪镇"):
        make_township(district, name)
    heard = []
    texts = pages(Register(None).render("pdf", heard.append))
    assert [text.split("\n")[-1] for text in texts] == ["— 1 —", "— 2 —", "— 3 —"]
    assert "全部单位（续）" in texts[1]
    assert heard == sorted(heard)
    assert 0 < heard[0] <= heard[-1] < 100


def test_equal_documents_have_equal_hashes_and_others_have_not():
    district = make_district()
    user = make_user(Role.OFFICE, district)
    before = Register(user).content_hash("pdf")
    assert before == Register(user).content_hash("pdf")
    assert before != Register(user).content_hash("xlsx")
    assert before != Register(make_user(Role.OFFICE, district)).content_hash("pdf")
    make_township(district)
    assert before != Register(user).content_hash("pdf")


def test_no_text_of_a_workbook_starts_a_formula():
    district = make_district()
    for number, text in enumerate(FORMULAS):
        Organization.objects.create(
            code=f"5107900{number}", name=text, kind="township", parent=district, path=f"/510790/5107900{number}/"
        )
    book = load_workbook(io.BytesIO(Register(None).render("xlsx")))
    cells = [row[1] for row in book.worksheets[0].iter_rows(min_row=5, max_row=4 + len(FORMULAS))]
    # The XML reader turns a carriage return into a line feed, as XML says.
    assert [cell.value for cell in cells] == [text.replace("\r", "\n") for text in FORMULAS]
    assert {cell.data_type for cell in cells} == {"s"}
    assert all(cell.quotePrefix for cell in cells)


def test_a_workbook_is_ready_to_print():
    make_township(make_district())
    sheet = load_workbook(io.BytesIO(Register(None).render("xlsx"))).worksheets[0]
    assert [sheet["A1"].value, sheet["A2"].value] == ["单位名册", "全部单位"]
    assert [cell.value for cell in sheet[3]] == ["代码", "名称"]
    assert [cell.value for cell in sheet[4]] == ["510790", "明川区"]
    assert sheet.freeze_panes == "C4"
    assert sheet.print_title_rows == "$1:$3"
    assert sheet["A7"].value.startswith("制表单位：明川区党代表联络办公室　制表日期：")


def test_a_format_that_is_not_made_is_refused():
    make_district()
    with pytest.raises(ReportRefused, match="DOC"):
        Register(None).render("doc")


def test_a_character_without_a_glyph_is_refused_with_its_place():
    district = make_district()
    make_township(district, "\U0003134a水镇")
    with pytest.raises(ReportRefused) as refused:
        Register(None).render("pdf")
    assert "\U0003134a" in str(refused.value)
    assert "U+3134A" in str(refused.value)
    assert "2" in str(refused.value)
    assert "全部单位" in str(refused.value)


PAYLOAD = """<!DOCTYPE html><html><head><base href="{url}/base/">
<link rel="stylesheet" href="{url}/1.css"><link rel="attachment" href="file://{secret}">
<link rel="attachment" href="{url}/2">
<style>@import url("{url}/3.css"); @font-face {{ font-family: x; src: url("{url}/4.otf") }}
body {{ background: url("{url}/5.png"); font-family: x }} li {{ list-style-image: url("file://{secret}") }}
@page {{ background: url("{url}/6.png") }}</style></head><body>
<img src="{url}/redirect"><img src="relative.png"><img src="file://{secret}"><object data="{url}/7"></object>
<embed src="{url}/8"><iframe src="{url}/9"></iframe><a rel="attachment" href="file://{secret}">a</a>
<img src="DATA:text/html,x"><img src="ftp://127.0.0.1/10"><ul><li>文</li></ul>
<svg width="9" height="9"><image href="{url}/11.png" width="9" height="9"/><use href="{url}/12.svg#x"/></svg>
<img src="data:image/svg+xml,&lt;svg xmlns='http://www.w3.org/2000/svg'&gt;&lt;image href='{url}/13'/&gt;&lt;/svg&gt;">
</body></html>"""


def test_a_page_that_reaches_for_the_network_and_the_disk_gets_nothing(tmp_path):
    asked: list[str] = []

    class Listener(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_response(204)
            self.end_headers()

        def log_message(self, *args):
            """Quiet."""

    server = HTTPServer(("127.0.0.1", 0), Listener)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    secret = tmp_path / "secret.txt"
    secret.write_text("TOP-SECRET-WORDS")
    try:
        pdf = paper.render_pdf(PAYLOAD.format(url=f"http://127.0.0.1:{server.server_port}", secret=secret))
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    assert asked == []
    reader = PdfReader(io.BytesIO(pdf))
    assert dict(reader.attachments) == {}
    assert "文" in reader.pages[0].extract_text()
    assert b"TOP-SECRET" not in pdf


def test_a_document_without_end_is_stopped_and_the_next_one_is_printed(monkeypatch):
    monkeypatch.setattr(paper, "PAGES_A_PART", 5)
    with pytest.raises(paper.PaperRefused, match="5"):
        paper.render_pdf("<p>行</p>" * 400)
    with pytest.raises(paper.PaperRefused):
        paper.render_pdf("<table>" + "<tr><td style='height:90%;width:1e9px'><div style='display:flex'>" * 4000)
    assert pages(paper.render_pdf("<p>完</p>"))[0].startswith("完")


@pytest.mark.parametrize(
    ("limit", "tighter", "html"),
    [
        ("SECONDS = (60, 90)", "SECONDS = (2, 3)", "<table>" + "<tr><td>行<td>行<td>行" * 30_000),
        ("MEMORY = 1536 *", "MEMORY = 200 *", "<table>" + "<tr><td>行<td>行<td>行" * 60_000),
    ],
)
def test_a_layout_that_eats_time_or_memory_is_ended_with_a_sentence(limit, tighter, html, tmp_path, monkeypatch):
    press = tmp_path / "press.py"
    source = paper.PRESS.read_text(encoding="utf-8")
    assert limit in source
    press.write_text(source.replace(limit, tighter), encoding="utf-8")
    monkeypatch.setattr(paper, "PRESS", press)
    with pytest.raises(paper.PaperRefused) as refused:
        paper.render_pdf(html)
    assert len(str(refused.value)) > 20


def test_a_broken_press_is_a_failure_to_be_tried_again_and_not_the_documents_fault(tmp_path, monkeypatch):
    press = tmp_path / "press.py"
    press.write_text("import no_such_library", encoding="utf-8")
    monkeypatch.setattr(paper, "PRESS", press)
    with pytest.raises(RuntimeError, match="no_such_library"):
        paper.render_pdf("<p>行</p>")


def test_only_the_press_names_weasyprint():
    root = paper.PRESS.parents[2]
    apps = ("congress", "delegates", "proposals", "annualmeeting", "liaison")
    files = [path for app in apps for path in (root / app).rglob("*.py")]
    naming = re.compile(r"^\s*(?:import|from) weasyprint", re.MULTILINE)
    assert [path for path in files if naming.search(path.read_text(encoding="utf-8"))] == [paper.PRESS]


def test_body_text_is_set_in_22_lines_of_28_characters():
    text = "党" * (28 * 22 + 1)
    style = '<link rel="stylesheet" href="paper:print.css">'
    texts = pages(paper.render_pdf(f'{style}<body><p style="text-indent: 0">{text}</p></body>'))
    lines = texts[0].split("\n")
    assert [len(line) for line in lines] == [28] * 22 + [len("— 1 —")]
    assert texts[1].split("\n") == ["党", "— 2 —"]


def test_fonts_are_embedded_as_subsets_and_the_file_is_an_archive_one():
    make_district()
    pdf = Register(None).render("pdf")
    reader = PdfReader(io.BytesIO(pdf))
    fonts = reader.pages[0]["/Resources"]["/Font"].values()
    for font in fonts:
        descriptor = font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()
        assert "/FontFile3" in descriptor or "/FontFile2" in descriptor
        assert descriptor["/FontName"][7] == "+"  # six letters of a subset's tag
    assert b"pdfaid:part" in pdf or b"pdfaid" in reader.xmp_metadata.stream.get_data()
    assert len(pdf) < 1_000_000


def test_the_console_lists_the_reports_with_their_parameters():
    out = io.StringIO()
    call_command("report", list=True, stdout=out)
    lines = out.getvalue().splitlines()
    assert lines[0] == "p01-roster\t代表名册\torganization congress variant"
    assert [line.split("\t")[0] for line in lines] == list(registry())


def test_the_console_prints_a_report_to_a_file_and_records_it(tmp_path):
    congress = make_congress()
    make_mandate(congress, "田富")
    out = tmp_path / "名册.html"
    call_command("report", "p01-roster", out=out, organization=congress.organization.code, stdout=io.StringIO())
    assert "田　富" in out.read_text(encoding="utf-8")
    assert "<style>" in out.read_text(encoding="utf-8")
    event = AuditEvent.objects.get(action="print")
    assert (event.actor, event.detail["rows"]) == ("console", 1)
    assert event.detail["sha256"] == hashlib.sha256(out.read_bytes()).hexdigest()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["p01-roster"], "report --list"),
        (["p99", "--out", "x.pdf"], "p99"),
        (["p01-roster", "--out", "x.pdf", "--organization", "999"], "999"),
        (["p01-roster", "--out", "x.pdf", "--param", "colour"], "colour"),
        (["p01-roster", "--out", "x.pdf", "--period", "2026Q3"], "period"),
        (["p01-roster", "--out", "/nowhere/x.xlsx", "--organization", "510790"], "No such file"),
    ],
)
def test_the_console_says_what_is_wrong_and_prints_nothing(words, says, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    make_mandate(make_congress(make_district()))
    with pytest.raises(CommandError, match=says):
        call_command("report", *words)
    assert list(tmp_path.iterdir()) == []
