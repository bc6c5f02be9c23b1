"""A case page: one call in the middle of its delivery."""

from __future__ import annotations

from typing import Any

from heitu.ground.core.text import Text
from heitu.ui.charts import Interval, intervals
from heitu.ui.links import Link

NAV = (
    Link(Text(zh="首页", en="Home"), "/", "h"),
    Link(Text(zh="揭榜任务", en="Calls"), "/gallery/case/", "c", current=True),
    Link(Text(zh="课程", en="Courses"), "/gallery/"),
    Link(Text(zh="科研", en="Research"), "/gallery/forms/"),
    Link(Text(zh="算力", en="Compute"), "/gallery/charts/"),
    Link(Text(zh="基地", en="Bases"), "/gallery/"),
    Link(Text(zh="鸿沟看板", en="The gap"), "/gallery/board/", "b"),
)


def _stop(zh: str, en: str, status: str, note_zh: str, note_en: str) -> dict[str, Any]:
    return {"title": Text(zh=zh, en=en), "status": status, "note": Text(zh=note_zh, en=note_en)}


STOPS = [
    _stop("发布", "Published", "past", "3月1日", "1 Mar"),
    _stop("申报", "Applications", "past", "7 队", "7 teams"),
    _stop("评审", "Review", "past", "3 位专家", "3 experts"),
    _stop("立项", "Award", "past", "3 队", "3 teams"),
    _stop("里程碑一", "Milestone 1", "past", "已付 ¥ 20,400", "¥ 20,400 paid"),
    _stop("交付与评测", "Delivery", "now", "还有 6 天", "6 days left"),
    _stop("验收", "Acceptance", "next", "出题人 + 复核", "owner + check"),
    _stop("结算与开源", "Settlement", "next", "Apache-2.0", "Apache-2.0"),
]
REFUSED_STOPS = [
    _stop("发布", "Published", "past", "3月1日", "1 Mar"),
    _stop("申报", "Application", "past", "3月9日", "9 Mar"),
    _stop("评审", "Review", "side", "未通过 3月15日", "refused 15 Mar"),
]
SPEEDUPS = intervals(
    [
        Interval("fp16 · 128 × 1024", 2.07, 2.29, 2.49, url="#fp16-128"),
        Interval("fp16 · 4096 × 4096", 3.4, 3.58, 3.74, url="#fp16-4096"),
        Interval("bf16 · 1 × 5120", 1.07, 1.42, 1.78, url="#bf16-1"),
        Interval("bf16 · 8192 × 5120", 3.8, 4.02, 4.21, Text(zh="精度未过", en="not precise"), url="#bf16-8192"),
    ],
    title=Text(zh="各用例相对基线的加速比与 95% 区间", en="Speed-up over the baseline by case, with 95% intervals"),
)
BOARD = [
    {
        "rank": 1,
        "team": "启明算子组",
        "school": Text(zh="江渚理工大学", en="Jiangzhu Polytechnic"),
        "low": "2.91×",
        "cases": "42 / 42",
        "all": True,
        "at": Text(zh="3月19日", en="19 Mar"),
    },
    {
        "rank": 1,
        "team": "灯塔",
        "school": Text(zh="云岭大学", en="Yunling University"),
        "low": "2.84×",
        "cases": "41 / 42",
        "all": False,
        "at": Text(zh="今天", en="today"),
        "mine": True,
    },
    {
        "rank": 3,
        "team": "星火",
        "school": Text(zh="北垣大学", en="Beiyuan University"),
        "low": "1.77×",
        "cases": "42 / 42",
        "all": True,
        "at": Text(zh="3月17日", en="17 Mar"),
    },
]


def context() -> dict[str, Any]:
    return {
        "nav": NAV,
        "title": Text(
            zh="RMSNorm 融合算子：半精度、长序列、含残差",
            en="Fused RMSNorm with residual, half precision, long sequences",
        ),
        "crumbs": [
            {"title": Text(zh="昇腾众智计划", en="Ascend Crowd Plan"), "url": "/gallery/"},
            {"title": Text(zh="算子任务", en="Operators"), "url": "/gallery/case/"},
            {"title": "ZZ-2026-0417"},
        ],
        "stops": STOPS,
        "speedups": SPEEDUPS,
        "board": BOARD,
        "fund": Text(zh="众智激励基金", en="Crowd incentive fund"),
        "team": [
            (Text(zh="负责人", en="Lead"), Text(zh="林致远", en="Lin Zhiyuan")),
            (Text(zh="成员", en="Members"), Text(zh="4 人", en="4")),
            (Text(zh="导师", en="Mentor"), Text(zh="周敏", en="Zhou Min")),
            (Text(zh="算力", en="Compute"), Text(zh="312 / 800 卡时", en="312 / 800 card-hours")),
        ],
    }
