"""Pages of lists that may be very long: found by index or by keys, counted with patience."""

import hashlib
from typing import Any

from django.core.cache import cache
from django.core.exceptions import EmptyResultSet
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.utils.functional import cached_property

SURE = 2_000
MANY = 500  # of so many hits the keys are kept until the register changes
KEPT = 300  # seconds


class PatientPaginator(Paginator):
    """Counts exactly up to `SURE` rows. Of more, the count of a list may be as old as `KEPT` seconds.

    Counting all rows is the only part of a list that grows with the register. A search, whose order no index has,
    grows by sorting: its keys are sorted alone, then the page's rows fetched by them; the keys of a search that fits
    many are kept for as long as the rows' `edition()` stays the same, and for `KEPT` seconds at most.
    """

    @cached_property
    def count(self) -> int:
        """How many rows there are."""
        rows = self.object_list
        if not isinstance(rows, QuerySet):
            return super().count
        if not self._by_index:
            return self._hits[0]
        rows = rows.order_by()
        try:
            key = _key("count", rows)
        except EmptyResultSet:  # nothing of it may be seen
            return 0
        known = cache.get(key)
        if known is None:
            known = rows[: SURE + 1].count()
            if known > SURE:
                known = rows.count()
                cache.set(key, known, KEPT)
        return known

    def page(self, number: Any) -> Page:
        """The rows of the page."""
        rows = self.object_list
        if not isinstance(rows, QuerySet) or self._by_index:
            return super().page(number)
        number = self.validate_number(number)
        start = (number - 1) * self.per_page
        end = min(start + self.per_page, self.count)
        keys = self._hits[1][start:end] if end <= SURE else list(rows.values_list("pk", flat=True)[start:end])
        by_key = {row.pk: row for row in rows.filter(pk__in=keys).order_by()}
        return self._get_page([by_key[key] for key in keys if key in by_key], number, self)

    @property
    def _by_index(self) -> bool:
        return all(isinstance(name, str) for name in self.object_list.query.order_by)

    @cached_property
    def _hits(self) -> tuple[int, list[int]]:
        """How many rows the search fits, and the keys of the first `SURE` in their order."""
        rows = self.object_list
        try:
            key = _key("hits", rows.values_list("pk"))
        except EmptyResultSet:  # nothing of it may be seen
            return 0, []
        edition = getattr(rows, "edition", None)
        kept = cache.get(key) if edition else None
        now = edition() if kept else None  # asked before what is kept is read: a change in between makes it old
        if kept and kept[0] == now:
            return kept[1:]
        hits = self._sorted()
        if edition and hits[0] > MANY:
            if now is None:  # the first time that anybody asks
                now = edition()
                hits = self._sorted()
            cache.set(key, (now, *hits), KEPT)
        return hits

    def _sorted(self) -> tuple[int, list[int]]:
        keys = list(self.object_list.values_list("pk", flat=True)[: SURE + 1])
        count = len(keys) if len(keys) <= SURE else self.object_list.order_by().count()
        return count, keys[:SURE]


def _key(what: str, rows: QuerySet) -> str:
    return f"{what}-{hashlib.sha256(str(rows.query).encode()).hexdigest()}"
