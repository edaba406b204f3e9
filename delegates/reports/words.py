"""How official papers write what the register stores: the documents are Chinese, whoever prints them."""

from collections.abc import Mapping
from datetime import date

from delegates.models import ElectionMethod, FrontLine, Gender, MainCategory

GENDER: Mapping[str, str] = {Gender.MALE: "男", Gender.FEMALE: "女"}
CATEGORY: Mapping[str, str] = {
    MainCategory.LEADING_CADRE: "领导干部",
    MainCategory.FRONT_LINE: "生产和工作一线",
    MainCategory.MILITARY_POLICE: "解放军和武警",
}
FRONT_LINE: Mapping[str, str] = {
    FrontLine.WORKER: "工人",
    FrontLine.FARMER: "农民",
    FrontLine.PROFESSIONAL: "专业技术人员",
    FrontLine.MODEL: "先进模范",
}
METHOD: Mapping[str, str] = {
    ElectionMethod.RE_ELECTION: "重新选举",
    ElectionMethod.QUOTA_REDUCTION: "精减名额",
    ElectionMethod.OPEN_DIRECT: "公推直选",
    ElectionMethod.COMPETITIVE: "差额选举",
    ElectionMethod.PRE_THEN_EQUAL: "差额预选、等额选举",
    ElectionMethod.BY_ELECTION: "补选",
    ElectionMethod.LEGACY: "原方式产生",
}


def month(day: date | None) -> str:
    """1975.03, as tables write months; empty where nothing is known."""
    return f"{day:%Y.%m}" if day else ""


def long_month(day: date) -> str:
    """2026年6月."""
    return f"{day.year}年{day.month}月"


def long_day(day: date) -> str:
    """2026年6月1日."""
    return f"{day.year}年{day.month}月{day.day}日"


def age(birth: date, cutoff: date) -> int:
    """Full years at the cut-off month; both are months, stored as their first day."""
    return cutoff.year - birth.year - (cutoff.month < birth.month)
