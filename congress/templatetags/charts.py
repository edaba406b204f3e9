"""Charts as SVG made on the server: the same picture in the portal, in the admin and on paper.

Sizes and colours are SVG attributes, so no style needs permission; every number stands as text in the picture,
and the whole is described for those who do not see it.
"""

from collections.abc import Sequence
from math import pi
from typing import Any
from zlib import crc32

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

register = template.Library()

# Told apart by lightness too, so that they survive a grey printer and most colour blindness.
COLOURS = ("#B3121D", "#E8A33D", "#2F6690", "#8FB8DE", "#5B7553", "#B9C4B0", "#6B4E71", "#C9B6CE")
TRACK, INK, FAINT = "#EDE8E6", "#222222", "#666666"
FONT = "FandolHei, Noto Sans CJK SC, PingFang SC, Microsoft YaHei, sans-serif"
ROW, BAR, TEXT = 24, 15, 13


def _picture(width: float, height: float, title: str, says: str, *shapes: SafeString) -> SafeString:
    number = f"{crc32(f'{title} {says}'.encode()):08x}"  # the same picture every time
    return format_html(
        '<svg class="picture" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {} {}" width="{}" height="{}" role="img" '
        'aria-labelledby="chart-{}-title chart-{}-desc" font-family="{}" font-size="{}" fill="{}">'
        '<title id="chart-{}-title">{}</title><desc id="chart-{}-desc">{}</desc>{}</svg>',
        _n(width), _n(height), _n(width), _n(height), number, number, FONT, TEXT, INK,
        number, title or _("Chart"), number, says, format_html_join("", "{}", ((shape,) for shape in shapes)),
    )  # fmt: skip


def _n(value: float) -> str:
    """A coordinate, short: 12 and not 12.0, 3.33 and not 3.3333333."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _text(x: float, y: float, words: Any, anchor: str = "start", colour: str = INK) -> SafeString:
    return format_html('<text x="{}" y="{}" text-anchor="{}" fill="{}">{}</text>', _n(x), _n(y), anchor, colour, words)


def _box(x: float, y: float, width: float, height: float, colour: str) -> SafeString:
    return format_html(
        '<rect x="{}" y="{}" width="{}" height="{}" fill="{}"/>', _n(x), _n(y), _n(width), _n(height), colour
    )


def _says(pairs: Sequence[tuple[Any, Any]], unit: str) -> str:
    return "；".join(f"{label} {value}{unit}" for label, value in pairs)


def _label_width(labels: Sequence[Any]) -> float:
    """Room for the longest label: a Chinese character is as wide as it is high, a Latin one half of that."""
    return max((sum(1 if ord(char) > 0x2E80 else 0.56 for char in str(label)) for label in labels), default=0) * TEXT


@register.simple_tag
def bars(pairs: Sequence[tuple[Any, int]], title: str = "", unit: str = "", width: int = 480) -> SafeString:
    """A horizontal bar for every (label, number), the number at its end."""
    left = _label_width([label for label, _value in pairs]) + 8
    right = _label_width([f"{value}{unit}" for _label, value in pairs]) + 8
    longest = max([value for _label, value in pairs] + [1])
    shapes = []
    for place, (label, value) in enumerate(pairs):
        y = place * ROW + (ROW - BAR) / 2
        length = max(width - left - right, 10) * value / longest
        shapes += [
            _text(left - 8, y + BAR - 3, label, "end"),
            _box(left, y, length, BAR, COLOURS[0]),
            _text(left + length + 5, y + BAR - 3, f"{value}{unit}"),
        ]
    return _picture(width, len(pairs) * ROW, title, _says(pairs, unit), *shapes)


@register.simple_tag
def stacked(
    rows: Sequence[tuple[Any, Sequence[int]]], legend: Sequence[Any], title: str = "", unit: str = "", width: int = 480
) -> SafeString:
    """For every (label, numbers) one bar of full length, divided as the numbers are; the legend above."""
    left = _label_width([label for label, _parts in rows]) + 8
    room = width - left
    shapes = _legend(legend, left)
    for place, (label, parts) in enumerate(rows):
        y = (place + 1) * ROW + (ROW - BAR) / 2
        shapes.append(_text(left - 8, y + BAR - 3, label, "end"))
        x, total = left, sum(parts)
        for number, value in enumerate(parts):
            length = room * value / total if total else 0
            shapes.append(_box(x, y, length, BAR, COLOURS[number % len(COLOURS)]))
            if length > _label_width([value]) + 2:
                ink = INK if number % 2 else "#FFFFFF"
                shapes.append(_text(x + length / 2, y + BAR - 3, value, "middle", ink))
            x += length
    pairs = [(label, "、".join(f"{name} {n}" for name, n in zip(legend, parts, strict=True))) for label, parts in rows]
    return _picture(width, (len(rows) + 1) * ROW, title, _says(pairs, unit), *shapes)


def _legend(legend: Sequence[Any], left: float) -> list[SafeString]:
    shapes, x = [], left
    for number, name in enumerate(legend):
        shapes += [_box(x, 7, 12, 12, COLOURS[number % len(COLOURS)]), _text(x + 16, 18, name)]
        x += 16 + _label_width([name]) + 14
    return shapes


@register.simple_tag
def rings(shares: Sequence[tuple[Any, int, int]], title: str = "", unit: str = "", size: int = 120) -> SafeString:
    """For every (label, number, whole) a ring filled to that share, the percentage inside, the number below."""
    radius, centre = size * 0.36, size / 2
    around = 2 * pi * radius
    shapes = []
    for place, (label, value, whole) in enumerate(shares):
        x = place * size + centre
        part = min(value / whole, 1) if whole else 0
        stroke = _n(size * 0.1)
        shapes += [
            format_html(
                '<circle cx="{}" cy="{}" r="{}" fill="none" stroke="{}" stroke-width="{}"/>',
                _n(x), _n(centre), _n(radius), TRACK, stroke,
            ),
            format_html(
                '<circle cx="{}" cy="{}" r="{}" fill="none" stroke="{}" stroke-width="{}" stroke-dasharray="{} {}" '
                'transform="rotate(-90 {} {})"/>',
                _n(x), _n(centre), _n(radius), COLOURS[0], stroke, _n(around * part), _n(around), _n(x), _n(centre),
            ) if part else SafeString(""),
            _text(x, centre + 5, f"{part:.1%}", "middle"),
            _text(x, size + 8, label, "middle"),
            _text(x, size + 26, f"{value}/{whole}{unit}", "middle", FAINT),
        ]  # fmt: skip
    pairs = [(label, f"{value}/{whole}") for label, value, whole in shares]
    return _picture(size * max(len(shares), 1), size + 34, title, _says(pairs, unit), *shapes)


@register.simple_tag
def ring(pairs: Sequence[tuple[Any, int]], title: str = "", unit: str = "", width: int = 480) -> SafeString:
    """One ring divided among the (label, number) pairs, the sum inside, every number with its share beside it."""
    total = sum(value for _name, value in pairs)
    radius, centre = 52, 72
    around, turned = 2 * pi * radius, 0.0
    top = max(centre - len(pairs) * ROW / 2, 0)
    shapes = []
    for number, (label, value) in enumerate(pairs):
        part = value / total if total else 0
        colour = COLOURS[number % len(COLOURS)]
        y = top + number * ROW
        if part:
            shapes.append(_arc(centre, radius, colour, (around * part, around), 360 * turned - 90))
        words = f"{label}　{value}{unit}（{part:.1%}）"
        shapes += [_box(2 * centre + 16, y + 5, 12, 12, colour), _text(2 * centre + 34, y + 16, words)]
        turned += part
    shapes.append(_text(centre, centre + 5, f"{total}{unit}", "middle"))
    return _picture(width, max(2 * centre, len(pairs) * ROW), title, _says(pairs, unit), *shapes)


def _arc(centre: float, radius: float, colour: str, dash: tuple[float, float], angle: float) -> SafeString:
    return format_html(
        '<circle cx="{}" cy="{}" r="{}" fill="none" stroke="{}" stroke-width="{}" stroke-dasharray="{} {}" '
        'transform="rotate({} {} {})"/>',
        _n(centre), _n(centre), _n(radius), colour, _n(radius / 2), *map(_n, dash), _n(angle), _n(centre), _n(centre),
    )  # fmt: skip


@register.simple_tag
def targets(
    rows: Sequence[tuple[Any, int, int, Any, Any, Any, bool]], title: str = "", unit: str = "", width: int = 380
) -> SafeString:
    """A bar to a hundred for every (label, number, whole, asked share or None, that in words, verdict, missed).

    A mark stands where guidance asks for; a bar that misses it is red, and the verdict says so in words.
    """
    height = 64
    shapes, pairs = [], []
    for place, (label, value, whole, asked, asks, verdict, missed) in enumerate(rows):
        y = place * height
        part = min(value / whole, 1) if whole else 0
        colour = FAINT if asked is None else COLOURS[0] if missed else COLOURS[2]
        share = f"{part:.1%}　{value}/{whole}{unit}"
        shapes += [
            _text(0, y + 15, label),
            _text(width, y + 15, share, "end"),
            _box(0, y + 22, width, 12, TRACK),
            _box(0, y + 22, width * part, 12, colour),
            _text(0, y + 51, asks, colour=FAINT),
            _text(width, y + 51, verdict, "end", COLOURS[0] if missed else INK),
        ]
        if asked is not None:
            shapes.append(_box(width * float(asked) / 100 - 1, y + 18, 2.5, 20, INK))
        pairs.append((label, f"{share}，{asks}{f'，{verdict}' if verdict else ''}"))
    return _picture(width, len(rows) * height, title, _says(pairs, ""), *shapes)


@register.simple_tag
def trend(
    rows: Sequence[tuple[Any, Sequence[tuple[int, int]]]],
    terms: Sequence[Any],
    title: str = "",
    unit: str = "",
    width: int = 380,
) -> SafeString:
    """For every (label, (number, whole) by term) a bar a term, the last one dark, with its change in points."""
    left = _label_width(terms) + 8
    right = _label_width([f"100.0%　{whole}/{whole}{unit}" for _label, parts in rows for _n, whole in parts]) + 4
    height = ROW + ROW * len(terms) + 8
    shapes, pairs = [], []
    for place, (label, parts) in enumerate(rows):
        y = place * height
        shares = [value / whole if whole else 0 for value, whole in parts]
        change = 100 * (shares[-1] - shares[-2]) if len(shares) > 1 else 0
        shapes += [_text(0, y + 16, label), _text(width, y + 16, _points(change), "end", FAINT)]
        said = []
        for number, (term, share, (value, whole)) in enumerate(zip(terms, shares, parts, strict=True)):
            top = y + ROW * (number + 1)
            length = max(width - left - right, 10) * share
            words = f"{share:.1%}　{value}/{whole}{unit}"
            shapes += [
                _text(left - 8, top + BAR, term, "end", FAINT),
                _box(left, top + 3, length, BAR, COLOURS[0] if number == len(terms) - 1 else COLOURS[7]),
                _text(left + length + 5, top + BAR, words),
            ]
            said.append(f"{term} {words}")
        pairs.append((label, "、".join(said)))
    return _picture(width, len(rows) * height, title, _says(pairs, ""), *shapes)


def _points(change: float) -> str:
    """+2.3 points, as the difference of two percentages is called."""
    return _("%(points)s points") % {"points": f"{change:+.1f}".replace("-", "\u2212")}
