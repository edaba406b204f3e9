"""The delegate's pages."""

from delegates.views.mandates import MyMandate, Pledge, Resign, Rights, WithdrawResignation
from delegates.views.records import AskCorrection, Home, MyCorrections, MyRecord, WithdrawCorrection

__all__ = [
    "AskCorrection",
    "Home",
    "MyCorrections",
    "MyMandate",
    "MyRecord",
    "Pledge",
    "Resign",
    "Rights",
    "WithdrawCorrection",
    "WithdrawResignation",
]
