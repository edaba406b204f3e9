"""Sheets that delegates and units print themselves: the paper's form, empty or filled in, and the opinion forms."""

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse

from congress.doors.portal import RoleMixin
from congress.kernel.reports import Report, report_class
from congress.models import Role
from congress.views.pages import PrintAtOnce
from proposals.models import ProposalKind
from proposals.policies import BLANKS, CONCERNED
from proposals.views.desk_paper import PaperMixin


class BlankPaper(RoleMixin, PrintAtOnce):
    """The empty form of a proposal or a motion, for whoever writes by hand."""

    roles = (Role.DELEGATE,)

    @property
    def back(self) -> str:
        return reverse("my_proposals")

    def get_report(self) -> Report:
        congress = get_object_or_404(BLANKS.visible(self.request.user), pk=self.kwargs["congress"])
        if self.kwargs["kind"] not in {ProposalKind.PROPOSAL, ProposalKind.MOTION}:
            raise Http404
        return report_class("d07-blank-form")(
            self.request.user, {"congress": congress.code, "kind": self.kwargs["kind"]}
        )


class PrintPaper(RoleMixin, PrintAtOnce):
    """A paper as a form, for whoever wrote it or signs it."""

    roles = (Role.DELEGATE,)

    @property
    def back(self) -> str:
        return reverse("my_proposal", args=[self.kwargs["pk"]])

    def get_report(self) -> Report:
        paper = get_object_or_404(CONCERNED.visible(self.request.user), pk=self.kwargs["pk"])
        return report_class("d08-paper-form")(self.request.user, {"proposal": str(paper.pk)})


class OpinionForms(PaperMixin, PrintAtOnce):
    """D04 for the unit that answered: the forms that go out with its letter, a page for each signer."""

    def get_report(self) -> Report:
        paper = str(self.assignment.proposal_id)
        return report_class("d04-feedback-form")(self.request.user, {"proposal": paper})
