"""A term that has been lived: each status of a mandate, vacancies at different steps, led through the real decisions.

Nobody among those of the roster leaves by it: whoever left, or waits, is somebody more, so the figures stay what the
workbook says.
"""

from datetime import date, timedelta
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from congress.kernel.workflow import SYSTEM
from congress.models import Congress, User
from delegates.kernel.committees import committee_of
from delegates.models import (
    ElectingUnit,
    Election,
    Gender,
    MainCategory,
    Mandate,
    MandateChange,
    MandateStatus,
    Person,
    RemovalMotion,
    Vacancy,
)
from delegates.services import elections, seats
from delegates.services.persons import refresh_keys, roster_key
from delegates.services.register import write_registration
from delegates.workflows import ELECTION, MANDATE, REMOVAL, VACANCY

PLACE: Final = "石桥镇"
NEIGHBOUR: Final = "青江镇"
JOINED: Final = date(2026, 5, 8)


def live(clerk: User, contact: User) -> None:
    """Once: lead the demonstration's delegates of two townships through what happens in a term."""
    if Vacancy.objects.exists():
        return
    with transaction.atomic():
        _Term(Congress.objects.get(organization__name=PLACE, number=15), clerk, contact).live()
        _neighbours(Congress.objects.get(organization__name=NEIGHBOUR, number=15), clerk)


class _Term:
    def __init__(self, congress: Congress, clerk: User, contact: User) -> None:
        self.congress, self.clerk, self.contact = congress, clerk, contact
        self.units = list(ElectingUnit.objects.filter(congress=congress)[:6])
        self.committee = committee_of(congress.organization)
        self.number = 10

    def live(self) -> None:
        """Suspended, ceased, resigned, terminated, void; by-elections waiting at ①, ③ and for the credentials check."""
        self._suspended(self.units[0])
        self._waits_for_candidates(self.units[1])
        self._waits_for_the_vote(self.units[2])
        self._waits_for_credentials(self.units[3])
        self._void(self.units[4])
        self._quotas()

    def said(self, reason: str, on: date, unit: ElectingUnit) -> dict[str, Any]:
        self.number += 1
        return {
            "reason": reason, "decided_on": on, "basis": f"石桥委〔2026〕{self.number}号", "proposer": unit.name,
            "decider": self.committee,
        }  # fmt: skip

    def step(self, on: date) -> dict[str, Any]:
        self.number += 1
        return {"done_on": on, "basis": f"石桥委〔2026〕{self.number}号"}

    def delegate(self, name: str, unit: ElectingUnit, **facts: Any) -> Mandate:
        mandate = make_mandate(self.congress, name, unit, **facts)
        if mandate.status == MandateStatus.ACTIVE:
            write_registration([mandate], basis="石桥委〔2026〕8号", on=JOINED, by=self.clerk)
        return mandate

    def _suspended(self, unit: ElectingUnit) -> None:
        mandate = self.delegate("林国栋", unit)
        MANDATE.take(mandate, "suspend", by=self.clerk, **self.said("discipline_case", date(2026, 8, 3), unit))
        motion = RemovalMotion.objects.create(
            mandate=mandate, mover="unit", supporters=18, electors=62, grounds="连续两次无故不参加会议，且涉嫌违纪。",
            moved_on=date(2026, 10, 12),
        )  # fmt: skip
        REMOVAL.take(motion, "hear", by=self.clerk, heard_on=date(2026, 10, 26), statement="本人到会作了说明。")

    def _waits_for_candidates(self, unit: ElectingUnit) -> None:
        """A resignation accepted, filed; the unit is late with its candidates, so everybody is reminded."""
        ElectingUnit.objects.filter(pk=unit.pk).update(contact=self.contact)
        mandate = self.delegate("何志远", unit)
        today = timezone.localdate()
        letter = "因工作调往外地，不能继续履行代表职务，自愿辞去代表职务。"
        MANDATE.take(mandate, "resign", by=self.clerk, letter=letter, decided_on=today - timedelta(days=55))
        said = self.said("resignation", today - timedelta(days=45), unit)
        MANDATE.take(mandate, "accept_resignation", by=self.clerk, **said)
        change = MandateChange.objects.get(mandate=mandate, verb="accept_resignation")
        day = change.decided_on + timedelta(days=7)
        seats.record_filing(change, filed_on=day, number="明委组备〔2026〕6号", by=self.clerk)

    def _waits_for_the_vote(self, unit: ElectingUnit) -> None:
        mandate = self.delegate("陈月英", unit, gender=Gender.FEMALE)
        MANDATE.take(mandate, "cease", by=self.clerk, **self.said("moved_out", date(2026, 9, 15), unit))
        election = self._candidates(Vacancy.objects.get(left_by=mandate), "罗永康", "曹德明")
        today = timezone.localdate()
        ELECTION.take(election, "recommend", by=self.clerk, **self.step(today - timedelta(days=20)))
        ELECTION.take(election, "approve_candidates", by=self.clerk, **self.step(today - timedelta(days=12)))
        ELECTION.take(
            election, "announce", by=self.clerk, notice_from=today - timedelta(days=9),
            notice_until=today - timedelta(days=2), notice_place=f"{unit}党务公开栏",
        )  # fmt: skip

    def _waits_for_credentials(self, unit: ElectingUnit) -> None:
        mandate = self.delegate("邓长顺", unit)
        MANDATE.take(mandate, "terminate", by=self.clerk, **self.said("probation", date(2026, 7, 6), unit))
        election = self._candidates(Vacancy.objects.get(left_by=mandate), "谢长河", "姜玉兰")
        ELECTION.take(election, "recommend", by=self.clerk, **self.step(date(2026, 7, 27)))
        ELECTION.take(election, "approve_candidates", by=self.clerk, **self.step(date(2026, 8, 6)))
        ELECTION.take(
            election, "announce", by=self.clerk, notice_from=date(2026, 8, 10), notice_until=date(2026, 8, 18),
            notice_place=f"{unit}党务公开栏",
        )  # fmt: skip
        standing = list(Mandate.objects.filter(election=election).order_by("pk"))
        votes = dict(zip((mandate.pk for mandate in standing), [(36, 5, 3), (8, 30, 6)], strict=True))
        figures = {"due": 52, "present": 44, "issued": 44, "collected": 44, "invalid": 0}
        elections.count_ballot(
            Election.objects.get(pk=election.pk), stage="election", held_on=date(2026, 8, 21), figures=figures,
            votes=votes, by=self.clerk,
        )  # fmt: skip
        ELECTION.take(election, "vote", by=self.clerk, **self.step(date(2026, 8, 21)))
        ELECTION.take(election, "approve_result", by=self.clerk, **self.step(date(2026, 8, 28)))

    def _void(self, unit: ElectingUnit) -> None:
        mandate = self.delegate("姚大成", unit, status=MandateStatus.ELECTED)
        said = self.said("unfit", date(2026, 5, 9), unit) | {
            "note": "预备党员，不具备被选举权。",
            "recorded_by": self.clerk,
        }
        MANDATE.take(mandate, "void_unfit", by=SYSTEM, **said)
        vacancy = seats.open_vacancy(unit, cause="void", on=date(2026, 5, 9), left_by=mandate)
        VACANCY.take(vacancy, "waive", by=self.clerk, **self.step(date(2026, 6, 1)))

    def _candidates(self, vacancy: Vacancy, *names: str) -> Election:
        election = vacancy.election
        for name in names:
            female = {"gender": Gender.FEMALE} if name.endswith("兰") else {}
            self.delegate(name, vacancy.electing_unit, status=MandateStatus.CANDIDATE, election=election, **female)
        return election

    def _quotas(self) -> None:
        """Each unit's seats: those held and those vacant."""
        units = ElectingUnit.objects.filter(congress=self.congress)
        quotas = {}
        for unit in units:
            vacant = Vacancy.objects.filter(electing_unit=unit, state="open").count()
            quotas[unit.pk] = seats.held(unit) + vacant
            ElectingUnit.objects.filter(pk=unit.pk).update(
                party_members=18 + 7 * quotas[unit.pk] + unit.number % 5, party_organisations=1 + unit.number % 3
            )
        Congress.objects.filter(pk=self.congress.pk).update(seats=sum(quotas.values()))
        self.congress.refresh_from_db()
        elections.set_quotas(self.congress, quotas, basis="石桥委〔2026〕3号", on=timezone.localdate(), by=self.clerk)


def _neighbours(congress: Congress, clerk: User) -> None:
    """Of the roster itself, so that it stays whole: one resignation waits, one delegate was suspended and restored."""
    rows = list(Mandate.objects.filter(congress=congress).order_by("roster_key", "pk")[1:3])
    waiting, restored = rows
    MANDATE.take(waiting, "resign", by=clerk, letter="因身体原因，难以继续履行代表职责，请求辞去代表职务。")
    unit, committee = restored.electing_unit, committee_of(congress.organization)
    for verb, reason, day in (("suspend", "criminal", date(2026, 7, 1)), ("restore", "cause_gone", date(2026, 9, 2))):
        MANDATE.take(
            restored, verb, by=clerk, reason=reason, decided_on=day, basis=f"青江委〔2026〕{day.month}号",
            proposer=unit.name, decider=committee,
        )  # fmt: skip


def make_mandate(congress: Congress, name: str, unit: ElectingUnit, **facts: Any) -> Mandate:
    """A fictional person with a mandate."""
    status = facts.pop("status", MandateStatus.ACTIVE)
    election = facts.pop("election", None)
    person = Person(
        organization=congress.organization, name=name, gender=facts.pop("gender", Gender.MALE), ethnicity="汉族",
        birth_month=date(1962 + len(name) + ord(name[-1]) % 25, 1 + ord(name[0]) % 12, 1),
        joined_party_month=date(1999, 7, 1), education="大专", post=f"{unit.name.removesuffix('党支部')}党员",
    )  # fmt: skip
    refresh_keys(person)
    person.save()
    mandate = Mandate(
        person=person, congress=congress, electing_unit=unit, status=status, election=election,
        main_category=MainCategory.FRONT_LINE, front_line="farmer",
        method=election.method if election else "re_election",
        elected_on=None if election else date(2026, 5, 1),
    )  # fmt: skip
    mandate.roster_key = roster_key(mandate)
    mandate.save()
    return mandate
