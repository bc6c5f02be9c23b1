"""What a question is after: cues of the question, and what a sentence that answers it says."""

import re

# Written for this service. Each: what questions say, what sentences say, how the value looks (any where it is a name).
ASPECTS = [
    ("多沉|多重|重量", "重量", r"[\d.]+(?:克|千克|公斤|吨)"),
    ("花多少钱|什么价|多少钱|售价|价格", "售价|价格|定价", r"[\d.]+(?:万?元)"),
    ("用多长时间|续航|用多久", "续航", r"[\d.]+(?:小时|分钟|天)"),
    ("面世|发布|上市", "发布", r"\d{4}年"),
    ("谁家做|哪家|研制|生产", "研制|生产", ""),
    ("多高|海拔", "海拔", r"[\d.]+米"),
    ("下多少雨|降水", "降水", r"[\d.]+毫米"),
    ("住着多少|人口", "人口", r"[\d.]+万?人"),
    ("带点什么|特产|出产", "特产|盛产", ""),
    ("创办|成立", "成立|创办|创立", r"\d{4}年"),
    ("坐车到|所在地|总部|在哪", "所在地|总部|位于", ""),
    ("上班|员工|职工", "员工|职工", r"[\d.]+万?人"),
    ("谁一手办|创始|谁创", "创始|创办人", ""),
]
_AFTER = re.compile(r"(?:是|为|在|由)([^，。]+)$")


def aspect(question):
    """What sentences say and how the value looks, for the aspect whose cue stands longest in the question; or None."""
    cues = [(max(re.findall(asks, question), key=len, default=""), says, form) for asks, says, form in ASPECTS]
    cue, says, form = max(cues, key=lambda each: len(each[0]))
    return (says, form) if cue else None


def value(sentence, says, form):
    """The value in a sentence that speaks of the aspect, or nothing."""
    spoken = re.search(says, sentence)
    if not spoken:
        return ""
    rest = sentence[spoken.end() :]
    found = re.search(form, rest) if form else _AFTER.search(rest)
    return "" if not found else found[0] if form else found[1]
