"""The demonstration district: fictional rosters through the real import, one account a role, random passwords."""

import csv
import os
import secrets
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

from congress.kernel.deadlines import TZ
from congress.models import Congress, Organization, Role, Session, User
from congress.policies import ROLES
from congress.services import accounts, imports, organizations
from delegates.models import Delegation, ElectingUnit, Mandate
from delegates.services import demo_documents, demo_life
from delegates.services.demo_terms import seed_structure
from delegates.services.demo_training import seed_training
from delegates.services.roster import RosterImport

DISTRICT = ("510790", "明川区")
TOWNSHIP = "石桥镇"
DELEGATE_OF = "青江镇"
UNIT = ("510790-U01", "区农业农村局")


@dataclass(frozen=True)
class DemoAccount:
    """One line of the accounts file."""

    role: str
    username: str
    password: str
    totp_secret: str
    path: str


def seed(workbook: Path, accounts_file: Path) -> list[DemoAccount]:
    """Make what is missing of the demonstration; an existing account keeps its password. Says all accounts."""
    district = Organization.objects.filter(code=DISTRICT[0]).first() or organizations.create(*DISTRICT, "district")
    if not Mandate.objects.exists():
        importer = RosterImport(district, create_missing=True)
        imports.run_from_console(importer, district, workbook, dry_run=False)
        _tell_terms()
    seed_training(district, workbook.with_name("training.xlsx"))
    if not Organization.objects.filter(code=UNIT[0]).exists():
        organizations.create(*UNIT, "unit", district)
    seed_structure(district)
    known = _read(accounts_file)
    made = [known.get(role) or _open(role, district) for role in Role.values]
    _write(accounts_file, made)
    by_role = {row.role: User.objects.get(username=row.username) for row in made}
    demo_life.live(by_role[Role.OFFICE], by_role[Role.UNIT])
    clerk = next(account.username for account in made if account.role == Role.TOWNSHIP)
    demo_documents.seed(district, User.objects.get(username=clerk))
    for dotted in settings.DEMO:
        import_string(dotted)(district, workbook.parent, by_role)
    return made


@transaction.atomic
def _tell_terms() -> None:
    """Dates and sessions of the terms the workbook names, and the delegations of one township."""
    for congress in Congress.objects.select_related("organization"):
        Congress.objects.filter(pk=congress.pk).update(starts_on=date(2026, 5, 10), ends_on=date(2031, 5, 10))
        Session.objects.get_or_create(
            congress=congress,
            number=1,
            defaults={
                "kind": "electing",
                "starts_on": date(2026, 5, 10),
                "ends_on": date(2026, 5, 11),
                "filing_closes_at": datetime(2026, 5, 10, 18, tzinfo=TZ),
                "place": f"{congress.organization.name}政府会议室",
            },
        )
    _make_delegations(Congress.objects.get(organization__name=TOWNSHIP))


def _make_delegations(congress: Congress) -> None:
    """Three delegations of the township, each of some electing units."""
    units = list(ElectingUnit.objects.filter(congress=congress))
    for position, ordinal in enumerate("一二三"):
        delegation = Delegation.objects.create(congress=congress, number=position + 1, name=f"第{ordinal}代表团")
        seated = Mandate.objects.filter(electing_unit__in=units[position::3])
        seated.update(delegation=delegation)
        delegation.head = Mandate.objects.filter(delegation=delegation).order_by("roster_key").first()
        delegation.save()


@transaction.atomic
def _open(role: str, district: Organization) -> DemoAccount:
    """One account of the role, ready to use: its random password stands in a private file and need not be changed."""
    township = Organization.objects.get(name=TOWNSHIP, parent=district)
    unit = Organization.objects.get(code=UNIT[0])
    where = {Role.TOWNSHIP: township, Role.UNIT: unit, Role.DELEGATE: None, Role.SYSADMIN: None}
    username = f"demo-{role.replace('_', '-')}"
    User.objects.filter(username=username).update(username=f"{username}-{secrets.token_hex(4)}", is_active=False)
    user, password = accounts.open_account(
        username,
        _display(role),
        role,
        where.get(role, district),
        by="seed_demo",
        first=accounts.first_password(secrets.token_urlsafe(18)),
    )
    user.must_change_password, user.initial_password_until = False, None
    if role in {Role.OFFICE, Role.TOWNSHIP, Role.UNIT}:
        user.email = f"{username}@liaison.invalid"  # reminders go out by the worker: to its log, here
    user.save()
    secret = ""
    if ROLES[role].staff:
        _device, secret = accounts.start_authenticator(user, confirmed=True)
    if role == Role.DELEGATE:
        _seat(user)
    return DemoAccount(role, username, password, secret, _start_path(role))


def _display(role: str) -> str:
    names = {
        Role.OFFICE: "区党联办演示", Role.TOWNSHIP: "石桥镇党联办演示", Role.WORKROOM: "工作室联络员演示",
        Role.DELEGATE: "代表演示", Role.UNIT: "承办单位演示", Role.ORGANISATION_DEPARTMENT: "组织部演示",
        Role.AUDITOR: "审计员演示", Role.SYSADMIN: "系统管理员演示",
    }  # fmt: skip
    return names[role]


def _start_path(role: str) -> str:
    return {Role.DELEGATE: "/portal/", Role.UNIT: "/unit/"}.get(role, "/admin/")


def _seat(user: User) -> None:
    """The demonstration's delegate account belongs to the first of a township's roster."""
    mandate = Mandate.objects.serving().filter(congress__organization__name=DELEGATE_OF).order_by("roster_key").first()
    person = mandate.person
    person.user = user
    person.save(update_fields=["user"])
    User.objects.filter(pk=user.pk).update(first_name=person.name)


def _read(path: Path) -> dict[str, DemoAccount]:
    """The accounts written before that still exist."""
    if not path.exists():
        return {}
    with path.open(newline="") as lines:
        rows = [DemoAccount(*row) for row in csv.reader(lines, delimiter="\t") if len(row) == 5]
    alive = set(User.objects.filter(is_active=True).values_list("username", flat=True))
    return {row.role: row for row in rows if row.username in alive}


def _write(path: Path, rows: list[DemoAccount]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", newline="") as lines:
        writer: Any = csv.writer(lines, delimiter="\t", lineterminator="\n")
        writer.writerows([row.role, row.username, row.password, row.totp_secret, row.path] for row in rows)
