"""Labels that may be folded where a reader would fold them."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()
SHORTEST = 4
FIRST_CJK = "\u4e00"


@register.filter
def foldable(label: str) -> SafeString | str:
    """Four characters and more may break in the middle, 我的|信息, and nowhere else: three and one reads badly."""
    text = str(label)
    if len(text) < SHORTEST or any(letter < FIRST_CJK for letter in text):
        return text
    middle = (len(text) + 1) // 2
    return format_html("{}<wbr>{}", text[:middle], text[middle:])
