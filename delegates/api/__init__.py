"""Delegates and their term through the API: the same policies, the same tables, the same words of refusal."""

from delegates.api.register import DelegateViewSet, GroupViewSet
from delegates.api.structure import StructureViewSet
from delegates.api.term import (
    CredentialsReviewViewSet,
    ElectionViewSet,
    MandateChangeViewSet,
    RemovalMotionViewSet,
    VacancyViewSet,
)
from delegates.api.training import AttendanceViewSet, TrainingViewSet

__all__ = [
    "AttendanceViewSet",
    "CredentialsReviewViewSet",
    "DelegateViewSet",
    "ElectionViewSet",
    "GroupViewSet",
    "MandateChangeViewSet",
    "RemovalMotionViewSet",
    "StructureViewSet",
    "TrainingViewSet",
    "VacancyViewSet",
]
