"""Who sees which application, and who may know whose it is: both forms of each rule, for everybody."""

from __future__ import annotations

import pytest

from heitu.engines.lifecycle.actions import move
from heitu.engines.lifecycle.loading import read_programme
from heitu.ground.people.models import Person
from heitu.stages.applications import queries, rules
from heitu.stages.applications import stages as steps
from heitu.stages.applications.models import Application
from heitu.stages.calls.models import Call
from heitu.stages.reviews.models import Review
from tests import stages
from tests.factories import NOW, a_team
from tests.people import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def everywhere(cast: Cast, call: Call) -> dict[str, Application]:
    """One application in each situation that matters, by the same call's teams."""
    found = {}
    for name, moves in (
        ("draft", []), ("screening", ["submit"]), ("refused", ["submit", "refuse"]), ("reviewing", ["submit", "pass"]),
        ("withdrawn", ["submit", "pass", "withdraw"]),
    ):
        team = cast.dengta if name == "reviewing" else a_team()
        lead = team.members.get(is_lead=True).person
        found[name] = stages.a_draft_application(call, team, lead)
        for event in moves:
            by = cast.chen if event in ("pass", "refuse") else lead
            move(case=found[name].case, event=event, by=by, now=NOW, reason="理由" if event == "refuse" else "")
    return {name: Application.objects.get(pk=each.pk) for name, each in found.items()}


def test_predicates_and_scopes_agree(cast: Cast, everywhere: dict[str, Application]) -> None:
    for name, person in cast.persons().items():
        seen = {each.pk for each in everywhere.values() if rules.can_see_application(person, each)}
        assert set(rules.visible_applications(person).values_list("pk", flat=True)) == seen, name
        writes = {each.pk for each in everywhere.values() if rules.can_edit_application(person, each)}
        assert set(rules.editable_applications(person).values_list("pk", flat=True)) == writes, name
        known = {each.pk for each in everywhere.values() if each.pk in seen and rules.can_know_team(person, each)}
        scope = rules.applications_with_known_team(person)
        assert set(scope.values_list("pk", flat=True)) == known, name


def test_who_sees_what(cast: Cast, everywhere: dict[str, Application]) -> None:
    def seen(person: Person | None) -> set[str]:
        return {name for name, each in everywhere.items() if rules.can_see_application(person, each)}

    everything = set(everywhere)
    assert seen(cast.chen) == seen(cast.xu) == everything
    assert seen(cast.ma) == everything - {"draft"}
    assert seen(cast.lin) == seen(cast.sun) == {"reviewing"}
    assert seen(cast.zhou) == {"reviewing", "withdrawn"}
    assert seen(cast.wu) == {"reviewing", "withdrawn"}  # the only expert without a tie was asked for both
    assert seen(cast.gao) <= {"withdrawn"}  # never her own university's
    assert seen(cast.he) == seen(None) == set()


def test_double_blind_hides_the_team_from_its_judges_only(cast: Cast, everywhere: dict[str, Application]) -> None:
    reviewing = everywhere["reviewing"]
    assert Review.objects.filter(application=reviewing, reviewer=cast.wu).exists()
    for person, is_blind in ((cast.wu, True), (cast.zhou, True), (cast.chen, False), (cast.lin, False)):
        shown = queries.blinded(reviewing, person)
        assert (shown.is_blind, shown.team is None, shown.members == []) == (is_blind,) * 3
    assert "灯塔" not in queries.blinded(reviewing, cast.wu).name.zh


def test_nobody_finds_a_hidden_team_by_searching_for_it(cast: Cast, everywhere: dict[str, Application]) -> None:
    reviewing = everywhere["reviewing"]
    for asked in (
        queries.Listing(search="灯塔"), queries.Listing(team="dengta"), queries.Listing(search="林致远"),
        queries.Listing(institution="yunling-university"),
    ):
        assert reviewing not in queries.listed(cast.wu, asked)
        assert reviewing in queries.listed(cast.chen, asked)
        assert reviewing in queries.listed(cast.lin, asked)
    assert reviewing in queries.listed(cast.wu, queries.Listing(search="RMSNorm"))


def test_the_story_tells_the_blind_no_names(cast: Cast, everywhere: dict[str, Application]) -> None:
    for line in queries.story(everywhere["reviewing"], cast.wu):
        assert "林致远" not in f"{line.by.zh}{line.reason}"
    assert "林致远" in {line.by.zh for line in queries.story(everywhere["reviewing"], cast.chen)}


def test_in_every_programme_the_team_is_known_once_there_is_an_award() -> None:
    programme = read_programme(stages.PROGRAMMES / "crowd-operators.yaml")
    hidden = steps.concealed(programme)
    assert {"screening", "reviewing", "deciding", "appealing", "refused"} <= hidden
    assert not {"offered", "designing", "delivering", "done", "terminated"} & hidden
    assert steps.concealed(read_programme(stages.PROGRAMMES / "crowd-models.yaml")) == frozenset()
    assert not {"draft", "screening", "refused"} & steps.past_screening(programme)
