"""A board: four figures, a picture, what to do."""

from __future__ import annotations

from typing import Any

from heitu.ground.core.text import Text
from heitu.ui.charts import Cell, Line, Series, Stack, heatmap, line, stacked
from heitu.ui.gallery.case import NAV

SCHOOLS = [
    Text(zh="云岭大学", en="Yunling University"),
    Text(zh="江渚理工大学", en="Jiangzhu Polytechnic"),
    Text(zh="北垣大学", en="Beiyuan University"),
    Text(zh="河洲学院", en="Hezhou College"),
    Text(zh="南屏大学", en="Nanping University"),
    Text(zh="东麓工业大学", en="Donglu Technology"),
]
SKILLS = [
    Text(zh="算子开发", en="Operators"),
    Text(zh="图编译", en="Compilers"),
    Text(zh="混合精度", en="Precision"),
    Text(zh="并行训练", en="Parallel"),
    Text(zh="推理服务", en="Serving"),
    Text(zh="数据工程", en="Data"),
    Text(zh="openEuler", en="openEuler"),
    Text(zh="评测方法", en="Evaluation"),
]
VALUES: list[list[float | None]] = [
    [0.43, 0.52, 0.47, 0.49, 0.76, None, 0.47, 0.69],
    [0.47, None, 0.61, 0.07, 0.49, 0.60, 0.37, None],
    [0.53, 0.25, 0.42, None, 0.80, 0.28, 0.27, 0.88],
    [0.74, 0.13, 0.17, 0.57, 0.52, 0.58, 0.49, 0.44],
    [0.10, 0.38, None, 0.68, 0.69, 0.26, 0.52, 0.64],
    [0.32, None, 0.60, 0.13, None, 0.20, None, None],
]
PARTS = (
    Series(Text(zh="课程未教", en="Not taught"), "clay"),
    Series(Text(zh="教了未会", en="Taught, not mastered"), "wheat"),
    Series(Text(zh="会了未用", en="Mastered, not used"), "sky"),
)
HEAT = heatmap(
    [[Cell(value, few=value is None, url=f"#{r}-{c}") for c, value in enumerate(row)] for r, row in enumerate(VALUES)],
    title=Text(zh="各院校各技能的鸿沟", en="The gap by school and skill"),
    rows=SCHOOLS,
    columns=SKILLS,
)
SPLIT = stacked(
    [
        Stack(SKILLS[3], (0.34, 0.08, 0.05)),
        Stack(SKILLS[1], (0.28, 0.04, 0.03)),
        Stack(SKILLS[2], (0.06, 0.25, 0.06)),
        Stack(SKILLS[4], (0.05, 0.07, 0.16)),
    ],
    PARTS,
    title=Text(zh="鸿沟的三段拆分", en="The gap in three parts"),
    whole=0.66,
)
TREND = line(
    [
        Line(Text(zh="本校", en="Here"), (0.47, 0.465, 0.42, 0.39, 0.36), "sprout"),
        Line(Text(zh="对照", en="Others"), (0.465, 0.46, 0.45, 0.44, 0.435), "stone"),
    ],
    title=Text(zh="采用课程包前后的鸿沟", en="The gap before and after adopting the unit"),
    labels=["24 春", "24 秋", "25 春", "25 秋", "26 春"],
    marks=[(2, Text(zh="采用", en="adopted"))],
)
TODO = [
    (
        Text(zh="采用单元「张量与流水并行」", en="Adopt the unit “Tensor and pipeline parallelism”"),
        Text(zh="含 2 个实验 · 负责：课程组", en="2 labs · owner: course group"),
        "−0.06",
    ),
    (
        Text(zh="补「混合精度」补救实验", en="Add the remedial lab “Mixed precision”"),
        Text(zh="208 人未过 · 负责：实验教师", en="208 failed it · owner: lab teacher"),
        "−0.04",
    ),
    (
        Text(zh="两队揭榜推理服务任务", en="Two teams take on serving calls"),
        Text(zh="3 个在榜 · 负责：学生团队", en="3 are open · owner: student teams"),
        "−0.02",
    ),
]


def context() -> dict[str, Any]:
    nav = tuple(item._replace(current=item.url == "/gallery/board/") for item in NAV)
    return {"nav": nav, "heat": HEAT, "split": SPLIT, "trend": TREND, "todo": TODO}
