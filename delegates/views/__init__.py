"""The delegate's pages."""

from delegates.views.mandates import MyMandate, Pledge, Resign, Rights, WithdrawResignation
from delegates.views.records import AskCorrection, CertificatePage, Home, MyCorrections, MyRecord, WithdrawCorrection

__all__ = [
    "AskCorrection",
    "CertificatePage",
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
