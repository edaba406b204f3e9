from django.urls import path

from delegates import views
from delegates.views import training

urlpatterns = [
    path("", views.Home.as_view(), name="portal_home"),
    path("record/", views.MyRecord.as_view(), name="my_record"),
    path("record/correct/", views.AskCorrection.as_view(), name="ask_correction"),
    path("mandate/", views.MyMandate.as_view(), name="my_mandate"),
    path("mandate/rights/", views.Rights.as_view(), name="rights"),
    path("mandate/pledge/", views.Pledge.as_view(), name="pledge"),
    path("mandate/resign/", views.Resign.as_view(), name="resign"),
    path("mandate/resign/withdraw/", views.WithdrawResignation.as_view(), name="withdraw_resignation"),
    path("corrections/", views.MyCorrections.as_view(), name="my_corrections"),
    path("corrections/<int:pk>/withdraw/", views.WithdrawCorrection.as_view(), name="withdraw_correction"),
    path("training/", training.MyTraining.as_view(), name="my_training"),
    path("training/notes/", training.PublishedNotes.as_view(), name="training_notes"),
    path("training/<int:pk>/note/", training.MyNote.as_view(), name="training_note"),
    path("training/sign-in/<str:code>/", training.SignIn.as_view(), name="training_sign_in"),
]

public = [path("<str:token>/", views.CertificatePage.as_view(), name="certificate")]
"""What strangers reach without signing in; the site puts it under /c/."""
