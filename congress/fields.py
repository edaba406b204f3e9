"""Personal data at rest: sealed with AES-256-GCM, found again by a keyed index, shown masked.

A sealed text is `alg.kid.nonce.ciphertext`. The place it stands in (table, column, row) is bound into the
seal, so a ciphertext moved to another row does not open. The index is an HMAC under a key of its own.
"""

import base64
import hashlib
import hmac
import secrets
import uuid
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class SealBroken(Exception):
    """The text was not sealed for this place, or its key is not among FIELD_KEYS."""


def _derive(master: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=purpose).derive(master)


@lru_cache(maxsize=4)
def _keys(text: str) -> tuple[str, Mapping[str, AESGCM], bytes]:
    """The current key id, all sealing keys, and the index key, which comes from the oldest (last) master."""
    masters = dict(part.strip().split(":", 1) for part in text.split(",") if part.strip())
    raw = {kid: base64.b64decode(value) for kid, value in masters.items()}
    sealing = {kid: AESGCM(_derive(master, b"seal")) for kid, master in raw.items()}
    return next(iter(raw)), sealing, _derive(list(raw.values())[-1], b"index")


def seal(text: str, place: str) -> str:
    """`text` sealed for `place` under the current key; empty stays empty."""
    if not text:
        return ""
    kid, sealing, _index = _keys(settings.FIELD_KEYS)
    nonce = secrets.token_bytes(12)
    body = sealing[kid].encrypt(nonce, text.encode(), place.encode())
    return ".".join(["A256GCM", kid, base64.b64encode(nonce).decode(), base64.b64encode(body).decode()])


def unseal(sealed: str, place: str) -> str:
    """The text sealed for `place`. Raises `SealBroken` for any other place or an unknown key."""
    if not sealed:
        return ""
    _alg, kid, nonce, body = sealed.split(".")
    try:
        key = _keys(settings.FIELD_KEYS)[1][kid]
        return key.decrypt(base64.b64decode(nonce), base64.b64decode(body), place.encode()).decode()
    except (KeyError, InvalidTag) as broken:
        raise SealBroken(place) from broken


def blind_index(text: str) -> str:
    """What equal texts share and nobody without the key can compute; empty for empty."""
    if not text:
        return ""
    return hmac.new(_keys(settings.FIELD_KEYS)[2], text.encode(), hashlib.sha256).hexdigest()


def mask(text: str, head: int, tail: int) -> str:
    """`text` with its middle hidden: mask("13812341234", 3, 4) is 138****1234."""
    if len(text) <= head + tail:
        return "*" * len(text)
    return text[:head] + "*" * (len(text) - head - tail) + text[len(text) - tail :]


class SealedRow(models.Model):
    """A row with sealed texts. `<name>_sealed` holds the text; `<name>_index`, where declared, finds it."""

    uid = models.UUIDField(_("identity"), default=uuid.uuid4, unique=True, editable=False)

    class Meta:
        abstract = True

    def _place(self, name: str) -> str:
        return f"{self._meta.db_table}.{name}.{self.uid}"

    def put_sealed(self, name: str, text: str) -> None:
        """Set a sealed text and its index; the caller saves."""
        setattr(self, f"{name}_sealed", seal(text, self._place(name)))
        if hasattr(self, f"{name}_index"):
            setattr(self, f"{name}_index", blind_index(text))

    def get_sealed(self, name: str) -> str:
        """The clear text. Showing it to a person is a reveal and must be audited by the caller."""
        return unseal(getattr(self, f"{name}_sealed"), self._place(name))


def display(name: str, choices: type[models.TextChoices]) -> Callable[[Any], str]:
    """The `get_…_display` of a model whose rows stand in long lists.

    Django's own builds the table of words anew for every call, a tenth of a page of 25 rows.
    """
    words = dict(choices.choices)

    def shown(row: models.Model) -> str:
        value = getattr(row, name)
        return str(words.get(value, value))

    return shown
