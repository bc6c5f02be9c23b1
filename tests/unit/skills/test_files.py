"""Reading skills.yaml and levels.yaml, the ladder and the drawing: pure functions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from heitu.engines.lifecycle.faults import DefinitionError
from heitu.stages.skills import files, graph, ladder
from heitu.stages.skills.files import Threshold
from heitu.stages.skills.ladder import Shown, Step

NOW = datetime(2026, 3, 16, 9, 30, tzinfo=UTC)
WRONG = """\
scale:
  1: {zh: 一, en: one}
  2: {zh: 二, en: two}
  3: {zh: 三, en: three}
  4: {zh: 四, en: four}
  9: {zh: 九, en: nine}
skills:
  - slug: alpha
    title: {zh: 甲, en: Alpha}
    prerequisites: [gamma, betta]
  - slug: beta
    titel: {zh: 乙, en: Beta}
  - slug: gamma
    title: {zh: 丙, en: Gamma}
    prerequisites: [alpha]
    levels: {7: {zh: 七, en: seven}}
  - slug: alpha
    title: {zh: 丁, en: Delta}
  - slug: Bad Slug
    title: {zh: 戊, en: Epsilon}
"""


@pytest.mark.parametrize("pack", settings.PACKS, ids=str)
def test_the_packs_files_are_sound(pack: Path) -> None:
    skills = files.read_skills(pack / "skills.yaml")
    levels = files.read_levels(pack / "levels.yaml")
    assert len(files.depths({entry.slug: entry.prerequisites for entry in skills.skills})) == len(skills.skills)
    assert [entry.rank for entry in levels.levels] == list(range(1, len(levels.levels) + 1))


def test_every_fault_is_told_at_once_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "skills.yaml"
    path.write_text(WRONG)
    with pytest.raises(DefinitionError) as wrong:
        files.read_skills(path)
    told = {(fault.line, fault.message.en, fault.suggestion) for fault in wrong.value.faults}
    assert told >= {
        (1, "level 5 is missing", ""),
        (6, "levels go from 1 to 5", ""),
        (7, "these prerequisites go in a circle: alpha, gamma", ""),
        (10, "there is no skill “betta”", "beta"),
        (12, "there is no key “titel” here", "title"),
        (11, "“title” is missing", ""),
        (16, "levels go from 1 to 5", ""),
        (17, "“alpha” is here twice", ""),
    }
    assert any(fault.line == 19 for fault in wrong.value.faults)


@pytest.mark.parametrize(
    "text", ["", "[]", "3", "skills: 3", "skills: [3]", "scale: []\nskills: [{prerequisites: x}]", "a: ["]
)
def test_nonsense_is_refused_not_crashed_on(tmp_path: Path, text: str) -> None:
    path = tmp_path / "skills.yaml"
    path.write_text(text)
    with pytest.raises(DefinitionError):
        files.read_skills(path)


def test_levels_are_closed_and_ranked_once(tmp_path: Path) -> None:
    path = tmp_path / "levels.yaml"
    entry = "  - {{slug: {slug}, rank: {rank}, title: {{zh: 级, en: Level}}, rules: [{{evidences: {rule}}}]}}\n"
    path.write_text(
        "levels:\n" + entry.format(slug="a", rank=1, rule="{count: 1, level: 1, skills: 1}")
        + entry.format(slug="b", rank=1, rule="{count: 0, level: 6, skills: 1, since: 3}")
    )
    with pytest.raises(DefinitionError) as wrong:
        files.read_levels(path)
    words = " ".join(fault.message.en for fault in wrong.value.faults)
    for part in ("“1” is here twice", "“count”", "“level”", "no key “since”"):
        assert part in words


@pytest.mark.parametrize(
    ("judged", "low", "simulated", "level"),
    [
        (False, None, False, 2), (False, 9.0, False, 2), (True, None, False, 3), (True, 1.99, False, 3),
        (True, 2.0, False, 4), (True, 2.0, True, 3),
    ],
)
def test_what_a_success_shows(judged: bool, low: float | None, simulated: bool, level: int) -> None:
    assert ladder.level_of_success(judged=judged, speedup_low=low, simulated=simulated) == level


LADDER = (
    Step("senior", 2, (Threshold(count=3, level=3, skills=2), Threshold(count=1, level=3, skills=1, within_days=30))),
    Step("junior", 1, (Threshold(count=1, level=1, skills=1),)),
)


def shown(*levels: tuple[str, int, int]) -> list[Shown]:
    return [Shown(skill, level, NOW - timedelta(days=days)) for skill, level, days in levels]


def test_climbing_the_ladder() -> None:
    nothing = ladder.standing(LADDER, [], now=NOW)
    assert (nothing.reached, nothing.following and nothing.following.slug) == (None, "junior")
    some = ladder.standing(LADDER, shown(("a", 3, 90), ("a", 4, 80), ("a", 3, 70)), now=NOW)
    assert some.reached is not None
    assert some.reached.slug == "junior"
    assert [(way.count, way.skills, way.is_met) for way in some.progress] == [(3, 1, False), (0, 0, False)]
    old = ladder.standing(LADDER, shown(("a", 3, 90), ("b", 4, 80), ("a", 3, 70)), now=NOW)
    assert [way.is_met for way in old.progress] == [True, False]
    fresh = ladder.standing(LADDER, shown(("a", 3, 90), ("b", 4, 80), ("a", 3, 30)), now=NOW)
    assert fresh.reached is not None
    assert (fresh.reached.slug, fresh.following) == ("senior", None)


evidence = st.builds(Shown, st.sampled_from("abc"), st.integers(1, 5), st.datetimes(timezones=st.just(UTC)))


@given(st.lists(evidence, max_size=8), evidence)
def test_more_evidence_never_lowers_anybody(before: list[Shown], more: Shown) -> None:
    def rank(evidence: list[Shown]) -> int:
        reached = ladder.standing(LADDER, evidence, now=NOW).reached
        return reached.rank if reached else 0

    assert rank([*before, more]) >= rank(before)


@given(st.lists(st.sets(st.integers(0, 11)), max_size=12))
def test_the_drawing_runs_from_left_to_right(below: list[set[int]]) -> None:
    needs = {f"s{n}": tuple(f"s{m}" for m in sorted(lower) if m < n) for n, lower in enumerate(below)}
    drawing = graph.draw(needs)
    places = {box.slug: box for box in drawing.boxes}
    assert places.keys() == needs.keys()
    assert len({(box.x, box.y) for box in drawing.boxes}) == len(needs)
    assert len(drawing.edges) == sum(map(len, needs.values()))
    for edge in drawing.edges:
        assert places[edge.below].x < places[edge.above].x
    for box in drawing.boxes:
        assert box.x + drawing.box_width <= drawing.width
        assert box.y + drawing.box_height <= drawing.height
