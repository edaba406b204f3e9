"""State machines as data.

A workflow is a table. Each row says where from, where to, who may, when it may,
and what follows. `Workflow.take` is the only code that changes a state.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Generic, TypeVar

from django import forms
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.core.files.base import File
from django.db import models, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from congress.models import Attachment, JournalEntry, User

M = TypeVar("M", bound=models.Model)
Actor = User | None
ECHO: Final = timedelta(minutes=2)
SYSTEM: Final = None  # the actor when time, not a person, takes the transition


def lock(obj: M) -> M:
    """The same row, fresh and locked until the transaction ends."""
    return type(obj)._base_manager.select_for_update().get(pk=obj.pk)


class Refused(Exception):
    """The transition is not possible now. The message is fit to show to the user."""


def fingerprint(said: Mapping[str, Any]) -> str:
    """The words that were said with a step, so that the same said twice is known. Files are not compared: a picture
    is made anew each time it is kept."""
    words = {name: _plain(value) for name, value in said.items() if not isinstance(value, (File, Attachment))}
    known = {name: word for name, word in words.items() if word not in (None, "", [])}
    return hashlib.sha256(json.dumps(known, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, models.Model):
        return str(value.pk)
    if isinstance(value, str):
        return value.replace("\r\n", "\n").strip()
    if isinstance(value, Iterable):
        return [_plain(one) for one in value]
    return value if value is None else str(value)


def typed(form: forms.Form) -> dict[str, Any]:
    """What was sent with a form, field by field, whether or not it fits any more: a second click is judged by it."""
    return {
        name: field.widget.value_from_datadict(form.data, form.files, form.add_prefix(name))
        for name, field in form.fields.items()
    }


class UnknownVerb(Exception):
    """The table has no such row; doors answer 404."""


def by_time(actor: Actor, obj: models.Model) -> bool:
    """Only the clock or a worker takes this."""
    return actor is SYSTEM


@dataclass(frozen=True)
class Move:
    """One taking of a transition: what its effects need to know."""

    verb: str
    by: Actor
    at: datetime
    note: str
    data: Mapping[str, Any]
    source: str = ""


def lasting(guard: Callable[[Any], str]) -> Callable[[Any], str]:
    """Marks a condition that waiting does not change: the step is none for objects of that kind."""
    guard.lasting = True  # type: ignore[attr-defined]
    return guard


@dataclass(frozen=True)
class Transition(Generic[M]):
    """One row of the table. The verb is also the URL, the button and the journal entry."""

    verb: str
    source: Sequence[str]
    target: str
    who: Callable[[Actor, M], bool]
    when: Sequence[Callable[[M], str]]  # each gives the reason it is not possible now, or ""
    then: Sequence[Callable[[M, Move], None]]
    needs: type[forms.Form] | None = None  # what the actor must say; its cleaned data reaches the effects
    label: Any = ""  # what the button says
    chain: str = ""  # the verb that time takes right after, in the same transaction

    def obstacle(self, obj: M) -> str:
        return next((reason for guard in self.when if (reason := guard(obj))), "")


class Workflow(Generic[M]):
    """The table of one model's life. With `parent`, that row is locked first: siblings then move one at a time."""

    def __init__(
        self, model: type[M], transitions: Sequence[Transition[M]], *, parent: str = "", field: str = "state"
    ) -> None:
        self.model, self.transitions, self.field, self.parent = model, transitions, field, parent
        self.by_verb = {row.verb: row for row in transitions}

    def row(self, verb: str) -> Transition[M]:
        """The table's row for `verb`. Raises `UnknownVerb`."""
        try:
            return self.by_verb[verb]
        except KeyError:
            raise UnknownVerb(verb) from None

    def available(self, obj: M, by: Actor) -> Iterator[tuple[Transition[M], str]]:
        """The transitions to offer `by`, each with the reason it is greyed out, if any.

        What an object of its kind never takes is not offered.
        """
        for row in self.transitions:
            if getattr(obj, self.field) not in row.source or not row.who(by, obj):
                continue
            if not any(guard(obj) for guard in row.when if getattr(guard, "lasting", False)):
                yield row, row.obstacle(obj)

    def form(self, obj: M, verb: str, *, by: Actor, data: Any = None, files: Any = None) -> forms.Form:
        """The form the actor fills in to take `verb`; empty if the transition needs nothing said.

        A form with a method `about` is told which object it speaks of, for its choices and first suggestions.
        """
        form = (self.row(verb).needs or forms.Form)(data, files)
        if hasattr(form, "about"):
            form.about(obj)
        return form

    def judge(self, obj: M, verb: str, *, by: Actor) -> None:
        """Raise `PermissionDenied` (not yours) or `Refused` (not now) unless `by` can take `verb` on `obj` as it is."""
        row = self.row(verb)
        if not row.who(by, obj):
            raise PermissionDenied(verb)
        if getattr(obj, self.field) not in row.source:
            raise Refused(self._not_from(row, obj))
        if reason := row.obstacle(obj):
            raise Refused(reason)

    def take(self, obj: M, verb: str, *, by: Actor, note: str = "", at: datetime | None = None, **data: Any) -> M:
        """Take `verb` on `obj` and return the fresh object. `at` is when it happened, if that is not now.

        Lock the row, judge it under the lock, change the state, run the effects
        and write the journal: all of it, or none. Raises `PermissionDenied` (not yours)
        or `Refused` (not now). A step that leads back to where it starts is not taken twice by a second click.
        """
        row = self.row(verb)
        with transaction.atomic():
            if self.parent:
                lock(getattr(obj, self.parent))
            locked = lock(obj)
            source = getattr(locked, self.field)
            said = {"note": note, **data}
            if by is not SYSTEM and row.target in row.source and self.echoes(locked, verb, by=by, said=said):
                return locked
            self.judge(locked, verb, by=by)
            move = Move(verb, by, at or timezone.now(), note, data, source)
            setattr(locked, self.field, row.target)
            with translation.override(settings.LANGUAGE_CODE):  # what is written down is read by others
                for effect in row.then:
                    effect(locked, move)
            locked.save()
            JournalEntry.objects.create(
                content_type=ContentType.objects.get_for_model(self.model),
                object_id=locked.pk,
                by=by,
                at=move.at,
                verb=verb,
                source=source,
                target=row.target,
                note=note,
                said=fingerprint(said),
            )
            return self.take(locked, row.chain, by=SYSTEM, at=at) if row.chain else locked

    def obstacle(self, obj: M, verb: str) -> str:
        """Why `verb` is not possible now, as `take` would say it; empty if nothing stands in the way."""
        row = self.row(verb)
        return row.obstacle(obj) if getattr(obj, self.field) in row.source else self._not_from(row, obj)

    def echoes(self, obj: M, verb: str, *, by: User, said: Mapping[str, Any]) -> bool:
        """Whether the last that anybody did to `obj` is this very step, taken a moment ago by the same user with the
        same words: a second click, which needs no refusal."""
        last = self._last(obj, verb)
        if last is None or last.by_id != by.pk or last.said != fingerprint(said):
            return False
        return timezone.now() - last.at < ECHO

    def repeats(self, obj: M, verb: str, form: forms.Form, *, by: User) -> bool:
        """The same, of what was sent with a form: as it was typed, or as the form understood it."""
        said = [typed(form), *([form.cleaned_data] if form.is_valid() else [])]
        return any(self.echoes(obj, verb, by=by, said=one) for one in said)

    def has_left(self, obj: M, verb: str) -> bool:
        """Whether `obj` stands where `verb` is not taken from any more."""
        return getattr(obj, self.field) not in self.row(verb).source

    def told(self, obj: M, verb: str, *, typed: bool = False) -> str:
        """Who took this step already, when, and what was decided; empty unless it is the last that anybody did.

        With `typed` it adds that what was typed now is not kept.
        """
        last = self._last(obj, verb)
        if last is None:
            return ""
        said = [
            _("“%(verb)s” is done already: by %(name)s, on %(time)s. It is now “%(state)s”.") % {
                "verb": self.row(verb).label or verb, "name": last.by.display_name,
                "time": f"{timezone.localtime(last.at):%Y-%m-%d %H:%M}",
                "state": getattr(obj, f"get_{self.field}_display")(),
            }
        ]  # fmt: skip
        if last.note:
            said.append(_("What was said then: “%(note)s”") % {"note": last.note.rstrip("。")})
        if typed:
            said.append(_("What you typed now was not saved; it stays below."))
        return " ".join(said)

    def _last(self, obj: M, verb: str) -> JournalEntry | None:
        """The last step a person took, if it is this one. What time took right after it belongs to it."""
        kind = ContentType.objects.get_for_model(self.model)
        rows = JournalEntry.objects.filter(content_type=kind, object_id=obj.pk, by__isnull=False)
        last = rows.select_related("by").order_by("-pk").first()
        return last if last is not None and last.verb == verb else None

    def _not_from(self, row: Transition[M], obj: M) -> str:
        now = getattr(obj, f"get_{self.field}_display")()
        return _("“%(verb)s” is not possible any more: it is now “%(state)s”.") % {
            "verb": row.label or row.verb,
            "state": now,
        }

    def as_mermaid(self) -> str:
        """The table as a diagram, for the documentation."""
        rows = (f"    {s} --> {row.target}: {row.verb}" for row in self.transitions for s in row.source)
        return "\n".join(["stateDiagram-v2", *rows])


MOVED_ON = gettext_lazy(
    "Somebody changed this while you had it open. What you typed is kept below; compare and save again."
)
