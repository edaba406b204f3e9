"""The production settings, made fast and strict. Keep this short."""

import os
import tempfile

os.environ.setdefault("DATABASE_ROLE", "owner")  # tests make and drop databases

from congress.settings import *
from congress.settings import (
    CACHES,
    DATABASES,
    INSTALLED_APPS,
    MIDDLEWARE,
    REDIS_URL,
    REST_FRAMEWORK,
    STORAGES,
    TEMPLATES,
)

DEBUG = False
HTTPS = SECURE_SSL_REDIRECT = False
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
INSTALLED_APPS = [*INSTALLED_APPS, "zeal"]
MIDDLEWARE = [*MIDDLEWARE, "zeal.middleware.zeal_middleware"]
TEMPLATES[0]["OPTIONS"]["string_if_invalid"] = ""
ZEAL_ALLOWLIST = [
    {"model": "contenttypes.ContentType", "field": "*"},  # a process-wide cache, not an N+1
    {"model": "congress.Organization", "field": "get()"},  # a merger locks its two rows one by one
    {"model": "auth.Permission", "field": "get()"},  # a role has three rights at most: here and below
    {"model": "congress.OrganizationUserPermission", "field": "get()"},
    {"model": "auth.Group", "field": "get()"},  # accounts opened together each ask for their role: hashing is the cost
    {"model": "delegates.Mandate", "field": "get()"},  # a decision on several takes the table, and its lock, on each
    {"model": "delegates.Vacancy", "field": "get()"},
    {"model": "delegates.Election", "field": "get()"},
    {"model": "delegates.ElectingUnit", "field": "get()"},
    {"model": "proposals.*", "field": "get()"},  # a paper and its rows are locked anew by each step of a chain
    {"model": "proposals.Signature", "field": "*"},  # a changed text asks each who signed, by the table
    {"model": "delegates.Mandate", "field": "person"},
    {"model": "delegates.Person", "field": "user"},
    {"model": "congress.DueTime", "field": "get()"},  # and each owes a day of its own
    {
        "model": "proposals.Proposal",
        "field": "get()",
    },  # a step of a unit's part locks the paper, as the paper's own does
    {"model": "proposals.Signature", "field": "get()"},  # an edited text is asked for again, signer by signer
    {"model": "proposals.Assignment", "field": "get()"},  # a paper is handed to its units one by one
]
MEDIA_ROOT = tempfile.mkdtemp(prefix="test-media-")
DATABASES["default"]["CONN_MAX_AGE"] = 0  # the live server keeps no connection to a database that is to be dropped
# A test's rows need not outlive a crash; and dropping its database waits for the disk, on a busy machine for long.
DATABASES["default"]["OPTIONS"]["options"] += " -c synchronous_commit=off -c statement_timeout=120s"
DATABASES["default"]["TEST"] = {"NAME": os.environ.get("TEST_DATABASE", "test_congress")}
if REDIS_URL.startswith("unix://"):
    # A running application on this checkout has database 0; each half of the tests that runs at once has its own.
    REDIS_URL += f"?db={os.environ.get('TEST_HALF', '1')}"
CACHES["default"]["LOCATION"] = REDIS_URL
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
REST_FRAMEWORK = REST_FRAMEWORK | {"DEFAULT_THROTTLE_RATES": {"user": None, "anon": None}}
WHITENOISE_AUTOREFRESH = True
