"""The wording of documents: `{placeholders}` filled in, titles broken between phrases, paragraphs with their levels.

Text only. Nothing a clerk writes is ever executed: a placeholder is a word between braces, and that is all there is.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from typing import Final

from django.utils.translation import gettext as _

from congress.kernel.workflow import Refused

# A Chinese keyboard types the wide braces; they mean the same.
_WIDE: Final = str.maketrans("｛｝", "{}")
_PLACEHOLDER: Final = re.compile(r"\{([^{}]*)\}")
_MISSING: Final = re.compile(r"〔待填：([^〔〕]*)〕")
TITLE_WIDTH: Final = 19  # 2号 on 156 mm takes twenty; one is left for air
_BREAK_AFTER: Final = tuple(
    """关于 终止 暂停 恢复 停止 补选 罢免 同志 中国共产党 委员会 代表大会 候选人 代表资格 执行代表职务
    会议 镇 乡 街道 区 县 届 次 的""".split()  # noqa: SIM905 -- phrases read better than a list
)
_NEVER_BEFORE: Final = ("的", "、", "，", "。", "）", "》", "〉", "”", "会议")
_NO_TYPE: Final = frozenset({"So", "Cs", "Co", "Cn", "Cf", "Cc"})
_TYPE: Final = frozenset("\r\n\t℃℉№℡㎡㎞㎝㎜㎎㎏㏄●○◎◆◇■□▲△▼▽★☆※↑↓")  # signs official letters use, and our fonts have
# Emoji of a phone's keyboard: no font for documents has them, and nobody can take them out of a paper handed in.
PICTURES: Final = re.compile(
    "[\U0001f000-\U0001faff\ufe0e\ufe0f\u200d\u20e3\u231a\u231b\u23e9-\u23ec\u23f0\u23f3\u2614\u2615\u2693\u26a1\u26bd"
    "\u26be\u26c4\u26c5\u26d4\u26ea\u26f2\u26f3\u26f5\u26fa\u26fd\u2705\u270a\u270b\u2728\u274c\u274e\u2753-\u2755\u2757\u2764"
    "\u2795-\u2797\u2b50\u2b55]"
)
_LEVELS: Final = (
    ("first", re.compile(r"[一二三四五六七八九十]+、")),
    ("second", re.compile(r"（[一二三四五六七八九十]+）")),
    ("third", re.compile(r"\d+[.．]")),
)


class UnknownPlaceholder(Refused):
    """The text asks for something its kind of document does not know. The message names what it does know."""


def placeholders_of(text: str) -> list[str]:
    """The words between braces, in the order they stand."""
    return [word.strip() for word in _PLACEHOLDER.findall(text.translate(_WIDE))]


def check(text: str, known: Iterable[str]) -> None:
    """Raise `UnknownPlaceholder` if `text` holds a placeholder outside `known`, or a brace without its partner."""
    known = list(known)
    unknown = [word for word in placeholders_of(text) if word not in known]
    listed = " ".join(f"{{{word}}}" for word in known)
    if unknown:
        raise UnknownPlaceholder(
            _("There is no placeholder {%(word)s} here. There are: %(known)s.") % {"word": unknown[0], "known": listed}
        )
    if re.search(r"[{}]", _PLACEHOLDER.sub("", text.translate(_WIDE))):
        raise UnknownPlaceholder(
            _("A brace has no partner. A placeholder is one word between two braces: %(known)s.") % {"known": listed}
        )


def fill(text: str, values: Mapping[str, str], known: Iterable[str], optional: Iterable[str] = ()) -> str:
    """`text` with its placeholders replaced once; what has no value stays visible as 〔待填：姓名〕, unless it is
    `optional` and simply goes.

    Raises `UnknownPlaceholder`. A value is inserted as it is: braces inside it mean nothing.
    """
    check(text, known)

    def value(found: re.Match[str]) -> str:
        word = found[1].strip()
        said = str(values.get(word) or "").strip()
        return said if said or word in optional else f"〔待填：{word}〕"

    return _PLACEHOLDER.sub(value, text.translate(_WIDE))


def missing_in(*texts: str) -> list[str]:
    """What is still to be filled in, each word once, in the order it stands."""
    return list(dict.fromkeys(word for text in texts for word in _MISSING.findall(text)))


def unprintable(text: str) -> str:
    """The sentence that says why no printer can print it: a placeholder left over, a character no font has."""
    if any(bracket in text for bracket in "{}｛｝"):
        return _("There is still a placeholder between braces in the text.")
    bad = [letter for letter in text if unicodedata.category(letter) in _NO_TYPE and letter not in _TYPE]
    return _("The character “%(letter)s” cannot be printed: delete it.") % {"letter": bad[0]} if bad else ""


def foreign(text: str) -> str:
    """The sentence about a sign of a word processor's own fonts, which no other font has and paper refuses."""
    bad = [letter for letter in text if unicodedata.category(letter) in {"Cs", "Co", "Cn"}]
    return _("The character “%(letter)s” cannot be printed: delete it.") % {"letter": bad[0]} if bad else ""


def printable(text: str) -> str:
    """A text that was handed in, as a document quotes it: without what would keep the document from being issued."""
    text = PICTURES.sub("", text).translate(_WIDE).replace("{", "（").replace("}", "）")
    return "".join(one for one in text if unicodedata.category(one) not in _NO_TYPE or one in _TYPE)


@dataclass(frozen=True)
class Paragraph:
    """One paragraph: its level, the words set in the level's own type, and the rest."""

    level: str
    head: str
    rest: str


def paragraphs(body: str) -> list[Paragraph]:
    """The lines of a text with their levels: 一、 （一） 1. or none. A heading ends at its first full stop."""
    return [_paragraph(line) for line in map(str.strip, body.splitlines()) if line]


def _paragraph(line: str) -> Paragraph:
    for level, sign in _LEVELS:
        if sign.match(line):
            head, stop, rest = line.partition("。")
            return Paragraph(level, head + stop, rest)
    return Paragraph("", "", line)


def title_lines(title: str, width: int = TITLE_WIDTH) -> list[str]:
    """A title in as few lines as it needs, of lengths as even as its phrases allow, never broken inside a phrase."""
    if len(title) <= width:
        return [title]
    phrases = _phrases(title, width)
    ends = [0, *accumulate(map(len, phrases))]

    @cache
    def best(start: int) -> tuple[int, int, tuple[str, ...]]:
        if start == len(phrases):
            return 0, 0, ()
        tries = []
        for end in range(start + 1, len(phrases) + 1):
            length = ends[end] - ends[start]
            if length > width:
                break
            lines, unevenness, rest = best(end)
            tries.append((lines + 1, unevenness + length**2, ("".join(phrases[start:end]), *rest)))
        return min(tries)

    return list(best(0)[2])


def _phrases(title: str, width: int) -> list[str]:
    """The pieces a title may be broken between; a piece wider than a line is cut."""
    pieces, start = [], 0
    for place in range(1, len(title)):
        if not title[place:].startswith(_NEVER_BEFORE) and title[:place].endswith(_BREAK_AFTER):
            pieces.append(title[start:place])
            start = place
    pieces.append(title[start:])
    return [piece[cut : cut + width] for piece in pieces for cut in range(0, len(piece), width)]
