"""Addresses of papers: `urlpatterns` under /portal/, `unit` under /unit/, `public` under /papers/."""

from django.urls import path

from proposals.views import desk, desk_paper, inquiries, portal, printing, signing, writing
from proposals.views import public as open_pages

urlpatterns = [
    path("proposals/", portal.MyProposals.as_view(), name="my_proposals"),
    path("proposals/new/", writing.NewPaper.as_view(), name="paper_new"),
    path("proposals/blank/<int:congress>/<slug:kind>/", printing.BlankPaper.as_view(), name="paper_blank"),
    path("proposals/<int:pk>/print/", printing.PrintPaper.as_view(), name="paper_print"),
    path("proposals/<int:pk>/", portal.MyProposal.as_view(), name="my_proposal"),
    path("proposals/<int:pk>/edit/", writing.EditPaper.as_view(), name="paper_edit"),
    path("proposals/<int:pk>/save/", writing.SavePaper.as_view(), name="paper_save"),
    path("proposals/<int:pk>/alike/", writing.SimilarPapers.as_view(), name="paper_alike"),
    path("proposals/<int:pk>/kind/", writing.ChangeKind.as_view(), name="paper_kind"),
    path("proposals/<int:pk>/submit/", writing.SubmitPaper.as_view(), name="paper_submit"),
    path("proposals/<int:pk>/withdraw/", writing.Withdraw.as_view(), name="paper_withdraw"),
    path("proposals/<int:pk>/sign/", signing.CoSigners.as_view(), name="paper_sign"),
    path("proposals/<int:pk>/sign/<int:signature>/remind/", signing.RemindSigner.as_view(), name="signer_remind"),
    path("proposals/<int:pk>/sign/<int:signature>/<str:verb>/", signing.SignerStep.as_view(), name="signer_step"),
    path("proposals/<int:pk>/lead/", signing.TakeOver.as_view(), name="paper_take_over"),
    path("proposals/<int:pk>/contacts/<int:contact>/", portal.AnswerContact.as_view(), name="contact_answer"),
    path("proposals/<int:pk>/signature/", signing.OwnSignature.as_view(), name="own_signature"),
    path("proposals/<int:pk>/feedback/", portal.GiveFeedback.as_view(), name="paper_feedback"),
    path("proposals/<int:pk>/letters/<int:reply>/", portal.ReplyLetter.as_view(), name="reply_letter"),
    path("promises/<int:pk>/<str:verb>/", portal.PromiseStep.as_view(), name="promise_step"),
    path("inquiries/", inquiries.MyInquiries.as_view(), name="my_inquiries"),
    path("inquiries/new/", inquiries.NewInquiry.as_view(), name="inquiry_new"),
    path("inquiries/<int:pk>/", inquiries.MyInquiry.as_view(), name="my_inquiry"),
    path("inquiries/<int:pk>/edit/", inquiries.EditInquiry.as_view(), name="inquiry_edit"),
    path("inquiries/<int:pk>/step/", inquiries.InquiryStep.as_view(), name="inquiry_step"),
]

unit = [
    path("", desk.Desk.as_view(), name="unit_home"),
    path("sign/", desk.SignFor.as_view(), name="unit_sign"),
    path("promises/", desk.Promises.as_view(), name="unit_promises"),
    path("promises/<int:pk>/keep/", desk.KeepPromise.as_view(), name="unit_promise"),
    path("inquiries/", desk.Inquiries.as_view(), name="unit_inquiries"),
    path("inquiries/<int:pk>/", desk.InquiryPage.as_view(), name="unit_inquiry"),
    path("inquiries/<int:pk>/<slug:verb>/", desk.InquiryStep.as_view(), name="unit_inquiry_step"),
    path("assignments/<int:pk>/", desk_paper.AssignmentPage.as_view(), name="unit_assignment"),
    path("assignments/<int:pk>/progress/", desk_paper.NoteProgress.as_view(), name="unit_progress"),
    path("assignments/<int:pk>/contact/", desk_paper.NoteContact.as_view(), name="unit_contact"),
    path("assignments/<int:pk>/person/", desk_paper.HandOver.as_view(), name="unit_person"),
    path("assignments/<int:pk>/letter/", desk_paper.LetterPreview.as_view(), name="unit_letter"),
    path("assignments/<int:pk>/letter/issue/", desk_paper.IssueLetter.as_view(), name="unit_letter_issue"),
    path("assignments/<int:pk>/letter/word/", desk_paper.LetterWord.as_view(), name="unit_letter_word"),
    path("assignments/<int:pk>/letter/scan/", desk_paper.LetterScan.as_view(), name="unit_letter_scan"),
    path("assignments/<int:pk>/opinions/", printing.OpinionForms.as_view(), name="unit_opinion_forms"),
    path("assignments/<int:pk>/<slug:verb>/", desk_paper.AssignmentStep.as_view(), name="unit_step"),
]

public = [
    path("", open_pages.PublicPapers.as_view(), name="public_papers"),
    path("<int:pk>/", open_pages.PublicPaper.as_view(), name="public_paper"),
]
