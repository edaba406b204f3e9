"""The tree of organisations: made, moved, merged and renamed, with the document that says so."""

import re
from datetime import date

from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.db.models import F, Value
from django.db.models.functions import Concat, Substr
from django.utils.translation import gettext as _

from congress.kernel.workflow import Refused
from congress.models import Congress, Organization, OrganizationChange, OrganizationKind, User

Verb = OrganizationChange.Verb


@transaction.atomic
def create(code: str, name: str, kind: str, parent: Organization | None = None) -> Organization:
    """A new node of the tree. Raises `Refused` if the code is taken or the place impossible."""
    _lock_tree()
    if parent is not None:
        parent = Organization.objects.get(pk=parent.pk)  # its path may have moved since the caller looked
        if parent.closed_on:
            raise Refused(_("“%(name)s” is closed: nothing can be put under it.") % {"name": parent.name})
    elif kind != OrganizationKind.DISTRICT:
        raise Refused(_("Only a district stands at the top of the tree: name the parent organisation."))
    _check_place(name, kind, parent)
    made = Organization(code=code, name=name, kind=kind, parent=parent, path=_path(parent, code))
    try:
        made.full_clean()
        made.save()
    except (ValidationError, IntegrityError) as fault:
        sentences = fault.messages if isinstance(fault, ValidationError) else [str(fault)]
        raise Refused(" ".join(sentences)) from fault
    return made


def ensure(code: str, name: str, kind: str, parent_code: str = "") -> tuple[Organization, bool]:
    """The node of that code, made if it is missing; whether it was. Raises `Refused` if it is there as another."""
    parent = find(parent_code) if parent_code else None
    there = Organization.objects.filter(code=code).first()
    if there is None:
        return create(code, name, kind, parent), True
    if (there.name, there.kind, there.parent_id) != (name, kind, parent.pk if parent else None):
        raise Refused(
            _("The code %(code)s belongs to “%(name)s”, of another name, kind or parent.")
            % {"code": code, "name": there.name}
        )
    return there, False


def find(code: str) -> Organization:
    """The organisation of that code. Raises `Refused` if there is none."""
    organization = Organization.objects.filter(code=code).first()
    if organization is None:
        raise Refused(_("There is no organisation with the code %(code)s.") % {"code": code})
    return organization


def find_congress(code: str) -> Congress:
    """The congress of that code, for instance 51079001-15. Raises `Refused` if there is none."""
    place, _hyphen, number = code.rpartition("-")
    congresses = Congress.objects.filter(organization__code=place).select_related("organization")
    congress = congresses.filter(number=number).first() if number.isdecimal() else None
    if congress is None:
        raise Refused(_("There is no congress with the code %(code)s.") % {"code": code})
    return congress


@transaction.atomic
def move(
    organization: Organization, new_parent: Organization, *, basis: str, on: date, by: User | None
) -> Organization:
    """Put `organization` and all below it under another parent. Raises `Refused` for a circle."""
    _lock_tree()
    node, parent = _fresh(organization), _fresh(new_parent)
    _refuse_circle(node, parent)
    if node.parent_id == parent.pk:
        raise Refused(_("“%(name)s” already stands under “%(parent)s”.") % {"name": node.name, "parent": parent.name})
    _check_place(node.name, node.kind, parent, but=node)
    before = node.path
    _rewrite_branch(before, _path(parent, node.code))
    node.parent, node.path = parent, _path(parent, node.code)
    node.save(update_fields=["parent"])
    _write_down(node, Verb.MOVE, before, node.path, basis=basis, on=on, by=by)
    return node


@transaction.atomic
def merge(organization: Organization, into: Organization, *, basis: str, on: date, by: User | None) -> Organization:
    """Close `organization` and put what stood under it under `into`. The closed node stays, with its history."""
    _lock_tree()
    node, target = _fresh(organization), _fresh(into)
    _refuse_circle(node, target)
    if node.kind != target.kind:
        raise Refused(_("Only organisations of one kind can be merged."))
    for child in node.children.order_by("code"):
        _rewrite_branch(child.path, _path(target, child.code))
        Organization.objects.filter(pk=child.pk).update(parent=target)
    node.merged_into, node.closed_on = target, on
    node.save(update_fields=["merged_into", "closed_on"])
    _write_down(node, Verb.MERGE, node.name, target.name, basis=basis, on=on, by=by)
    return node


@transaction.atomic
def rename(organization: Organization, name: str, *, basis: str, on: date, by: User | None) -> Organization:
    """Give the organisation another name. What was printed keeps the old one; the change is written down."""
    _lock_tree()
    node = _fresh(organization)
    if node.name == name:
        raise Refused(_("“%(name)s” is its name already.") % {"name": name})
    _check_place(name, node.kind, node.parent, but=node)
    before, node.name = node.name, name
    node.save(update_fields=["name"])
    _write_down(node, Verb.RENAME, before, name, basis=basis, on=on, by=by)
    return node


PLACES = {  # under what each kind may stand
    OrganizationKind.DISTRICT: set(),
    OrganizationKind.TOWNSHIP: {OrganizationKind.DISTRICT},
    OrganizationKind.VILLAGE: {OrganizationKind.DISTRICT, OrganizationKind.TOWNSHIP},
    OrganizationKind.UNIT: {OrganizationKind.DISTRICT, OrganizationKind.TOWNSHIP},
}
_NAME = re.compile(r"^[\w·（）()、—-]+$")


def _check_place(name: str, kind: str, parent: Organization | None, but: Organization | None = None) -> None:
    """Refuse a name no document could print, a namesake beside it, and a parent of the wrong kind."""
    if not _NAME.match(name):
        raise Refused(_("“%(name)s” is not a name: letters, digits and brackets only.") % {"name": name})
    if parent is not None and parent.kind not in PLACES.get(kind, OrganizationKind.values):
        raise Refused(_("An organisation of this kind cannot stand under “%(name)s”.") % {"name": parent.name})
    beside = Organization.objects.filter(parent=parent, name=name, closed_on=None)
    if beside.exclude(pk=but.pk if but else None).exists():
        raise Refused(_("There is a “%(name)s” beside it already.") % {"name": name})


def _path(parent: Organization | None, code: str) -> str:
    return f"{parent.path if parent else '/'}{code}/"


def _fresh(organization: Organization) -> Organization:
    node = Organization.objects.select_for_update().get(pk=organization.pk)
    if node.closed_on:
        raise Refused(_("“%(name)s” is closed and cannot be changed.") % {"name": node.name})
    return node


def _refuse_circle(node: Organization, target: Organization) -> None:
    if target.path.startswith(node.path):
        raise Refused(
            _("“%(target)s” stands under “%(name)s” or is the same: the tree would become a circle.")
            % {"target": target.name, "name": node.name}
        )


def _rewrite_branch(before: str, after: str) -> None:
    """Every path of the branch in one statement: nobody ever sees half a tree."""
    Organization.objects.filter(path__startswith=before).update(
        path=Concat(Value(after), Substr(F("path"), len(before) + 1))
    )


def _write_down(
    node: Organization, verb: str, before: str, after: str, *, basis: str, on: date, by: User | None
) -> None:
    OrganizationChange.objects.create(
        organization=node, verb=verb, before=before, after=after, on=on, basis=basis, by=by
    )


def _lock_tree() -> None:
    # Two moves at once could each pass the circle test and make one together.
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_TREE_LOCK])


_TREE_LOCK = 0x72EE
