from django.apps import AppConfig
from django.contrib.admin import apps as admin
from django.utils.translation import gettext_lazy as _


class Config(AppConfig):
    name = "congress"
    verbose_name = _("Foundation")
    default = True


class StaffSite(admin.AdminConfig):
    """The admin, on our own site class: staff with a second factor only."""

    default_site = "congress.doors.staffsite.StaffSite"
    default = False
