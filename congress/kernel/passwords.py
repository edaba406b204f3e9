"""Words a password may not be made of here."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

LOCAL_WORDS = ("dangdaihui", "dangdaibiao", "lianluo", "党代会", "党代表", "联络办", "congress", "liaison")


class LocalWordsValidator:
    """Refuses passwords built on the product's or the trade's own words."""

    def validate(self, password: str, user: Any = None) -> None:
        if any(word in password.lower() for word in LOCAL_WORDS):
            raise ValidationError(_("This password uses words anyone here would guess first."), code="local_words")

    def get_help_text(self) -> str:
        return _("Do not build it on the name of the office or the congress.")
