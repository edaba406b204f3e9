"""What the register holds of a sign-in list's persons, courses and days: asked once, in a handful of queries."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from django.db.models import Q, QuerySet

from congress.fields import blind_index
from congress.models import Organization
from delegates.models import Attendance, Course, Mandate, TrainingPlan, TrainingSession
from delegates.querysets import SERVING

SEAT: Final = (
    "pk", "person_id", "person__name", "person__id_number_index", "congress__organization__name",
    "congress__starts_on", "congress__ends_on", "status", "congress__number",
)  # fmt: skip


@dataclass(frozen=True)
class Seat:
    """A mandate, as far as a sign-in list is about it."""

    pk: int
    person: int
    name: str
    index: str
    town: str
    starts_on: date | None
    ends_on: date | None
    status: str
    number: int

    def fits(self, day: date) -> tuple[bool, bool, int]:
        """How well the mandate fits the day: one whose term ran then, then one in office, then the latest."""
        ran = (self.starts_on is None or self.starts_on <= day) and (self.ends_on is None or day < self.ends_on)
        return ran, self.status in SERVING, self.number


@dataclass
class TrainingRegister:
    """Delegates of a branch whom a list names, and what its organisation has held of the courses it names."""

    organization: Organization
    seats_by_index: dict[str, list[Seat]] = field(default_factory=lambda: defaultdict(list))
    seats_by_name: dict[str, list[Seat]] = field(default_factory=lambda: defaultdict(list))
    courses: dict[tuple[int, str], Course] = field(default_factory=dict)  # by year and title
    sessions: dict[tuple[int, str, date], TrainingSession] = field(default_factory=dict)  # by year, title and day
    came: dict[tuple[int, int], Attendance] = field(default_factory=dict)  # by session and person
    plans: dict[int, TrainingPlan] = field(default_factory=dict)  # by year
    prefixes: list[str] = field(default_factory=list)

    @classmethod
    def load(cls, organization: Organization, said: Iterable[dict[str, Any]], *, lock: bool) -> "TrainingRegister":
        """With `lock`, what the list is compared with stays as it is until the transaction ends."""
        rows = list(said)
        register = cls(organization)
        register._load_seats(
            {blind_index(number) for number in {row["id_number"] for row in rows if "id_number" in row}},
            {row["name"] for row in rows if "name" in row},
        )
        register._load_held({row["course"] for row in rows if "course" in row}, lock=lock)
        register.plans = {plan.year: plan for plan in TrainingPlan.objects.filter(organization=organization)}
        register.prefixes = [above.name for above in Organization.objects.above(organization)]
        return register

    def _load_seats(self, indexes: set[str], names: set[str]) -> None:
        branch = Mandate.objects.filter(congress__organization__path__startswith=self.organization.path)
        named = branch.filter(Q(person__id_number_index__in=indexes) | Q(person__name__in=names))
        for values in named.order_by("pk").values_list(*SEAT):
            seat = Seat(*values)
            self.seats_by_name[seat.name].append(seat)
            if seat.index:
                self.seats_by_index[seat.index].append(seat)

    def _load_held(self, titles: set[str], *, lock: bool) -> None:
        def held(rows: QuerySet) -> QuerySet:
            return rows.select_for_update(of=("self",)) if lock else rows

        for course in Course.objects.filter(organization=self.organization, title__in=titles):
            self.courses[course.year, course.title] = course
        sessions = TrainingSession.objects.filter(course__in=self.courses.values()).select_related("course")
        for session in held(sessions.order_by("pk")):
            self.sessions[session.course.year, session.course.title, session.held_on] = session
        came = Attendance.objects.filter(session__in=self.sessions.values()).select_related("mandate")
        came = came.defer("note").order_by("pk")
        for attendance in held(came):
            self.came[attendance.session_id, attendance.mandate.person_id] = attendance

    def town(self, said: str) -> str:
        """明川区青江镇 as 青江镇."""
        for prefix in self.prefixes:
            if said != prefix:
                said = said.removeprefix(prefix)
        return said
