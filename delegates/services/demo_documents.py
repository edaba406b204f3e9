"""Papers of the demonstration district: letterheads with a phone, documents issued in two layouts, a draft."""

from datetime import date
from typing import Final

from django.db import transaction

from congress.models import Letterhead, OfficialDocument, Organization, User
from congress.services import documents
from delegates.kernel import facts
from delegates.models import Mandate

TOWNSHIP: Final = "石桥镇"
PHONES: Final = {"明川区": "0816-5550000", TOWNSHIP: "0816-5551015"}
DECIDED, ISSUED = "2026年11月16日", date(2026, 11, 18)


@transaction.atomic
def seed(district: Organization, clerk: User) -> None:
    """Make them once; `clerk` is the township's own account."""
    if OfficialDocument.objects.exists():
        return
    township = Organization.objects.get(name=TOWNSHIP, parent=district)
    for office in (district, township):
        Letterhead.objects.get_or_create(organization=office, defaults={"phone": PHONES[office.name]})
    rows = Mandate.objects.filter(congress__organization=township).for_list()
    first, second = rows[0], rows[1]
    leaving = {"原因": "因工作调动，组织关系已转出本镇", "依据": "本人书面申请", "决定日期": DECIDED}
    restored = {"原因": "有关情形已经消除", "依据": "代表资格审查委员会审查意见", "决定日期": DECIDED}
    for kind, about, told, signer in (
        ("termination-decision", first, leaving, ""),
        ("filing-report", first, leaving, "周明远"),
        ("restoration-notice", second, restored, ""),
    ):
        document = documents.draft(kind, township, _facts(about) | told, by=clerk)
        if signer:
            OfficialDocument.objects.filter(pk=document.pk).update(signer=signer)
        documents.issue(document, by=clerk, issued_on=ISSUED)
    documents.draft("byelection-request", township, _known(_facts(first) | leaving), by=clerk)


def _facts(mandate: Mandate) -> dict[str, str]:
    person = mandate.person
    return {
        "姓名": person.name,
        "性别": facts.PRINTED[person.gender],
        "民族": person.ethnicity,
        "出生年月": f"{person.birth_month.year}年{person.birth_month.month}月",
        "单位及职务": person.post,
        "届次全称": mandate.congress.full_name,
        "选举单位": str(mandate.electing_unit),
    }


def _known(values: dict[str, str]) -> dict[str, str]:
    return {word: values[word] for word in ("姓名", "单位及职务", "届次全称", "选举单位", "原因")}
