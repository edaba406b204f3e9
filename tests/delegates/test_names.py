"""Names: the vectors of reference.md §2.7, and what must hold for every name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from delegates.kernel import names
from delegates.kernel.names import (
    clean,
    notation,
    padded,
    pinyin_key,
    search_terms,
    split_notation,
    stroke_key,
    unranked,
)
from delegates.models import ETHNICITIES, Gender

PARTY_ORDER = [
    "丁一", "丁小宁", "于洋", "万里", "马超", "王文", "王芳", "王小宁", "文王", "田富",
    "田大利", "李一鸣", "李大鸣", "张二", "张一一", "林一", "欧阳少东", "洪少东", "高富", "高大富",
]  # fmt: skip
SHORT_ORDER = ["丁一", "王伟", "王芳", "司马光", "刘洋", "李娜", "张三", "欧阳修", "赵六"]
PINYIN_ORDER = ["丁一", "李娜", "刘洋", "欧阳修", "司马光", "王芳", "王伟", "张三", "赵六"]

characters = st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5)
plain_names = st.text(characters, min_size=2, max_size=4)
minority_names = st.lists(st.text(characters, min_size=1, max_size=5), min_size=2, max_size=3).map("·".join)
name_texts = plain_names | minority_names
any_text = st.text(max_size=30)
ethnicities = st.sampled_from([f"{name}族" for name in ETHNICITIES])
genders = st.sampled_from(list(Gender))
gaps = st.sampled_from(["", " ", "  ", "\u3000", "\u00a0", "\u200b"])


@pytest.mark.parametrize("expected", [PARTY_ORDER, SHORT_ORDER], ids=["twenty names", "nine names"])
def test_stroke_order_is_that_of_the_published_vectors(expected):
    assert sorted(set(expected), key=stroke_key) == expected


def test_first_characters_with_equal_strokes_follow_the_five_kinds_of_stroke():
    expected = ["王宁", "毛明", "文涛", "方红", "尹力", "孔昌", "邓文"]
    assert sorted(set(expected), key=stroke_key) == expected


def test_party_congresses_put_a_two_character_name_first_and_peoples_congresses_do_not():
    assert sorted(["田大利", "田富"], key=stroke_key) == ["田富", "田大利"]
    assert sorted(["田富", "田大利"], key=lambda name: stroke_key(name, "name")) == ["田大利", "田富"]


def test_pinyin_order_is_that_of_the_vector():
    assert sorted(set(PINYIN_ORDER), key=pinyin_key) == PINYIN_ORDER


def test_surnames_are_read_as_surnames():
    keys = [pinyin_key(name).split()[0] for name in ("单田芳", "曾国", "仇英", "查良", "区达", "解缙", "朴顺", "翟志")]
    assert keys == ["shan", "zeng", "qiu", "zha", "ou", "xie", "piao", "zhai"]


def test_an_unknown_character_is_reported_and_sorts_last():
    assert unranked("王\u9ff0") == "\u9ff0"
    assert unranked("王伟") == ""
    assert sorted(["\U00020000一", "龘一"], key=stroke_key) == ["龘一", "\U00020000一"]


@pytest.mark.parametrize(
    ("written", "name", "gender", "ethnicity"),
    [
        ("郑巧彩（女，回族）", "郑巧彩", Gender.FEMALE, "回族"),
        ("马　丽(女,回族)", "马丽", Gender.FEMALE, "回族"),
        ("莫鹏国（土家族）", "莫鹏国", None, "土家族"),
        ("向  清（回）", "向清", None, "回族"),
        ("陶　环（女）", "陶环", Gender.FEMALE, None),
        ("贾永", "贾永", None, None),
        ("买买提•吐尔逊（维吾尔族）", "买买提·吐尔逊", None, "维吾尔族"),
        ("王伟（大）", "王伟（大）", None, None),
        ("王伟（女，男）", "王伟（女，男）", None, None),
    ],
)
def test_the_notation_of_rosters_is_read(written, name, gender, ethnicity):
    assert split_notation(written) == (name, gender, ethnicity)


def test_only_what_is_not_the_default_is_noted():
    assert notation("马丽", Gender.FEMALE, "回族") == "马　丽（女，回族）"
    assert notation("李四光", Gender.MALE, "汉族") == "李四光"
    assert notation("张三", Gender.MALE, "汉族") == "张　三"
    assert notation("王芳", Gender.FEMALE, "汉族") == "王　芳（女）"
    assert notation("买买提·吐尔逊", Gender.MALE, "维吾尔族") == "买买提·吐尔逊（维吾尔族）"


def test_a_name_is_found_by_its_parts_its_pinyin_and_its_initials():
    terms = search_terms("曾小宁")
    for typed in ("曾", "小宁", "宁", "曾小宁", "zeng", "zengxiaoning", "zxn", "zx", "ceng", "cxn", "zengx"):
        assert typed in terms
    assert "曾宁" not in terms
    assert "ning" not in terms


def test_a_compound_surname_is_read_as_one():
    assert {"ycf", "yuchi", "yuchifang"} <= set(search_terms("尉迟芳"))


def test_a_name_with_a_dot_is_found_with_and_without_it():
    assert {"买买提·吐尔逊", "买买提吐尔逊", "提吐尔", "mmt"} <= set(search_terms("买买提·吐尔逊"))


@given(any_text)
def test_cleaning_twice_is_cleaning_once(text):
    assert clean(clean(text)) == clean(text)


@given(name_texts, gaps)
def test_padding_changes_no_key_and_no_search_term(name, gap):
    spread = gap.join(name)
    assert clean(spread) == clean(padded(name)) == name
    for key in (stroke_key, pinyin_key, search_terms, lambda text: stroke_key(text, "name")):
        assert key(spread) == key(padded(name)) == key(name)


@given(name_texts, genders, ethnicities)
def test_what_the_notation_says_is_read_back(name, gender, ethnicity):
    shown_gender = gender if gender == Gender.FEMALE else None
    shown_ethnicity = ethnicity if ethnicity != names.HAN else None
    assert split_notation(notation(name, gender, ethnicity)) == (name, shown_gender, shown_ethnicity)


@given(plain_names, plain_names, st.sampled_from(["surname", "name"]))
def test_two_names_share_a_place_only_if_they_are_one(one, other, variant):
    assert (stroke_key(one, variant) == stroke_key(other, variant)) == (one == other)


@given(st.lists(plain_names, max_size=12), st.randoms())
def test_the_order_does_not_depend_on_the_order_given(listed, random):
    shuffled = listed[:]
    random.shuffle(shuffled)
    assert sorted(shuffled, key=stroke_key) == sorted(listed, key=stroke_key)


@given(plain_names, characters)
def test_a_name_stands_before_itself_with_one_more_character(name, more):
    longer = name + more
    assert stroke_key(name) < stroke_key(longer)


@given(name_texts)
def test_every_part_of_up_to_four_characters_finds_the_name(name):
    terms = set(search_terms(name))
    letters = name.replace("·", "").lower()
    parts = {letters[i : i + n] for n in range(1, 5) for i in range(len(letters)) if letters[i : i + n]}
    assert parts | {name.lower(), letters} <= terms
    assert all(0 < len(term) <= 120 for term in terms)
    assert len(search_terms(name)) == len(terms)
