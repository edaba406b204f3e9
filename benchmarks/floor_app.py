"""The floor pages that ours are measured against: one file of Django, under the same server.

`DATABASE_URL=postgres://… python benchmarks/floor_app.py` makes the tables and prints a session cookie; then
`gunicorn --chdir benchmarks floor_app:application`:
/hello a plain answer; /list 25 of 10,000 rows by one indexed SELECT, rendered in six columns; /listauth the same
behind session and account; /ballot one INSERT and COMMIT.
"""

# ruff: noqa: E402, DJ -- settings come first in a project of one file
import os
import sys

import django
from django.conf import settings

ROW = (
    '<tr><td>{{ r.id }}</td><td><a href="/p/{{ r.id }}">{{ r.title }}</a></td><td>{{ r.author }}</td>'
    '<td>{{ r.state }}</td><td>{{ r.created|date:"Y-m-d" }}</td><td>{{ r.score|floatformat:2 }}</td></tr>'
)
PAGE = (
    f"<!doctype html><title>List</title><h1>{{{{ user }}}}</h1><table>{{% for r in rows %}}{ROW}{{% endfor %}}</table>"
)
LOADERS = [("django.template.loaders.cached.Loader", [("django.template.loaders.locmem.Loader", {"list.html": PAGE})])]

if not settings.configured:
    import environ

    settings.configure(
        DEBUG=False,
        SECRET_KEY="bench",  # noqa: S106 -- a measuring stick
        ALLOWED_HOSTS=["*"],
        ROOT_URLCONF="floor_app",
        USE_TZ=True,
        DATABASES={"default": environ.Env().db_url("DATABASE_URL") | {"CONN_MAX_AGE": 600}},
        INSTALLED_APPS=[f"django.contrib.{name}" for name in ("contenttypes", "auth", "sessions", "messages")],
        MIDDLEWARE=[
            "django.middleware.security.SecurityMiddleware",
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.common.CommonMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware",
        ],
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "OPTIONS": {
                    "loaders": LOADERS,
                    "context_processors": ["django.template.context_processors.request"],
                },
            }
        ],
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    )
    django.setup()

from django.core.wsgi import get_wsgi_application
from django.db import connection, models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.csrf import csrf_exempt


class Item(models.Model):
    title = models.CharField(max_length=200)
    author = models.CharField(max_length=80)
    state = models.CharField(max_length=12)
    created = models.DateTimeField()
    score = models.FloatField()
    group = models.IntegerField(db_index=True)
    body = models.TextField()

    class Meta:
        app_label, db_table, managed = "auth", "floor_item", False

    def __str__(self) -> str:
        return self.title


class Ballot(models.Model):
    item_id = models.IntegerField()
    choice = models.CharField(max_length=12)
    salt = models.CharField(max_length=40)

    class Meta:
        app_label, db_table, managed = "auth", "floor_ballot", False

    def __str__(self) -> str:
        return self.choice


def rows(request: HttpRequest) -> models.QuerySet:
    items = Item.objects.filter(group=int(request.GET.get("g", 7))).order_by("-created")
    return items.only("id", "title", "author", "state", "created", "score")[:25]


def hello(request: HttpRequest) -> HttpResponse:
    return HttpResponse("hello")


def plain(request: HttpRequest) -> HttpResponse:
    return render(None, "list.html", {"rows": rows(request), "user": ""})


def signed_in(request: HttpRequest) -> HttpResponse:
    if not request.user.is_authenticated:
        return HttpResponse(status=403)
    return render(request, "list.html", {"rows": rows(request), "user": request.user})


@csrf_exempt
def ballot(request: HttpRequest) -> HttpResponse:
    Ballot.objects.create(item_id=int(request.POST["item"]), choice=request.POST["choice"], salt=os.urandom(16).hex())
    return HttpResponse("recorded")


urlpatterns = [path("hello", hello), path("list", plain), path("listauth", signed_in), path("ballot", ballot)]
application = get_wsgi_application()

TABLES = """
DROP TABLE IF EXISTS floor_item;
CREATE TABLE floor_item (id bigserial PRIMARY KEY, title varchar(200), author varchar(80), state varchar(12),
  created timestamptz, score float8, "group" int, body text);
INSERT INTO floor_item (title, author, state, created, score, "group", body)
  SELECT 'Proposal about roads and water no. ' || g, 'Delegate ' || (g % 400),
    (array['draft', 'submitted', 'accepted'])[1 + g % 3], now() - g * interval '1 hour', g % 97, g % 100,
    repeat('text ', 200) FROM generate_series(1, 10000) g;
CREATE INDEX ON floor_item ("group", created DESC);
DROP TABLE IF EXISTS floor_ballot;
CREATE TABLE floor_ballot (id bigserial PRIMARY KEY, item_id int, choice varchar(12), salt varchar(40));
CREATE INDEX ON floor_ballot (item_id);
ANALYZE floor_item;
"""


def prepare() -> str:
    """Make the tables and an account; return the cookie of its session."""
    from django.contrib.auth.models import User
    from django.contrib.sessions.backends.db import SessionStore
    from django.core.management import call_command

    sys.modules["floor_app"] = sys.modules["__main__"]
    call_command("migrate", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
    user, _fresh = User.objects.get_or_create(username="bench")
    session = SessionStore()
    session["_auth_user_id"] = str(user.pk)
    session["_auth_user_backend"] = "django.contrib.auth.backends.ModelBackend"
    session["_auth_user_hash"] = user.get_session_auth_hash()
    session.save()
    return f"sessionid={session.session_key}"


if __name__ == "__main__":
    print(prepare())
