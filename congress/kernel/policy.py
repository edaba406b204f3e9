"""Who may see what. One class per model; admin, portal, API, reports and exports all ask it."""

from collections.abc import Iterable
from functools import reduce
from operator import or_
from typing import Any, Generic, TypeVar

from django.db import models
from django.utils.module_loading import import_string

M = TypeVar("M", bound=models.Model)


def seen_besides(user: Any, rules: Iterable[str]) -> models.Q:
    """What floors let `user` see of a model beside what stands in its policy: each rule's dotted path gives a `Q`."""
    return reduce(or_, (import_string(rule)(user) for rule in rules), models.Q(pk__in=[]))


class Policy(Generic[M]):
    """The rights on one model. `user` may be anonymous: then nothing is visible unless the policy says so."""

    model: type[M]

    def visible(self, user: Any) -> models.QuerySet[M]:
        """The rows `user` may see. `may_view` is the same rule for one row."""
        raise NotImplementedError

    def may_list(self, user: Any) -> bool:
        """Whether lists of this model exist for `user` at all; they may still be empty."""
        return True

    def may_view(self, user: Any, obj: M) -> bool:
        return self.visible(user).filter(pk=obj.pk).exists()

    def may_change(self, user: Any, obj: M) -> bool:
        """Whether `user` may edit `obj` by a form; verbs have their own rule in the workflow's table."""
        return False

    def may_create(self, user: Any) -> bool:
        """Whether `user` may make a new row somewhere; `may_change` judges the finished row's place."""
        return False
