from django.urls import path

from delegates import views

urlpatterns = [
    path("", views.Home.as_view(), name="portal_home"),
    path("record/", views.MyRecord.as_view(), name="my_record"),
    path("record/correct/", views.AskCorrection.as_view(), name="ask_correction"),
    path("corrections/", views.MyCorrections.as_view(), name="my_corrections"),
    path("corrections/<int:pk>/withdraw/", views.WithdrawCorrection.as_view(), name="withdraw_correction"),
]

public = [path("<str:token>/", views.CertificatePage.as_view(), name="certificate")]
"""What strangers reach without signing in; the site puts it under /c/."""
