"""Who the delegates are: a person is not a mandate."""

from delegates.models.bodies import DelegateGroup, Delegation, ElectingUnit
from delegates.models.corrections import CorrectionRequest, CorrectionState
from delegates.models.mandates import ElectionMethod, FrontLine, MainCategory, Mandate, MandateStatus
from delegates.models.persons import ETHNICITIES, Gender, Person
from delegates.models.training import Attendance, AttendanceWay, Course, CourseKind, TrainingPlan, TrainingSession

__all__ = [
    "ETHNICITIES",
    "Attendance",
    "AttendanceWay",
    "CorrectionRequest",
    "CorrectionState",
    "Course",
    "CourseKind",
    "DelegateGroup",
    "Delegation",
    "ElectingUnit",
    "ElectionMethod",
    "FrontLine",
    "Gender",
    "MainCategory",
    "Mandate",
    "MandateStatus",
    "Person",
    "TrainingPlan",
    "TrainingSession",
]
