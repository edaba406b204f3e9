"""Chinese personal names: cleaned, ordered by strokes or pinyin, found by their parts, written as rosters do."""

import array
import re
import sys
import unicodedata
from functools import lru_cache
from itertools import product
from pathlib import Path
from typing import Final, Literal

from delegates.models import ETHNICITIES, Gender

Variant = Literal["surname", "name"]

DOT: Final = "\u00b7"
SPACE: Final = "\u3000"
_OTHER_DOTS: Final = dict.fromkeys(map(ord, "\u2022\u2027\u22c5\u30fb\uff65\u0387\u2219\u25cf\uff0e\u2e31"), DOT)
_INVISIBLE: Final = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp"})
_NOTATION: Final = re.compile(r"^(?P<name>.+?)[（(](?P<facts>[^（()）]+)[）)]$")
_GENDERS: Final = {"女": Gender.FEMALE, "男": Gender.MALE}
HAN: Final = "汉族"

# Readings that dictionaries give second and families give first.
_SURNAME_READINGS: Final = dict(
    re.findall(
        r"(\w)=(\w+)",
        "单=shan 曾=zeng 解=xie 仇=qiu 区=ou 查=zha 盖=ge 朴=piao 翟=zhai 覃=qin 任=ren 华=hua 冼=xian 洗=xian 乐=yue "
        "员=yun 缪=miao 召=shao 种=chong 繁=po 逄=pang 郇=xun 黑=he 秘=bi 折=she 隗=wei 那=na 宁=ning 过=guo 晟=cheng "
        "薄=bo 葛=ge 车=che 祭=zhai 粘=nian 句=gou 应=ying",
    )
)
_COMPOUND_READINGS: Final = {
    "尉迟": "yu chi",
    "万俟": "mo qi",
    "单于": "chan yu",
    "长孙": "zhang sun",
    "令狐": "ling hu",
    "澹台": "tan tai",
}
_COMPOUND_SURNAMES: Final = frozenset(
    re.findall(
        r"\w\w",
        "欧阳 司马 上官 诸葛 东方 独孤 南宫 万俟 闻人 夏侯 尉迟 皇甫 澹台 公冶 宗政 濮阳 淳于 单于 太叔 申屠 公孙 仲孙 "
        "轩辕 令狐 钟离 宇文 长孙 慕容 司徒 司空 端木 拓跋 呼延 赫连 东郭 南门 西门 百里 闾丘 鲜于",
    )
)

_FIRST_IDEOGRAPH: Final = 0x4E00
_NO_STROKES: Final = "00000"
_LONGEST_KEY: Final = 240
_LONGEST_TERM: Final = 120
_LONGEST_PART: Final = 4


@lru_cache(maxsize=1)
def _ranks() -> array.array:
    ranks = array.array("H", Path(__file__).with_name("stroke_rank.bin").read_bytes())
    if sys.byteorder == "big":
        ranks.byteswap()
    return ranks


def clean(name: str) -> str:
    """The name as it is stored: composed, without padding or invisible characters, every middle dot U+00B7."""
    composed = unicodedata.normalize("NFC", name).translate(_OTHER_DOTS)
    return "".join(character for character in composed if unicodedata.category(character) not in _INVISIBLE)


def split_notation(text: str) -> tuple[str, Gender | None, str | None]:
    """A roster's 马　丽（女，回族） as clean name, gender and ethnic group; what is not said is None.

    Brackets that say anything else stay in the name, where the reader of names will refuse them.
    """
    name = clean(text)
    match = _NOTATION.match(name)
    if match is None:
        return name, None, None
    gender: Gender | None = None
    ethnicity: str | None = None
    for fact in re.split("[，,、]", match["facts"]):
        if fact in _GENDERS and gender is None:
            gender = _GENDERS[fact]
        elif fact.removesuffix("族") in ETHNICITIES and ethnicity is None:
            ethnicity = fact.removesuffix("族") + "族"
        else:
            return name, None, None
    return match["name"], gender, ethnicity


def padded(name: str) -> str:
    """The name as it is printed: two characters are set as wide as three. Never store this."""
    name = clean(name)
    return f"{name[0]}{SPACE}{name[1]}" if len(name) == 2 else name


def notation(name: str, gender: str, ethnicity: str) -> str:
    """The name as a roster prints it: 马　丽（女，回族）; a man's gender and 汉族 are not said (reference.md §2.7)."""
    facts = ["女"] if gender == Gender.FEMALE else []
    if ethnicity and ethnicity != HAN:
        facts.append(ethnicity)
    return padded(name) + (f"（{'，'.join(facts)}）" if facts else "")


def stroke_key(name: str, variant: Variant = "surname") -> str:
    """A text whose byte order is the stroke order of names.

    "surname" (姓氏笔画, party congresses) gives a two-character name an empty middle character, so 田富
    stands before 田大利; "name" (姓名笔画, people's congresses) does not.
    """
    parts = [_stroke_part(character) for character in _letters(name)]
    if variant == "surname" and len(parts) == 2:
        parts.insert(1, _NO_STROKES)
    return "".join(parts)[:_LONGEST_KEY]


def unranked(name: str) -> str:
    """The characters whose strokes are not known: they sort last, and need a fixed place in the roster."""
    return "".join(character for character in _letters(name) if not _rank(character))


def pinyin_key(name: str) -> str:
    """A text whose byte order is the alphabetical order of names, surnames read as surnames."""
    surname, given = _split_surname(_letters(name))
    return f"{_surname_readings(surname)[0]}  {' '.join(_readings(given, tones=True))}"[:_LONGEST_KEY]


def search_terms(name: str) -> list[str]:
    """Everything one may type to find the name: its parts, its pinyin and initials from the front. Lower-case."""
    letters = _letters(name).lower()
    terms = {clean(name).lower(), letters}
    for start, length in product(range(len(letters)), range(1, _LONGEST_PART + 1)):
        terms.add(letters[start : start + length])
    surname, given = _split_surname(_letters(name))
    rest = _readings(given)
    for reading in _surname_readings(surname):
        syllables = [*reading.split(), *rest]
        for spelled in ("".join(syllables), "".join(syllable[:1] for syllable in syllables)):
            terms.update(spelled[:end].lower() for end in range(1, len(spelled) + 1))
    return sorted(term for term in terms if 0 < len(term) <= _LONGEST_TERM)


def _letters(name: str) -> str:
    return clean(name).replace(DOT, "")


def _rank(character: str) -> int:
    place = ord(character) - _FIRST_IDEOGRAPH
    return _ranks()[place] if 0 <= place < len(_ranks()) else 0


def _stroke_part(character: str) -> str:
    rank = _rank(character)
    # Ranks end at 20 998, so a leading 9 is last; the code point makes two unknown characters differ.
    return f"{rank:05d}" if rank else f"9{_base36(ord(character)):0>4}"


def _base36(number: int) -> str:
    digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    return digits[number] if number < 36 else _base36(number // 36) + digits[number % 36]


def _split_surname(letters: str) -> tuple[str, str]:
    length = 2 if len(letters) > 2 and letters[:2] in _COMPOUND_SURNAMES else 1
    return letters[:length], letters[length:]


def _surname_readings(surname: str) -> list[str]:
    """The reading the family uses first, then the dictionary's, which is what a stranger types."""
    usual = " ".join(_readings(surname))
    special = _COMPOUND_READINGS.get(surname) or _SURNAME_READINGS.get(surname) or usual
    return list(dict.fromkeys([special, usual]))


@lru_cache(maxsize=20_000)
def _readings(letters: str, *, tones: bool = False) -> tuple[str, ...]:
    from pypinyin import Style, lazy_pinyin  # its dictionaries take a third of a second to load

    style = Style.TONE3 if tones else Style.NORMAL
    return tuple(lazy_pinyin(letters, style=style, neutral_tone_with_five=True))
