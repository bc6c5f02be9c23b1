"""A lab solved in the page: drafts of two pages, seats and those who wait, minutes of the voucher, and the pages."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from heitu.engines.cells.port import Ran, size
from heitu.engines.grading import marks
from heitu.engines.grading.reading import Notebook, read
from heitu.engines.grading.source import read_source
from heitu.ground.core import clock
from heitu.ground.core.errors import Refused
from heitu.kinds.courses.actions import compute, drafts, labs, seats, sessions
from heitu.kinds.courses.enums import Cut, RunState, SessionEnd, SessionState, Trial
from heitu.kinds.courses.models import CellRun, Enrolment, LabSession, LabSubmission, Offering, Revision, SessionHost
from heitu.kinds.courses.pack.cells import Typed, composed, is_fixed, typed_in
from heitu.kinds.courses.pack.mended import changes
from heitu.kinds.courses.pack.outputs import MOST_OF_CELL, MOST_OF_DRAFT, bounded
from heitu.kinds.courses.queries import sessions as asking
from heitu.kinds.courses.queries.drafts import draft_of, shown_by, with_outputs
from tests import courses
from tests.people import Cast, client_of, make_cast

pytestmark = pytest.mark.django_db
LAB = "add-up"
RIGHT = "def total(x):\n    return sum(x)"
SOURCE = read_source("add-up", json.dumps(courses.notebook()).encode())
RELEASE: Notebook = read(SOURCE.release())[0]


@pytest.fixture(autouse=True)
def uploads(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "uploads"


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any) -> Iterator[tuple[Cast, Enrolment]]:
    """Made once for all tests here, in a transaction that is rolled back."""
    now = clock.now()
    with django_db_blocker.unblock(), transaction.atomic():
        cast = make_cast(now)
        adoption = courses.an_adoption(courses.loaded(tmp_path_factory.mktemp("pack"), now=now), cast, now=now)
        yield cast, courses.a_student(courses.an_offering(adoption, cast, now=now), cast.sun, now=now)
        transaction.set_rollback(True)


@pytest.fixture
def cast(world: tuple[Cast, Enrolment], db: None) -> Cast:
    return world[0]


@pytest.fixture
def student(world: tuple[Cast, Enrolment], db: None) -> Enrolment:
    return Enrolment.objects.select_related("offering__version__course", "offering__adoption", "person").get(pk=world[1].pk)


@pytest.fixture
def offering(student: Enrolment) -> Offering:
    return student.offering


@pytest.fixture
def host(db: None) -> SessionHost:
    return SessionHost.objects.create(name="here", seats=2, toolchains=["numpy"], seen_at=clock.now())


def save(student: Enrolment, revision: int, source: str = RIGHT, **more: Any) -> Any:
    return drafts.save(enrolment=student, lab=LAB, revision=revision, typed=[Typed("total", "code", source)], now=clock.now(), **more)


def asked(student: Enrolment, **more: Any) -> LabSession:
    return sessions.open_session(enrolment=student, lab=LAB, by=student.person, now=clock.now(), **more)


def seated(student: Enrolment, host: SessionHost, **more: Any) -> LabSession:
    asked(student, **more)
    session = seats.claim(host=host)
    assert session is not None
    assert seats.opened(session=session, now=clock.now())
    session.refresh_from_db()
    return session


def run(student: Enrolment, *cells: str) -> None:
    typed = [Typed(cell, "code", f"print('{cell}')") for cell in cells]
    sessions.run_cells(enrolment=student, lab=LAB, typed=typed, by=student.person, now=clock.now())


def give(student: Enrolment, minutes: int) -> None:
    """A voucher of so many minutes, in a class that has a rule for them."""
    student.offering.voucher_minutes = 30
    student.offering.save()
    compute.ledger.transfer(
        debit=compute._source(), credit=compute.voucher_of(student), amount=minutes, by=None, now=clock.now(),
        key=f"test:{minutes}", reason="test",
    )


def held(student: Enrolment) -> int:
    return compute.balances.balance(compute.voucher_of(student)).available


# What is typed


_TYPED = st.lists(st.builds(
    Typed, st.sampled_from([cell["id"] for cell in RELEASE["cells"]] + ["own-1", "own-2"]), st.sampled_from(["code", "markdown"]),
    st.text(max_size=20),
), max_size=12)


@settings(max_examples=40, deadline=None)
@given(_TYPED)
def test_whatever_is_typed_the_courses_own_cells_stand(typed: list[Typed]) -> None:
    made = composed(RELEASE, typed)
    known = [cell for cell in made["cells"] if cell["id"] in {each["id"] for each in RELEASE["cells"]}]
    assert [cell["id"] for cell in known] == [cell["id"] for cell in RELEASE["cells"]]
    for cell, was in zip(known, RELEASE["cells"], strict=True):
        assert cell["metadata"] == was["metadata"]
        if is_fixed(was):
            assert cell["source"] == was["source"]
    own = {each.id for each in typed if each.id.startswith("own-")}
    assert {cell["id"] for cell in made["cells"]} == own | {cell["id"] for cell in known}
    json.dumps(made).encode()


def test_hidden_tests_and_solutions_are_nowhere_in_it(student: Enrolment) -> None:
    text = json.dumps(draft_of(student, LAB).notebook)
    assert "total([]) == 0" not in text
    assert "return sum(x)" not in text


def test_own_cells_stay_where_they_were_put() -> None:
    typed = [
        Typed("total", "code", "a"), Typed("own-1", "code", "b"), Typed("total-tests", "code", "cheat"),
        Typed("own-2", "markdown", "c"),
    ]
    made = composed(RELEASE, typed)["cells"]
    names = [cell["id"] for cell in made]
    assert names == ["intro-zh", "intro-en", "total", "own-1", "total-tests", "own-2", "ask-zh", "ask-en", "why"]
    assert made[4]["source"] == "assert total([1]) == 1"
    assert marks.is_test(made[4])


@pytest.mark.parametrize("bad", [
    [Typed("x" * 65, "code", "")], [Typed("a b", "code", "")], [Typed("own", "raw", "")], [Typed("own", "code", "x" * 1_000_001)],
])
def test_what_no_cell_can_be_is_refused_and_nothing_is_kept(student: Enrolment, bad: list[Typed]) -> None:
    with pytest.raises(Refused, match=r"cell_unknown|too_much_typed"):
        drafts.save(enrolment=student, lab=LAB, revision=0, typed=bad, now=clock.now())
    assert draft_of(student, LAB).revision == 0


def mended() -> dict[str, Any]:
    """Another notebook of the same lab: the test mended, a question more, the answer's cell known by nbgrader's id alone."""
    made = courses.notebook()
    intro, english, total, tests, ask_zh, ask_en, why = made["cells"]
    total["id"], tests["source"] = "total-anew", "assert total([2]) == 2"
    intro["id"], english["id"] = "hello-zh", "hello-en"
    more = courses._graded("more", "code", "### BEGIN SOLUTION\n1\n### END SOLUTION", solution=True)
    return made | {"cells": [intro, english, total, tests, more, ask_zh, ask_en, why]}


MENDED: Notebook = read(read_source("add-up", json.dumps(mended()).encode()).release())[0]


@settings(max_examples=40, deadline=None)
@given(_TYPED)
def test_mended_tests_lose_nothing_that_was_typed(typed: list[Typed]) -> None:
    before = composed(RELEASE, list({each.id: each for each in typed}.values()))
    after = composed(MENDED, typed_in(before, MENDED))
    answers = {cell["id"] for cell in RELEASE["cells"] if not is_fixed(cell)}
    theirs = [cell["source"] for cell in before["cells"] if cell["id"] in answers or cell["id"].startswith("own-")]
    known = {cell["id"] for cell in MENDED["cells"] if is_fixed(cell)} | {"more"}
    assert Counter(theirs) == Counter(cell["source"] for cell in after["cells"] if cell["id"] not in known)


def test_a_draft_goes_over_to_mended_tests(cast: Cast, student: Enrolment) -> None:
    typed = [Typed("total", "code", RIGHT), Typed("own-1", "code", "mine"), Typed("why", "markdown", "because")]
    drafts.save(enrolment=student, lab=LAB, revision=0, typed=typed, now=clock.now())
    apply_mended(cast, student)
    page = client_of(cast, "sun").get(f"/classes/{student.offering_id}/labs/{LAB}/cells/").content.decode()
    assert 'data-cell="more"' in page
    drafts.hand_in(enrolment=student, lab=LAB, revision=1, by=student.person, now=clock.now())
    with LabSubmission.objects.get().notebook.open("rb") as file:
        cells = [(cell["id"], "".join(cell["source"])) for cell in json.loads(file.read())["cells"]]
    names = ["hello-zh", "hello-en", "total-anew", "own-1", "total-tests", "more", "ask-zh", "ask-en", "why"]
    assert [name for name, _ in cells] == names
    assert [source for name, source in cells if name in ("total-anew", "own-1", "total-tests", "why")] == [
        RIGHT, "mine", "assert total([2]) == 2", "because",
    ]


def apply_mended(cast: Cast, student: Enrolment) -> Revision:
    return Revision.objects.create(
        offering=student.offering, lab=LAB, number=1, content=json.dumps(mended()).encode(), sha256="0" * 64, reason="mended",
        by=cast.lin, at=clock.now(), trial=Trial.APPLIED, ended_by=cast.lin, ended_at=clock.now(),
    )


def test_a_page_that_was_open_meanwhile_saves_into_the_same_places(cast: Cast, student: Enrolment) -> None:
    """It sends the tests that it shows along; they are neither kept nor taken for the student's own."""
    applied = apply_mended(cast, student)
    sent = [Typed(cell["id"], cell["cell_type"], RIGHT if cell["id"] == "total" else cell["source"]) for cell in RELEASE["cells"]]
    drafts.save(enrolment=student, lab=LAB, revision=0, typed=sent, edition=0, now=clock.now())
    kept = {cell["id"]: cell["source"] for cell in draft_of(student, LAB).notebook["cells"]}
    assert list(kept) == [cell["id"] for cell in MENDED["cells"]]
    assert (kept["total-anew"], kept["total-tests"]) == (RIGHT, "assert total([2]) == 2")
    stranger = Revision.objects.create(
        offering=student.offering, lab=LAB, number=2, content=b"{}", sha256="1" * 64, reason="tried", by=cast.lin, at=clock.now()
    )
    assert shown_by(student, LAB, stranger.pk) is shown_by(student, LAB, applied.pk) is shown_by(student, LAB, None)


def test_what_has_changed_is_told(cast: Cast, student: Enrolment) -> None:
    door = f"/api/v1/classes/{student.offering_id}/labs/{LAB}/"
    mine = client_of(cast, "sun")
    assert mine.get(f"{door}editions/0").json() == {"edition": 0, "changes": []}
    applied = apply_mended(cast, student)
    told = mine.get(f"{door}editions/0").json()
    assert [each["zh"] for each in told["changes"]] == ["新增“more”。", "“total-tests”的内容改了。"]
    assert mine.get(f"{door}session").json()["edition"] == told["edition"] == applied.pk
    assert changes(MENDED, RELEASE)[0].en == "“more” is no longer asked; what you wrote there is kept as a cell of your own."
    assert client_of(cast, "lin").get(f"{door}editions/0").status_code == 404


def test_a_hand_in_too_large_for_a_page_is_no_beginning(cast: Cast, student: Enrolment) -> None:
    made = courses.notebook()
    made["cells"][2]["source"] = "#" * 1_100_000
    labs.submit(enrolment=student, lab=LAB, data=json.dumps(made).encode(), by=student.person, now=clock.now())
    door = f"/classes/{student.offering_id}/labs/{LAB}/cells/"
    assert client_of(cast, "sun").get(door).status_code == 200


def test_two_pages_lose_nothing(student: Enrolment) -> None:
    assert save(student, 0, "one").revision == 1
    with pytest.raises(Refused, match="draft_changed"):
        save(student, 0, "two")
    assert save(student, 0, "one").revision == 1  # the same text is no conflict
    assert save(student, 0, "two", instead=True).revision == 2
    draft = draft_of(student, LAB)
    assert "two" in json.dumps(draft.notebook)
    assert ["one" in json.dumps(copy.notebook) for copy in draft.copies.all()] == [True]


def test_it_begins_with_what_was_handed_in_last(student: Enrolment) -> None:
    save(student, 0)
    drafts.hand_in(enrolment=student, lab=LAB, revision=1, by=student.person, now=clock.now())
    student.drafts.all().delete()
    begun = draft_of(student, LAB)
    assert begun.revision == 0
    assert "return sum(x)" in json.dumps(begun.notebook)


def test_only_what_was_seen_is_handed_in(student: Enrolment) -> None:
    save(student, 0)
    with pytest.raises(Refused, match="draft_changed"):
        drafts.hand_in(enrolment=student, lab=LAB, revision=0, by=student.person, now=clock.now())
    assert not LabSubmission.objects.exists()


# Seats


def test_first_come_first_served_and_told_so(offering: Offering, cast: Cast, student: Enrolment, host: SessionHost) -> None:
    others = [courses.a_student(offering, person) for person in (cast.zhou, cast.gao)]
    for each in (student, *others):
        asked(each)
    first = seats.claim(host=host)
    assert first is not None
    assert first.person_id == student.person_id
    found = [asking.standing(draft_of(each, LAB), clock.now()) for each in others]
    assert [each.place for each in found] == [1, 2]
    assert "第 2 位" in found[1].words.zh
    assert "you are number 2" in found[1].words.en


def test_one_session_for_each_person(offering: Offering, cast: Cast, student: Enrolment, host: SessionHost) -> None:
    session = seated(student, host)
    assert asked(student).pk == session.pk  # a second tab, or the page anew
    elsewhere = courses.a_student(courses.an_offering(offering.adoption, cast, now=clock.now()), cast.sun)
    with pytest.raises(Refused, match="session_elsewhere"):
        asked(elsewhere)
    moved = asked(elsewhere, instead=True)
    session.refresh_from_db()
    assert (session.why, moved.state) == (SessionEnd.MOVED, SessionState.WAITING)


def test_no_machine_no_session(student: Enrolment, host: SessionHost) -> None:
    SessionHost.objects.update(toolchains=["torch"])
    with pytest.raises(Refused, match="no_host"):
        asked(student)
    SessionHost.objects.update(toolchains=["numpy"], seen_at=clock.now() - timedelta(minutes=1))
    with pytest.raises(Refused, match="no_host"):
        asked(student)


def test_before_it_opens_nothing_runs(offering: Offering, student: Enrolment, host: SessionHost) -> None:
    offering.deadlines.update(opens_at=clock.now() + timedelta(hours=1))
    with pytest.raises(Refused, match="not_open"):
        asked(student)
    offering.deadlines.all().delete()
    with pytest.raises(Refused, match="lab_not_given"):
        asked(student)


def test_a_host_that_died_is_noticed_and_its_sessions_begin_anew(student: Enrolment, host: SessionHost) -> None:
    session = seated(student, host)
    run(student, "total")
    assert seats.next_run(session=session, now=clock.now())
    SessionHost.objects.update(seen_at=clock.now() - timedelta(minutes=1))
    found = asking.standing(draft_of(student, LAB), clock.now())
    assert (found.state, "机器停了" in found.words.zh) == (SessionState.ENDED, True)
    SessionHost.objects.create(name="there", seats=1, toolchains=["numpy"], seen_at=clock.now())
    assert asked(student).pk != session.pk
    assert CellRun.objects.get().state == RunState.DONE


@pytest.mark.parametrize(("field", "minutes", "why"), [("seen_at", 4, SessionEnd.AWAY), ("active_at", 21, SessionEnd.IDLE)])
def test_what_nobody_needs_ends(student: Enrolment, host: SessionHost, field: str, minutes: int, why: SessionEnd) -> None:
    session = seated(student, host)
    assert seats.end_left_alone(now=clock.now()) == 0
    run(student, "total")
    running = seats.next_run(session=session, now=clock.now())
    assert running is not None
    LabSession.objects.update(**{field: clock.now() - timedelta(minutes=minutes)})
    assert seats.end_left_alone(now=clock.now()) == 0  # what runs is waited for
    CellRun.objects.update(state=RunState.DONE)
    assert seats.end_left_alone(now=clock.now()) == 1
    session.refresh_from_db()
    assert session.why == why


def test_whoever_runs_cells_is_there(student: Enrolment, host: SessionHost) -> None:
    seated(student, host)
    LabSession.objects.update(seen_at=clock.now() - timedelta(minutes=4))
    run(student, "total")
    CellRun.objects.update(state=RunState.DONE)
    assert seats.end_left_alone(now=clock.now()) == 0


def test_signing_out_ends_it(cast: Cast, offering: Offering, student: Enrolment, host: SessionHost) -> None:
    client = client_of(cast, "sun")
    asked_by = client.post(f"/api/v1/classes/{offering.pk}/labs/{LAB}/session", {}, content_type="application/json")
    assert asked_by.status_code == 201
    assert seats.end_left_alone(now=clock.now()) == 0
    client.logout()
    assert not Session.objects.filter(session_key=LabSession.objects.get().web_session).exists()
    assert seats.end_left_alone(now=clock.now()) == 1
    assert LabSession.objects.get().why == SessionEnd.SIGNED_OUT


def test_what_its_host_lost_hold_of_ends(student: Enrolment, host: SessionHost) -> None:
    session = seated(student, host)
    assert seats.end_unheld(host=host, held=[session.pk], now=clock.now()) == 0
    assert seats.end_unheld(host=host, held=[], now=clock.now()) == 1
    assert LabSession.objects.get().why == SessionEnd.LOST


# Minutes


def test_minutes_begun_are_paid_until_only_handing_in_is_left(student: Enrolment, host: SessionHost) -> None:
    give(student, 12)  # handing in costs 10
    session = seated(student, host)
    begun = session.opened_at
    assert begun is not None
    assert (held(student), session.minutes) == (11, 1)
    assert seats.charge_begun(session=session, now=begun + timedelta(seconds=59))
    assert held(student) == 11
    assert seats.charge_begun(session=session, now=begun + timedelta(seconds=61))
    assert held(student) == 10
    assert not seats.charge_begun(session=session, now=begun + timedelta(seconds=121))
    session.refresh_from_db()
    assert (session.state, session.why, session.minutes, held(student)) == (SessionState.ENDED, SessionEnd.VOUCHER, 2, 10)
    with pytest.raises(Refused, match="voucher_short"):
        asked(student)
    save(student, 0)
    drafts.hand_in(enrolment=student, lab=LAB, revision=1, by=student.person, now=clock.now())
    assert held(student) == 0


def test_who_gets_no_session_pays_nothing(student: Enrolment, host: SessionHost) -> None:
    give(student, 20)
    asked(student)
    session = seats.claim(host=host)
    assert session is not None
    seats.end(session=session, why=SessionEnd.FAULT, now=clock.now())
    assert not seats.opened(session=session, now=clock.now())
    assert held(student) == 20


def test_a_class_without_a_rule_pays_nothing(student: Enrolment, host: SessionHost) -> None:
    session = seated(student, host)
    assert seats.charge_begun(session=session, now=clock.now() + timedelta(hours=1))
    assert asking.minutes_left(student, LAB) is None


# Runs


def test_cells_run_in_their_order_and_an_error_keeps_the_rest_from_running(student: Enrolment, host: SessionHost) -> None:
    session = seated(student, host)
    run(student, "b", "a", "c")
    first = seats.next_run(session=session, now=clock.now())
    assert first is not None
    assert first.cell == "b"
    seats.ran(run=first, found=Ran([{"output_type": "stream", "name": "stdout", "text": "\0\ud800"}], count=1), now=clock.now())
    second = seats.next_run(session=session, now=clock.now())
    assert second is not None
    failed = Ran([{"output_type": "error", "ename": "E", "evalue": "", "traceback": []}])
    seats.ran(run=second, found=failed, now=clock.now())
    states = dict(CellRun.objects.values_list("cell", "state"))
    assert states == {"b": RunState.DONE, "a": RunState.DONE, "c": RunState.DROPPED}
    assert CellRun.objects.get(cell="b").outputs[0]["text"] == "\ufffd?"


def test_what_a_session_that_is_over_says_late_changes_nothing(student: Enrolment, host: SessionHost) -> None:
    session = seated(student, host)
    run(student, "total")
    running = seats.next_run(session=session, now=clock.now())
    assert running is not None
    sessions.leave(enrolment=student, lab=LAB, by=student.person, now=clock.now())
    seats.ran(run=running, found=Ran(count=7), now=clock.now())
    assert CellRun.objects.get().count is None
    with pytest.raises(Refused, match="no_session"):
        run(student, "total")


def test_restarting_drops_what_waits(student: Enrolment, host: SessionHost) -> None:
    session = seated(student, host)
    run(student, "total")
    sessions.restart(enrolment=student, lab=LAB, by=student.person, now=clock.now())
    assert seats.next_run(session=session, now=clock.now()) is None


def test_what_was_asked_for_after_an_interruption_runs(student: Enrolment, host: SessionHost) -> None:
    session = seated(student, host)
    run(student, "total", "before")
    running = seats.next_run(session=session, now=clock.now())
    assert running is not None
    sessions.interrupt(enrolment=student, lab=LAB, by=student.person, now=clock.now())
    run(student, "after")
    stopped = Ran([{"output_type": "error", "ename": "KeyboardInterrupt", "evalue": "", "traceback": []}], interrupted=True)
    seats.ran(run=running, found=stopped, now=clock.now())
    states = dict(CellRun.objects.values_list("cell", "state"))
    assert states == {"total": RunState.DONE, "before": RunState.DROPPED, "after": RunState.WAITING}


# Pages


def test_the_page(cast: Cast, offering: Offering, student: Enrolment, host: SessionHost) -> None:
    mine, door = client_of(cast, "sun"), f"/classes/{offering.pk}/labs/{LAB}/cells/"
    page = mine.get(door).content.decode()
    assert "写一个 <code>total</code>" in page
    assert "Write <code>" not in page
    assert "total([]) == 0" not in page
    assert 'action="/classes/' in page
    assert "在页面里做" in mine.get(f"/classes/{offering.pk}/labs/{LAB}/").content.decode()
    english = mine.get(door, headers={"Accept-Language": "en"}).content.decode()
    assert "Write <code>total</code>" in english
    given = json.loads(mine.get(f"{door}notebook/").content)
    assert len(given["cells"]) == 7
    save(student, 0)
    for path, most in ((door, 10), (f"/api/v1/classes/{offering.pk}/labs/{LAB}/session", 9)):
        mine.get(path)
        with CaptureQueriesContext(connection) as captured:
            mine.get(path)
        assert len(captured) < most, [each["sql"][:120] for each in captured]


def test_nobody_elses(cast: Cast, offering: Offering, student: Enrolment, host: SessionHost) -> None:
    save(student, 0)
    copy = drafts.put_aside(enrolment=student, lab=LAB, typed=[Typed("total", "code", "mine")], now=clock.now())
    courses.a_student(offering, cast.zhou)
    door = f"/classes/{offering.pk}/labs/{LAB}/cells/"
    assert b"mine" in client_of(cast, "sun").get(f"{door}copies/{copy.pk}/").content
    assert client_of(cast, "zhou").get(f"{door}copies/{copy.pk}/").status_code == 404
    assert "return sum" not in client_of(cast, "zhou").get(door).content.decode()
    for name in ("lin", "he"):  # who teaches has no place of a student's
        assert client_of(cast, name).get(door).status_code == 404
    assert Client().get(door).status_code == 302


def test_over_the_api(cast: Cast, offering: Offering, student: Enrolment, host: SessionHost) -> None:
    mine, door = client_of(cast, "sun"), f"/api/v1/classes/{offering.pk}/labs/{LAB}/"

    def put(revision: int, source: str) -> Any:
        body = {"revision": revision, "cells": [{"id": "total", "source": source}]}
        return mine.put(f"{door}draft", body, content_type="application/json")

    assert put(0, "one").json()["revision"] == 1
    refused = put(0, "two")
    assert (refused.status_code, refused.json()["code"], refused.json()["details"]["revision"]) == (409, "draft_changed", 1)
    assert mine.get(f"{door}draft").json()["copies"] == [refused.json()["details"]["copy"]]
    post = {"content_type": "application/json"}
    assert mine.post(f"{door}session/runs", {"cells": [{"id": "total"}]}, **post).json()["code"] == "no_session"
    assert mine.post(f"{door}session", {}, **post).json()["place"] == 1
    assert mine.post(f"{door}session/runs", {"cells": [{"id": "total", "source": "1"}]}, **post).status_code == 202
    found = mine.get(f"{door}session").json()
    assert (found["is_busy"], found["runs"][0]["state"]) == (True, "waiting")
    later = mine.get(f"{door}session", {"since": found["since"]}).json()
    assert len(later["runs"]) == 1
    for what in ("interruption", "restart", "presence"):
        assert mine.post(f"{door}session/{what}").status_code < 300
    assert mine.delete(f"{door}session").status_code == 204
    assert mine.get(f"{door}session").json()["state"] == "ended"
    assert mine.post(f"{door}session/runs", {"cells": [{"id": "a\0b"}]}, **post).status_code == 422
    source = {"source": "# A\n\nof $x$\n\n<script>1</script>\n\n:::{figure} /etc/passwd\n:::"}
    shown = mine.post(f"{door}preview", source, **post).json()["html"]
    assert "<math" in shown
    assert "script" not in shown
    assert "passwd" not in shown
    nested = mine.post(f"{door}preview", {"source": ":::{note}\n" * 1500}, **post)
    assert (nested.status_code, nested.json()["code"]) == (409, "too_nested")


def test_outputs_go_with_the_notebook(student: Enrolment, host: SessionHost) -> None:
    session = seated(student, host)
    run(student, "total")
    running = seats.next_run(session=session, now=clock.now())
    assert running is not None
    seats.ran(run=running, found=Ran([{"output_type": "stream", "name": "stdout", "text": "4\n"}], count=3), now=clock.now())
    cells = {cell["id"]: cell for cell in json.loads(with_outputs(draft_of(student, LAB)))["cells"]}
    assert (cells["total"]["execution_count"], cells["total"]["outputs"][0]["text"]) == (3, ["4\n"])


_OUTPUTS = st.lists(st.one_of(
    st.builds(lambda n: {"output_type": "stream", "name": "stdout", "text": "x" * n}, st.integers(0, 60)),
    st.builds(lambda n: {"output_type": "display_data", "data": {"image/png": "A" * n}, "metadata": {}}, st.integers(0, 60)),
), max_size=8)


@given(_OUTPUTS, st.integers(0, 100))
def test_of_a_cell_so_much_is_kept_from_the_beginning(outputs: list[dict[str, Any]], most: int) -> None:
    made = bounded(outputs, most)
    assert sum(map(size, made)) <= most
    assert made == outputs or sum(map(size, outputs)) > most
    error = {"output_type": "error", "ename": "E", "evalue": "why", "traceback": ["x" * 200]}
    assert bounded([*outputs, error], 0)[-1]["traceback"] == ["E: why"]


def test_of_a_whole_lab_the_latest_outputs_are_kept(cast: Cast, student: Enrolment, host: SessionHost) -> None:
    session, names = seated(student, host), [f"own-{number}" for number in range(12)]
    for name in names:
        run(student, name)
        running = seats.next_run(session=session, now=clock.now())
        assert running is not None
        much = Ran([{"output_type": "stream", "name": "stdout", "text": "x" * (MOST_OF_CELL + 1)}])
        seats.ran(run=running, found=much, now=clock.now())
    rows = {run.cell: run for run in CellRun.objects.all()}
    assert sum(row.size for row in rows.values()) == MOST_OF_DRAFT
    assert [name for name in names if rows[name].cut == Cut.DRAFT] == names[:2]
    told = client_of(cast, "sun").get(f"/api/v1/classes/{student.offering_id}/labs/{LAB}/session").json()["runs"]
    assert ["已删去" in each["note"]["zh"] for each in told] == [True] * 2 + [False] * 10
    assert "只留下前 40 万个字符" in told[-1]["note"]["zh"]
    assert not any(each["is_gone"] for each in told)
