"""One file of settings. What differs between machines comes from the environment; rules are rows, not settings."""

import base64
import os
from pathlib import Path

from csp.constants import NONE, SELF, UNSAFE_EVAL, UNSAFE_INLINE
from django.core.exceptions import ImproperlyConfigured
from django.templatetags.static import static
from django.utils.translation import gettext_lazy as _
from environ import FileAwareEnv

from congress import embedded

env = FileAwareEnv()
BASE_DIR = Path(__file__).resolve().parent.parent
VAR = Path(env.str("VAR_DIR", default=str(BASE_DIR / "var")))
EMBEDDED = not env.str("DATABASE_URL", default="")  # no server given: PostgreSQL's binaries run from var/

# Core
DEBUG = env.bool("DEBUG", default=EMBEDDED)
SECRET_KEY = env.str("SECRET_KEY", default="") or (embedded.secret("SECRET_KEY") if EMBEDDED else "")
FIELD_KEYS = env.str("FIELD_KEYS", default="") or (embedded.secret("FIELD_KEYS") if EMBEDDED else "")
if not SECRET_KEY:
    raise ImproperlyConfigured("SECRET_KEY is not set. Set SECRET_KEY or SECRET_KEY_FILE to 64 random bytes.")
if not FIELD_KEYS:
    raise ImproperlyConfigured(
        "FIELD_KEYS is not set: ID numbers and phones could not be encrypted. Format: k1:<base64>."
    )
try:
    _keys = [base64.b64decode(key.split(":", 1)[1], validate=True) for key in FIELD_KEYS.split(",") if key.strip()]
except (IndexError, ValueError):
    _keys = [b""]
if min(map(len, _keys), default=0) < 32:
    raise ImproperlyConfigured("FIELD_KEYS does not fit: each key is a name and 32 random bytes, k1:<base64>.")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"] if EMBEDDED else [])
if "*" in ALLOWED_HOSTS and not DEBUG:
    raise ImproperlyConfigured("ALLOWED_HOSTS may not be '*': name the host the users type.")
INSTALLED_APPS = [
    "congress",
    "delegates",
    "proposals",
    "annualmeeting",
    "liaison",
    "unfold.apps.BasicAppConfig",
    "guardian",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "knox",
    "axes",
    "django_otp",
    "django_htmx",
    "pgtrigger",
    "pghistory",
    "csp",
    "congress.apps.StaffSite",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]
MIDDLEWARE = [
    "congress.doors.middleware.HealthMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "congress.doors.middleware.SessionLimitMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "congress.doors.middleware.FirstLoginMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "congress.doors.middleware.AuditMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "congress.urls"
WSGI_APPLICATION = "congress.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "congress.doors.portal.page_furniture",
            ],
        },
    }
]

# Database: the owner migrates, the application only reads and writes
_role = env.str("DATABASE_ROLE", default="app")
_url = env.str("DATABASE_OWNER_URL", default="") if _role == "owner" else ""
_url = _url or env.str("DATABASE_URL", default="") or embedded.database_url(_role)
DATABASES = {"default": env.db_url_config(_url)}
DATABASES["default"] |= {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True, "ATOMIC_REQUESTS": False}
DATABASES["default"].setdefault("OPTIONS", {})["options"] = (
    f"-c statement_timeout={env.str('STATEMENT_TIMEOUT', default='15s')} -c lock_timeout=3s "
    "-c join_collapse_limit=4 "  # a list joins seven tables: weighing every order took ten times as long as asking
    "-c idle_in_transaction_session_timeout=60s"
)
SILENCED_SYSTEM_CHECKS = ["guardian.W001"]  # policies ask the grants themselves; has_perm is never asked
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
APPEND_ONLY_TABLES = ["congress_auditevent"]  # the application's role may insert and read, nothing else

# Redis: doorbell and cache only. Nothing is lost or wrong without it
REDIS_URL = env.str("REDIS_URL", default="") or embedded.redis_url()
_redis_timeouts = {"socket_timeout": 2, "socket_connect_timeout": 2}
CACHES = {
    "default": {
        "BACKEND": "django_redis.cache.RedisCache",
        "LOCATION": REDIS_URL,
        "OPTIONS": {"SOCKET_TIMEOUT": 1, "SOCKET_CONNECT_TIMEOUT": 1, "IGNORE_EXCEPTIONS": True},
    }
}
SESSION_ENGINE = "django.contrib.sessions.backends.db"  # cached_db dies with Redis

# Who may come in
AUTH_USER_MODEL = "congress.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "congress.doors.backend.AccountBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
_validation = "django.contrib.auth.password_validation."
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": _validation + "MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": _validation + "UserAttributeSimilarityValidator"},
    {"NAME": _validation + "CommonPasswordValidator"},
    {"NAME": _validation + "NumericPasswordValidator"},
    {"NAME": "congress.kernel.passwords.LocalWordsValidator"},
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "start"
LOGOUT_REDIRECT_URL = "public_home"
ANONYMOUS_USER_NAME = None
AXES_HANDLER = "congress.doors.lockout.Handler"
AXES_FAILURE_LIMIT = 5
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_COOLOFF_TIME = 0.25  # hours
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # who keeps trying does not lock the owner out for ever
AXES_LOCKOUT_CALLABLE = "congress.doors.lockout.locked_out"
AXES_CLIENT_IP_CALLABLE = "congress.doors.middleware.client_address"
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
OTP_TOTP_ISSUER = "党代表履职平台"
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=0)  # how many proxies of ours set X-Forwarded-For
SESSION_IDLE_MINUTES = {"staff": 15, "other": 30}
SESSION_HOURS = 8

# Cookies, headers, transport. HTTPS=0 only for a trial on one machine
HTTPS = env.bool("HTTPS", default=not EMBEDDED)
SESSION_COOKIE_NAME = "__Host-sid" if HTTPS else "sid"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrftoken"
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
CSRF_FAILURE_VIEW = "congress.views.csrf_failure"
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
_csp = {
    "default-src": [SELF],
    "img-src": [SELF, "data:"],
    "object-src": [NONE],
    "base-uri": [NONE],
    "frame-ancestors": [NONE],
    "form-action": [SELF],
}
CONTENT_SECURITY_POLICY = {"DIRECTIVES": _csp}
# Unfold's Alpine evaluates its attributes; only /admin/ and the API's own browser page get this.
STAFF_CONTENT_SECURITY_POLICY = _csp | {"script-src": [SELF, UNSAFE_EVAL], "style-src": [SELF, UNSAFE_INLINE]}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
FILE_UPLOAD_PERMISSIONS = 0o600

# Language and time
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale", BASE_DIR / "locale" / "third_party"]  # the admin theme ships no Chinese
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

# Files
STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(VAR / "static")))
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", default=str(VAR / "media")))  # private: served by a view that asks the policy
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
REPORT_FONT_DIR = env.str("REPORT_FONT_DIR", default=str(VAR / "fonts"))

# Where people reach us, as it is printed in QR codes
SITE_URL = env.str("SITE_URL", default=f"http://127.0.0.1:{env.str('PORT', default='8000')}").rstrip("/")

# Messages out
vars().update(env.email_url("EMAIL_URL", default="consolemail://"))
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="liaison@localhost")
SMS_WEBHOOK_URL = env.str("SMS_WEBHOOK_URL", default="")
DOORBELL = "congress.tasks.ring"  # wakes a worker after commit; a poll finds what it missed
JOBS = {  # what a worker does for each kind of owed job
    "check_import": "congress.services.imports.check",
    "apply_import": "congress.services.imports.apply",
    "print": "congress.services.printing.render",
    "deliver": "congress.services.delivery.deliver",
    "archive_document": "congress.services.documents.archive",
}
IMPORTERS = {
    "roster": "delegates.services.roster.RosterImport",
    "training": "delegates.services.training_import.TrainingImport",
    "proposals": "proposals.services.ledger_import.LedgerImport",
    "precedents": "proposals.services.precedent_import.PrecedentImport",
    "liaison": "liaison.services.liaison_import.LiaisonImport",
}
REPORTS = [
    "delegates.reports.REPORTS",
    "proposals.reports.REPORTS",
    "liaison.reports.REPORTS",
    "congress.reports.REPORTS",
]
DOCUMENT_KINDS = ["delegates.kernel.documents.KINDS", "proposals.kernel.documents.KINDS"]
WORKFLOWS = [
    "congress.workflows.IMPORT",
    "congress.workflows.PRINT",
    "congress.workflows.DOCUMENT",
    "delegates.workflows.CORRECTION",
    "delegates.workflows.MANDATE",
    "delegates.workflows.ELECTION",
    "delegates.workflows.VACANCY",
    "delegates.workflows.CREDENTIALS",
    "delegates.workflows.REMOVAL",
    "proposals.workflows.PROPOSAL",
    "proposals.workflows.SIGNATURE",
    "proposals.workflows.ASSIGNMENT",
    "proposals.workflows.UNDERTAKING",
    "proposals.workflows.INQUIRY",
    "proposals.workflows.INVITATION",
]
LADDERS = {  # kinds of due times that climb a ladder of their own
    "assignment_sign": "proposals.services.supervision.SIGN_LADDER",
    "assignment_opinion": "proposals.services.supervision.OPINION_LADDER",
    "assignment_reply": "proposals.services.supervision.REPLY_LADDER",
    "undertaking": "proposals.services.supervision.PROMISE_LADDER",
    "inquiry_answer": "proposals.services.supervision.INQUIRY_LADDER",
    "proposal_completion": "proposals.services.supervision.COMPLETION_LADDER",
    "proposal_feedback": "proposals.services.supervision.FEEDBACK_LADDER",
}
TOLD_BESIDES = {"election": "delegates.services.seats.contacts_of"}  # who hears of a due time beside the office
FIGURES = {"proposals": "proposals.services.statistics.figures"}  # what floors above the delegates count
FIGURES_BESIDES = ["liaison.services.figures.figures"]  # the same, each giving several figures by their names
DEMO = [
    "liaison.services.demo.seed",
    "proposals.services.demo.seed",
]  # what floors above the delegates add to the demonstration
NIGHTLY = [
    "delegates.services.seats.end_terms",
    "delegates.services.seats.fit_all",
    "proposals.services.cutoff.expire_invitations",
    "proposals.services.succession.sweep",
    "proposals.services.digest.weekly",
    "proposals.services.sessions.owe_whole",
]
WHEN_LEFT = ["proposals.services.succession.leave"]  # what else is settled when a mandate ends
WHEN_LEFT_FORETOLD = ["proposals.services.succession.foretell"]  # what that brings, as it is told beforehand
DASHBOARD_TASKS = ["proposals.services.overview.tasks"]  # what waits for the office, beside the delegates' own
# Files and documents that are not seen with their organisation alone.
FILES_SEEN_BESIDES = ["proposals.policies.files_of_desks", "proposals.policies.files_of_papers"]
DOCUMENTS_SEEN_BESIDES = ["proposals.policies.letters_to_offices"]
# What a delegate's first page shows of the floors above.
PORTAL_CARDS = ["proposals.views.cards.papers", "liaison.views.cards.contacts"]

# API
API_RESOURCES = {
    "tokens": "congress.api.TokenViewSet",
    "organizations": "congress.api.OrganizationViewSet",
    "congresses": "congress.api.CongressViewSet",
    "sessions": "congress.api.SessionViewSet",
    "reports": "congress.api.ReportViewSet",
    "documents": "congress.api.DocumentViewSet",
    "delegates": "delegates.api.DelegateViewSet",
    "groups": "delegates.api.GroupViewSet",
    "structure": "delegates.api.StructureViewSet",
    "elections": "delegates.api.ElectionViewSet",
    "vacancies": "delegates.api.VacancyViewSet",
    "mandate-changes": "delegates.api.MandateChangeViewSet",
    "credentials-reviews": "delegates.api.CredentialsReviewViewSet",
    "removal-motions": "delegates.api.RemovalMotionViewSet",
    "due-times": "congress.api.DueTimeViewSet",
    "trainings": "delegates.api.TrainingViewSet",
    "attendances": "delegates.api.AttendanceViewSet",
    "proposals": "proposals.api.ProposalViewSet",
    "assignments": "proposals.api.AssignmentViewSet",
}
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "congress.doors.authentication.StaffSession",
        "congress.doors.authentication.Token",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["congress.doors.authentication.SignedIn"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_PAGINATION_CLASS": "congress.doors.api.Pages",
    "DEFAULT_THROTTLE_CLASSES": [
        "rest_framework.throttling.UserRateThrottle",
        "rest_framework.throttling.AnonRateThrottle",
    ],
    "DEFAULT_THROTTLE_RATES": {"user": "300/min", "anon": "30/min"},
    "DEFAULT_SCHEMA_CLASS": "congress.doors.schema.Schema",
    "EXCEPTION_HANDLER": "congress.doors.api.exception_handler",
    "NUM_PROXIES": TRUSTED_PROXIES,
}
REST_KNOX = {"TOKEN_LIMIT_PER_USER": 10, "AUTH_HEADER_PREFIX": "Token"}
SPECTACULAR_SETTINGS = {
    "TITLE": "Party-congress liaison API",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "MandateStatusEnum": "delegates.models.MandateStatus",
        "ProposalKindEnum": "proposals.models.ProposalKind",
        "ProposalStateEnum": "proposals.models.ProposalState",
        "SatisfactionEnum": "proposals.models.Satisfaction",
    },
}
UNFOLD = {
    "SITE_TITLE": _("Party delegate liaison office"),
    "SITE_HEADER": _("Party delegate liaison office"),
    "SITE_SYMBOL": "how_to_reg",
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": False,
    "SHOW_BACK_BUTTON": True,
    "ENVIRONMENT": None,
    "BORDER_RADIUS": "6px",
    "DASHBOARD_CALLBACK": "delegates.admin.dashboard.fill",
    "STYLES": [lambda request: static("css/admin.css")],
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("img/icon.svg")}],
    "COLORS": {
        "primary": {
            "50": "253 242 242", "100": "252 226 227", "200": "249 200 203", "300": "242 157 162",
            "400": "231 104 112", "500": "214 62 72", "600": "179 18 29", "700": "150 14 24",
            "800": "125 15 24", "900": "105 18 26", "950": "58 5 10",
        },
    },
    "SIDEBAR": {"show_search": True},
}  # fmt: skip

# Logs: one line an event, nothing a user typed can start a second line
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "congress.logs.OneLine", "fmt": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": os.environ.get("LOG_LEVEL", "INFO")},
    "loggers": {"axes": {"level": "WARNING"}, "fontTools": {"level": "ERROR"}, "weasyprint": {"level": "ERROR"}},
}
