"""Every everyday page against the floor page, at S and at L: `python benchmarks/bench_pages.py [WORD …]`.

A line a page: SQL statements, processor milliseconds (application + PostgreSQL) at S and at L, how many times the
floor page that is, how much it grows from S to L, the limits, and whether they hold. Words choose pages by name.
The floor is measured before every page, in the same round, in many short rounds. What is compared is the lowest of the
rounds: whatever else the machine does only adds to a page's time.
"""

import http.client
import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DATABASE_ROLE", "owner")

from benchmarks import stage
from congress import embedded

ROUNDS, REQUESTS, WARM = 16, 4, 6
GROWTH = 1.3
PORTS = {"floor": 8931, "s": 8932, "l": 8933}


@dataclass(frozen=True)
class Page:
    """One address and its limit in floor pages; `flat` where L must not cost more than 1.3 times S."""

    name: str
    path: str
    who: str
    limit: float
    at: str = "s"  # the size the limit speaks of
    flat: bool = True


API, ADMIN = "/api/v1/delegates/", "/admin/delegates/mandate/"
PAGES = [
    Page("api list", API, "office", 4),
    Page("api list, township", API, "township", 4),
    Page("api detail", API + "{row}/", "office", 4),
    Page("portal home", "/portal/", "delegate", 5, at="l"),
    Page("portal record", "/portal/record/", "delegate", 4),
    Page("admin list", ADMIN, "office", 8),
    Page("admin list, township", ADMIN, "township", 8),
    Page("admin delegate", ADMIN + "{row}/change/", "office", 8),
    Page("admin dashboard", "/admin/", "office", 8, at="l"),
    Page("admin organisations", "/admin/congress/organization/", "office", 8),
    Page("admin groups", "/admin/delegates/delegategroup/", "office", 8),
    Page("search 1 character", API + f"?search={quote('王')}", "office", 4, at="l"),
    # Found by fewer than a page at S: their growth is that of the rows that are drawn.
    Page("search 2 characters", API + f"?search={quote('李华')}", "office", 4, at="l", flat=False),
    Page("search initials", API + "?search=wjg", "office", 4, at="l", flat=False),
    Page("search pinyin", API + "?search=chenyong", "office", 4, at="l", flat=False),
    Page("search, township", API + f"?search={quote('王')}", "township", 4, at="l"),
    Page("papers, api list", "/api/v1/proposals/", "office", 4),
    Page("papers, api list, town", "/api/v1/proposals/", "township", 4),
    Page("papers, units' parts", "/api/v1/assignments/", "office", 4),
    Page("papers, my list", "/portal/proposals/", "delegate", 4),
    Page("papers, admin list", "/admin/proposals/proposal/", "office", 8),
    Page("papers, admin list, town", "/admin/proposals/proposal/", "township", 8),
    Page("papers, board", "/admin/proposals/proposal/board/", "office", 8),
    Page("papers, late list", "/admin/proposals/proposal/late/", "office", 8),
    Page("papers, unit's desk", "/unit/", "unit", 4),
    Page("papers, public", "/papers/", "delegate", 4),
    Page("papers, search parts", f"/api/v1/assignments/?search={quote('道路')}", "office", 4, at="l"),
    Page("papers, admin search", f"/admin/proposals/proposal/?q={quote('道路')}", "office", 8, at="l"),
    Page("papers, search", f"/api/v1/proposals/?search={quote('道路')}", "office", 4, at="l"),
    Page("admin search 1 character", ADMIN + f"?q={quote('王')}", "office", 8, at="l"),
]


@dataclass
class Site:
    """One running application and where its processor time is spent."""

    port: int
    database: str
    server: Any
    known: dict[str, Any] = field(default_factory=dict)

    def cost(self, path: str, cookie: str, requests: int) -> tuple[float, float]:
        """Milliseconds a request of the application and of PostgreSQL."""
        application = stage.cpu(stage.tree(self.server.pid))
        database = stage.cpu(stage.backends(self.database))
        for _number in range(requests):
            self.get(path, cookie)
        return stage.used(application) / requests, stage.used(database) / requests

    def get(self, path: str, cookie: str, **headers: str) -> http.client.HTTPResponse:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        line.request("GET", path, headers={"Cookie": cookie, "Accept": "*/*", "Connection": "close"} | headers)
        answer = line.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise SystemExit(f"{path} answered {answer.status}: {body[:300]!r}")
        line.close()
        return answer

    def sql(self, path: str, cookie: str) -> int:
        """The second asking counts: the first may save the session, which happens once a minute."""
        return [int(self.get(path, cookie, **{"X-Count-SQL": "1"}).headers["X-SQL"]) for _turn in range(2)][1]

    def ways(self, page: Page, turn: int) -> tuple[str, str]:
        """Address and cookie. A round each as another account: the API answers one only 300 times a minute."""
        whose = self.known[f"{page.who}s"]
        one = whose[turn % len(whose)]
        return page.path.format(row=one["row"]), one["cookie"]


def main() -> None:
    with embedded.running(), ExitStack() as running:
        cookie = stage.floor()
        stage.collect()
        sites = {}
        for name, program in (
            ("floor", "floor_app:application"),
            ("s", "served:application"),
            ("l", "served:application"),
        ):
            database = stage.FLOOR if name == "floor" else stage.district(name)
            known = {} if name == "floor" else stage.sessions(database)
            server = running.enter_context(stage.gunicorn(database, program, PORTS[name]))
            sites[name] = Site(PORTS[name], database, server, known)
        chosen = [page for page in PAGES if not sys.argv[1:] or any(word in page.name for word in sys.argv[1:])]
        print(f"{'page':26}{'SQL':>4}{'S ms':>14}{'L ms':>14}{'S×floor':>9}{'L×floor':>9}{'L/S':>6}  limit")
        report_floor(sites["floor"], cookie)
        for page in chosen:
            report(page, sites, cookie)


def report_floor(site: Site, cookie: str) -> None:
    for name, path in (("floor page (list25)", "/list"), ("… with session and user", "/listauth")):
        site.cost(path, cookie, WARM)
        measured = [site.cost(path, cookie, REQUESTS) for _round in range(ROUNDS)]
        print(f"{name:26}{1 if path == '/list' else 3:>4}{shown(measured):>14}", flush=True)


def shown(measured: list[tuple[float, float]]) -> str:
    application, database = min(measured, key=sum)
    return f"{application:.1f}+{database:.1f}"


def report(page: Page, sites: dict[str, Site], cookie: str) -> None:
    costs: dict[str, list[tuple[float, float]]] = {"floor": [], "s": [], "l": []}
    for size in ("s", "l"):
        for turn in range(ROUNDS):
            sites[size].cost(*sites[size].ways(page, turn), WARM // 2)
    for turn in range(ROUNDS):
        costs["floor"].append(sites["floor"].cost("/list", cookie, REQUESTS))
        for size in ("s", "l"):
            costs[size].append(sites[size].cost(*sites[size].ways(page, turn), REQUESTS))
    least = {name: min(sum(one) for one in measured) for name, measured in costs.items()}
    ratios = {size: least[size] / least["floor"] for size in ("s", "l")}
    growth = least["l"] / least["s"]
    sql = {size: sites[size].sql(*sites[size].ways(page, 0)) for size in ("s", "l")}
    faults = list(over(page, ratios, growth, sql))
    print(
        f"{page.name:26}{sql['l']:>4}{shown(costs['s']):>14}{shown(costs['l']):>14}{ratios['s']:>9.1f}{ratios['l']:>9.1f}"
        f"{growth:>6.2f}  ≤ {page.limit:g} at {page.at.upper()}: {'; '.join(faults) or 'ok'}",
        flush=True,
    )


def over(page: Page, ratios: dict[str, float], growth: float, sql: dict[str, int]) -> Iterator[str]:
    """What of the page is beyond its limits."""
    if ratios[page.at] > page.limit:
        yield f"OVER ({ratios[page.at]:.1f})"
    if page.flat and growth > GROWTH:
        yield f"GROWS ({growth:.2f} > {GROWTH})"
    if sql["s"] != sql["l"] or sql["l"] > 15:
        yield f"SQL ({sql['s']} and {sql['l']})"


if __name__ == "__main__":
    main()
