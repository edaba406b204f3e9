"""Every address of the site. Apps above the ground floor are named by strings."""

from django.conf import settings
from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.utils.module_loading import import_string
from django.views.i18n import set_language
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.routers import SimpleRouter

from congress import views

api = SimpleRouter()
for name, viewset in settings.API_RESOURCES.items():
    api.register(name, import_string(viewset), basename=name)

urlpatterns = [
    path("", views.PublicHome.as_view(), name="public_home"),
    path("login/", views.Login.as_view(), name="login"),
    path("logout/", views.SignOut.as_view(), name="logout"),
    path("start/", views.Start.as_view(), name="start"),
    path("account/code/", views.OneTimeCode.as_view(), name="one_time_code"),
    path("account/authenticator/", views.OneTimeSetup.as_view(), name="one_time_setup"),
    path("account/", views.MyAccount.as_view(), name="my_account"),
    path("account/password/", views.PasswordChange.as_view(), name="password_change"),
    path("display/size/", views.SetSize.as_view(), name="set_size"),
    path("display/language/", login_not_required(set_language), name="set_language"),
    path("display/components/", views.Components.as_view(), name="components"),
    path("files/<int:pk>/", views.AttachmentDownload.as_view(), name="attachment"),
    path("portal/messages/", views.MessageList.as_view(), name="message_list"),
    path("portal/messages/<int:pk>/", views.MessageRead.as_view(), name="message_read"),
    path("portal/", include("delegates.urls")),
    path("portal/", include("proposals.urls")),
    path("portal/", include("liaison.urls")),
    path("c/", include(import_string("delegates.urls.public"))),
    path("papers/", include(import_string("proposals.urls.public"))),
    path("unit/", include(import_string("proposals.urls.unit"))),
    path("admin/", admin.site.urls),
    path("api/v1/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("api/v1/docs/", SpectacularSwaggerSplitView.as_view(url_name="schema"), name="docs"),
    path("api/v1/", include(api.urls)),
]

handler404 = "congress.views.not_found"
handler500 = "congress.views.server_error"
