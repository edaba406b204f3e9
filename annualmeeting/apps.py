from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Config(AppConfig):
    name = "annualmeeting"
    verbose_name = _("Annual meeting")
