"""Charts: the numbers as text, the picture described, no style that a policy would have to permit."""

from decimal import Decimal

import pytest
from defusedxml import ElementTree

from congress.templatetags import charts

SVG = "{http://www.w3.org/2000/svg}"
PAIRS = [("青江镇", 66), ("石桥镇", 89), ("<b>", 0)]


def drawn(svg):
    return ElementTree.fromstring(svg)


def words(picture):
    return ["".join(text.itertext()) for text in picture.iter(f"{SVG}text")]


def test_bars_are_as_long_as_their_numbers():
    picture = drawn(charts.bars(PAIRS, "代表人数", "名"))
    lengths = [float(box.get("width")) for box in picture.iter(f"{SVG}rect")]
    assert lengths[0] / lengths[1] == pytest.approx(66 / 89, abs=0.001)
    assert lengths[2] == 0
    assert words(picture) == ["青江镇", "66名", "石桥镇", "89名", "<b>", "0名"]


def test_a_stacked_bar_is_divided_as_its_numbers_are():
    picture = drawn(charts.stacked([("青江镇", [20, 46])], ["女", "男"], "性别"))
    widths = [float(box.get("width")) for box in picture.iter(f"{SVG}rect")][2:]
    assert widths[0] / sum(widths) == pytest.approx(20 / 66, abs=0.001)
    assert words(picture) == ["女", "男", "青江镇", "20", "46"]


def test_rings_show_share_and_numbers():
    picture = drawn(charts.rings([("女", 24, 66), ("少数民族", 0, 0)], "比例", "名"))
    assert words(picture) == ["36.4%", "女", "24/66名", "0.0%", "少数民族", "0/0名"]
    assert len(list(picture.iter(f"{SVG}circle"))) == 3


def test_a_ring_is_divided_and_sums_up():
    picture = drawn(charts.ring([("重新选举", 444), ("精减名额", 512)]))
    assert words(picture) == ["重新选举　444（46.4%）", "精减名额　512（53.6%）", "956"]


TARGETS = [
    ("女", 24, 66, Decimal(30), "不低于30%", "符合", False),
    ("一线", 38, 66, Decimal(60), "不低于60%", "还差2名", True),
    ("学历", 0, 0, None, "未设指导比例", "", False),
]


def test_a_target_is_marked_and_what_misses_it_is_red_and_says_so():
    picture = drawn(charts.targets(TARGETS, "对照", "名"))
    boxes = [(box.get("fill"), float(box.get("width")), float(box.get("x"))) for box in picture.iter(f"{SVG}rect")]
    assert [width for colour, width, _x in boxes if colour == charts.COLOURS[0]] == [
        pytest.approx(380 * 38 / 66, abs=0.01)
    ]
    assert [x for colour, _width, x in boxes if colour == charts.INK] == [380 * 0.3 - 1, 380 * 0.6 - 1]
    assert words(picture)[:4] == ["女", "36.4%　24/66名", "不低于30%", "符合"]
    assert "还差2名" in words(picture)
    assert "还差2名" in picture.find(f"{SVG}desc").text


def test_a_trend_has_a_bar_a_term_and_the_change_in_points():
    picture = drawn(charts.trend([("女", [(20, 80), (24, 66)])], ["第十四届", "第十五届"], "历届", "名"))
    first, last = [float(box.get("width")) for box in picture.iter(f"{SVG}rect")]
    assert first / last == pytest.approx(25 / (100 * 24 / 66), abs=0.001)
    said = words(picture)
    assert "+11.4" in said[1]
    assert said[2:] == ["第十四届", "25.0%　20/80名", "第十五届", "36.4%　24/66名"]


@pytest.mark.parametrize(
    "svg",
    [
        charts.bars(PAIRS, "图"),
        charts.bars([]),
        charts.stacked([], [], "图"),
        charts.rings([]),
        charts.ring([]),
        charts.ring([("无", 0)]),
        charts.targets(TARGETS),
        charts.targets([]),
        charts.trend([], []),
        charts.trend([("女", [(0, 0)])], ["第一届"]),
    ],
)
def test_every_picture_is_described_and_carries_no_style(svg):
    picture = drawn(svg)
    assert picture.get("role") == "img"
    names = picture.get("aria-labelledby").split()
    assert [child.get("id") for child in list(picture)[:2]] == names
    assert picture.find(f"{SVG}title").text
    assert "style=" not in svg
    assert "script" not in svg


def test_the_same_numbers_give_the_same_picture():
    assert charts.bars(PAIRS, "图") == charts.bars(PAIRS, "图")
