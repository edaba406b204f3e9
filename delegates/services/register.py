"""Keeping the register by hand: one delegate added or changed, several moved, a number shown."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from congress.kernel import audit, rules
from congress.kernel.editing import save_edit
from congress.kernel.workflow import MOVED_ON, Refused, lock
from congress.policies import MANAGE, REVEAL, branches, may_reveal
from congress.querysets import within
from delegates.models import (
    ChangeReason,
    DelegateGroup,
    Delegation,
    Election,
    ElectionState,
    Mandate,
    MandateChange,
    Person,
)
from delegates.policies import MANDATES, PERSONS
from delegates.querysets import MandateQuerySet, is_number
from delegates.services.persons import refresh_keys, roster_key
from delegates.services.seats import fit_vacancies, refuse_full

SENSITIVE = {
    "id_number": gettext_lazy("ID number"),
    "phone": gettext_lazy("phone"),
    "address": gettext_lazy("address"),
}


def search(rows: MandateQuerySet, text: str, *, by: Any) -> MandateQuerySet:
    """Those of `rows` who fit what was typed. A full number finds whom `by` may see numbers of, and is audited."""
    if not is_number(text):
        return rows.matching(text)
    audit.record("number_search", by=by)
    return rows.matching(text, numbers_of=branches(by, REVEAL))


def sensitive_facts(person: Person) -> list[dict[str, Any]]:
    """The sealed facts as a page may show them: masked."""
    return [
        {"name": name, "label": label, "masked": getattr(person, f"{name}_masked")} for name, label in SENSITIVE.items()
    ]


def may_reveal_person(user: Any, mandate: Mandate) -> bool:
    """Numbers are shown by the office that keeps the person; a second mandate elsewhere gives no right to them."""
    return may_reveal(user, mandate.person.organization)


def reveal(mandate: Mandate, fact: str, *, by: Any) -> str:
    """One sealed fact in clear, with its line in the audit. Refused beyond so many an hour."""
    organization = mandate.congress.organization
    if not may_reveal_person(by, mandate):
        raise PermissionDenied
    limit = rules.value("reveals_an_hour", organization, timezone.localdate())
    if audit.reveals_within_the_hour(by) >= limit:
        raise Refused(
            _("You have had %(limit)s numbers shown within an hour. Wait, or print with a reason.") % {"limit": limit}
        )
    audit.record("reveal", by=by, subject=f"person {mandate.person_id} {fact}", organization=organization)
    return mandate.person.get_sealed(fact)


@transaction.atomic
def save_delegate(form: Any, *, by: Any, version: int | None, person_version: int | None) -> Mandate:
    """Save what changed of a delegate's two rows. Refuses if either has moved on since the page was opened."""
    person = lock(form.instance.person)
    if person_version is not None and person.version != person_version:
        raise Refused(MOVED_ON)
    changed = _take_over(person, form)
    if changed and not PERSONS.may_change(by, person):
        raise Refused(_("This person's facts are kept by %(office)s.") % {"office": person.organization.name})
    if changed:
        person.version += 1
        person.save(update_fields=[*changed, "version"])
    form.instance.person = person
    if changed & {"name"} or "manual_rank" in form.changed_data:
        _renew_roster_keys(person, form.instance)
    known = Mandate.objects.select_related("electing_unit").get(pk=form.instance.pk)
    before = known.electing_unit
    if form.instance.electing_unit_id != before.pk:
        if known.status in (Mandate.Status.CANDIDATE, Mandate.Status.ELECTED):
            raise Refused(_("A candidate stands for the electing unit of his election."))
        refuse_full(form.instance.electing_unit)
    mandate = save_edit(form, policy=MANDATES, by=by, version=version)
    if mandate.electing_unit_id != before.pk:  # the seat moved with him: both units' vacancies are looked at again
        for unit in (before, mandate.electing_unit):
            fit_vacancies(unit, on=timezone.localdate())
    return mandate


@transaction.atomic
def add_delegate(form: Any, *, by: Any) -> Mandate:
    """A new mandate, for a new person or, by ID number, for one the register knows.

    A candidate joins his election's list; whoever is in office already is entered with the document that says so.
    Raises `Refused` if the list is closed, or the unit has no seat free.
    """
    data = form.cleaned_data
    congress = data["congress"]
    election = form.instance.election
    if election:
        _refuse_closed_list(lock(election))
        if data["electing_unit"].pk != election.electing_unit_id or congress.pk != election.electing_unit.congress_id:
            raise Refused(_("A candidate stands for the electing unit of his election."))
    else:
        refuse_full(data["electing_unit"])
    person = None
    if data.get("id_number"):
        person = PERSONS.visible(by).filter(pk__in=Person.objects.numbered(data["id_number"])).first()
    person = person or Person(organization=congress.organization)
    if _take_over(person, form) and person.pk and not PERSONS.may_change(by, person):
        raise Refused(_("This person's facts are kept by %(office)s.") % {"office": person.organization.name})
    try:
        with transaction.atomic():
            person.save()
    except IntegrityError:
        raise Refused(_("This ID number is in the register already.")) from None
    mandate = form.instance
    mandate.person = person
    mandate.roster_key = roster_key(mandate)
    try:
        with transaction.atomic():
            mandate.save()
    except IntegrityError:
        raise Refused(_("This person is a delegate of this congress already.")) from None
    if not MANDATES.may_change(by, mandate):
        raise PermissionDenied
    if election is None:
        write_registration([mandate], basis=data["register_basis"], on=data["register_on"], by=by)
    return mandate


def _refuse_closed_list(election: Election) -> None:
    if election.state != ElectionState.PLANNED:
        raise Refused(_("The candidates are recommended already: the list is closed."))


def write_registration(mandates: Iterable[Mandate], *, basis: str, on: date, by: Any) -> None:
    """Nobody joins without a decision: those entered as in office have the document they were entered from."""
    MandateChange.objects.bulk_create(
        [
            MandateChange(
                mandate=mandate, verb="register", source=mandate.status, target=mandate.status,
                reason=ChangeReason.REGISTERED, decided_on=on, basis=basis, by=by,
            )
            for mandate in mandates
        ],
        batch_size=500,
    )  # fmt: skip


def _take_over(person: Person, form: Any) -> set[str]:
    """Copy the person's facts from the form; say which columns changed. An empty sealed field changes nothing."""
    own = {field.name for field in Person._meta.concrete_fields}
    mandates_own = set(form._meta.fields)
    changed = set()
    for name in (own - mandates_own) & set(form.cleaned_data):
        if getattr(person, name) != form.cleaned_data[name]:
            setattr(person, name, form.cleaned_data[name] if form.cleaned_data[name] is not None else None)
            changed.add(name)
    for name in SENSITIVE:
        if form.cleaned_data.get(name):
            person.put_sealed(name, form.cleaned_data[name])
            changed |= {f"{name}_sealed", f"{name}_index"} & own
    if photo := form.cleaned_data.get("photo_file"):
        person.photo = photo
        changed.add("photo")
    if changed & {"name", "former_name"}:
        refresh_keys(person)
        changed |= {"stroke_key", "plain_stroke_key", "pinyin_key", "search_terms"}
    return changed


def _renew_roster_keys(person: Person, edited: Mandate) -> None:
    for mandate in person.mandates.all():
        mandate.person = person
        if mandate.pk == edited.pk:
            mandate.manual_rank = edited.manual_rank
            edited.roster_key = roster_key(mandate)
        Mandate.objects.filter(pk=mandate.pk).update(roster_key=roster_key(mandate))


@transaction.atomic
def assign(chosen: QuerySet, group: DelegateGroup | None, delegation: Delegation | None, *, by: Any) -> int:
    """Move delegates to a group, a delegation, or both; all of them or none. Says how many moved."""
    ids = list(chosen.values_list("pk", flat=True))
    rows = Mandate.objects.select_for_update().filter(pk__in=ids)
    if rows.exclude(within(branches(by, MANAGE), "congress__organization")).exists():
        raise PermissionDenied
    congresses = {body.congress_id for body in (group, delegation) if body}
    if not congresses:
        raise Refused(_("Choose a group or a delegation."))
    if rows.exclude(congress__in=congresses).exists() or len(congresses) > 1:
        raise Refused(_("All must belong to the congress of the group and the delegation chosen."))
    change: dict[str, Any] = {"version": F("version") + 1}
    change |= {"group": group} if group else {}
    change |= {"delegation": delegation} if delegation else {}
    moved = Mandate.objects.filter(pk__in=ids).update(**change)
    organization = (group or delegation).congress.organization
    audit.record("assign", by=by, subject=str(group or delegation), organization=organization, rows=moved)
    return moved
