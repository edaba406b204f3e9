"""The figures of links and contacts, as the dashboard shows them and `manage.py figures` prints them."""

from collections import Counter
from typing import Any

from django.db.models import QuerySet

from congress.models import Congress, Organization
from congress.policies import CONGRESSES
from delegates.models import CommitteeMember, Mandate
from delegates.policies import MANDATES, MEMBERS
from delegates.services.figures import meant
from liaison.services.coverage import MASS, PARTY, SEAT, contacts_by, coverage, links_by, sitting
from liaison.services.limits import NORMS, limits_of


def figures(user: Any, organization: Organization | None = None, congress: Congress | None = None) -> dict[str, Any]:
    """Who keeps in touch with whom, counted among the delegates in office; no user means the operator.

    Counting names nobody: who sees a delegate may know how many people he is in touch with.
    """
    terms = (Congress.objects.all() if user is None else CONGRESSES.visible(user)).filter(meant(organization, congress))
    mandates = Mandate.objects.all() if user is None else MANDATES.visible(user)
    members = CommitteeMember.objects.all() if user is None else MEMBERS.visible(user)
    towns = Organization.objects.filter(pk__in=terms.order_by().values("organization"))
    serving = mandates.filter(congress__in=terms).serving()
    return _contacts(serving, sitting(members.filter(congress__in=terms)), towns)


def _contacts(serving: QuerySet, members: QuerySet, towns: QuerySet) -> dict[str, Any]:
    limits = limits_of(towns)
    total: Counter[str] = Counter()
    below: Counter[str] = Counter(dict.fromkeys(NORMS, 0))
    for row in contacts_by(serving):
        counts = {PARTY: row["party_members"], MASS: row["masses"]}
        total["delegates"] += row["delegates"]
        for kind, count in counts.items():
            total[kind] += count * row["delegates"]
            below[kind] += row["delegates"] * (count < limits[row[SEAT]][kind].least)
    for row in links_by(members):
        total["committee"] += row["members"]
        for what, name in (("groups", "group_count"), ("delegates", "delegate_count")):
            below[what] += row["members"] * (row[name] < limits[row[SEAT]][what].least)
    return {
        "committee_members": total["committee"],
        "party_member_contacts": total[PARTY],
        "mass_contacts": total[MASS],
        "party_member_contacts_mean": mean(total[PARTY], total["delegates"]),
        "mass_contacts_mean": mean(total[MASS], total["delegates"]),
        "below_minimum": {NORMS[what]: count for what, count in sorted(below.items(), key=lambda one: NORMS[one[0]])},
        "coverage": coverage(serving),
    }


def mean(part: int, whole: int) -> float:
    """So many each, with two decimals; nothing of nobody."""
    return round(part / whole, 2) if whole else 0.0
