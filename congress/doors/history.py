"""A row's past, read from the triggers' events: who changed what, from what, to what."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils.translation import gettext as _

from congress.models import JournalEntry, User

HIDDEN = {"version", "stroke_key", "plain_stroke_key", "pinyin_key", "search_terms", "roster_key", "uid"}


@dataclass(frozen=True)
class Change:
    """One event of the past, ready to be shown."""

    at: datetime
    who: str
    what: str
    lines: list[tuple[str, str, str]]


def changes_of(obj: models.Model) -> list[Change]:
    """The row's history, newest first; sealed texts say only that they changed."""
    found = [*_row_events(obj), *_journal(obj)]
    return sorted(found, key=lambda change: change.at, reverse=True)


def _event_model(obj: models.Model) -> Any:
    trackers = [rel.related_model for rel in obj._meta.related_objects if rel.field.name == "pgh_obj"]
    return trackers[0] if trackers else None


def _row_events(obj: models.Model) -> list[Change]:
    model = _event_model(obj)
    if model is None:
        return []
    events = list(model.objects.filter(pgh_obj_id=obj.pk).select_related("pgh_context").order_by("pgh_id")[:200])
    names = _names({(event.pgh_context.metadata or {}).get("user") for event in events if event.pgh_context})
    changes, before = [], None
    for event in events:
        metadata = event.pgh_context.metadata if event.pgh_context else {}
        who = names.get(metadata.get("user"), _("system"))
        lines = _lines(obj, before, event) if before else []
        what = _("changed") if before else _("recorded")
        if lines or before is None:
            changes.append(Change(event.pgh_created_at, who, what, lines))
        before = event
    return changes


def _names(ids: set[Any]) -> dict[Any, str]:
    return {user.pk: user.display_name for user in User.objects.filter(pk__in=ids - {None})}


def _lines(obj: models.Model, before: Any, after: Any) -> list[tuple[str, str, str]]:
    lines = []
    for field in obj._meta.concrete_fields:
        if field.name in HIDDEN or field.name.endswith("_index"):
            continue
        old, new = getattr(before, field.attname), getattr(after, field.attname)
        if old != new:
            shown = ("••••", "••••") if field.name.endswith("_sealed") else (_show(field, old), _show(field, new))
            lines.append((str(field.verbose_name), *shown))
    return lines


def _show(field: Any, value: Any) -> str:
    if value is None or value == "":
        return "—"
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if field.is_relation:
        found = field.related_model._base_manager.filter(pk=value).first()
        return str(found or value)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return str(value)


def _journal(obj: models.Model) -> list[Change]:
    kind = ContentType.objects.get_for_model(obj)
    entries = JournalEntry.objects.filter(content_type=kind, object_id=obj.pk).select_related("by")
    state = next((f for f in obj._meta.concrete_fields if f.name in {"state", "status"} and f.choices), None)
    words = dict(state.flatchoices) if state else {}
    return [
        Change(
            entry.at,
            entry.by.display_name if entry.by else _("system"),
            entry.note or entry.verb,
            [(_("state"), str(words.get(entry.source, entry.source)), str(words.get(entry.target, entry.target)))],
        )
        for entry in entries
    ]
