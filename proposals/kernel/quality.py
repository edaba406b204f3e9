"""The quality gate (F072): what a paper still needs, said so that its author knows what to write next.

The survey's complaint is that papers are trivial and lack measures (C1, C2). So a paper says why things are as they
are, and what should be done by whom by when. `MUST` keeps it from being submitted; `SHOULD` is advice.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from django.utils.translation import gettext as _

from congress.kernel import wording

Level = Literal["must", "should"]
TITLE_LEAST: Final = 8
GROUNDS_LEAST: Final = 40
CAUSE_LEAST: Final = 20
ACTION_LEAST: Final = 6
VAGUE: Final = ("加强", "加大", "重视", "关注", "完善", "提高", "推进", "支持")
SEVERAL: Final = ("以及", "并且", "和进一步", "；", ";")


@dataclass(frozen=True)
class Step:
    """One measure as its author wrote it."""

    action: str
    actor: str = ""
    by_when: str = ""


@dataclass(frozen=True)
class Text:
    """What the gate reads of a paper."""

    kind_word: str
    title: str = ""
    category: str = ""
    scope: str = ""
    grounds: str = ""
    root_cause: str = ""
    evidence: str = ""
    measures: Sequence[Step] = field(default_factory=list)
    is_full: bool = True  # 提案 and 提议; advice and ideas need a subject and a text only


@dataclass(frozen=True)
class Remark:
    """One sentence about one field."""

    level: Level
    field: str
    text: str


def length(text: Text) -> int:
    """Characters of the body, spaces left out: the guide speaks of 800 to 1,500."""
    parts = [text.grounds, text.root_cause, *(f"{one.action}{one.actor}{one.by_when}" for one in text.measures)]
    return sum(1 for part in parts for letter in part if not letter.isspace())


def remarks(text: Text, *, most: int) -> list[Remark]:
    """What must and what should still be done, in the order of the form. `most` is the longest body the rules allow."""
    found = [*_title(text), *_place(text), *_signs(text)]
    if text.is_full:
        found += [*_body(text), *_measures(text)]
    elif len(text.grounds.strip()) < CAUSE_LEAST // 2:
        found.append(Remark("must", "grounds", _("Say in a sentence or two what you suggest.")))
    if length(text) > most:
        over = length(text) - most
        found.append(
            Remark(
                "should",
                "grounds",
                _("%(over)s characters over %(most)s: shorten it, units read the first page.")
                % {"over": over, "most": most},
            )
        )
    return found


def missing(text: Text, *, most: int) -> list[Remark]:
    """Only what keeps it from being submitted."""
    return [remark for remark in remarks(text, most=most) if remark.level == "must"]


def _signs(text: Text) -> list[Remark]:
    """Signs no printer has: in the subject every letter about the paper would quote them, until none can be issued."""
    found = [Remark("must", "title", problem)] if (problem := wording.unprintable(text.title)) else []
    measures = "".join(f"{one.action}{one.actor}{one.by_when}" for one in text.measures)
    parts = {"grounds": text.grounds, "root_cause": text.root_cause, "evidence": text.evidence, "measures": measures}
    return found + [Remark("must", name, problem) for name, part in parts.items() if (problem := wording.foreign(part))]


def _title(text: Text) -> list[Remark]:
    title = text.title.strip()
    if not title:
        return [Remark("must", "title", _("Write the subject: 关于……的%(kind)s.") % {"kind": text.kind_word})]
    if len(title) < TITLE_LEAST:
        return [Remark("must", "title", _("The subject is too short to say what it is about."))]
    found = []
    if not title.startswith("关于") or not title.endswith(text.kind_word):
        found.append(Remark("should", "title", _("A subject reads 关于……的%(kind)s.") % {"kind": text.kind_word}))
    if any(word in title for word in SEVERAL):
        found.append(
            Remark("should", "title", _("One paper, one matter: put the second matter into a paper of its own."))
        )
    return found


def _place(text: Text) -> list[Remark]:
    found = []
    if not text.category:
        found.append(Remark("must", "category", _("Choose the category.")))
    if not text.is_full:
        return found
    if not text.scope:
        found.append(Remark("must", "scope", _("Say whom it concerns.")))
    elif text.scope == "personal":
        found.append(
            Remark(
                "must",
                "scope",
                _("A private matter is no paper of a delegate: your township's office or 信访 helps with it."),
            )
        )
    elif text.scope == "own_unit":
        found.append(
            Remark(
                "should",
                "scope",
                _(
                    "It concerns your own unit only. Whom else does it help? Say so in the situation, or hand it in as advice."
                ),
            )
        )
    return found


def _body(text: Text) -> list[Remark]:
    found = []
    if len(text.grounds.strip()) < GROUNDS_LEAST:
        found.append(
            Remark(
                "must",
                "grounds",
                _("Describe the situation: where, since when, how many are affected. At least %(least)s characters.")
                % {"least": GROUNDS_LEAST},
            )
        )
    if len(text.root_cause.strip()) < CAUSE_LEAST:
        found.append(
            Remark(
                "must",
                "root_cause",
                _(
                    "Say why it is so: whose duty is unclear, what money or rule is missing. At least %(least)s characters."
                )
                % {"least": CAUSE_LEAST},
            )
        )
    if not text.evidence.strip():
        found.append(
            Remark("should", "evidence", _("Name what it rests on: whom you visited, which survey or reception."))
        )
    return found


def _measures(text: Text) -> list[Remark]:
    said = [one for one in text.measures if one.action.strip()]
    if not said:
        return [Remark("must", "measures", _("Add at least one measure: what should be done, by whom, by when."))]
    found = []
    for number, one in enumerate(said, 1):
        if len(one.action.strip()) < ACTION_LEAST:
            found.append(
                Remark("must", "measures", _("Measure %(number)s is too short to be carried out.") % {"number": number})
            )
        if not one.actor.strip():
            found.append(
                Remark(
                    "must",
                    "measures",
                    _("Measure %(number)s: by whom? Name a department, town or village.") % {"number": number},
                )
            )
        if not one.by_when.strip():
            found.append(
                Remark(
                    "must",
                    "measures",
                    _("Measure %(number)s: by when? A day, a month or “年底前”.") % {"number": number},
                )
            )
        if one.action.strip().startswith(VAGUE) and len(one.action.strip()) < 15:
            found.append(
                Remark(
                    "should",
                    "measures",
                    _("Measure %(number)s only says “%(word)s”: what will one see when it is done?")
                    % {"number": number, "word": one.action.strip()[:2]},
                )
            )
    return found
