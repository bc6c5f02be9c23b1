"""Charts as pure functions: plain data in, geometry out, drawn as SVG by `<c-chart :chart="…" />`.

Lengths along the reading direction are per cent of the drawing's width, so that it fits any screen while its text
keeps its size; heights are CSS pixels. Every chart carries its data as a table and its name as a `<title>`.
A value that is None, NaN or infinite counts as missing and is said to be so, never drawn as zero.
"""

from heitu.ui.charts.durations import Timing, duration, durations
from heitu.ui.charts.funnels import Step, funnel
from heitu.ui.charts.heatmaps import Cell, heatmap
from heitu.ui.charts.histograms import Bin, histogram
from heitu.ui.charts.intervals import Gap, Interval, against, dumbbell, intervals
from heitu.ui.charts.lines import Line, line
from heitu.ui.charts.rows import Bar, Stack, bars, stacked
from heitu.ui.charts.scales import Series

__all__ = [
    "Bar",
    "Bin",
    "Cell",
    "Gap",
    "Interval",
    "Line",
    "Series",
    "Stack",
    "Step",
    "Timing",
    "against",
    "bars",
    "dumbbell",
    "duration",
    "durations",
    "funnel",
    "heatmap",
    "histogram",
    "intervals",
    "line",
    "stacked",
]
