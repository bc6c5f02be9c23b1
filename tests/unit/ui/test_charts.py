from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heitu.ground.core.text import Text
from heitu.ui.charts import (
    Bar,
    Bin,
    Cell,
    Gap,
    Interval,
    Line,
    Series,
    Stack,
    Step,
    Timing,
    bars,
    dumbbell,
    duration,
    durations,
    funnel,
    heatmap,
    histogram,
    intervals,
    line,
    stacked,
)
from heitu.ui.charts.scales import MISSING, shown, ticks
from tests.unit.ui.conftest import Render

ANY = st.one_of(st.none(), st.floats(allow_nan=True, allow_infinity=True), st.integers(-(10**15), 10**15))
SIZED = st.floats(-1e9, 1e9)


def numbers_of(row: Any) -> list[float]:
    return [v for v in vars(row).values() if isinstance(v, int | float)]


def test_bars_run_both_ways_from_zero() -> None:
    chart = bars([Bar("a", 100), Bar("b", -50)], title="t")
    up, down = (row.pieces[0] for row in chart.rows)
    assert up.x == pytest.approx(chart.zero)
    assert down.x + down.width == pytest.approx(chart.zero, abs=0.01)
    assert up.width == pytest.approx(2 * down.width, abs=0.01)


def test_missing_is_not_zero() -> None:
    chart = bars([Bar("a", None), Bar("b", math.nan), Bar("c", 0)], title="t")
    assert [len(row.pieces) for row in chart.rows] == [0, 0, 1]
    assert [row.says for row in chart.rows] == [MISSING, MISSING, "0"]


@given(st.lists(ANY, max_size=5))
def test_bars_stay_within_the_drawing(values: list[float | None]) -> None:
    for row in bars([Bar("x", value) for value in values], title="t").rows:
        for piece in row.pieces:
            assert -0.01 <= piece.x <= piece.x + piece.width <= 100.01


@given(st.lists(st.tuples(SIZED, SIZED, SIZED), max_size=5))
def test_intervals_stay_within_and_in_order(data: list[tuple[float, float, float]]) -> None:
    for row in intervals([Interval("x", *limits) for limits in data], title="t").rows:
        assert -0.01 <= row.x <= row.dot <= row.x + row.width + 0.01 <= 100.02


def test_intervals_against_the_baseline() -> None:
    chart = intervals(
        [Interval("a", 2, 2.5, 3), Interval("b", 1, 1, 1, "慢"), Interval("c", None, None, None)], title="t"
    )
    assert chart.baseline is not None
    assert chart.rows[0].x > chart.baseline
    assert chart.rows[1].tone == "clay"
    assert chart.rows[1].dot == pytest.approx(chart.baseline)
    assert chart.rows[2].missing
    assert str(chart.ticks[0].label) == "1× 基线"


def test_dumbbell_shows_what_is_lacking() -> None:
    lacking, met = dumbbell([Gap("a", 0.2, 0.8), Gap("b", 0.9, 0.5)], title="t").rows
    assert (lacking.tone, lacking.says) == ("clay", "−0.60")
    assert (met.tone, met.says) == ("sprout", "+0.40")


def test_stacked_parts_touch_and_add_up() -> None:
    chart = stacked([Stack("a", (1, 2, 3))], [Series(n, "sky") for n in "xyz"], title="t", whole=12)
    first, second, third = chart.rows[0].pieces
    assert first.x + first.width == pytest.approx(second.x)
    assert third.x + third.width == pytest.approx(chart.track / 2, abs=0.01)
    assert str(chart.rows[0].says) == "1 + 2 + 3"


def test_stacked_refuses_negative_parts() -> None:
    with pytest.raises(ValueError, match="negative"):
        stacked([Stack("a", (-1,))], [Series("x", "sky")], title="t")


def test_lines_break_where_data_are_missing() -> None:
    chart = line([Line("a", (1, 2, None, 4, 5))], title="t", labels=list("abcde"))
    assert len(chart.curves[0].segments) == 2
    assert len(chart.curves[0].points) == 4


def test_names_of_lines_do_not_stand_on_each_other() -> None:
    chart = line([Line("a", (1, 5)), Line("b", (1, 5)), Line("c", (2, 5.01))], title="t", labels=["x", "y"])
    names = sorted(curve.name_at for curve in chart.curves if curve.name_at is not None)
    assert all(b - a >= 16 for a, b in pairwise(names))


def test_line_needs_a_value_a_label() -> None:
    with pytest.raises(ValueError, match="one value a label"):
        line([Line("a", (1,))], title="t", labels=["x", "y"])


def test_heatmap_deepens_and_hatches() -> None:
    cells = [[Cell(0.0), Cell(0.5), Cell(1.0), Cell(7.0), Cell(None), Cell(0.9, few=True)]]
    chart = heatmap(cells, title="t", rows=["r"], columns=list("abcdef"))
    assert [s.step for s in chart.squares][:4] == [0, 3, 6, 6]
    assert [s.hatched for s in chart.squares] == [False] * 4 + [True] * 2
    assert sum(chart.width for _ in chart.columns) == pytest.approx(100, abs=0.1)


def test_heatmap_needs_every_cell() -> None:
    with pytest.raises(ValueError, match="cell for each"):
        heatmap([[Cell(1)]], title="t", rows=["r"], columns=["a", "b"])


def test_funnel_keeps_its_shares() -> None:
    chart = funnel([Step("a", 0), Step("b", 50), Step("c", 10), Step("d", 44)], title="t")
    assert [row.kept for row in chart.rows] == ["", "–", "20%", "4.4×"]
    assert chart.rows[0].width == 0
    with pytest.raises(ValueError, match="negative"):
        funnel([Step("a", -1)], title="t")


@pytest.mark.parametrize(
    ("value", "zh", "en"),
    [
        (0, "0", "0"),
        (1 / 3, "0.33", "0.33"),
        (-24, "−24", "−24"),
        (1234, "1,234", "1,234"),
        (2e8, "2 亿", "200M"),
        (31_500, "3.15 万", "31.5k"),
        (0.00123, "0.0012", "0.0012"),
        (math.inf, "无数据", "no data"),
    ],
)
def test_numbers_as_people_read_them(value: float, zh: str, en: str) -> None:
    said = shown(value)
    assert (said.zh, said.en) == (zh, en) if isinstance(said, Text) else said == zh == en


@given(st.floats(-1e12, 1e12), st.floats(1e-6, 1e12))
def test_ticks_are_few_round_and_inside(low: float, width: float) -> None:
    high = low + width
    if high > low and width > abs(low) * 1e-9:
        found = ticks(low, high)
        assert len(found) <= 12
        assert all(low - width * 0.01 <= tick <= high + width * 0.01 for tick in found)


EMPTY = [
    bars([], title="t"),
    stacked([], [], title="t"),
    line([], title="t", labels=[]),
    funnel([], title="t"),
    heatmap([], title="t", rows=[], columns=[]),
    intervals([], title="t"),
    dumbbell([], title="t"),
]


@pytest.mark.parametrize("chart", EMPTY, ids=lambda chart: type(chart).__name__)
def test_no_data_says_so(render: Render, chart: Any) -> None:
    shown_ = render('<c-chart :chart="chart" />', chart=chart)
    assert "还没有数据" in shown_
    assert "<table" not in shown_


def test_every_chart_has_a_name_and_a_table(render: Render) -> None:
    chart = bars([Bar("<a>", 5, url="/x")], title=Text(zh="名", en="Name"))
    drawn = render('<c-chart :chart="chart" />', chart=chart)
    assert "<title>名</title>" in drawn
    assert '<th scope="row">&lt;a&gt;</th>' in drawn
    assert '<a href="/x">' in drawn
    assert 'role="group"' in drawn


RIGHT_AND_WRONG = [Series("right", "sprout"), Series("wrong", "beyond")]


def a_histogram(*counts: tuple[int, int], mark: float | None = None) -> Any:
    bins = [Bin(f"class {n}", pair, f"{n}" if n else "") for n, pair in enumerate(counts)]
    return histogram(
        bins, RIGHT_AND_WRONG, title="t", classes="class", mark=None if mark is None else (mark, "here")
    )


def test_one_among_a_million_is_seen_in_a_histogram() -> None:
    chart = a_histogram((1_000_000, 0), (0, 1), (10, 10))
    tall = {column.title.en: column.height for column in chart.columns}
    assert tall["class 0, right: 1,000,000"] == pytest.approx(7 * tall["class 1, wrong: 1"], abs=0.05)
    assert tall["class 2, right: 10"] == tall["class 2, wrong: 10"]
    assert [str(count.says) for count in chart.counts] == ["100 万", "1", "20"]
    assert chart.table.rows[0] == ("class 0", "1,000,000", "0")


@given(st.lists(st.tuples(st.integers(0, 10**12), st.integers(0, 10**12)), min_size=1, max_size=12), st.floats(-5, 20))
def test_histograms_stay_within_the_drawing(counts: list[tuple[int, int]], mark: float) -> None:
    chart = a_histogram(*counts, mark=mark)
    ends = 0.0
    for column in chart.columns:
        assert ends - 0.01 <= column.x <= column.x + column.width <= 100.01, "columns don't cover each other"
        assert 0 < column.height <= column.y + column.height == pytest.approx(chart.bottom)
        ends = column.x + column.width
    assert 0 <= chart.mark.at <= 100.01


def test_negative_counts_have_no_place() -> None:
    with pytest.raises(ValueError, match="negative"):
        a_histogram((-1, 0))


@pytest.mark.parametrize(("seconds", "says"), [
    (12.3e-9, "12.3 ns"), (420e-6, "420 µs"), (0.99996e-3, "1.00 ms"), (1.234e-3, "1.23 ms"), (99.97, "100 s"),
    (0.0, str(MISSING)), (None, str(MISSING)), (math.inf, str(MISSING)),
])
def test_durations_in_words(seconds: float | None, says: str) -> None:
    assert str(duration(seconds)) == says


def test_times_of_two() -> None:
    chart = durations(
        [Timing("a", 1e-5, 1e-4), Timing("b", 1e-2, 1e-3), Timing("c", 1e-3, None)],
        title="t", ours="ours", theirs="base",
    )
    faster, slower, alone = chart.rows
    assert (faster.tone, slower.tone, alone.missing) == ("sprout", "clay", True)
    assert faster.width == pytest.approx(slower.width, abs=0.01), "both are tenfold, on a logarithmic scale"
    assert faster.dot == faster.x
    assert chart.table.rows[0] == ("a", "10.0 µs", "100 µs")
    assert [str(tick.label) for tick in chart.ticks] == ["10 µs", "100 µs", "1 ms", "10 ms"]


@given(st.lists(st.tuples(st.floats(1e-9, 1e5), st.floats(1e-9, 1e5)), min_size=1, max_size=5))
def test_times_stay_within_the_drawing(data: list[tuple[float, float]]) -> None:
    for row in durations([Timing("x", *pair) for pair in data], title="t", ours="a", theirs="b").rows:
        assert -0.01 <= row.x <= row.dot <= row.x + row.width + 0.01 <= 100.02
