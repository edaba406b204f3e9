"""Chinese numerals as the documents write them: 十五, 二十一, 一百零三."""

import re

_DIGITS = "零一二三四五六七八九"
_PATTERN = re.compile(r"^(?:([一二三四五六七八九])百)?(零)?(?:([一二三四五六七八九])?(十))?([一二三四五六七八九])?$")


def to_chinese(number: int) -> str:
    """1 … 999 in words, 十 and not 一十 at the front. Raises ValueError outside."""
    if not 1 <= number <= 999:
        raise ValueError(number)
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    words = _DIGITS[hundreds] + "百" if hundreds else ""
    if tens:
        words += ("" if tens == 1 and not hundreds else _DIGITS[tens]) + "十"
    elif hundreds and ones:
        words += "零"
    return words + (_DIGITS[ones] if ones else "")


def from_chinese(words: str) -> int:
    """The number that `to_chinese` writes so; Arabic digits are read too. Raises ValueError for anything else."""
    if words.isascii() and words.isdigit():
        return int(words)
    match = _PATTERN.match(words)
    if not words or match is None:
        raise ValueError(words)
    hundreds, _zero, tens, ten, ones = match.groups()
    value = 100 * (_DIGITS.index(hundreds) if hundreds else 0)
    value += 10 * (_DIGITS.index(tens) if tens else 1) if ten else 0
    value += _DIGITS.index(ones) if ones else 0
    if value == 0:
        raise ValueError(words)
    return value
