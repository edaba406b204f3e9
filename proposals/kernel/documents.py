"""The documents in the life of a paper (reference.md §8.4), in the language of official papers.

The office hands papers out and urges in letters (§8.3); the unit answers in one of its own, its class at the top right.
"""

from typing import Final

from congress.kernel.documents import Kind, Placeholder
from congress.models import DocumentLayout

_MAY_BE_EMPTY: Final = {"其他单位", "领办领导", "理由", "代表意见"}
_ALL: Final = {
    word: Placeholder(word, meaning, sample, may_be_empty=word in _MAY_BE_EMPTY)
    for word, meaning, sample in (
        ("文种", "提案、提议、建议意见", "提案"),
        ("编号", "提案、提议的编号", "第015号"),
        ("案由", "提案、提议的案由", "关于完善场镇排污管网的提案"),
        ("会议简称", "会议或者届次的名称", "石桥镇第十五届党代表大会第一次会议"),
        ("领衔代表", "领衔代表姓名", "王建国"),
        ("代表人数", "署名代表人数，只写数字", "12"),
        ("代表称谓", "提出的代表，也是答复函抬头", "王建国等12名代表"),
        ("人称", "您，或者你们", "你们"),
        ("承办单位", "承办单位全称", "明川区住房和城乡建设局"),
        ("承办方式", "主办、协办、分办", "主办"),
        ("其他单位", "同案其他承办单位，没有则不印", "同案承办单位：明川区财政局（协办）。"),
        ("领办领导", "领衔督办的党委委员，没有则不印", "该件由李明同志领衔督办。"),
        ("办理要求", "拟办意见，写成完整的句子", "请会同有关单位研究办理，按期答复代表"),
        ("签收期限", "何时以前签收", "2026年11月27日"),
        ("退办期限", "何时以前可以提出异议", "2026年12月2日"),
        ("办理期限", "何时以前办结答复", "2027年2月24日"),
        ("交办日期", "何时交办", "2026年11月24日"),
        ("逾期天数", "逾期天数，只写数字", "7"),
        ("答复正文", "答复的正文，不含开头和结尾的套语", "所提事项已列入2027年度计划，新建管网三公里，六月底前完工。"),
        ("联系人", "承办单位联系人", "赵敏"),
        ("联系电话", "联系电话", "0816-5550000"),
        ("签发人", "承办单位主要负责人", "周立"),
        ("理由", "理由，写成完整的句子，没有则不印", "所提事项已由区财政局列入年度计划。"),
        ("代表意见", "代表不满意的是什么，没有则不印", "代表反映：没有说明什么时候能够解决。"),
        ("审查结果", "立案、转为提议、并案、不予立案等", "立案"),
        ("抄送机关", "答复函抄送的机关", "石桥镇党代表联络办公室，中共石桥镇委员会办公室"),
    )
}


def _know(words: str) -> tuple[Placeholder, ...]:
    return tuple(_ALL[word] for word in words.split())


_PAPER: Final = "文种 编号 案由 会议简称 领衔代表 代表人数 代表称谓 承办单位 承办方式 其他单位"

KINDS: Final = (
    Kind(
        key="assignment-notice",
        name="交办通知书",
        direction="down",
        layout=DocumentLayout.LETTER,
        issuer="office",
        placeholders=_know(f"{_PAPER} 领办领导 办理要求 签收期限 退办期限 办理期限 联系电话"),
        title="关于交办{会议简称}{编号}{文种}的通知",
        recipient="{承办单位}",
        body="""
{代表称谓}提出的《{案由}》（{编号}{文种}），经研究，由你单位{承办方式}。{其他单位}{领办领导}现将该件交你单位办理，有关事项通知如下：
一、按时签收。请于{签收期限}前登录系统签收。经研究认为不属于本单位职责的，请于{退办期限}前书面说明理由并提出承办单位建议，不得自行转送其他单位。
二、认真办理。{办理要求}。办理中应当主动与代表沟通，充分听取意见。
三、按期答复。请于{办理期限}前办理完毕。主办、分办单位书面答复每一位署名代表，并抄送我办；协办单位将办理意见送主办单位。
四、规范行文。答复函由单位主要负责人签发，注明答复类别（A、B、C、D）、联系人和联系电话。
""".strip(),
        attachments_note="{案由}",
        remark="联系电话：{联系电话}",
    ),
    Kind(
        key="urge-letter",
        name="催办函",
        direction="down",
        layout=DocumentLayout.LETTER,
        issuer="office",
        placeholders=_know(f"{_PAPER} 交办日期 办理期限 逾期天数 联系电话"),
        title="关于催办{会议简称}{编号}{文种}的函",
        recipient="{承办单位}",
        body="""
{交办日期}，我办将{代表称谓}提出的《{案由}》（{编号}{文种}）交你单位{承办方式}，办理期限为{办理期限}。截至目前已逾期{逾期天数}天，我办尚未收到你单位的办理结果。
请你单位高度重视，抓紧办理，自收到本函之日起5个工作日内将答复函报送我办。确有特殊情况不能按期办结的，请书面说明原因、已做的工作和预计办结时间。
特此函告。
""".strip(),
        remark="联系电话：{联系电话}",
    ),
    Kind(
        key="supervision-notice",
        name="督办通知",
        direction="down",
        layout=DocumentLayout.RED_HEAD,
        issuer="committee",
        placeholders=_know(f"{_PAPER} 交办日期 办理期限 逾期天数 领办领导 联系电话"),
        title="关于督办{会议简称}{编号}{文种}的通知",
        recipient="{承办单位}",
        body="""
{代表称谓}提出的《{案由}》（{编号}{文种}）于{交办日期}交你单位{承办方式}，应于{办理期限}前办结。经催办仍未办结，至今已逾期{逾期天数}天。{领办领导}
现将该件列为督办事项。请你单位主要负责人亲自过问，明确责任人和完成时限，5个工作日内书面报送整改情况，并在近期召开的督办会上汇报办理进展。
特此通知。
""".strip(),
    ),
    Kind(
        key="reply-letter",
        name="答复函",
        direction="level",
        layout=DocumentLayout.LETTER,
        issuer="unit",
        placeholders=_know(
            "文种 编号 案由 会议简称 领衔代表 代表称谓 人称 答复正文 联系人 联系电话 签发人 承办单位 抄送机关"
        ),
        title="关于{会议简称}{编号}{文种}的答复",
        recipient="{代表称谓}",
        body="""
{人称}提出的《{案由}》（{编号}{文种}）收悉。现答复如下：
{答复正文}
感谢{人称}对党的事业和我们工作的关心、支持。对以上答复如有意见，请填写征询意见表，或者在代表履职平台上反馈。
""".strip(),
        attachments_note="{文种}办理情况征询意见表",
        remark="签发人：{签发人}　联系人：{联系人}　电话：{联系电话}",
        copy_to="{抄送机关}",
    ),
    Kind(
        key="rehandling-notice",
        name="重新办理通知",
        direction="down",
        layout=DocumentLayout.LETTER,
        issuer="office",
        placeholders=_know(f"{_PAPER} 代表意见 理由 办理期限 联系电话"),
        title="关于重新办理{会议简称}{编号}{文种}的通知",
        recipient="{承办单位}",
        body="""
你单位对{代表称谓}提出的《{案由}》（{编号}{文种}）的答复，经征询意见，代表表示不满意。{代表意见}
经研究，请你单位重新办理。{理由}请主要负责人牵头，与代表面对面沟通，逐条研究代表意见，于{办理期限}前再次书面答复代表。再次答复须经分管领导审核同意。
""".strip(),
        remark="联系电话：{联系电话}",
    ),
    Kind(
        key="screening-notice",
        name="审查结果通知",
        direction="level",
        layout=DocumentLayout.LETTER,
        issuer="office",
        placeholders=_know("文种 编号 案由 会议简称 领衔代表 代表称谓 人称 审查结果 理由 联系电话"),
        title="关于{会议简称}{编号}{文种}审查结果的通知",
        recipient="{代表称谓}",
        body="""
{人称}提出的《{案由}》（{编号}{文种}）收悉。经审查，决定{审查结果}。{理由}
感谢{人称}认真履行代表职责。
特此通知。
""".strip(),
        remark="联系电话：{联系电话}",
    ),
)
