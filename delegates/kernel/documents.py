"""The documents in the life of a delegate's mandate (reference.md §2.4, §2.5), in the language of official papers.

Who says what follows the rule of tenure: the electing unit proposes, the Party committee of the level decides, the
higher committee gets it for its files. Suspending and restoring is the credentials committee's, under the committee.
"""

from typing import Final

from congress.kernel.documents import Kind, Placeholder
from congress.models import DocumentLayout

TENURE: Final = "《中国共产党全国代表大会和地方各级代表大会代表任期制暂行条例》"
ELECTIONS: Final = "《中国共产党地方组织选举工作条例》"

_ALL: Final = {
    word: Placeholder(word, meaning, sample)
    for word, meaning, sample in (
        ("姓名", "代表姓名", "王建国"),
        ("性别", "代表性别", "男"),
        ("民族", "代表民族", "汉族"),
        ("出生年月", "代表出生年月", "1975年3月"),
        ("单位及职务", "代表所在单位及职务", "安塘村党支部书记"),
        ("届次全称", "代表大会全称（写到届）", "中国共产党石桥镇第十五届代表大会"),
        ("机构", "本地区名称", "石桥镇"),
        ("党委", "本级党委全称", "中共石桥镇委员会"),
        ("上级机构", "上一级党委全称", "中共明川区委员会"),
        ("选举单位", "选举单位全称", "安塘村党支部"),
        ("原因", "事由，写成半句话，不带句号", "因工作调动，组织关系已转出本镇"),
        ("依据", "依据的文件名称和文号", "石桥党联〔2026〕3号文件"),
        ("决定日期", "研究决定或者自何日起", "2026年11月20日"),
        ("应选名额", "应选代表人数，只写数字", "1"),
        ("候选人", "候选人姓名，用顿号隔开", "李明、张华"),
        ("候选人数", "候选人人数，只写数字", "2"),
        ("当选人", "当选人姓名，用顿号隔开", "李明"),
        ("选举日期", "选举大会召开日期", "2026年12月8日"),
        ("公示起", "公示第一日", "2026年11月25日"),
        ("公示止", "公示最后一日", "2026年12月1日"),
        ("联系电话", "受理电话", "0816-5550000"),
        ("审查人数", "被审查代表人数，只写数字", "89"),
        ("合格人数", "资格有效代表人数，只写数字", "89"),
        ("审查意见", "审查结论，写成一句话", "上述代表的产生符合规定程序，代表资格有效"),
        ("应到人数", "应到会人数，只写数字", "46"),
        ("实到人数", "实到会人数，只写数字", "43"),
        ("赞成票数", "赞成票数，只写数字", "38"),
    )
}
_WHO: Final = "姓名 性别 民族 出生年月 单位及职务 届次全称 机构 党委 选举单位 原因 依据 决定日期 上级机构"


def _know(words: str) -> tuple[Placeholder, ...]:
    return tuple(_ALL[word] for word in words.split())


KINDS: Final = (
    Kind(
        key="byelection-request",
        name="补选代表的请示",
        direction="up",
        layout=DocumentLayout.RED_HEAD,
        issuer="committee",
        placeholders=_know(
            "姓名 单位及职务 届次全称 机构 党委 选举单位 原因 应选名额 候选人 候选人数 联系电话 上级机构"
        ),
        title="关于补选{届次全称}代表的请示",
        recipient="{上级机构}",
        body=f"""
{{届次全称}}代表{{姓名}}同志（{{单位及职务}}）{{原因}}，代表名额出现空缺。根据{ELECTIONS}和{TENURE}有关规定，经{{党委}}研究，拟由{{选举单位}}补选代表{{应选名额}}名。现将有关事项请示如下：
一、补选名额
应选代表{{应选名额}}名，由{{选举单位}}选举产生。
二、代表候选人初步人选
经{{选举单位}}党员充分酝酿、民主推荐，并征求有关方面意见，提出代表候选人初步人选{{候选人数}}名（按姓氏笔画为序）：{{候选人}}。
三、选举方式
代表候选人初步人选经批复同意并公示后，由{{选举单位}}召开党员大会（党员代表大会），以无记名投票方式差额选举产生。
以上妥否，请批示。
""".strip(),
        attachments_note="代表候选人初步人选登记表",
        remark="联系电话：{联系电话}",
    ),
    Kind(
        key="byelection-candidates-reply",
        name="代表候选人初步人选的批复",
        direction="down",
        layout=DocumentLayout.RED_HEAD,
        issuer="committee",
        placeholders=_know("届次全称 机构 党委 选举单位 决定日期 应选名额 候选人 候选人数 公示起 公示止 上级机构"),
        title="关于{届次全称}代表候选人初步人选的批复",
        recipient="{选举单位}",
        body=f"""
你单位关于补选{{届次全称}}代表候选人初步人选的请示收悉。经{{决定日期}}{{党委}}研究，现批复如下：
一、同意{{候选人}}{{候选人数}}名同志为{{届次全称}}代表候选人初步人选（按姓氏笔画为序），应选代表{{应选名额}}名。
二、请将代表候选人予以公示，公示无异议后，按照{ELECTIONS}的规定召开党员大会（党员代表大会），以无记名投票方式差额选举产生。
三、选举工作要充分发扬民主，严格按照规定程序进行。选举结束后，及时将选举结果报{{党委}}审批。
此复。
""".strip(),
    ),
    Kind(
        key="byelection-result-reply",
        name="补选结果的批复",
        direction="down",
        layout=DocumentLayout.RED_HEAD,
        issuer="committee",
        placeholders=_know("届次全称 机构 党委 选举单位 选举日期 决定日期 应选名额 当选人 上级机构"),
        title="关于{届次全称}代表补选结果的批复",
        recipient="{选举单位}",
        body="""
你单位关于{届次全称}代表补选结果的报告收悉。经{决定日期}{党委}研究，同意{选举日期}补选的结果，{当选人}同志当选为{届次全称}代表。
当选代表的资格由代表资格审查委员会进行审查，并提请代表大会下一次会议确认。
此复。
""".strip(),
    ),
    Kind(
        key="termination-decision",
        name="终止代表资格的决定",
        direction="down",
        layout=DocumentLayout.RED_HEAD,
        issuer="committee",
        placeholders=_know(_WHO),
        title="关于终止{姓名}同志{届次全称}代表资格的决定",
        recipient="{选举单位}",
        body=f"""
{{姓名}}，{{性别}}，{{民族}}，{{出生年月}}出生，{{单位及职务}}，系{{选举单位}}选举产生的{{届次全称}}代表。
{{姓名}}同志{{原因}}。根据{TENURE}有关规定，依据{{依据}}，经{{选举单位}}提出，{{决定日期}}{{党委}}研究决定：
终止{{姓名}}同志{{届次全称}}代表资格。
本决定报{{上级机构}}备案。
""".strip(),
        copy_to="{上级机构}组织部",
    ),
    Kind(
        key="filing-report",
        name="终止代表资格的备案报告",
        direction="up",
        layout=DocumentLayout.RED_HEAD,
        issuer="committee",
        placeholders=_know(_WHO),
        title="关于终止{姓名}同志{届次全称}代表资格的备案报告",
        recipient="{上级机构}",
        body=f"""
{{届次全称}}代表{{姓名}}同志（{{单位及职务}}）{{原因}}。根据{TENURE}有关规定，依据{{依据}}，经{{选举单位}}提出，{{决定日期}}{{党委}}研究决定，终止{{姓名}}同志{{届次全称}}代表资格。
特此报告，请予备案。
""".strip(),
        attachments_note="关于终止{姓名}同志{届次全称}代表资格的决定",
    ),
    Kind(
        key="suspension-notice",
        name="暂停执行代表职务的通知",
        direction="down",
        layout=DocumentLayout.LETTER,
        issuer="credentials",
        placeholders=_know(_WHO),
        title="关于暂停{姓名}同志执行代表职务的通知",
        recipient="{选举单位}、{姓名}同志",
        body=f"""
{{姓名}}同志（{{单位及职务}}）系{{选举单位}}选举产生的{{届次全称}}代表。{{姓名}}同志{{原因}}。根据{TENURE}有关规定，依据{{依据}}，经代表资格审查委员会研究，报{{党委}}同意，自{{决定日期}}起，暂时停止{{姓名}}同志执行{{届次全称}}代表职务。
暂停期间，{{姓名}}同志不出席代表大会会议，不参加代表活动，不计入应到代表人数。暂停执行代表职务的情形消除后，按照规定恢复执行代表职务，并书面通知本人和选举单位。
特此通知。
""".strip(),
    ),
    Kind(
        key="restoration-notice",
        name="恢复执行代表职务的通知",
        direction="down",
        layout=DocumentLayout.LETTER,
        issuer="credentials",
        placeholders=_know(_WHO),
        title="关于恢复{姓名}同志执行代表职务的通知",
        recipient="{选举单位}、{姓名}同志",
        body=f"""
{{姓名}}同志（{{单位及职务}}）系{{选举单位}}选举产生的{{届次全称}}代表，此前被暂时停止执行代表职务。现{{原因}}，根据{TENURE}有关规定，依据{{依据}}，经代表资格审查委员会审查，报{{党委}}同意，自{{决定日期}}起，恢复{{姓名}}同志执行{{届次全称}}代表职务。
有关情况将向代表大会下一次会议报告。
特此通知。
""".strip(),
    ),
    Kind(
        key="cease-notice",
        name="停止执行代表职务的通知",
        direction="down",
        layout=DocumentLayout.LETTER,
        issuer="office",
        placeholders=_know(_WHO),
        title="关于停止{姓名}同志执行代表职务的通知",
        recipient="{选举单位}、{姓名}同志",
        body=f"""
{{姓名}}同志（{{单位及职务}}）系{{选举单位}}选举产生的{{届次全称}}代表。{{姓名}}同志{{原因}}。根据{TENURE}有关规定，自{{决定日期}}起，停止{{姓名}}同志执行{{届次全称}}代表职务。
由此出现的代表名额空缺，由{{选举单位}}按照规定程序办理补选。
特此通知。
""".strip(),
    ),
    Kind(
        key="credentials-report",
        name="代表资格的审查报告",
        direction="up",
        layout=DocumentLayout.PLAIN,
        issuer="credentials",
        placeholders=_know("届次全称 机构 党委 应选名额 审查人数 合格人数 审查意见 决定日期 依据"),
        title="关于{届次全称}代表资格的审查报告",
        recipient="{党委}",
        body=f"""
根据{ELECTIONS}和有关规定，代表资格审查委员会于{{决定日期}}对{{届次全称}}代表的产生程序和资格进行了审查。现将审查情况报告如下：
一、代表产生情况
{{届次全称}}应选代表{{应选名额}}名，实际选出并提交审查{{审查人数}}名。代表由各选举单位按照规定程序，以无记名投票方式差额选举产生。
二、代表资格审查情况
代表资格审查委员会对代表的产生程序和代表条件逐一进行了审查。经审查，{{审查人数}}名代表中，资格有效的{{合格人数}}名。
三、审查意见
代表资格审查委员会认为，{{审查意见}}。
特此报告。
""".strip(),
    ),
    Kind(
        key="removal-decision",
        name="罢免代表的决定",
        direction="down",
        layout=DocumentLayout.RED_HEAD,
        issuer="committee",
        placeholders=_know(f"{_WHO} 选举日期 应到人数 实到人数 赞成票数"),
        title="关于罢免{姓名}同志{届次全称}代表资格的决定",
        recipient="{选举单位}",
        body="""
{姓名}，{性别}，{民族}，{出生年月}出生，{单位及职务}，系{选举单位}选举产生的{届次全称}代表。
{姓名}同志{原因}。依据{依据}，{选举单位}于{选举日期}召开党员大会（党员代表大会），在听取{姓名}同志申辩意见后，以无记名投票方式对罢免案进行表决。应到会{应到人数}名，实到会{实到人数}名，赞成{赞成票数}票，超过应到会人数的半数。经{决定日期}{党委}研究，批准上述表决结果，决定：
罢免{姓名}同志{届次全称}代表资格。
本决定报{上级机构}备案。
""".strip(),
        copy_to="{上级机构}组织部",
    ),
    Kind(
        key="pre-election-notice",
        name="选前公示",
        direction="level",
        layout=DocumentLayout.PLAIN,
        issuer="office",
        placeholders=_know("届次全称 机构 党委 选举单位 应选名额 候选人 候选人数 公示起 公示止 联系电话"),
        title="{届次全称}代表候选人公示",
        recipient="",
        body="""
根据有关规定，经{选举单位}民主推荐，{党委}研究同意，确定下列{候选人数}名同志为{届次全称}代表候选人（应选{应选名额}名，按姓氏笔画为序），现予公示：
{候选人}
公示时间为{公示起}至{公示止}。公示期间，党员和群众如有异议，可以来信、来电或者当面向{机构}党代表联络办公室反映。反映情况应当实事求是，提倡签署真实姓名，受理单位将严格保密。
受理电话：{联系电话}
""".strip(),
    ),
)
