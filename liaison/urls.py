from django.urls import path

from liaison import views

urlpatterns = [
    path("contacts/", views.MyContacts.as_view(), name="my_contacts"),
    path("contacts/new/", views.NewContact.as_view(), name="contact_new"),
    path("contacts/<int:pk>/", views.ChangeContact.as_view(), name="contact_change"),
    path("contacts/<int:pk>/end/", views.EndContact.as_view(), name="contact_end"),
]
