"""Numbers under load: forty who hand in at once get forty numbers, none twice, none missing."""

import threading

import pytest
from django.db import connection

from congress.kernel.workflow import Refused
from congress.models import Role
from proposals.models import NumberSeries, Proposal
from proposals.services import writing
from tests import factories


@pytest.mark.django_db(transaction=True)
def test_forty_at_once_get_forty_numbers_without_gap():
    congress = factories.make_congress(factories.make_township(name="石桥镇"))
    papers = []
    for number in range(40):
        lead = factories.make_mandate(congress, f"王{chr(0x4E00 + number)}")
        lead.person.user = factories.make_user(Role.DELEGATE)
        lead.person.save(update_fields=["user"])
        papers.append(factories.make_proposal(lead, f"关于第{number}号水渠清淤的提议"))
    start = threading.Barrier(40)
    faults = []

    def hand_in(proposal):
        try:
            start.wait()
            writing.submit(proposal, by=proposal.lead.person.user)
        except Exception as fault:  # noqa: BLE001 -- whatever it is, the test names it
            faults.append(repr(fault))
        finally:
            connection.close()

    threads = [threading.Thread(target=hand_in, args=[paper]) for paper in papers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert sorted(Proposal.objects.values_list("number", flat=True)) == list(range(1, 41))
    assert NumberSeries.objects.get().last == 40


@pytest.mark.django_db
def test_a_refused_paper_takes_no_number():
    lead = factories.make_mandate()
    lead.person.user = factories.make_user(Role.DELEGATE)
    lead.person.save(update_fields=["user"])
    with pytest.raises(Refused):
        writing.submit(factories.make_proposal(lead, title=""), by=lead.person.user)
    assert not NumberSeries.objects.filter(last__gt=0).exists()
