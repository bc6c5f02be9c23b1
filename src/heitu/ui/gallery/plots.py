"""Each kind of chart with data, with none, and with a single row."""

from __future__ import annotations

from typing import Any

from heitu.ground.core.text import Text
from heitu.ui.charts import (
    Bar,
    Bin,
    Gap,
    Interval,
    Line,
    Series,
    Stack,
    Step,
    Timing,
    bars,
    dumbbell,
    durations,
    funnel,
    heatmap,
    histogram,
    intervals,
    line,
    stacked,
)
from heitu.ui.gallery import board, case

MONTHS = [Text(zh=f"{n}月", en=f"M{n}") for n in range(1, 13)]
NONE = Text(zh="没有数据时", en="With no data")

FLOW = bars(
    [
        Bar(board.SCHOOLS[0], 128),
        Bar(board.SCHOOLS[1], 96.5, tone="sky"),
        Bar(board.SCHOOLS[2], -24, tone="clay"),
        Bar(board.SCHOOLS[3], 12, few=True),
        Bar(board.SCHOOLS[4], None),
    ],
    title=Text(zh="净流入人才", en="Net inflow"),
)
FUND = bars(
    [Bar(Text(zh="基金", en="Fund"), 2e8, tone="wheat"), Bar(Text(zh="已付", en="Paid"), 31_500_000)],
    title=Text(zh="基金（元）", en="Fund (yuan)"),
)
YEAR = line(
    [
        Line(Text(zh="申报", en="Applied"), (12, 18, 15, None, 22, 30, 28, 35, 33, 41, 44, 52)),
        Line(Text(zh="立项", en="Awarded"), (3, 4, 4, 5, 6, 6, 9, 8, 11, 12, 12, 15), "sky"),
    ],
    title=Text(zh="每月申报与立项", en="Applications and awards by month"),
    labels=MONTHS,
    zero=True,
)
WAY = funnel(
    [
        Step(Text(zh="发布", en="Published"), 48),
        Step(Text(zh="申报", en="Applied"), 213),
        Step(Text(zh="立项", en="Awarded"), 61),
        Step(Text(zh="验收", en="Accepted"), 40),
        Step(Text(zh="采用", en="Adopted"), 9),
    ],
    title=Text(zh="从发布到采用", en="From call to adoption"),
)
HAVE_AND_NEED = dumbbell(
    [
        Gap(board.SKILLS[0], 0.57, 0.8),
        Gap(board.SKILLS[2], 0.9, 0.7),
        Gap(board.SKILLS[4], 0.2, 0.76),
        Gap(board.SKILLS[5], None, 0.5),
    ],
    title=Text(zh="已有与所需", en="Have and need"),
    most=1.0,
)
TWO_KINDS = [Series(Text(zh="允许之内", en="within"), "sprout"), Series(Text(zh="超出", en="beyond"), "beyond")]
SPREAD = histogram(
    [
        Bin("< 0.001", (52_000, 0)),
        Bin("0.001–0.01", (840, 6), "0.001"),
        Bin("0.01–0.1", (0, 31), "0.01"),
        Bin("≥ 0.1", (0, 1), "0.1"),
    ],
    TWO_KINDS,
    title=Text(zh="误差分布", en="Errors by size"),
    classes=Text(zh="相对误差", en="Relative error"),
    mark=(1.3, Text(zh="允差 0.002", en="0.002 allowed")),
)
TIMES = durations(
    [
        Timing("fp16 · 128 × 1024", 41e-6, 94e-6),
        Timing("fp16 · 4096 × 4096", 8.2e-3, 29.4e-3),
        Timing("bf16 · 1 × 5120", 12e-6, 9e-6),
        Timing("bf16 · 8192 × 5120", 31e-3, None),
    ],
    title=Text(zh="各用例用时", en="Time by case"),
    ours=Text(zh="本版", en="This version"),
    theirs=Text(zh="基线", en="Baseline"),
)
KINDS = [
    (Text(zh="条形", en="Bars"), FLOW),
    (Text(zh="大数", en="Large numbers"), FUND),
    (Text(zh="堆叠", en="Stacked"), board.SPLIT),
    (Text(zh="折线", en="Line"), YEAR),
    (Text(zh="热图", en="Heat map"), board.HEAT),
    (Text(zh="漏斗", en="Funnel"), WAY),
    (Text(zh="区间", en="Intervals"), case.SPEEDUPS),
    (Text(zh="哑铃", en="Dumbbell"), HAVE_AND_NEED),
    (Text(zh="用时", en="Times"), TIMES),
    (Text(zh="直方图", en="Histogram"), SPREAD),
]
SPARSE = [
    bars([], title=NONE),
    stacked([], [Series("a", "sprout")], title=NONE),
    line([], title=NONE, labels=[]),
    heatmap([], title=NONE, rows=[], columns=[]),
    funnel([], title=NONE),
    intervals([], title=NONE),
    histogram([], TWO_KINDS, title=NONE, classes=""),
    durations([], title=NONE, ours="", theirs=""),
    intervals([Interval("fp16", 1.2, 1.2, 1.2)], title=Text(zh="只有一行", en="One row")),
    stacked([Stack("a", (1.0,))], [Series("b", "sky")], title=Text(zh="只有一段", en="One part")),
]


def context() -> dict[str, Any]:
    return {"charts": KINDS, "empty_charts": SPARSE}
