"""The printed reports on delegates, as the office reads them."""

import io
import json
from datetime import date
from pathlib import Path

import pytest
import time_machine
from django.core.management import call_command
from openpyxl import load_workbook
from PIL import Image
from pypdf import PdfReader

from congress.kernel.reports import ReportRefused
from congress.models import Role, Rule
from congress.services import attachments
from delegates.kernel import names
from delegates.models import Delegation, ElectingUnit, FrontLine, Gender, MainCategory, MandateStatus
from delegates.reports import Registration, Roster, Structure
from delegates.reports.structure import GROUPS
from delegates.services.figures import figures
from tests.factories import make_body, make_congress, make_district, make_mandate, make_township, make_user

pytestmark = pytest.mark.django_db
ROSTER = Path(__file__).parent.parent / "data" / "roster.xlsx"
# Vectors of the party congress order (reference.md §2.7).
ORDER = ["丁一", "丁小宁", "于洋", "万里", "马超", "王文", "王芳", "王小宁", "文王", "田富", "田大利", "张二", "张一一"]


@pytest.fixture(autouse=True)
def _sunday():
    with time_machine.travel("2026-11-22T09:00:00+08:00", tick=False):
        yield


@pytest.fixture
def congress():
    return make_congress(make_township(make_district(), "青江镇"))


def woman(congress, name="马丽", **facts):
    facts = {"gender": Gender.FEMALE, "ethnicity": "回族", "birth_month": date(1985, 6, 1)} | facts
    return make_mandate(congress, name, main_category=MainCategory.FRONT_LINE, front_line=FrontLine.FARMER, **facts)


def pdf_text(report):
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(report.render("pdf"))).pages)


def body(html):
    """What stands between the body's tags, a line for every line that says something."""
    inner = html.partition("<body")[2].partition(">")[2].partition("</body>")[0]
    return "\n".join(line for line in inner.splitlines() if line.strip())


GOLDEN_ROSTER = """\
<h1><span>中国共产党青江镇第十五届代表大会</span><span>代表名册</span></h1>
<p class="order">（按姓氏笔画为序）</p>
<h2>第一代表团（2名）</h2>
<table>
<colgroup><col class="number"><col class="name"><col class="gender"><col class="ethnicity"><col class="month">\
<col class="month"><col class="education"><col class="post"><col class="category"><col class="unit"><col class="group">\
<col class="remark"></colgroup>
<thead><tr><th>序号</th><th>姓名</th><th>性别</th><th>民族</th><th>出生年月</th><th>入党时间</th><th>学历</th>\
<th>单位及职务</th><th>代表类别</th><th>选举单位</th><th>代表小组</th><th>备注</th></tr></thead>
<tbody>
<tr><td>1</td><td class="name left"><span>马　丽</span><span>（女，回族）</span></td><td>女</td>\
<td class="wrap">回族</td><td>1985.06</td><td>1998.07</td><td class="wrap">大专</td>\
<td class="left">青江镇党政办主任</td><td class="small">生产和工作一线</td><td class="small">安塘村党支部</td>\
<td class="small">安塘村代表小组</td><td class="small">长期外出务工</td></tr>
<tr><td>2</td><td class="name left">李四光</td><td>男</td><td class="wrap">汉族</td><td>1975.03</td><td>1998.07</td>\
<td class="wrap">大专</td><td class="left">青江镇党政办主任</td><td class="small">领导干部</td>\
<td class="small">安塘村党支部</td><td class="small"></td><td class="small"></td></tr>
</tbody>
</table>
<p class="note">共2名，其中女1名、少数民族1名，平均年龄46.0岁（年龄截至2026年11月）。</p>
<table class="closing"><tr><td>制表单位：青江镇党代表联络办公室</td><td>制表日期：2026年11月22日</td>\
<td>填报人：</td><td>审核人：</td></tr></table>"""


def test_the_roster_as_the_office_reads_it(congress):
    make_mandate(congress, "李四光", delegation="第一代表团")
    woman(congress, delegation="第一代表团", group="安塘村代表小组", note="长期外出务工")
    assert body(Roster(None, {"congress": congress.code}).html()) == GOLDEN_ROSTER


GOLDEN_TOTALS = (
    ["1", "青江镇", "3", "2", "1", "1", "50.0", "1", "50.0", "0", "1", "0", "0", "0", "0.0", "1", "50.0", "1", "50.0"]
    + ["0", "1", "1", "0", "2", "100.0", "2", "0", "0", "1", "0"],
    ["", "合计", "3", "2", "1", "1", "50.0", "1", "50.0", "0", "1", "0", "0", "0", "0.0", "1", "50.0", "1", "50.0"]
    + ["0", "1", "1", "0", "2", "100.0", "2", "0", "0", "1", "0"],
)


def test_the_structure_as_the_office_reads_it(congress):
    congress.seats = 3
    congress.save()
    make_mandate(congress, "李四光")
    woman(congress, also_cppcc_member=True)
    report = Structure(None, {"congress": congress.code, "cutoff": "2026-06"})
    html = report.html()
    head = html.partition("<thead>")[2].partition("</thead>")[0]
    assert head.count("<th") == 2 + 12 + 28
    rows = [row.partition("</tr>")[0] for row in html.partition("<tbody>")[2].partition("</tbody>")[0].split("<tr")[1:]]
    cells = [[cell.partition("</td>")[0] for cell in row.split("<td>")[1:]] for row in rows]
    assert (cells[0], cells[1]) == GOLDEN_TOTALS
    assert "（年龄截至2026年6月）" in html
    assert html.count("<svg") == 4  # guidance has a picture of its own


def test_the_names_of_a_roster_stand_in_the_order_of_party_congresses(congress):
    for name in reversed(ORDER):
        make_mandate(congress, name)
    printed = [line["person__name"] for line in Roster(None).sections[0].records]
    assert printed == ORDER
    by_name = [line["person__name"] for line in Roster(None, {"variant": "name"}).sections[0].records]
    assert by_name.index("田大利") < by_name.index("田富")


def test_a_rule_may_choose_the_order_of_peoples_congresses(congress):
    make_mandate(congress, "田富")
    make_mandate(congress, "田大利")
    Rule.objects.create(key="stroke_variant", level="district", valid_from=date(2026, 1, 1), value="name", source="试")
    Rule.objects.create(key="stroke_variant", level="township", valid_from=date(2026, 1, 1), value="name", source="试")
    report = Roster(None)
    assert [line["person__name"] for line in report.sections[0].records] == ["田大利", "田富"]
    assert "（按姓名笔画为序）" in report.html()


def test_who_has_a_fixed_place_stands_before_the_strokes_in_both_orders(congress):
    make_mandate(congress, "丁一")
    make_mandate(congress, "欧阳少东", manual_rank=1)
    for variant in ("surname", "name"):
        lines = Roster(None, {"variant": variant}).sections[0].records
        assert [(line.number, line["person__name"]) for line in lines] == [(1, "欧阳少东"), (2, "丁一")]


def test_delegations_stand_in_their_order_and_who_has_none_comes_last(congress):
    make_body(Delegation, congress, "第二代表团", number=2)
    make_body(Delegation, congress, "第一代表团", number=1)
    make_mandate(congress, "丁一", delegation="第二代表团")
    make_mandate(congress, "王芳", delegation="第一代表团")
    make_mandate(congress, "张二")
    headings = [section.heading for section in Roster(None).sections]
    assert headings == ["第一代表团（1名）", "第二代表团（1名）", "未编入代表团（1名）"]


def test_the_district_gets_a_list_for_each_township_in_the_order_of_the_tree_with_totals():
    district = make_district()
    towns = [make_township(district, name) for name in ("青江镇", "石桥镇", "凤台镇")]
    congresses = [make_congress(town) for town in towns]
    make_congress(towns[0], number=14)
    for congress, count in zip(congresses, (1, 2, 3), strict=True):
        for number in range(count):
            make_mandate(congress, f"王{'一二三'[number]}")
    report = Roster(None, {"organization": district.code})
    assert [section.heading for section in report.sections] == [
        "青江镇第十五届党代表大会（1名）",
        "石桥镇第十五届党代表大会（2名）",
        "凤台镇第十五届党代表大会（3名）",
    ]
    assert report.count == 6
    text = pdf_text(report)
    assert "合计：3个党代表大会，共6名" in text
    assert [text.count(f"— {number} —") for number in (1, 2, 3)] == [1, 1, 1]


def test_only_delegates_in_office_stand_in_the_roster(congress):
    make_mandate(congress, "丁一")
    for status in (MandateStatus.TERMINATED, MandateStatus.SUSPENDED, MandateStatus.CANDIDATE):
        make_mandate(congress, f"王{'甲乙丙'[len(status) % 3]}", status=status)
    assert Roster(None).count == 1


def test_the_text_of_the_pdf_is_the_data(congress):
    for number, name in enumerate(ORDER):
        make_mandate(congress, name, post=f"上坝村党支部委员{number}", group="上坝村代表小组")
    woman(congress, "阿依古丽·买买提", ethnicity="维吾尔族")
    text = pdf_text(Roster(None))
    for number, name in enumerate(ORDER):
        assert names.padded(name) in text
        assert f"上坝村党支部委员{number}" in text
    assert "阿依古丽·买买提" in text.replace("\n", "")
    assert "共14名，其中女1名、少数民族1名" in text
    assert text.rstrip().endswith("— 2 —")
    assert text.count("序号 姓名 性别 民族 出生年月 入党时间 学历 单位及职务") == 2


def test_the_sheet_of_a_roster_holds_what_the_paper_holds(congress):
    make_mandate(congress, "李四光")
    woman(congress)
    sheet = load_workbook(io.BytesIO(Roster(None).render("xlsx"))).worksheets[0]
    assert [cell.value for cell in sheet[3]][:4] == ["序号", "姓名", "性别", "民族"]
    assert [[cell.value for cell in row][:3] for row in sheet.iter_rows(min_row=4, max_row=5)] == [
        [1, "马　丽（女，回族）", "女"],
        [2, "李四光", "男"],
    ]
    assert sheet.title == "青江镇（2名）"


def test_a_congress_without_delegates_is_said_to_have_none(congress):
    for report in (Roster, Registration, Structure):
        with pytest.raises(ReportRefused, match="青江镇"):
            report(None, {"congress": congress.code}).render("html")


def test_shares_ages_and_second_terms_are_counted(congress):
    earlier = make_congress(congress.organization, number=14)
    again = make_mandate(congress, "丁一", birth_month=date(1990, 7, 1), education="高中", in_service_education="大学")
    make_mandate(earlier, again.person, status=MandateStatus.EXPIRED)
    make_mandate(congress, "王芳", birth_month=date(1990, 6, 1), education="高中")
    make_mandate(congress, "张二", birth_month=date(1971, 6, 1), education="初中")
    (line,) = Structure(None, {"organization": congress.organization.code, "cutoff": "2026-06"}).sections[0].records
    counted = {
        name: line[name] for name in ("total", "to_35", "to_45", "to_54", "from_55", "again", "fresh", "college")
    }
    assert counted == {
        "total": 3, "to_35": 1, "to_45": 1, "to_54": 0, "from_55": 1, "again": 1, "fresh": 2, "college": 1,
    }  # fmt: skip
    assert str(line.share("again")) == "33.3"


def test_seats_are_compared_with_who_sits_in_them(congress):
    make_mandate(congress, "丁一")
    congress.seats = 3
    congress.save()
    other = make_congress(make_township(name="石桥镇"))
    make_mandate(other, "王芳", electing_unit=make_body(ElectingUnit, other, "安河村党支部", seat_quota=1))
    unknown = make_congress(make_township(name="凤台镇"))
    lines = Structure(None).sections[0].records
    assert [(line.name, line.seats, line["total"], line.vacant) for line in lines] == [
        ("青江镇", 3, 1, 2),
        ("石桥镇", 1, 1, 0),
    ]
    make_mandate(unknown, "张二")
    section = Structure(None).sections[0]
    assert [section.records[2].seats, section.records[2].vacant] == ["", ""]
    assert section.totals[:5] == ["", "合计", "", 3, ""]


def test_a_wrong_month_is_refused_with_the_right_spelling(congress):
    with pytest.raises(ReportRefused, match="2026-06"):
        Structure(None, {"cutoff": "2026年6月"})


@pytest.mark.parametrize(("report", "queries"), [(Roster, 4), (Structure, 7)])
def test_the_number_of_queries_does_not_depend_on_the_number_of_rows(report, queries, django_assert_max_num_queries):
    district = make_district()
    for name in ("青江镇", "石桥镇", "凤台镇"):
        congress = make_congress(make_township(district, name))
        for number in range(3):
            make_mandate(congress, f"王{'一二三'[number]}")
    made = report(None, {"organization": district.code})
    with django_assert_max_num_queries(queries):
        made.html()


def test_a_registration_form_is_one_page_for_each_delegate(congress):
    make_mandate(congress, "李四光", resume="1990.09—1994.07　在校学习\n" * 7, phone="13561059148")
    woman(congress, resume="1990.09—1994.07　在四川农业大学学习\n" * 11, awards="优秀共产党员。" * 12)
    pdf = PdfReader(io.BytesIO(Registration(None, {"congress": congress.code}).render("pdf")))
    assert len(pdf.pages) == 2
    first, second = (page.extract_text() for page in pdf.pages)
    assert "马　丽" in first
    assert "回族" in first
    assert "1985.06（41岁）" in first
    assert "李四光" in second
    for panel in ("选举单位党组织意见", "资格审查意见", "党委审批意见", "本人签名", "（盖章）"):
        assert panel in first
    assert "135****9148" in second


def test_one_delegates_form_is_printed_by_his_number(congress):
    wanted = make_mandate(congress, "李四光")
    make_mandate(congress, "丁一")
    report = Registration(None, {"mandate": str(wanted.pk)})
    assert report.count == 1
    assert report.heading == "中国共产党青江镇第十五届代表大会代表登记表（李四光）"
    assert report.organization == congress.organization
    with pytest.raises(ReportRefused):
        Registration(None, {"mandate": "x"})


def test_a_delegate_prints_his_own_form_and_no_other(congress):
    user = make_user(Role.DELEGATE)
    own = make_mandate(congress, "李四光", user=user)
    other = make_mandate(congress, "丁一")
    assert Registration(user, {"mandate": str(own.pk)}).count == 1
    with pytest.raises(ReportRefused):
        Registration(user, {"mandate": str(other.pk)})


def test_the_photograph_stands_in_its_box(congress):
    picture = io.BytesIO()
    Image.new("RGB", (300, 400), "navy").save(picture, "JPEG")
    photo = attachments.store(
        picture.getvalue(), name="照片.jpg", organization=congress.organization, by=None, kinds=["jpg"]
    )
    make_mandate(congress, "李四光", photo=photo)
    pdf = PdfReader(io.BytesIO(Registration(None).render("pdf")))
    assert len(pdf.pages[0].images) == 1


def test_head_and_body_of_the_structure_have_the_same_columns(congress):
    make_mandate(congress, "李四光")
    sheet = load_workbook(io.BytesIO(Structure(None).render("xlsx"))).worksheets[0]
    assert [cell.value for cell in sheet[3]][:5] == ["序号", "单位", "应选", "实有", "缺额"]
    assert [cell.value for cell in sheet[5]][:4] == [None, "合计", None, 1]


@pytest.fixture
def district():
    district = make_district()
    call_command("import_roster", ROSTER, organization=district.code, create=True, stdout=io.StringIO())
    return district


def test_the_documents_of_the_demonstration_district_agree_with_its_figures(district):
    expected = json.loads((ROSTER.parent / "expected.json").read_text(encoding="utf-8"))
    counted = figures(None, organization=district)
    structure = Structure(None, {"organization": district.code})
    totals = dict(zip([name for name, _column in flat()], structure.sections[0].totals, strict=True))
    assert totals["实有"] == counted["delegates"] == expected["delegates"] == 956
    assert totals["女"] == counted["female"] == expected["female"]
    assert totals["少数民族"] == counted["ethnic_minority"] == expected["ethnic_minority"]
    assert [totals[name] for name in ("领导干部", "一线", "军警")] == list(expected["main"].values())
    assert {line.name: line["total"] for line in structure.sections[0].records} == expected["by_town"]
    roster = Roster(None, {"organization": district.code})
    assert roster.count == 956
    assert [len(section.records) for section in roster.sections] == list(expected["by_town"].values())


def flat():
    """The columns by the words over them: the group's where the column only says “人”."""
    for title, columns in GROUPS:
        for column in columns:
            yield (title if column.title == "人" else column.title if column.title != "%" else f"{title}%"), column


def test_a_registration_form_is_found_by_the_delegates_name(congress):
    one = make_mandate(congress, "欧阳少东")
    make_mandate(congress, "李华", post="医生")
    make_mandate(congress, "李华", post="教师")
    assert Registration(None, {"mandate": "欧阳　少东"}).params["mandate"] == one
    assert Registration(None, {"mandate": str(one.pk)}).params["mandate"] == one
    with pytest.raises(ReportRefused, match="医生") as refused:
        Registration(None, {"mandate": "李华"})
    assert "教师" in str(refused.value)
    with pytest.raises(ReportRefused, match="查无此人"):
        Registration(None, {"mandate": "查无此人"})


def test_shares_are_numbers_in_the_workbook(congress):
    make_mandate(congress, "丁一")
    make_mandate(congress, "王芳", gender=Gender.FEMALE)
    make_mandate(congress, "张二")
    sheet = load_workbook(io.BytesIO(Structure(None).render("xlsx"))).worksheets[0]
    shares = [cell for row in sheet.iter_rows() for cell in row if cell.number_format == "0.0"]
    assert round(100 / 3, 6) in {round(cell.value, 6) for cell in shares}
    assert "33.3" in Structure(None).render("html").decode()
