"""What tests stand on, made with boring defaults. Plain functions: what matters to a test, the test says."""

import itertools
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone

from congress.models import Congress, Organization, OrganizationKind, User
from congress.policies import grant_role
from congress.services import organizations
from delegates.models import (
    Attendance,
    AttendanceWay,
    Course,
    DelegateGroup,
    Delegation,
    ElectingUnit,
    ElectionMethod,
    Gender,
    MainCategory,
    Mandate,
    Person,
    TrainingSession,
)
from delegates.services.persons import refresh_keys, roster_key
from liaison.models import Contact
from proposals.models import Assignment, Category, Measure, Proposal, ProposalKind, Scope, Signature
from proposals.services.writing import digest

PASSWORD = "correct-horse-battery-9"
_numbers = itertools.count(1)


def make_district(code: str = "510790", name: str = "明川区") -> Organization:
    return organizations.create(code, name, OrganizationKind.DISTRICT)


def make_township(parent: Organization | None = None, name: str = "青江镇", code: str = "") -> Organization:
    parent = parent or Organization.objects.filter(parent=None).first() or make_district()
    code = code or f"{parent.code}{Organization.objects.filter(parent=parent).count() + 1:02d}"
    return organizations.create(code, name, OrganizationKind.TOWNSHIP, parent)


def make_congress(organization: Organization | None = None, number: int = 15, **facts: Any) -> Congress:
    return Congress.objects.create(organization=organization or make_township(), number=number, **facts)


def make_person(
    organization: Organization, name: str = "李四光", *, id_number: str = "", phone: str = "", **facts: Any
) -> Person:
    defaults: dict[str, Any] = {
        "gender": Gender.MALE,
        "ethnicity": "汉族",
        "birth_month": date(1975, 3, 1),
        "joined_party_month": date(1998, 7, 1),
        "education": "大专",
        "post": f"{organization.name}党政办主任",
    }
    person = Person(organization=organization, name=name, **(defaults | facts))
    refresh_keys(person)
    person.put_sealed("id_number", id_number)
    person.put_sealed("phone", phone)
    person.save()
    return person


def make_mandate(congress: Congress | None = None, person: Person | str = "李四光", **facts: Any) -> Mandate:
    """A delegate in office. `person` may be a name; `electing_unit`, `group`, `delegation` may be names too."""
    congress = congress or Congress.objects.first() or make_congress()
    own = {name: facts.pop(name) for name in list(facts) if name not in _MANDATE_FACTS}
    if isinstance(person, str):
        person = make_person(congress.organization, person, **own)
    defaults: dict[str, Any] = {
        "electing_unit": "安塘村党支部",
        "main_category": MainCategory.LEADING_CADRE,
        "method": ElectionMethod.RE_ELECTION,
    }
    facts = defaults | facts
    for name, model in (("electing_unit", ElectingUnit), ("group", DelegateGroup), ("delegation", Delegation)):
        if isinstance(facts.get(name), str):
            facts[name] = make_body(model, congress, facts[name])
    mandate = Mandate(congress=congress, person=person, **facts)
    mandate.roster_key = roster_key(mandate)
    mandate.save()
    return mandate


def make_body(model: Any, congress: Congress, name: str, **facts: Any) -> Any:
    """An electing unit, delegation or group of that name, made if the congress has none."""
    defaults = {"number": model.objects.filter(congress=congress).count() + 1} | facts
    return model.objects.get_or_create(congress=congress, name=name, defaults=defaults)[0]


def make_session(
    organization: Organization, held_on: date, title: str = "党代表履职能力", **facts: Any
) -> TrainingSession:
    """A training day of a course of the organisation, made if it has none of that title in the year."""
    course, _fresh = Course.objects.get_or_create(organization=organization, year=held_on.year, title=title)
    return TrainingSession.objects.create(course=course, held_on=held_on, **({"hours": Decimal(4)} | facts))


def make_attendance(session: TrainingSession, mandate: Mandate, **facts: Any) -> Attendance:
    defaults = {"hours": session.hours, "how": AttendanceWay.LIST}
    return Attendance.objects.create(session=session, mandate=mandate, **(defaults | facts))


def make_unit(name: str = "区住房和城乡建设局", parent: Organization | None = None) -> Organization:
    """A handling unit of the district."""
    parent = parent or Organization.objects.filter(parent=None).first() or make_district()
    return organizations.create(f"{parent.code}-U{next(_numbers)}", name, OrganizationKind.UNIT, parent)


def make_category(name: str = "城建", above: str = "社会建设", **facts: Any) -> Category:
    """The category of that name; made anew where a test that empties the tables took the migration's with it."""
    parent, _fresh = Category.objects.get_or_create(name=above, parent=None, organization=None)
    return Category.objects.get_or_create(name=name, organization=None, parent=parent, defaults=facts)[0]


def make_proposal(lead: Mandate | None = None, title: str = "关于完善场镇排污管网的提议", **facts: Any) -> Proposal:
    """A complete paper of a delegate, still a draft; `measures` are (what, who, when)."""
    lead = lead or make_mandate()
    measures = facts.pop("measures", [("新建场镇污水管网三公里", "区住房和城乡建设局", "2027年6月底前")])
    defaults: dict[str, Any] = {
        "kind": ProposalKind.MOTION,
        "category": make_category(),
        "scope": Scope.OVERALL,
        "grounds": "场镇老街三百二十户居民的生活污水直排河道，夏季异味严重，群众连续三年向镇里反映，至今没有解决。",
        "root_cause": "老街管网建于上世纪九十年代，权属不清，没有单位承担改造责任，资金也没有渠道。",
        "evidence": "2026年9月走访老街四十户居民。",
    }
    proposal = Proposal.objects.create(congress=lead.congress, lead=lead, title=title, **(defaults | facts))
    for position, (action, actor, by_when) in enumerate(measures, 1):
        Measure.objects.create(proposal=proposal, position=position, action=action, actor=actor, by_when=by_when)
    proposal.text_digest = digest(proposal)
    proposal.save()
    Signature.objects.create(
        proposal=proposal, mandate=lead, is_lead=True, state="signed", answered_at=timezone.now(),
        text_digest=proposal.text_digest,
    )  # fmt: skip
    return proposal


def make_assignment(proposal: Proposal, unit: Organization, **facts: Any) -> Assignment:
    """A unit's part in a paper, due long ago."""
    day = date(2026, 9, 1)
    defaults = {"role": "lead", "state": "working", "assigned_on": day, "due_on": day, "original_due_on": day}
    return Assignment.objects.create(proposal=proposal, unit=unit, **(defaults | facts))


def make_user(role: str, organization: Organization | None = None, **facts: Any) -> User:
    """An account with the role, and its rights on the organisation's branch."""
    username = facts.pop("username", f"{role}-{next(_numbers)}")
    user = User.objects.create_user(username, password=PASSWORD, **facts)
    grant_role(user, role, organization)
    return user


_MANDATE_FACTS = {field.name for field in Mandate._meta.get_fields()}


def make_contact(mandate: Mandate, name: str = "张三", *, phone: str = "", **facts: Any) -> Contact:
    contact = Contact(mandate=mandate, name=name, **({"kind": "mass", "since": date(2026, 6, 1)} | facts))
    contact.put_sealed("phone", phone)
    contact.save()
    return contact
