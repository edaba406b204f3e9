"""How alike two papers are. Chinese has no spaces: a subject is its pairs of characters, a text its fingerprint.

Subjects are compared by the share of pairs they have in common (Dice). Texts by MinHash: of every three characters in
a row a number is made, and for each of `MARKS` mixings the smallest is kept; two texts agree in about the share of
marks that their wording has in common, and a text nobody copied shares none.
"""

import re
import unicodedata
from typing import Final
from zlib import crc32

MARKS: Final = 32
_MODULUS: Final = (1 << 31) - 1
_FRAME: Final = re.compile(r"^(关于)?(进一步|切实|大力|着力)*|(的)?(提案|提议|议案|建议|意见|思考|报告)?$")
_MIXES: Final = [(crc32(b"a%d" % place) | 1, crc32(b"b%d" % place)) for place in range(MARKS)]


def plain(text: str) -> str:
    """Letters and digits only, full width made half: punctuation and spaces say nothing."""
    return "".join(letter for letter in unicodedata.normalize("NFKC", text).lower() if letter.isalnum())


def grams(title: str) -> list[int]:
    """The pairs of characters of a subject, each a number; its frame (关于……的提案) left out."""
    core = _FRAME.sub("", plain(title))
    pairs = {core[place : place + 2] for place in range(len(core) - 1)} or {core} - {""}
    return sorted(_number(pair) for pair in pairs)


def marks(text: str) -> list[int]:
    """The fingerprint of a text; none for less than twenty characters, which say too little."""
    words = plain(text)
    if len(words) < 20:
        return []
    shingles = {crc32(words[place : place + 3].encode()) for place in range(len(words) - 2)}
    return [
        _number(f"{place}:{min((one * factor + shift) % _MODULUS for one in shingles)}")
        for place, (factor, shift) in enumerate(_MIXES)
    ]


def likeness(common_grams: int, grams_here: int, grams_there: int, common_marks: int) -> float:
    """From 0 to 1: the larger of how alike the subjects and how alike the texts are."""
    both = grams_here + grams_there
    return max(2 * common_grams / both if both else 0.0, common_marks / MARKS)


def _number(text: str) -> int:
    """Fits PostgreSQL's integer, which has a sign."""
    value = crc32(text.encode())
    return value - (1 << 32) if value >= 1 << 31 else value
