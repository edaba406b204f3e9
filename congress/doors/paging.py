"""Pages of lists that may be very long: found by index, sorted narrow, counted with patience."""

import hashlib
from typing import Any

from django.core.cache import cache
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.utils.functional import cached_property

SURE = 2_000
FEW = 100  # rows that are as well sorted whole
KEPT = 300  # seconds


class PatientPaginator(Paginator):
    """Counts exactly up to `SURE` rows. Of more, the count may be as old as `KEPT` seconds.

    Counting all rows is the only part of a page that grows with the register.
    """

    @cached_property
    def count(self) -> int:
        """How many rows there are."""
        rows = self.object_list
        if not isinstance(rows, QuerySet):
            return super().count
        rows = rows.order_by()
        few = rows[: SURE + 1].count()
        if few <= SURE:
            return few
        key = "count-" + hashlib.sha256(str(rows.query).encode()).hexdigest()
        known = cache.get(key)
        if known is None:
            known = rows.count()
            cache.set(key, known, KEPT)
        return max(known, few)

    def page(self, number: Any) -> Page:
        """The rows of the page. Where no index has the order, keys are sorted first and then the rows fetched."""
        page = super().page(number)
        rows = self.object_list
        by_index = not isinstance(rows, QuerySet) or all(isinstance(name, str) for name in rows.query.order_by)
        if by_index or rows.query.annotations or self.count <= FEW:
            return page
        keys = list(page.object_list.values_list("pk", flat=True))
        found = rows.model._default_manager.filter(pk__in=keys)
        found.query.select_related = rows.query.select_related
        by_key = {row.pk: row for row in found}
        page.object_list = [by_key[key] for key in keys if key in by_key]
        return page
