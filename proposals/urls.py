"""Addresses of papers: `portal` under /portal/, `unit` under /unit/."""

from django.urls import path

from proposals.views import desk, portal

urlpatterns = [
    path("proposals/", portal.MyProposals.as_view(), name="my_proposals"),
    path("proposals/<int:pk>/", portal.MyProposal.as_view(), name="my_proposal"),
    path("inquiries/<int:pk>/", portal.MyInquiry.as_view(), name="my_inquiry"),
]

unit = [
    path("", desk.Desk.as_view(), name="unit_home"),
    path("assignments/<int:pk>/", desk.AssignmentPage.as_view(), name="unit_assignment"),
    path("inquiries/<int:pk>/", desk.InquiryPage.as_view(), name="unit_inquiry"),
]
