"""A real browser against a real server, with a real worker on the test's own database and queue."""

import base64
import os

import pytest
import pytest_socket
from django_otp.oath import totp
from playwright.sync_api import sync_playwright

from congress.services import accounts
from tests import workers

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # Playwright keeps a loop; the ORM calls here are synchronous
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
SWITCHES = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
            "--disable-component-update", "--disable-sync"]  # fmt: skip


@pytest.fixture(scope="session")
def chromium():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        yield browser
        browser.close()


class Visitor:
    """One person at one screen. Whatever his browser complains of, or asks of a stranger, fails the test."""

    def __init__(self, page, base):
        self.page, self.base, self.complaints = page, base, []
        page.on("pageerror", lambda error: self.complaints.append(f"script: {error}"))
        page.on("console", self._console)
        page.on("request", lambda request: self._request(request.url))
        page.on("response", self._response)

    def _console(self, line):
        if line.type == "error" and "status of 40" not in line.text:
            self.complaints.append(f"console: {line.text}")

    def _request(self, url):
        if not url.startswith((self.base, "data:", "blob:")):
            self.complaints.append(f"outside: {url}")

    def _response(self, response):
        if response.status >= 500:
            self.complaints.append(f"{response.status}: {response.url}")

    def go(self, path):
        return self.page.goto(self.base + path)

    def sign_in(self, username, password, secret=""):
        self.go("/login/")
        self.page.fill("#id_username", username)
        self.page.fill("#id_password", password)
        self.page.click("main .btn.wide")
        if secret:
            self.page.fill("#id_code", f"{totp(base64.b32decode(secret)):06d}")
            self.page.click("main .btn.wide")

    def sees(self, text):
        self.page.get_by_text(text).first.wait_for(timeout=20_000)

    def fits(self):
        """Nothing sticks out of the screen to the right."""
        return self.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.fixture
def visitor(chromium, live_server, transactional_db):
    """Makes visitors: `visitor(width)`; at the end nobody's browser may have complained."""
    pytest_socket._remove_restrictions()  # the browser's driver talks over a pipe; pages are watched for strangers
    contexts, people = [], []

    def visitor(width=1280, height=900):
        context = chromium.new_context(viewport={"width": width, "height": height}, locale="zh-CN")
        contexts.append(context)
        people.append(Visitor(context.new_page(), live_server.url))
        return people[-1]

    yield visitor
    for context in contexts:
        context.close()
    assert [complaint for person in people for complaint in person.complaints] == []


@pytest.fixture
def worker(transactional_db):
    """A Celery worker, as production runs it, on this test's database and queue."""
    with workers.worker() as process:
        yield process


@pytest.fixture
def staff():
    """A staff account that can sign in by the page: name, password, and the authenticator's secret."""

    def staff(user, password):
        user.set_password(password)
        user.save()
        _device, secret = accounts.start_authenticator(user, confirmed=True)
        return user.username, password, secret

    return staff
