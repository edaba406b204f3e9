"""A delegate asks for a correction; the office hears of it at once."""

from typing import Any

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from congress.kernel import audit, notices
from congress.kernel.workflow import Refused
from congress.policies import managers_of
from delegates.forms import fact_label
from delegates.models import CorrectionRequest, Mandate


@transaction.atomic
def ask_correction(mandate: Mandate, *, fact: str, wanted: str, reason: str, by: Any) -> CorrectionRequest:
    """Record the request and tell the office that keeps the record. Refuses a second open one for the same fact."""
    request = CorrectionRequest(mandate=mandate, fact=fact, reason=reason, asked_by=by)
    request.put_sealed("wanted", wanted)
    try:
        with transaction.atomic():
            request.save()
    except IntegrityError:
        raise Refused(_("You have asked for this correction already; the office has not answered yet.")) from None
    organization = mandate.congress.organization
    audit.record("correction_ask", by=by, subject=str(request), organization=organization)
    for clerk in managers_of(organization):
        notices.post(
            f"correction:{request.pk}:asked:{clerk.pk}",
            "delegates/notices/correction_asked.txt",
            clerk,
            link=reverse("admin:delegates_correctionrequest_change", args=[request.pk]),
            delegate=mandate.person.name,
            organization=organization.name,
            fact=fact_label(fact),
        )
    return request
