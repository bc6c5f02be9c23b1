"""Every component in every state, and forms."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest

from heitu.ground.core.text import Text
from heitu.ui.gallery import case
from heitu.ui.pages import paginate
from heitu.ui.schema_forms import form_for

THEN = datetime(2026, 3, 18, 6, 5, tzinfo=UTC)
TONES = ["", "sprout", "wheat", "clay", "sky", "outline"]
ICONS = [
    "check",
    "cross",
    "plus",
    "minus",
    "alert",
    "info",
    "search",
    "filter",
    "upload",
    "download",
    "file",
    "copy",
    "edit",
    "bin",
    "clock",
    "calendar",
    "person",
    "team",
    "house",
    "lock",
    "bell",
    "mail",
    "link",
    "out",
    "left",
    "right",
    "down",
    "more",
    "coin",
    "medal",
    "chart",
    "book",
    "chip",
    "seed",
    "theme",
    "play",
]
TABS = [
    {"title": Text(zh="组件", en="Parts"), "url": "/gallery/", "key": "parts"},
    {"title": Text(zh="表单", en="Forms"), "url": "/gallery/forms/", "key": "forms"},
    {"title": Text(zh="图表", en="Charts"), "url": "/gallery/charts/", "key": "charts", "count": 10},
    {"title": Text(zh="案例页", en="A case"), "url": "/gallery/case/", "key": "case"},
    {"title": Text(zh="看板页", en="A board"), "url": "/gallery/board/", "key": "board"},
]
ENTRIES = [
    {
        "title": Text(zh="提交第 3 版", en="Version 3 submitted"),
        "by": "孙琪",
        "at": THEN,
        "tone": "sprout",
        "body": Text(zh="修复残差相加的舍入。", en="Mends the rounding of the residual sum."),
    },
    {
        "title": Text(zh="支付里程碑一", en="Milestone 1 paid"),
        "by": "马丽",
        "at": THEN,
        "tone": "wheat",
        "body": Text(zh="¥ 20,400.00，来自众智激励基金。", en="¥ 20,400.00 from the crowd incentive fund."),
    },
    {"title": Text(zh="延期申请被拒", en="Extension refused"), "by": "陈虹", "at": THEN, "tone": "clay", "body": ""},
]
SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["title", "approach", "kind", "cards", "promise"],
    "properties": {
        "title": {"type": "string", "title": {"zh": "方案名称", "en": "Title"}, "minLength": 4, "maxLength": 60},
        "approach": {
            "type": "string",
            "maxLength": 4000,
            "title": {"zh": "技术路线", "en": "Approach"},
            "description": {"zh": "打算怎样做，为什么行得通。", "en": "What you will do, and why it should work."},
        },
        "kind": {
            "enum": ["fused", "tuned", "new"],
            "title": {"zh": "类别", "en": "Kind"},
            "titles": {
                "fused": {"zh": "融合", "en": "Fused"},
                "tuned": {"zh": "调优", "en": "Tuned"},
                "new": {"zh": "新写", "en": "New"},
            },
        },
        "cards": {"type": "integer", "minimum": 0, "maximum": 2000, "title": {"zh": "所需卡时", "en": "Card-hours"}},
        "ready": {"type": "string", "format": "date", "title": {"zh": "首版日期", "en": "First version by"}},
        "repository": {"type": "string", "format": "uri", "title": {"zh": "代码仓库", "en": "Repository"}},
        "papers": {
            "type": "array",
            "items": {"type": "string"},
            "maxItems": 5,
            "title": {"zh": "相关论文", "en": "Related papers"},
            "description": {"zh": "每行一篇。", "en": "One a line."},
        },
        "promise": {
            "type": "boolean",
            "const": True,
            "title": {"zh": "我们承诺代码为原创", "en": "The code will be our own"},
        },
    },
}


def parts(request: HttpRequest) -> dict[str, Any]:
    return {
        "tones": TONES,
        "icons": ICONS,
        "entries": ENTRIES,
        "stops": case.STOPS,
        "refused_stops": case.REFUSED_STOPS,
        "turn": {"role": Text(zh="评审专家", en="Expert"), "since": THEN, "due_at": THEN},
        "choices": CHOICES,
        "page": paginate(request, range(240), 10),
        "last": Paginator(range(3), 10).page(1),
        "kinds": [("operator", Text(zh="算子", en="Operator")), ("model", Text(zh="模型", en="Model"))],
        "team": case.context()["team"],
        "board": case.BOARD,
        "fund": Text(zh="众智激励基金", en="Crowd incentive fund"),
        "person": {"is_authenticated": True, "name": "林致远", "email": "lin@yunling.example"},
        "small_tabs": [{**tab, "current": tab["key"] == "parts"} for tab in TABS[:3]],
    }


CHOICES = [
    {
        "event": "approve",
        "title": Text(zh="同意立项", en="Approve"),
        "allowed": True,
        "tone": "primary",
        "reason": "optional",
    },
    {
        "event": "note",
        "title": Text(zh="标记已读", en="Mark as read"),
        "allowed": True,
        "tone": "plain",
        "reason": "absent",
    },
    {
        "event": "refuse",
        "title": Text(zh="不予立项", en="Refuse"),
        "allowed": True,
        "tone": "danger",
        "reason": "required",
    },
    {
        "event": "close",
        "title": Text(zh="结束评审", en="Close the review"),
        "allowed": False,
        "tone": "plain",
        "reason": "absent",
        "why": Text(zh="还差 1 份评审意见。", en="One review is still missing."),
    },
]


def forms(request: HttpRequest) -> dict[str, Any]:
    """An empty form, and one with everything wrong in it."""
    make = form_for(SCHEMA)
    wrong = {"title": "短", "cards": "9000", "ready": "soon", "repository": "::", "papers": "1\n2\n3\n4\n5\n6"}
    return {"empty": make(prefix="empty"), "wrong": make({f"wrong-{k}": v for k, v in wrong.items()}, prefix="wrong")}
