"""What people say: about a record, and when they take a decision."""

from delegates.forms.decisions import (
    AcceptResignationForm,
    CeaseForm,
    DeclineResignationForm,
    DismissForm,
    PersuadeForm,
    PledgeForm,
    RemoveForm,
    ResignForm,
    ResignLetterForm,
    RestoreForm,
    SuspendForm,
    TerminateForm,
)
from delegates.forms.elections import (
    ConfirmForm,
    DropForm,
    HearingForm,
    NoticeForm,
    RemovalVoteForm,
    StepForm,
    WaiveForm,
)
from delegates.forms.records import CORRECTABLE, AnswerForm, AssignForm, CorrectionForm, fact_label

__all__ = [
    "CORRECTABLE",
    "AcceptResignationForm",
    "AnswerForm",
    "AssignForm",
    "CeaseForm",
    "ConfirmForm",
    "CorrectionForm",
    "DeclineResignationForm",
    "DismissForm",
    "DropForm",
    "HearingForm",
    "NoticeForm",
    "PersuadeForm",
    "PledgeForm",
    "RemovalVoteForm",
    "RemoveForm",
    "ResignForm",
    "ResignLetterForm",
    "RestoreForm",
    "StepForm",
    "SuspendForm",
    "TerminateForm",
    "WaiveForm",
    "fact_label",
]
