"""Earlier papers of the demonstration's 人大, 政协 and party congress, brought in as the office does. Fictional."""

from typing import Final

from congress.kernel.workbooks import read_workbook, write_table
from congress.models import Organization
from congress.services import imports
from proposals.services.precedent_import import PrecedentImport

HEADER: Final = ("来源", "年度", "编号", "案由", "内容", "承办单位", "答复类别", "办理结果")
ROWS: Final = (
    ("人大", 2024, "第23号", "关于加快场镇雨污分流改造的建议",
     "场镇老街雨水、污水共用一条管沟，雨天污水外溢，群众意见大，建议分期实施雨污分流改造。",
     "区住房和城乡建设局", "B", "已列入2025年改造计划，完成老街段1.2公里"),
    ("人大", 2025, "第8号", "关于增设城区公交候车亭的建议", "", "区交通运输局", "A", "新增候车亭14处"),
    ("人大", 2025, "第31号", "关于提升村小学生食堂条件的建议",
     "部分村小没有独立食堂，学生中午在教室就餐，建议改造食堂并配备保温设备。", "区教育和体育局",
     "A", "改造村小食堂5所"),
    ("人大", 2026, "第12号", "关于修缮农田灌溉渠系的建议",
     "支渠、毛渠多年失修，渗漏严重，春灌时下游三个村用水困难，建议列入高标准农田项目修缮。",
     "区水利局", "B", "列入2027年项目库"),
    ("政协", 2025, "第41号", "关于发展乡村旅游民宿的提案", "", "区文化广播电视和旅游局", "A",
     "出台奖补办法，扶持民宿6家"),
    ("政协", 2024, "第17号", "关于推广柑橘标准化种植的提案", "", "区农业农村局", "A", "建成示范园2个"),
    ("政协", 2026, "第5号", "关于加强农家乐消防安全管理的提案",
     "农家乐多为自建房改造，疏散通道、灭火器材不足，建议开展专项排查并给予整改指导。",
     "区文化广播电视和旅游局", "A", "排查农家乐63户，整改隐患41处"),
    ("党代会", 2023, "提案第005号", "关于加强农村基层党支部建设的提案", "", "区委组织部", "A", "整顿软弱涣散支部3个"),
)  # fmt: skip


def seed(district: Organization) -> None:
    """Bring them in; again changes nothing."""
    widths = [12] * len(HEADER)
    rows = [[cell or None for cell in row] for row in ROWS]
    sheets = read_workbook(write_table("历年建议提案", HEADER, rows, widths))
    imports.write(PrecedentImport(district), district, sheets)
