"""Loading packs, recording evidence, and who sees it."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from heitu.engines.lifecycle.actions import move
from heitu.engines.lifecycle.faults import DefinitionError
from heitu.ground.audit.models import AuditEntry
from heitu.stages.applications.models import Application
from heitu.stages.calls.enums import DeliverableKind
from heitu.stages.credentials.models import Credential
from heitu.stages.skills import actions, queries, rules
from heitu.stages.skills.actions import Loaded
from heitu.stages.skills.models import Evidence, Level, Skill
from heitu.stages.skills.panels import panel_skills
from heitu.ui.panels import View
from tests.factories import NOW
from tests.people import Cast
from tests.unit.credentials import library

ASCEND = Path(settings.PACKS[0])
LATER = NOW + timedelta(days=1)


@pytest.fixture
def ascend(db: None) -> None:
    actions.load_skills(folder=ASCEND, by=None, now=NOW)
    actions.load_levels(folder=ASCEND, by=None, now=NOW)


@pytest.fixture
def shown(ascend: None, application: Application) -> Application:
    """A case that has shown `mixed-precision` and `cpp-kernels` at level 4 by Lin and Sun."""
    library.a_verdict(application, now=NOW)
    actions.record_evidence(application=application, by=None, now=NOW)
    return application


def test_loading_twice_changes_nothing(ascend: None) -> None:
    entries = AuditEntry.objects.count()
    assert actions.load_skills(folder=ASCEND, by=None, now=LATER) == Loaded()
    assert actions.load_levels(folder=ASCEND, by=None, now=LATER) == Loaded()
    assert AuditEntry.objects.count() == entries


def test_a_changed_file_adds_changes_and_retires(shown: Application, tmp_path: Path) -> None:
    folder = tmp_path / "ascend"
    shutil.copytree(ASCEND, folder)
    path = folder / "skills.yaml"
    text = path.read_text().replace("slug: cpp-kernels", "slug: cpp-operators").replace("cpp-kernels", "cpp-operators")
    path.write_text(text.replace("en: Attention}", "en: Attention mechanisms}"))
    loaded = actions.load_skills(folder=folder, by=None, now=LATER)
    assert (loaded.added, loaded.gone) == (1, 1)
    assert loaded.changed >= 2, "Attention, and what now builds on the new skill"
    retired = Skill.objects.get(slug="cpp-kernels")
    assert retired.retired_at == LATER
    assert retired.evidence.count() == 2
    assert "cpp-kernels" not in {skill.slug for skill in queries.current()}
    assert actions.load_skills(folder=ASCEND, by=None, now=LATER).gone == 1
    assert Skill.objects.get(slug="cpp-kernels").retired_at is None


def test_two_packs_cant_have_the_same_skill(ascend: None, tmp_path: Path) -> None:
    folder = tmp_path / "other"
    shutil.copytree(ASCEND, folder)
    with pytest.raises(DefinitionError) as wrong:
        actions.load_skills(folder=folder, by=None, now=NOW)
    assert len(wrong.value.faults) == Skill.objects.count()
    assert wrong.value.faults[0].line > 1


def test_a_faulty_file_changes_nothing(ascend: None, tmp_path: Path) -> None:
    folder = tmp_path / "ascend"
    shutil.copytree(ASCEND, folder)
    (folder / "skills.yaml").write_text("skills: []")
    with pytest.raises(DefinitionError):
        actions.load_skills(folder=folder, by=None, now=LATER)
    assert queries.current().count() > 20


def test_levels_follow_their_file(ascend: None, tmp_path: Path) -> None:
    folder = tmp_path / "ascend"
    shutil.copytree(ASCEND, folder)
    path = folder / "levels.yaml"
    path.write_text(path.read_text().replace("count: 4, level: 2", "count: 5, level: 2"))
    assert actions.load_levels(folder=folder, by=None, now=LATER) == Loaded(changed=1)
    assert Level.objects.get(slug="intermediate").rules == [{"evidences": {"count": 5, "level": 2, "skills": 3}}]


def test_a_success_becomes_evidence_and_credentials_at_once(ascend: None, application: Application, cast: Cast) -> None:
    library.a_verdict(application, now=NOW)
    move(case=application.case, event="publish", by=cast.chen, now=LATER)
    evidence = Evidence.objects.filter(application=application)
    assert {(one.person.name, one.skill.slug, one.level) for one in evidence} == {
        (name, slug, 4) for name in ("林致远", "孙琪") for slug in ("mixed-precision", "cpp-kernels")
    }
    alignment = Credential.objects.first().document["credentialSubject"]["achievement"]["alignment"]  # type: ignore[union-attr]
    assert alignment[0]["targetName"] == "混合精度 · Mixed precision"


def test_recording_again_adds_nothing(shown: Application) -> None:
    assert actions.record_evidence(application=shown, by=None, now=LATER) == []
    assert Evidence.objects.count() == 4


@pytest.mark.parametrize(
    ("kind", "verdict", "level"),
    [
        (DeliverableKind.REPORT, None, 2), (DeliverableKind.OPERATOR, None, 2),
        (DeliverableKind.OPERATOR, {"accepted": False}, 2), (DeliverableKind.OPERATOR, {"speedup_low": 1.2}, 3),
        (DeliverableKind.MODEL, {"speedup_low": None}, 3), (DeliverableKind.OPERATOR, {"simulated": True}, 3),
        (DeliverableKind.OPERATOR, {"speedup_low": 2.5}, 4),
    ],
)
def test_the_level_follows_what_was_found(
    ascend: None, cast: Cast, kind: DeliverableKind, verdict: dict[str, object] | None, level: int
) -> None:
    application = library.an_application(cast, now=NOW, call=library.a_call(cast, now=NOW, kind=kind))
    if verdict is not None:
        library.a_verdict(application, now=NOW, **verdict)  # type: ignore[arg-type]
    new = actions.record_evidence(application=application, by=None, now=NOW)
    assert {one.level for one in new} == {level}


def test_words_that_are_no_skills_are_audited(ascend: None, cast: Cast) -> None:
    call = library.a_call(cast, now=NOW, skills=("mixed-precision", "telepathy"))
    actions.record_evidence(application=library.an_application(cast, now=NOW, call=call), by=None, now=NOW)
    assert AuditEntry.objects.get(action="skills.shown").detail["unknown"] == ["telepathy"]


def test_standing_on_the_ladder(shown: Application, cast: Cast) -> None:
    (standing,) = queries.standings(cast.sun, now=NOW)
    assert standing.reached is not None
    assert standing.following is not None
    assert (standing.pack, standing.reached.slug, standing.following.slug) == ("ascend", "junior", "intermediate")
    assert queries.standings(cast.he, now=NOW) == []


def test_predicates_and_scopes_agree_for_everybody(shown: Application, cast: Cast) -> None:
    people = [person for person in cast.persons().values() if person is not None]
    for viewer in cast.persons().values():
        visible = set(rules.people_with_visible_evidence(viewer))
        for person in people:
            assert rules.can_see_evidence_of(viewer, person) == (person in visible), (viewer, person)
        cases = set(rules.evidence_with_visible_case(viewer))
        for one in Evidence.objects.all():
            assert rules.can_see_case_of(viewer, one) == (one in cases)


def test_the_graph_counts_people_and_calls_and_is_searched(client: Client, shown: Application, cast: Cast) -> None:
    html = client.get("/skills/").content.decode()
    assert html.count('class="edge"') > 10
    assert 'class="shown"' in html
    found = client.get("/skills/", {"q": "混合精度"}).content.decode()
    assert "/skills/mixed-precision/" in found
    assert "/skills/course-design/" not in found
    assert "没有这样的技能" in client.get("/skills/", {"q": "炼金术"}).content.decode()
    assert queries.calls_per_skill(None) == {"mixed-precision": 1, "cpp-kernels": 1}


def test_calls_that_were_not_announced_are_not_counted(ascend: None, cast: Cast) -> None:
    library.a_call(cast, now=NOW, announced=False)
    assert queries.calls_per_skill(None) == {}
    assert queries.calls_per_skill(cast.zhou) == {"mixed-precision": 1, "cpp-kernels": 1}


def test_a_skill_shows_its_levels_calls_and_neighbours(client: Client, shown: Application) -> None:
    html = client.get("/skills/mixed-precision/").content.decode()
    for part in ("RMSNorm", "数值稳定性", "量化", "各等级人数"):
        assert part in html
    assert queries.people_per_level(Skill.objects.get(slug="mixed-precision")) == {1: 0, 2: 0, 3: 0, 4: 2, 5: 0}
    assert client.get("/skills/no-such-skill/").status_code == 404


def test_evidence_shows_each_reader_what_they_may_know(client: Client, shown: Application, cast: Cast) -> None:
    url = f"/people/{cast.sun.pk}/evidence/"
    assert client.get(url).status_code == 404, "visitors see credentials, not people"
    insiders, others = (cast.sun, cast.chen, cast.xu), (cast.he, cast.zhou)
    for person, sees_case in [(each, True) for each in insiders] + [(each, False) for each in others]:
        client.force_login(person)
        html = client.get(url).content.decode()
        assert "混合精度" in html
        assert ("RMSNorm" in html) == sees_case
        assert ("初级" in html) == sees_case
    client.force_login(cast.he)
    assert client.get(f"/people/{cast.wu.pk}/evidence/").status_code == 404
    assert "还没有证据" in client.get(f"/people/{cast.he.pk}/evidence/").content.decode()


@pytest.mark.parametrize("path", ["/skills/", "/skills/mixed-precision/", "/people/{}/evidence/"])
def test_pages_cost_under_ten_queries(
    client: Client, shown: Application, cast: Cast, path: str, django_assert_max_num_queries: object
) -> None:
    client.force_login(cast.sun)
    client.get("/skills/")
    with django_assert_max_num_queries(12):  # type: ignore[operator]
        client.get(path.format(cast.sun.pk))


def test_the_panel_appears_with_the_evidence(ascend: None, application: Application, cast: Cast) -> None:
    view = View(application, cast.lin, NOW)
    assert panel_skills(view) is None
    actions.record_evidence(application=application, by=None, now=NOW)
    application.case.outcome = "success"
    context = panel_skills(view)
    assert context is not None
    assert [row["skill"].slug for row in context["shown"]] == ["cpp-kernels", "mixed-precision"]


def test_the_api_answers_like_the_pages(client: Client, shown: Application, cast: Cast) -> None:
    skills = {each["slug"]: each for each in client.get("/api/v1/skills", {"pack": "ascend"}).json()}
    assert (skills["mixed-precision"]["people"], skills["mixed-precision"]["calls"]) == (2, 1)
    assert skills["mixed-precision"]["prerequisites"] == ["numerical-stability"]
    assert client.get("/api/v1/skills/mixed-precision/levels").json()["4"] == 2
    url = f"/api/v1/people/{cast.sun.pk}/evidence"
    assert client.get(url).status_code == 401
    client.force_login(cast.sun)
    assert len(client.get(url).json()["evidence"]) == 2
    client.force_login(cast.he)
    assert client.get(url).json()["evidence"] is None
