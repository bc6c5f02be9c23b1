"""Ranks: ties share a place, the lower end orders, earlier stands first."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from heitu.stages.deliverables.ranking import Entry, rank
from tests.factories import NOW

SPANS = st.tuples(
    st.floats(0.1, 20, allow_nan=False), st.floats(0, 5, allow_nan=False), st.integers(0, 5)
)
ENTRIES = st.lists(SPANS, max_size=12).map(
    lambda spans: [
        Entry(str(number), low, low + width, NOW + timedelta(minutes=minute))
        for number, (low, width, minute) in enumerate(spans)
    ]
)


def entry(team: str, low: float, high: float, minute: int = 0) -> Entry:
    return Entry(team, low, high, NOW + timedelta(minutes=minute))


def test_overlapping_intervals_share_a_rank_and_the_next_counts_on() -> None:
    ranked = rank([entry("c", 1.0, 1.2), entry("a", 2.0, 2.2), entry("b", 1.8, 2.0), entry("d", 1.0, 1.1, 5)])
    assert [(each.rank, each.entry.team) for each in ranked] == [(1, "a"), (1, "b"), (3, "c"), (3, "d")]


def test_a_chain_of_overlaps_is_measured_against_its_best() -> None:
    ranked = rank([entry("a", 3.0, 3.5), entry("b", 2.5, 3.1), entry("c", 2.0, 2.6)])
    assert [each.rank for each in ranked] == [1, 1, 3]


def test_nobody_races() -> None:
    assert rank([]) == []


@given(ENTRIES)
def test_properties(entries: list[Entry]) -> None:
    ranked = rank(entries)
    assert sorted(each.entry.team for each in ranked) == sorted(each.team for each in entries)
    assert rank(list(reversed(entries))) == ranked or _has_twins(entries)
    leaders: dict[int, Entry] = {}
    for place, each in enumerate(ranked, start=1):
        leader = leaders.setdefault(each.rank, each.entry)
        assert each.rank <= place
        assert each.entry is leader or each.entry.high >= leader.low
        assert leader.low >= each.entry.low
    for first, second in pairwise(ranked):
        assert (-first.entry.low, first.entry.at) <= (-second.entry.low, second.entry.at)
        assert second.rank in (first.rank, ranked.index(second) + 1)
        if second.rank > first.rank:
            assert second.entry.high < leaders[first.rank].low


def _has_twins(entries: list[Entry]) -> bool:
    return len({(each.low, each.at) for each in entries}) < len(entries)
