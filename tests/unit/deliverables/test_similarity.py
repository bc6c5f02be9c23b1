"""Similar work: who sees it, which pairs are listed, and what is marked."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.test import Client

from heitu.ground.core import clock
from heitu.ground.people.enums import Role
from heitu.ground.people.models import Person
from heitu.stages.applications.models import Application
from heitu.stages.calls.models import Call
from heitu.stages.deliverables import rules, similarity
from heitu.stages.deliverables.enums import JudgingStatus
from heitu.stages.deliverables.models import Deliverable
from tests import stages
from tests.factories import a_person, a_team
from tests.people import Cast
from tests.road import a_verdict, hand_in, walk

pytestmark = pytest.mark.django_db
TASKS = Path("packs/ascend/tasks")
ORIGINAL = (TASKS / "top-k/examples/fast/submission.py").read_bytes()
COPY = ORIGINAL.replace(b"np.", b"xp.").replace(b"as np", b"as xp") + b"\n# mine\n"
OTHER = (TASKS / "conv2d/examples/fast/submission.py").read_bytes()
Rival = Callable[[], tuple[Application, Person]]


def signed_in(person: Person | None) -> Client:
    client = Client()
    if person:
        client.force_login(person)
    return client


def zipped(content: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("work/submission.py", content)
        archive.writestr("work/README.md", "# words are not compared")
    return made.getvalue()


@pytest.fixture
def rival(cast: Cast, call: Call) -> Rival:
    def make() -> tuple[Application, Person]:
        team = a_team(now=clock.now())
        lead = team.members.get(is_lead=True).person
        application = stages.a_draft_application(call, team, lead, now=clock.now())
        return walk(application, "delivering", cast=cast, now=clock.now()), lead
    return make


def version(application: Application, by: Person, content: bytes, **more: Any) -> Deliverable:
    given = {"result": a_verdict(), "now": clock.now() - timedelta(hours=2)} | more
    return hand_in(application, by, content=content, **given)


@pytest.fixture
def alike(cast: Cast, delivering: Application, rival: Rival) -> tuple[Deliverable, Deliverable]:
    """Lin's version, and another team's zip of the same with other names."""
    application, lead = rival()
    return (
        version(delivering, cast.lin, ORIGINAL),
        version(application, lead, zipped(COPY), name="work.zip", now=clock.now() - timedelta(hours=1)),
    )


def test_doors(cast: Cast, call: Call, alike: tuple[Deliverable, Deliverable]) -> None:
    base = f"/calls/{call.number}/similarity/"
    one, two = (each.pk for each in alike)
    seers = {"chen", "xu", "zhou"}
    closed = [f"{base}{one}/with/{one}/", f"{base}{one}/with/999999/", "/calls/ZZ-0/similarity/"]
    for name, person in cast.persons().items():
        client = signed_in(person)
        for url in (base, f"{base}{one}/with/{two}/"):
            assert client.get(url).status_code == (302 if person is None else 200 if name in seers else 404), (name, url)
        for url in closed:
            assert client.get(url).status_code == (302 if person is None else 404), (name, url)
        board = client.get(f"/calls/{call.number}/leaderboard/").content.decode()
        assert (base in board) == (name in seers), name
    assert signed_in(cast.chen).post(base).status_code == 405


def test_predicate_and_scope_agree(cast: Cast, call: Call) -> None:
    other = a_person(role=Role.OWNER, institution=cast.company, now=clock.now())
    stages.a_draft(owner=other, institution=cast.company, definition=call.case.definition, now=clock.now())
    for name, person in cast.persons().items():
        seen = {each.pk for each in Call.objects.all() if rules.can_compare_work(person, each)}
        assert set(rules.calls_to_compare(person).values_list("pk", flat=True)) == seen, name


def test_a_copy_is_listed_and_marked(cast: Cast, call: Call, alike: tuple[Deliverable, Deliverable], rival: Rival) -> None:
    application, lead = rival()
    version(application, lead, OTHER)
    page = signed_in(cast.chen).get(f"/calls/{call.number}/similarity/").content.decode()
    assert "比较了 3 支队伍的 3 个版本" in page
    assert page.count("100%") == 3
    assert page.count(">对照</a>") == 1
    for each in alike:
        assert each.application.team.name in page
    (row,) = similarity.likenesses(call, similarity.judged_versions(call))
    assert {row.one.pk, row.other.pk} == {each.pk for each in alike}
    url = re.search(r'href="(/calls/\S+/with/\d+/)"', page)
    assert url
    detail = signed_in(cast.zhou).get(url[1]).content.decode()
    assert "xp." in detail
    assert "np." in detail
    assert "words are not compared" not in detail
    body = ORIGINAL[ORIGINAL.index(b"columns") :].splitlines()  # the head is the task's own starter's
    assert detail.count('class="is-match"') == 2 * len(body)
    assert 'id="a1"' in detail
    assert 'href="#b1"' in detail


def test_a_copy_is_found_that_was_changed_later(cast: Cast, call: Call, alike: Any, rival: Rival) -> None:
    mine, copied = alike
    lead = copied.application.team.members.get(is_lead=True).person
    version(copied.application, lead, OTHER, now=clock.now() - timedelta(minutes=40))
    for minutes in (30, 20):
        version(mine.application, cast.lin, ORIGINAL + b"# again\n" * minutes, now=clock.now() - timedelta(minutes=minutes))
    page = signed_in(cast.chen).get(f"/calls/{call.number}/similarity/").content.decode()
    assert page.count(">对照</a>") == 1, "one pair for two teams, and none of a team with itself"
    assert "比较了 2 支队伍的 5 个版本" in page
    (found,) = similarity.likenesses(call, similarity.judged_versions(call))
    assert {found.one.application_id, found.other.application_id} == {mine.application_id, copied.application_id}
    assert copied.pk in (found.one.pk, found.other.pk)


def test_the_newest_versions_of_each_team_are_compared(call: Call, alike: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    mine, copied = alike
    again = version(mine.application, mine.submitted_by, OTHER, now=clock.now() - timedelta(minutes=50))
    monkeypatch.setattr(similarity, "MOST_OF_TEAM", 1)
    assert [each.pk for each in similarity.judged_versions(call)] == [again.pk, copied.pk]


def test_only_judged_versions_of_different_teams(cast: Cast, call: Call, alike: Any, rival: Rival) -> None:
    mine, copied = alike
    own_again = version(mine.application, cast.lin, ORIGINAL, now=clock.now() - timedelta(minutes=50))
    waiting = version(mine.application, cast.lin, OTHER, now=clock.now() - timedelta(minutes=30), result=None)
    found = similarity.judged_versions(call)
    assert {each.pk for each in found} == {mine.pk, own_again.pk, copied.pk}
    assert similarity.pair(call, mine.pk, own_again.pk) is None
    assert similarity.pair(call, copied.pk, waiting.pk) is None
    assert similarity.pair(call, mine.pk, copied.pk) == (mine, copied)


def test_what_the_task_gives_is_not_alike(cast: Cast, call: Call, delivering: Application, rival: Rival) -> None:
    given = (TASKS / call.task / "examples/fast/submission.py").read_bytes()
    application, lead = rival()
    version(delivering, cast.lin, given)
    version(application, lead, given + b"\n")
    page = signed_in(cast.chen).get(f"/calls/{call.number}/similarity/").content.decode()
    assert "没有需要看的" in page


def test_a_version_that_cannot_be_read_is_compared_with_nothing(cast: Cast, call: Call, alike: Any) -> None:
    mine, copied = alike
    Path(copied.file.path).write_bytes(b"no zip at all")
    url = f"/calls/{call.number}/similarity/{mine.pk}/with/{copied.pk}/"
    assert "没有可比较的源文件" in signed_in(cast.chen).get(url).content.decode()
    Path(copied.file.path).unlink()
    assert "没有可比较的源文件" in signed_in(cast.chen).get(url).content.decode()


def test_a_file_that_was_out_of_reach_is_read_again(cast: Cast, call: Call, alike: Any) -> None:
    path = Path(alike[1].file.path)
    content = path.read_bytes()
    path.unlink()
    url = f"/calls/{call.number}/similarity/"
    assert "没有需要看的" in signed_in(cast.chen).get(url).content.decode()
    path.write_bytes(content)
    assert ">对照</a>" in signed_in(cast.chen).get(url).content.decode()


def test_what_a_stranger_wrote_is_shown_harmlessly(cast: Cast, call: Call, delivering: Application, rival: Rival) -> None:
    application, lead = rival()
    evil = ORIGINAL + "# <script>alert(1)</script>\u202e\x00\x1b[31m\n".encode()
    one, two = version(delivering, cast.lin, evil), version(application, lead, COPY)
    page = signed_in(cast.xu).get(f"/calls/{call.number}/similarity/{one.pk}/with/{two.pk}/").content.decode()
    assert "<script>alert" not in page
    assert not {"\u202e", "\x00", "\x1b"} & set(page)


def test_the_owner_learns_no_team_while_it_is_hidden(cast: Cast, call: Call, reviewing: Application) -> None:
    """As if versions came before the award; no programme of ours has that, but one might."""
    team = a_team(now=clock.now())
    second = stages.a_draft_application(call, team, team.members.get(is_lead=True).person, now=clock.now())
    made = [
        Deliverable.objects.create(
            application=application, state="delivering", version=1, submitted_by=cast.lin, submitted_at=clock.now(),
            file=ContentFile(content, name="submission.py"), filename="submission.py", judging=JudgingStatus.DONE,
        )
        for application, content in ((reviewing, ORIGINAL), (walk(second, "reviewing", cast=cast, now=clock.now()), COPY))
    ]
    for url in (f"/calls/{call.number}/similarity/", f"/calls/{call.number}/similarity/{made[0].pk}/with/{made[1].pk}/"):
        page, whole = (signed_in(person).get(url).content.decode() for person in (cast.zhou, cast.chen))
        assert page.count("队伍身份隐藏") == 2
        for known in (cast.dengta, team):
            assert f">{known.name}<" not in page
            assert f">{known.name}<" in whole


def test_the_list_takes_the_same_queries_for_one_pair_and_for_three(
    cast: Cast, call: Call, alike: Any, rival: Rival, django_assert_max_num_queries: Any
) -> None:
    counts, clients = [], (signed_in(cast.chen), signed_in(cast.zhou))
    for client in clients:
        client.get(f"/calls/{call.number}/similarity/")
    for _ in range(2):
        for client in clients:
            with django_assert_max_num_queries(10) as asked:
                client.get(f"/calls/{call.number}/similarity/")
            counts.append(len(asked))
        if len(counts) == 2:
            version(*rival(), COPY)
    assert counts[:2] == counts[2:]
