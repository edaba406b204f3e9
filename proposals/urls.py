"""Addresses of papers: `portal` under /portal/, `unit` under /unit/."""

from django.urls import path

from proposals.views import desk, desk_paper, portal

urlpatterns = [
    path("proposals/", portal.MyProposals.as_view(), name="my_proposals"),
    path("proposals/<int:pk>/", portal.MyProposal.as_view(), name="my_proposal"),
    path("inquiries/<int:pk>/", portal.MyInquiry.as_view(), name="my_inquiry"),
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
    path("assignments/<int:pk>/<slug:verb>/", desk_paper.AssignmentStep.as_view(), name="unit_step"),
]
