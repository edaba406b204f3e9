"""Which Party committee decides, and what it is called in official papers."""

from django.utils import timezone

from congress.kernel import rules
from congress.models import Organization


def decider(organization: Organization, rule: str) -> Organization:
    """The organisation whose committee decides: the same level's, or the one above where the rule says so.

    Asked once for an organisation that was fetched: a page asks it for every button.
    """
    known = organization.__dict__.setdefault("_deciders", {})
    if rule not in known:
        above = rules.value(rule, organization, timezone.localdate()) == "upper"
        known[rule] = (organization.parent if above else None) or organization
    return known[rule]


def committee_of(organization: Organization) -> str:
    """中共石桥镇委员会."""
    return f"中共{organization.name}委员会"
