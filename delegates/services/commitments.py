"""The pledge of a term: signed by the delegate, once."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from congress.kernel import audit
from congress.kernel.workflow import Refused
from delegates.kernel.pledge import PLEDGE
from delegates.models import Commitment, Mandate
from delegates.policies import is_self
from delegates.querysets import SERVING


@transaction.atomic
def sign(mandate: Mandate, *, own_words: str, by: Any) -> Commitment:
    """Sign as the delegate himself, in office. The wording signed is kept as it was. Refuses a second time."""
    if not is_self(by, mandate.person):
        raise PermissionDenied
    if mandate.status not in SERVING:
        raise Refused(_("Only a delegate in office signs the pledge."))
    try:
        with transaction.atomic():
            commitment = Commitment.objects.create(mandate=mandate, text="\n".join(PLEDGE), own_words=own_words)
    except IntegrityError:
        raise Refused(_("You have signed the pledge of this term already.")) from None
    audit.record(
        "pledge", by=by, subject=f"{mandate._meta.label} {mandate.pk}", organization=mandate.congress.organization
    )
    return commitment
