"""A row's past, read from the triggers' events: who changed what, from what, to what."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from congress.models import JournalEntry, User

HIDDEN = {"version", "stroke_key", "plain_stroke_key", "pinyin_key", "search_terms", "roster_key", "uid"}

Words = dict[str, dict[Any, str]]


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
    words = _related_words(obj, events)
    changes, before = [], None
    for event in events:
        metadata = event.pgh_context.metadata if event.pgh_context else {}
        who = names.get(metadata.get("user"), _("system"))
        lines = _lines(obj, before, event, words) if before else []
        what = _("changed") if before else _("recorded")
        if lines or before is None:
            changes.append(Change(event.pgh_created_at, who, what, lines))
        before = event
    return changes


def _names(ids: set[Any]) -> dict[Any, str]:
    return {user.pk: user.display_name for user in User.objects.filter(pk__in=ids - {None})}


def _shown_fields(obj: models.Model) -> list[Any]:
    """The fields the history keeps: a secret is left out of the events, so there is nothing of it to show."""
    kept = {field.name for field in _event_model(obj)._meta.concrete_fields}
    return [
        field
        for field in obj._meta.concrete_fields
        if field.name in kept - HIDDEN and not field.name.endswith("_index")
    ]


def _related_words(obj: models.Model, events: list[Any]) -> Words:
    """What the related rows that came and went are called: one query a field that changed, however long the past."""
    words: Words = {}
    for field in _shown_fields(obj):
        ids = {getattr(event, field.attname) for event in events} - {None} if field.is_relation else set()
        if len(ids) > 1 or (ids and any(getattr(event, field.attname) is None for event in events)):
            rows = field.related_model._base_manager.in_bulk(ids)
            words[field.name] = {pk: str(row) for pk, row in rows.items()}
    return words


def _lines(obj: models.Model, before: Any, after: Any, words: Words) -> list[tuple[str, str, str]]:
    lines = []
    for field in _shown_fields(obj):
        old, new = getattr(before, field.attname), getattr(after, field.attname)
        if old != new:
            shown = (
                ("••••", "••••")
                if field.name.endswith("_sealed")
                else (_show(field, old, words), _show(field, new, words))
            )
            lines.append((str(field.verbose_name), *shown))
    return lines


def _show(field: Any, value: Any, words: Words) -> str:
    if value is None or value == "":
        return "—"
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if field.is_relation:
        return words.get(field.name, {}).get(value, str(value))
    if field.name.endswith("_month"):
        return f"{value:%Y.%m}"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return str(value)


def _journal(obj: models.Model) -> list[Change]:
    state = next((f for f in obj._meta.concrete_fields if f.name in {"state", "status"} and f.choices), None)
    if state is None:  # no life, no journal
        return []
    kind = ContentType.objects.get_for_model(obj)
    entries = JournalEntry.objects.filter(content_type=kind, object_id=obj.pk).select_related("by")
    words, verbs = dict(state.flatchoices), _verbs(type(obj))
    return [
        Change(
            entry.at,
            entry.by.display_name if entry.by else _("system"),
            "：".join(filter(None, [verbs.get(entry.verb, entry.verb), entry.note])),
            [(_("state"), str(words.get(entry.source, entry.source)), str(words.get(entry.target, entry.target)))],
        )
        for entry in entries
    ]


def _verbs(model: type[models.Model]) -> dict[str, str]:
    """What the steps of the model's life are called."""
    tables = [import_string(name) for name in settings.WORKFLOWS]
    return {row.verb: str(row.label) for table in tables if table.model is model for row in table.transitions}
