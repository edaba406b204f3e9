"""A delegate's record in sections, as the registration form and his own page show it."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from delegates.forms import CORRECTABLE
from delegates.models import Mandate

_PERSON = [
    "name",
    "former_name",
    "gender",
    "ethnicity",
    "birth_month",
    "native_place",
    "joined_party_month",
    "post",
    "rank",
]
_SEALED = ["phone", "id_number", "address"]
_EDUCATION = ["education", "degree", "in_service_education", "school", "professional_title", "resume", "awards"]
_MANDATE = [
    "electing_unit", "delegation", "group", "main_category", "front_line", "method", "elected_on",
    "certificate_number", "status",
]  # fmt: skip


def record_sections(mandate: Mandate) -> list[dict[str, Any]]:
    """Titles with labelled facts; personal numbers masked; `name` is set where a correction may be asked for."""
    person = mandate.person
    sealed = [_fact(person, name, getattr(person, f"{name}_masked")) for name in _SEALED]
    return [
        {"title": _("Person"), "facts": [*(_fact(person, name) for name in _PERSON), *sealed]},
        {"title": _("Mandate"), "facts": [_fact(mandate, name) for name in _MANDATE]},
        {"title": _("Education and work"), "facts": [_fact(person, name) for name in _EDUCATION]},
    ]


def _fact(row: Any, name: str, shown: str | None = None) -> dict[str, Any]:
    field = row._meta.get_field(name if shown is None else f"{name}_sealed")
    return {
        "label": field.verbose_name,
        "value": _show(row, name, field) if shown is None else shown,
        "name": name if name in CORRECTABLE else "",
        "long": name in {"resume", "awards"} and bool(getattr(row, name)),
    }


def _show(row: Any, name: str, field: Any) -> str:
    value = getattr(row, name)
    if field.choices:
        return str(getattr(row, f"get_{name}_display")())
    if isinstance(value, date):
        return f"{value.year}年{value.month}月" + ("" if name.endswith("_month") else f"{value.day}日")
    return str(value or "")
