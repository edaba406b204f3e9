"""The house style, as far as a machine can read it."""

import ast
import re
import shutil
import subprocess
import tomllib
from datetime import date
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

import pytest
from django.apps import apps
from django.utils import translation
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

import congress.policies
import delegates.policies
import liaison.policies
import proposals.policies
from congress.kernel.policy import Policy
from congress.management.commands.write_docs import rules_page, workflows_page

ROOT = Path(__file__).resolve().parents[1]
APPS = ["congress", "delegates", "proposals", "annualmeeting", "liaison"]
CODE = sorted(path for app in APPS for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts)
TESTS = sorted((ROOT / "tests").rglob("*.py"))
TREES = {path: ast.parse(path.read_text()) for path in [*CODE, *TESTS]}
FILE_LINES, FUNCTION_LINES = 400, 40
LONG_TESTS = {"tests/delegates/test_roster.py": "one workbook, read in one file"}


def name(path):
    return path.relative_to(ROOT).as_posix()


def nodes(kind, paths=CODE):
    for path in paths:
        for node in ast.walk(TREES[path]):
            if isinstance(node, kind):
                yield path, node


def test_only_the_workflow_changes_a_state():
    found = []
    for path, node in nodes((ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Call)):
        if isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            words = {keyword.arg for keyword in node.keywords} if called == "update" else set()
            if called == "setattr" and isinstance(node.args[1], ast.Constant):
                words = {node.args[1].value}
        else:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            words = {target.attr for target in targets if isinstance(target, ast.Attribute)}
        if words & {"state", "status"}:
            found.append(f"{name(path)}: {ast.unparse(node)}")
    http_status = (
        "IdempotencyKey.objects.filter(pk=self.idempotency.pk).update(status=response.status_code, answer=answer)"
    )
    assert found == [f"congress/doors/api.py: {http_status}"]


def test_states_are_not_edited_by_forms():
    for model in apps.get_models():
        if model._meta.app_label in APPS and not model.__name__.endswith("Event"):
            for field in model._meta.concrete_fields:
                if field.name in {"state", "status"} and field.choices:
                    assert not field.editable, field


@pytest.mark.parametrize("path", [*CODE, *TESTS], ids=name)
def test_files_and_functions_stay_short(path):
    lines = path.read_text().count("\n")
    assert lines <= FILE_LINES or name(path) in LONG_TESTS, lines
    if path in TESTS:
        return
    for node in ast.walk(TREES[path]):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno - node.lineno + 1 <= FUNCTION_LINES, node.name


def test_nothing_is_printed_but_by_commands():
    for path, node in nodes(ast.Call):
        if getattr(node.func, "id", "") == "print":
            assert "management" in path.parts or "embedded" in path.parts, name(path)


def test_no_drawer_without_a_label():
    forbidden = {"utils", "helpers", "constants", "signals", "managers", "selectors", "mixins"}
    assert not [name(path) for path in CODE if path.stem in forbidden]


def test_the_generated_pages_are_up_to_date():
    with translation.override("en"):
        assert (ROOT / "docs" / "workflows.md").read_text() == workflows_page()
        assert (ROOT / "docs" / "rules.md").read_text() == rules_page()


def test_no_installed_version_is_older_than_its_security_floor():
    floor = tomllib.loads((ROOT / "security_floor.toml").read_text())
    assert floor["reviewed"] >= date(2026, 11, 22)
    for package, oldest in floor["floors"].items():
        assert Version(version(package)) >= Version(oldest), package


PLACES = [
    "/ro" + "ot/",
    "/ho" + "me/",
    "/wo" + "rk/",
    "py" + "pi.org",
    "python" + "hosted",
    "npm" + "js.",
    "fa" + "rm-",
]


def test_nothing_in_the_repository_names_this_machine_or_a_registry():
    if not (shutil.which("git") and (ROOT / ".git").exists()):
        pytest.skip("not a git checkout: there is no list of the repository's files")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout.decode()
    for entry in filter(None, listed.split("\0")):
        path = ROOT / entry
        if path.is_file() and path.suffix not in {".xlsx", ".bin", ".png", ".woff2"}:
            text = path.read_text(errors="replace")
            assert not [place for place in PLACES if place in text], entry


OUTSIDE = re.compile(
    r"""(?:src|href|action|srcset|data|poster)\s*=\s*["']?(?:https?:)?//|url\(["']?(?:https?:)?//|@import"""
)


def test_no_page_loads_anything_from_outside():
    files = [path for folder in ("templates", "static") for path in (ROOT / folder).rglob("*") if path.is_file()]
    assert len(files) > 50
    for path in files:
        text = path.read_text()
        assert not OUTSIDE.search(text), path
        assert 'fetch("http' not in text


def test_templates_neither_unescape_nor_script_nor_style_in_place():
    for path in (ROOT / "templates").rglob("*.html"):
        text = path.read_text()
        assert not re.search(r"\|\s*safe\b|autoescape off|\son[a-z]+=|javascript:", text), path
        if "reports" not in path.parts:  # a printed document carries its own style sheet
            assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=", text), path


def test_text_is_marked_safe_only_where_it_is_ours():
    """Our style sheet in a printed document; lists and choices whose every part is escaped. Never what was typed."""
    calls = {name(path) for path, node in nodes(ast.Call) if getattr(node.func, "id", "") == "mark_safe"}
    assert calls == {"congress/kernel/reports.py", "congress/doors/lists.py", "congress/doors/widgets.py"}


def _imports(path):
    for node in ast.walk(TREES[path]):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


@pytest.mark.parametrize(("library", "modules"), [
    ("weasyprint", {"congress/kernel/press.py"}),
    ("guardian", {"congress/policies.py", "congress/models/organizations.py"}),
    ("celery", {"congress/celery.py", "congress/tasks.py", "congress/management/commands/beat.py"}),
    ("openpyxl", None),
])  # fmt: skip
def test_a_dangerous_library_is_named_in_few_places(library, modules):
    found = {name(path) for path in CODE if any(module.split(".")[0] == library for module in _imports(path))}
    if modules is None:  # workbooks are read and written in the kernel, nowhere else
        assert all(path.startswith(("congress/kernel/", "congress/services/")) for path in found)
    else:
        assert found <= modules


def test_the_database_is_asked_by_name_and_never_by_raw_text():
    for path, node in nodes(ast.Attribute):
        assert node.attr not in {"raw", "extra"} or not isinstance(node.ctx, ast.Load), name(path)
    for path, node in nodes(ast.Name):
        assert node.id != "RawSQL", name(path)


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_a_lock_names_the_extras_that_are_asked_for(lock):
    """pip refuses `name[extra]` by hash when only `name` is locked, on the day a newer release appears."""
    locked = dict(re.findall(r"^([\w.-]+)(\[[\w,-]+\])?==", (ROOT / lock).read_text(), re.MULTILINE))
    asked = [Requirement(line) for package in locked for line in _requires(package)]
    missing = {
        str(wanted)
        for wanted in asked
        if wanted.extras
        and (wanted.marker is None or wanted.marker.evaluate({"extra": ""}))
        and not wanted.extras <= set(locked[canonicalize_name(wanted.name)].strip("[]").split(","))
    }
    assert not missing


def _requires(package):
    try:
        return requires(package) or []
    except PackageNotFoundError:  # locked for another system
        return []


# Doors ask policies for rows. What they may ask a model for directly, and why:
DIRECT = {
    "congress/admin/imports.py": "an empty choice, filled from the policy when the form is made",
    "congress/admin/organizations.py": "an empty choice, filled from the policy when the form is made",
    "congress/admin/rules.py": "the top of the user's own branches",
    "congress/admin/system.py": "the system administrator, who sees no business, names the branch of a role",
    "congress/api.py": "a token for the caller himself",
    "congress/doors/api.py": "the caller's own idempotency keys",
    "congress/doors/history.py": "the past of a row that the policy has shown",
    "congress/doors/paging.py": "the page's rows, by the keys of those the policy has shown",
    "congress/doors/lockout.py": "failed logins, before anybody is known",
    "delegates/admin/bodies.py": "a count over the rows the policy has shown",
    "delegates/admin/dashboard.py": "figures within the user's branches",
    "delegates/admin/delegate_form.py": "bodies of the delegate's own congress; whether an ID number is known",
    "delegates/admin/mandates.py": "congresses of the delegates the policy has shown",
}


def test_doors_ask_the_policy_for_rows():
    folders = {"views", "admin", "doors", "api"}
    doors = [p for p in CODE if folders & {*p.relative_to(ROOT).parts, p.stem}]
    asking = {name(path) for path, node in nodes(ast.Attribute, doors) if node.attr in {"objects", "_default_manager"}}
    assert asking <= set(DIRECT), asking - set(DIRECT)


# Models nobody lists or opens by itself:
WITHOUT_POLICY = {
    "TotpDevice": "its owner's, reached through the account only",
    "OrganizationUserPermission": "the grants the policies read",
    "OrganizationChange": "lines of an organisation's page",
    "ImportRow": "lines of an import's page",
    "JournalEntry": "lines of a row's history",
    "IdempotencyKey": "its caller's, reached by the key only",
    "TermChange": "lines of a congress's page",
    "ElectionStep": "lines of an election's page",
    "Ballot": "lines of an election's page",
    "BallotResult": "lines of an election's page",
    "Speech": "lines of an election's page",
    "CredentialsItem": "lines of a credentials check's page",
    "Invitation": "lines of an enquiry's page; a delegate's own is found through himself",
    "Measure": "lines of a paper's page",
    "Signature": "lines of a paper's page; a delegate's own is found through himself",
    "ScreeningOpinion": "lines of a paper's page",
    "Reply": "lines of a paper's page",
    "ProposalResult": "lines of a paper's page",
    "SupervisionStep": "lines of a paper's page",
    "AssignmentRequest": "lines of a unit's part",
    "ProgressNote": "lines of a unit's part",
    "DelegateContact": "lines of a unit's part",
    "NumberSeries": "counters nobody looks at",
}


def test_every_model_has_a_policy_or_a_reason_for_none():
    modules = [congress.policies, delegates.policies, liaison.policies, proposals.policies]
    judged = {made.model for module in modules for made in vars(module).values() if isinstance(made, Policy)}
    models = [model for model in apps.get_models() if model._meta.app_label in APPS]
    trackers = {model for model in models if hasattr(model, "pgh_tracked_model")}  # rows' past, shown with the row
    without = {model.__name__ for model in models if model not in judged | trackers}
    assert without == set(WITHOUT_POLICY)
