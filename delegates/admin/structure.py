"""The page of the delegates' structure: pictures first, then each township's numbers, then who is meant by them."""

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext, gettext_lazy
from django.utils.translation import gettext_lazy as _

from congress.models import Congress
from congress.policies import ORGANIZATIONS, VIEW, branches
from delegates.services import composition_lists, structure
from delegates.services.structure import BANDS, RATIOS, TREND, Line, Structure, Trend, Verdict

FIRST_NAMED, MOST_NAMED = 10, 400  # the register's own list, filtered, holds the rest
MOST_DRAWN = 40
MOST_TRENDS = 6
MONTH = re.compile(r"(19[5-9]\d|194[9]|20\d\d)-(0[1-9]|1[0-2])")
MORE = {"again": _("re-elected"), "migrants": _("Working away")}
OVERLAP = {"overlap": _("Either of the two")}
BAND_TITLES: dict[str, Sequence[Any]] = {
    "ages": [_("35 or less"), _("36 to 45"), _("46 to 54"), _("55 or more")],
    "education": [_("postgraduate"), _("university"), _("junior college"), _("school")],
    "party": [_("10 years or less"), _("11 to 20 years"), _("21 to 30 years"), _("over 30 years"), _("not known")],
    "terms": [_("newly elected"), _("re-elected")],
}


class CompositionFilter(admin.SimpleListFilter):
    """Those in office who are counted under one heading of the structure: the list holds as many as were counted."""

    title, parameter_name = _("structure"), "composition"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(ratio.name, ratio.title) for ratio in RATIOS] + list((MORE | OVERLAP).items())

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return composition_lists.of_slice(queryset, self.value() or "")


class StructurePages:
    """What the register's pages add: the structure of whom the user sees."""

    admin_site: Any
    opts: Any

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.structure)
        return [path("structure/", view, name="delegates_mandate_structure"), *super().get_urls()]  # type: ignore[misc]

    def structure(self, request: HttpRequest) -> HttpResponse:
        """The composition of the congresses in office, of all or of one branch, ages as of a month."""
        if not branches(request.user, VIEW):
            raise Http404
        every = list(structure.in_office(request.user))
        meant, code = _meant(request, every)
        asked = request.GET.get("cutoff", "")
        cutoff = date.fromisoformat(f"{asked}-01") if MONTH.fullmatch(asked) else structure.this_month()
        found = structure.compose(request.user, meant, cutoff)
        context = self.admin_site.each_context(request) | {
            "title": _("Structure"),
            "opts": self.opts,
            "code": code,
            "places": [(one.organization.code, one.organization.name) for one in every] if len(every) > 1 else [],
            "cutoff": f"{cutoff:%Y-%m}",
            "wrong_month": asked and not MONTH.fullmatch(asked),
            "total": found.total,
            "several": len(found.lines) > 1,
        }
        if found.total["total"]:
            context |= _pictures(found) | _table(found, code) | _people(request, meant, found)
        return TemplateResponse(request, "admin/delegates/structure.html", context)


def _meant(request: HttpRequest, every: Sequence[Congress]) -> tuple[list[Congress], str]:
    """The congresses of the organisation asked for, and its code; all of them without one. 404 for what is not seen."""
    code = request.GET.get("organization", "")
    if not code:
        return list(every), ""
    organization = ORGANIZATIONS.visible(request.user).filter(code=code).first()
    if organization is None:
        raise Http404
    return [one for one in every if one.organization.path.startswith(organization.path)], code


def asks(verdict: Verdict) -> str:
    """What guidance asks for, in words."""
    if verdict.asked is None:
        return gettext("no guidance set")
    words = gettext("at least %(share)s%%") if verdict.ratio.at_least else gettext("at most %(share)s%%")
    return words % {"share": verdict.asked}


def judged(verdict: Verdict) -> str:
    """Whether it is met, in words: 还差3名."""
    if verdict.asked is None:
        return ""
    if not verdict.missing:
        return gettext("met")
    words = gettext("%(count)s short") if verdict.ratio.at_least else gettext("%(count)s too many")
    return words % {"count": verdict.missing}


def _pictures(found: Structure) -> dict[str, Any]:
    total = found.total
    trends = found.trends
    if len(trends) > 1:
        both = structure.together(trends, gettext("term before"), gettext("this term"))
        both.name = gettext("%(count)s organisations together") % {"count": len(trends)}
        trends = [both, *trends]
    return {
        "targets": [
            (one.ratio.title, one.number, one.total, one.asked, asks(one), judged(one), bool(one.missing))
            for one in total.verdicts
        ],
        "missed": sum(bool(one.missing) for one in total.verdicts),
        "guided": sum(one.asked is not None for one in total.verdicts),
        "bands": {
            name: [(title, total[band]) for title, band in zip(titles, BANDS[name], strict=True)]
            for name, titles in BAND_TITLES.items()
        },
        "trends": [_drawn(trend) for trend in trends[:MOST_TRENDS]],
        "age_titles": BAND_TITLES["ages"],
        "ages": [(line.name, [line[band] for band in BANDS["ages"]]) for line in found.lines[:MOST_DRAWN]],
    }


def _drawn(trend: Trend) -> tuple[str, list[str], list[Any]]:
    rows = [(title, [(term[name], term["total"]) for term in trend.terms]) for name, title, _printed in TREND]
    return trend.name, [term.name for term in trend.terms], rows


def _table(found: Structure, code: str) -> dict[str, Any]:
    """The numbers, each leading to whom it counts. Ages lead on only as of this month: the register knows no other."""
    now = found.cutoff == structure.this_month()
    titles = [ratio.title for ratio in RATIOS] + list(MORE.values())
    rows = [_row(line, line.congress.organization.code if line.congress else "", now=now) for line in found.lines]
    whole = None
    if len(found.lines) > 1:
        whole = _row(found.total, "", now=now, leads=not code)
    return {"titles": titles, "rows": rows, "whole": whole}


def _row(line: Line, code: str, *, now: bool, leads: bool = True) -> dict[str, Any]:
    register = reverse("admin:delegates_mandate_changelist")
    place = f"&organization={code}" if code else ""

    def cell(name: str, title: Any, verdict: Verdict | None = None) -> dict[str, Any]:
        linked = leads and line[name] and (now or name != "under_45")
        return {
            "title": title,
            "number": line[name],
            "share": line.share(name),
            "link": f"{register}?composition={name}{place}" if linked else "",
            "missed": judged(verdict) if verdict and verdict.missing else "",
        }

    by_name = {one.ratio.name: one for one in line.verdicts}
    cells = [cell(ratio.name, ratio.title, by_name.get(ratio.name)) for ratio in RATIOS]
    cells += [cell(name, title) for name, title in MORE.items()]
    return {"line": line, "code": code, "cells": cells}


def _people(request: HttpRequest, congresses: Sequence[Congress], found: Structure) -> dict[str, Any]:
    """Who sits elsewhere too, who works away, and the groups of which too many are away."""
    thin = composition_lists.thin_groups(request.user, found)
    rows = composition_lists.named(request.user, congresses, MOST_NAMED)
    parts = {name: [some[:FIRST_NAMED], some[FIRST_NAMED:]] for name, some in rows.items()}
    return {
        "overlapping": parts["overlap"],
        "away": parts["migrants"],
        "thin": thin,
        "shares": [
            (f"{line.name}　{line.share('overlap')}%", line["overlap"])
            for line in found.lines[:MOST_DRAWN]
            if line["total"]
        ],
        "cards": [
            {"title": gettext_lazy("Delegates in office"), "value": found.total["total"]},
            {"title": gettext_lazy("Either of the two"), "value": found.total["overlap"], "at": "elsewhere"},
            {"title": gettext_lazy("Working away"), "value": found.total["migrants"], "at": "away"},
            {"title": gettext_lazy("Groups too few are at home of"), "value": len(thin), "at": "away"},
        ],
    }
