"""Who the delegates are: a person is not a mandate."""

from delegates.models.bodies import CommitteeMember, DelegateGroup, Delegation, ElectingUnit
from delegates.models.changes import ChangeReason, MandateChange, MotionMover, MotionState, RemovalMotion
from delegates.models.corrections import CorrectionRequest, CorrectionState
from delegates.models.credentials import Commitment, CredentialsItem, CredentialsReview, ReviewState, Verdict
from delegates.models.elections import (
    RUNNING,
    Ballot,
    BallotResult,
    BallotStage,
    Election,
    ElectionKind,
    ElectionState,
    ElectionStep,
    Objection,
    Speech,
)
from delegates.models.mandates import ElectionMethod, FrontLine, MainCategory, Mandate, MandateStatus
from delegates.models.persons import ETHNICITIES, Gender, Person
from delegates.models.training import Attendance, AttendanceWay, Course, CourseKind, TrainingPlan, TrainingSession
from delegates.models.vacancies import Vacancy, VacancyCause, VacancyState

__all__ = [
    "ETHNICITIES",
    "RUNNING",
    "Attendance",
    "AttendanceWay",
    "Ballot",
    "BallotResult",
    "BallotStage",
    "ChangeReason",
    "Commitment",
    "CommitteeMember",
    "CorrectionRequest",
    "CorrectionState",
    "Course",
    "CourseKind",
    "CredentialsItem",
    "CredentialsReview",
    "DelegateGroup",
    "Delegation",
    "ElectingUnit",
    "Election",
    "ElectionKind",
    "ElectionMethod",
    "ElectionState",
    "ElectionStep",
    "FrontLine",
    "Gender",
    "MainCategory",
    "Mandate",
    "MandateChange",
    "MandateStatus",
    "MotionMover",
    "MotionState",
    "Objection",
    "Person",
    "RemovalMotion",
    "ReviewState",
    "Speech",
    "TrainingPlan",
    "TrainingSession",
    "Vacancy",
    "VacancyCause",
    "VacancyState",
    "Verdict",
]
