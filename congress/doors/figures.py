"""Figures of a register: counted anew each time until counting takes long."""

import hashlib
from collections.abc import Callable
from typing import Any

from django.core.cache import cache

from congress.policies import VIEW, branches

LARGE = 5_000  # rows
KEPT = 60  # seconds


def patient_figures(
    user: Any, name: str, count: Callable[[], dict[str, Any]], rows: Callable[[dict], int]
) -> dict[str, Any]:
    """What `count` finds of all that `user` may see; of more than `LARGE` rows as it was at most `KEPT` seconds ago."""
    key = f"{name}-{user.pk}-" + hashlib.sha256(" ".join(branches(user, VIEW)).encode()).hexdigest()
    known = cache.get(key)
    if known is None:
        known = count()
        if rows(known) > LARGE:
            cache.set(key, known, KEPT)
    return known
