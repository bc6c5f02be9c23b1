"""Inviting, answering, declaring a conflict, and handing in."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from heitu.engines.lifecycle.actions import move
from heitu.engines.lifecycle.definitions import Criterion
from heitu.engines.lifecycle.queries import programme_of
from heitu.ground.audit.models import AuditEntry
from heitu.ground.core import clock
from heitu.ground.core.errors import Refused
from heitu.ground.core.text import Text
from heitu.ground.people.actions import add_member, remove_member
from heitu.ground.people.enums import Role
from heitu.ground.people.models import Person
from heitu.stages.applications.models import Application
from heitu.stages.reviews import actions, queries
from heitu.stages.reviews.enums import ReviewStatus
from heitu.stages.reviews.models import DeclaredConflict, Review
from heitu.stages.reviews.rules import conflict_of
from tests.factories import a_person
from tests.people import Cast
from tests.road import write

pytestmark = pytest.mark.django_db
RUBRIC = (
    Criterion(id="a", title=Text(zh="甲", en="A"), weight=3, anchors={}),
    Criterion(id="b", title=Text(zh="乙", en="B"), weight=2, anchors={}),
    Criterion(id="c", title=Text(zh="丙", en="C"), weight=1, anchors={}),
)


def test_passing_the_screening_asks_as_many_experts_as_the_programme_says(
    cast: Cast, second: Person, reviewing: Application
) -> None:
    asked = {review.reviewer for review in queries.owed(reviewing)}
    assert asked == {cast.wu, second}
    assert AuditEntry.objects.filter(action="review.invited").count() == 2
    assert actions.invite_until(application=reviewing, needed=2, by=cast.chen, now=clock.now()) == []


def test_nobody_is_asked_twice_nor_against_a_conflict(cast: Cast, reviewing: Application) -> None:
    for person, code in ((cast.wu, "review_asked_before"), (cast.gao, "review_conflict"), (cast.zhou, "review_conflict"),
                         (cast.sun, "review_conflict")):
        with pytest.raises(Refused) as caught:
            actions.invite(application=reviewing, reviewer=person, by=cast.chen, now=clock.now())
        assert caught.value.code == code


def test_a_former_member_stays_in_conflict(cast: Cast, reviewing: Application) -> None:
    expert = a_person(role=Role.EXPERT, now=clock.now())
    assert conflict_of(reviewing, expert) is None
    add_member(team=cast.dengta, person=expert, by=cast.lin, now=clock.now(), invited=True)
    remove_member(team=cast.dengta, person=expert, by=cast.lin, now=clock.now())
    assert conflict_of(reviewing, expert) == Text(zh="是或曾是团队成员", en="Is or was a member of the team")


def test_the_least_loaded_are_asked_first(cast: Cast, second: Person, reviewing: Application) -> None:
    fresh = a_person(role=Role.EXPERT, now=clock.now())
    assert queries.candidates(reviewing) == [fresh]
    actions.answer(review=reviewing.reviews.get(reviewer=second), accepts=False, by=second, now=clock.now())
    assert [review.reviewer for review in actions.invite_until(
        application=reviewing, needed=2, by=cast.chen, now=clock.now())] == [fresh]


def test_declaring_a_conflict_declines_and_lasts(cast: Cast, reviewing: Application, review: Review) -> None:
    actions.declare_conflict(review=review, reason="合作论文", by=cast.wu, now=clock.now())
    review.refresh_from_db()
    assert (review.status, review.to_office) == (ReviewStatus.DECLINED, "合作论文")
    found = conflict_of(reviewing, cast.wu)
    assert found is not None
    assert "合作论文" in found.zh
    with pytest.raises(Refused, match="review_answered"):
        actions.declare_conflict(review=review, reason="再说一次", by=cast.wu, now=clock.now())
    assert DeclaredConflict.objects.count() == 1


@pytest.mark.parametrize("reason", ["", "  ", "长" * 201])
def test_a_conflict_needs_a_reason_that_fits(cast: Cast, review: Review, reason: str) -> None:
    with pytest.raises(Refused, match="conflict_reason"):
        actions.declare_conflict(review=review, reason=reason, by=cast.wu, now=clock.now())
    assert not DeclaredConflict.objects.exists()


def test_handing_in(cast: Cast, review: Review) -> None:
    done = write(review, now=clock.now(), scores={"feasibility": 5, "performance": 4, "team": 2, "other": 1})
    assert (done.total, done.mean) == (417, 4.17)
    assert done.scores == {"feasibility": 5, "performance": 4, "team": 2}
    for again in (review, done):
        with pytest.raises(Refused, match="review_closed"):
            write(again, now=clock.now())


@pytest.mark.parametrize(("changes", "code", "field"), [
    ({"scores": {"feasibility": 3, "performance": 3}}, "score_missing", "team"),
    ({"scores": {"feasibility": 6, "performance": 3, "team": 3}}, "score_range", "feasibility"),
    ({"scores": {"feasibility": 0, "performance": 3, "team": 3}}, "score_range", "feasibility"),
    ({"to_team": "  "}, "words_missing", "to_team"),
])
def test_incomplete_reviews(review: Review, changes: dict[str, Any], code: str, field: str) -> None:
    with pytest.raises(Refused) as caught:
        write(review, now=clock.now(), **changes)
    assert (caught.value.code, caught.value.field) == (code, field)
    review.refresh_from_db()
    assert review.status == ReviewStatus.INVITED


def test_only_ones_own(cast: Cast, second: Person, review: Review) -> None:
    for call in (
        lambda: write(review, now=clock.now(), by=second),
        lambda: actions.answer(review=review, accepts=True, by=second, now=clock.now()),
        lambda: actions.declare_conflict(review=review, reason="x", by=second, now=clock.now()),
    ):
        with pytest.raises(Refused, match="review_not_yours"):
            call()


def test_a_tie_that_came_up_since_the_invitation(cast: Cast, review: Review) -> None:
    add_member(team=cast.dengta, person=cast.wu, by=cast.lin, now=clock.now(), invited=True)
    with pytest.raises(Refused, match="review_conflict"):
        write(review, now=clock.now())


def test_late_is_taken_while_the_review_lasts_and_not_after(
    cast: Cast, second: Person, reviewing: Application, review: Review
) -> None:
    move(case=reviewing.case, event="time_out", by=None, now=clock.now())
    write(reviewing.reviews.get(reviewer=second), now=clock.now() + timedelta(days=20))
    move(case=reviewing.case, event="withdraw", by=cast.lin, now=clock.now())
    with pytest.raises(Refused, match="review_over"):
        write(review, now=clock.now())


def test_reviews_are_closed_only_when_there_are_enough(
    cast: Cast, second: Person, reviewing: Application, review: Review
) -> None:
    write(review, now=clock.now())
    with pytest.raises(Refused, match="1 of the 2 reviews"):
        move(case=reviewing.case, event="close_reviews", by=cast.chen, now=clock.now())
    write(reviewing.reviews.get(reviewer=second), now=clock.now())
    move(case=reviewing.case, event="close_reviews", by=cast.chen, now=clock.now())
    assert reviewing.case.state == "deciding"


@pytest.mark.parametrize(("scores", "total"), [((5, 5, 5), 500), ((1, 1, 1), 100), ((5, 4, 2), 417), ((4, 4, 5), 417),
                                              ((3, 4, 4), 350), ((1, 1, 2), 117)])
def test_the_weighted_mean_rounds_half_up(scores: tuple[int, int, int], total: int) -> None:
    assert actions.weighted_total(RUBRIC, dict(zip("abc", scores, strict=True))) == total


def test_the_rubric_of_the_programme_has_weights(reviewing: Application) -> None:
    assert [criterion.weight for criterion in programme_of(reviewing.case).rubric] == [3, 2, 1]
