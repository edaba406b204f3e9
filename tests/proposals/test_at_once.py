"""The same click from several threads at once: done once, told once."""

import threading

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from congress.models import JournalEntry, Notice
from proposals.models import Proposal
from proposals.services import writing
from tests.proposals.world import make_world

AT_ONCE = 6


def at_once(client, page, said):
    """The same click from several threads of one browser; the answers."""
    start, answers = threading.Barrier(AT_ONCE), []

    def click():
        twin = Client()
        twin.cookies = client.cookies
        try:
            start.wait()
            answers.append(twin.post(page, said).status_code)
        except Exception as fault:  # noqa: BLE001 -- whatever it is, the test names it
            answers.append(repr(fault))
        finally:
            connection.close()

    threads = [threading.Thread(target=click) for _each in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


@pytest.mark.django_db(transaction=True)
def test_what_is_clicked_six_times_at_once_is_done_once(sign_in):
    world = make_world()
    row, paper = world.working(), world.paper(title="关于硬化安塘村通组道路的提议")
    signing = world.paper(title="关于清淤安塘村水渠的提议")
    writing.invite(signing, world.co[:1], by=world.user)
    answered = world.answered(world.working(title="关于改造场镇农贸市场的提议"))
    lead, office, desk = sign_in(world.user), sign_in(world.office), sign_in(world.desk)
    told = Notice.objects.count()
    progress = {"text": "已经完成现场踏勘。"}
    result = {"name": "新建管网", "quantity": "3", "measure_word": "公里"}
    clicks = [
        (desk, reverse("unit_progress", args=[row.pk]), progress, lambda: row.progress.filter(**progress).count()),
        (
            office, reverse("admin:proposals_result", args=[row.proposal_id]), result,
            row.proposal.results.count,
        ),
        (
            lead, reverse("paper_sign", args=[paper.pk]), {"mandate": [world.co[0].pk]},
            lambda: paper.signatures.filter(is_lead=False, times_asked=1).count(),
        ),
        (
            lead, reverse("paper_submit", args=[paper.pk]), {},
            lambda: Proposal.objects.filter(pk=paper.pk, submissions=1).count(),
        ),
        (
            lead, reverse("paper_feedback", args=[answered.pk]), {"attitude": "satisfied", "result": "satisfied"},
            answered.feedbacks.count,
        ),
        (lead, reverse("paper_new"), {"mandate": world.lead.pk, "kind": "advice"},
         lambda: Proposal.objects.filter(kind="advice").count()),
        (
            sign_in(world.co_users[0]), reverse("own_signature", args=[signing.pk]),
            {"do": "sign", "digest": signing.text_digest},
            lambda: JournalEntry.objects.filter(verb="sign").count(),
        ),
    ]  # fmt: skip
    for client, page, said, done in clicks:
        answers = at_once(client, page, said)
        assert set(answers) <= {200, 302}, (page, answers)
        assert done() == 1, (page, answers)
    keys = Notice.objects.values_list("key", flat=True)
    assert len(keys) == len(set(keys)) > told
    heard = Notice.objects.filter(recipient=world.user, key__contains=":progress:")
    assert heard.filter(key__startswith=f"proposal:{row.proposal_id}:").count() == 1
