"""Edits that are not transitions: only what changed, only if still allowed, and never over somebody else's change."""

from typing import Any, TypeVar

from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.forms import ModelForm

from congress.kernel.policy import Policy
from congress.kernel.workflow import MOVED_ON, Refused, lock

M = TypeVar("M", bound=models.Model)


@transaction.atomic
def save_edit(form: ModelForm, *, policy: Policy[M], by: Any, version: int | None = None) -> M:
    """Save the changed fields of a valid form, and no other: a stale copy must not undo a transition.

    `version` is what the editor saw when he opened the form. Raises `Refused` if the row has moved on
    since, `PermissionDenied` if it may not be changed, or not be moved to where the form puts it.
    """
    obj = form.instance
    locked = lock(obj)
    if not policy.may_change(by, locked):
        raise PermissionDenied
    if version is not None and locked.version != version:
        raise Refused(MOVED_ON)
    columns = {field.name for field in policy.model._meta.concrete_fields}
    changed = columns & set(form.changed_data)
    if hasattr(obj, "version"):
        obj.version = locked.version + 1
        changed.add("version")
    obj.save(update_fields=changed)
    form._save_m2m()
    if not policy.may_change(by, obj):  # moved to a branch that is not the editor's
        raise PermissionDenied
    return obj


@transaction.atomic
def save_new(form: ModelForm, *, policy: Policy[M], by: Any) -> M:
    """Save a new row. Raises `PermissionDenied` if it would stand where `by` may not change anything."""
    obj = form.save()
    if not policy.may_change(by, obj):
        raise PermissionDenied
    return obj
