"""Learning platforms that others wrote launch labs here, and marks go back to them."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import jwt
import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings
from procrastinate.contrib.django.models import ProcrastinateJob

from heitu.ground.core import clock
from heitu.ground.lti.actions.platforms import approve, set_open
from heitu.ground.lti.actions.scores import again
from heitu.ground.lti.models import Account, Attempt, Context, Deployment, Launch, Link, Platform, Score
from heitu.ground.lti.tasks import send_due, send_score
from heitu.kinds.courses.actions.grades import set_grade
from heitu.kinds.courses.actions.marking import mark
from heitu.kinds.courses.actions.rosters import READ
from heitu.kinds.courses.models import Enrolment, LabSubmission, LmsClass, Offering, RosterRun
from heitu.kinds.courses.queries.labs import release
from heitu.kinds.courses.tasks import grade_lab, read_roster
from tests import courses
from tests.grading.conftest import desks
from tests.peers import platforms
from tests.peers.platforms import CLIENT_ID, UUID, Peer, Published, begun, launched, posted, words
from tests.people import Cast, client_of, make_cast

pytestmark = pytest.mark.django_db
__all__ = ["desks"]


@pytest.fixture(scope="module")
def keys() -> Iterator[tuple[str, Published]]:
    with platforms.our_keys() as found:
        yield found


@pytest.fixture(scope="module")
def peers(keys: tuple[str, Published]) -> Iterator[dict[str, Peer]]:
    with platforms.running("lti1p3platform", keys[0]) as one, platforms.running("lti_consumer", keys[0]) as two:
        yield {"lti1p3platform": one, "lti_consumer": two}


@pytest.fixture(params=list(platforms.PEERS))
def peer(request: pytest.FixtureRequest, peers: dict[str, Peer], db: None) -> Peer:
    cache.clear()
    found = peers[request.param]
    found.told(empty=True, down=0, members=[])
    return found


ONE = pytest.mark.parametrize("peer", ["lti1p3platform"], indirect=True)  # where both would show the same


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast(clock.now())


@pytest.fixture
def offering(cast: Cast, tmp_path: Path) -> Iterator[Offering]:
    now = clock.now()
    with override_settings(MEDIA_ROOT=tmp_path / "uploads"):  # which tells the storage, and tells it again afterwards
        yield courses.an_offering(courses.an_adoption(courses.loaded(tmp_path, now=now), cast, now=now), cast, now=now)


@pytest.fixture
def platform(peer: Peer, cast: Cast, keys: tuple[str, Published]) -> Platform:
    made = platforms.registered(peer, cast.university, cast.lin)
    keys[1].update()
    return made


def solved(offering: Offering) -> bytes:
    notebook = json.loads(release(offering.version_id, "add-up"))
    answers = {"total": "def total(x):\n    return sum(x)", "why": "因为舍入。"}
    for cell in notebook["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id")
        cell["source"] = answers.get(name, cell["source"])
    return json.dumps(notebook).encode()


def run_jobs() -> None:
    """What a worker would do next, of scores."""
    for job in ProcrastinateJob.objects.filter(task_name="heitu.ground.lti.tasks.send_score", status="todo"):
        send_score(**job.args)


def first_visit(client: Client, peer: Peer, **who: str) -> Any:
    answer = launched(client, peer, **who)
    assert answer["Location"] == "/lti/welcome/", answer
    assert client.get("/lti/welcome/").status_code == 200
    return client.post("/lti/welcome/")


def as_teacher(client: Client, peer: Peer, cast: Cast, offering: Offering, thing: str) -> Any:
    """Lin comes from the platform for the first time, uses the own account, and says which class it is."""
    answer = launched(client, peer, user="t-1", role="Instructor", name="林老师", email=cast.lin.email)
    assert answer["Location"] == "/lti/welcome/"
    client.force_login(cast.lin)
    answer = client.post("/lti/binding/")
    assert answer["Location"] == "/classes/lms/binding/", answer.content.decode()[-2000:]
    assert offering.title in client.get("/classes/lms/binding/").content.decode()
    return client.post("/classes/lms/binding/", {"thing": thing})


@pytest.mark.usefixtures("platform", "desks")
def test_from_the_link_to_the_mark_in_the_platforms_gradebook(client: Client, peer: Peer, cast: Cast, offering: Offering) -> None:
    assert words(_refused_first(peer)) == "class_not_connected"
    lab = f"/classes/{offering.pk}/labs/add-up/"
    assert as_teacher(Client(), peer, cast, offering, f"{offering.pk}/add-up")["Location"] == lab
    assert launched(client, peer, user="s-1", name="新同学")["Location"] == lab
    student = Enrolment.objects.get(offering=offering)
    assert (student.entry, student.person.has_address) == ("lti", False)
    page = client.get(lab).content.decode()
    assert "返回学习平台" in page
    handed = client.post(lab, {"notebook": SimpleUploadedFile("add-up.ipynb", solved(offering))})
    assert handed.status_code == 302
    grade_lab(offering.version_id, "add-up")
    made = LabSubmission.objects.get()
    assert not Score.objects.exists(), "a cell waits for a person"
    mark(submission=made, points={"why": 1.5}, comment="", by=cast.lin, now=clock.now())
    run_jobs()
    (score,) = peer.told()["scores"]
    assert (score["userId"], score["scoreGiven"], score["scoreMaximum"]) == ("s-1", 4.5, 5.0)
    assert (score["activityProgress"], score["gradingProgress"]) == ("Completed", "FullyGraded")
    assert Score.objects.get().state == "sent"


def _refused_first(peer: Peer) -> Any:
    return first_visit(Client(), peer, user="s-1", name="新同学")


@pytest.fixture
def connected(client: Client, peer: Peer, platform: Platform, cast: Cast, offering: Offering) -> Enrolment:
    """The student's place in the class that Lin has connected; `client` is the student's browser."""
    as_teacher(Client(), peer, cast, offering, f"{offering.pk}/add-up")
    first_visit(client, peer, user="s-1", name="新同学")
    return Enrolment.objects.get(offering=offering)


def give(student: Enrolment, points: str, cast: Cast, **more: Any) -> None:
    item = student.offering.items.get(lab="add-up")
    set_grade(enrolment=student, item=item, points=Decimal(points), by=cast.lin, now=clock.now(), **more)


def test_a_platform_that_is_down_gets_the_score_later_and_once(peer: Peer, cast: Cast, connected: Enrolment) -> None:
    peer.told(down=2)
    give(connected, "3", cast)
    run_jobs()
    score = Score.objects.get()
    assert (score.state, score.tries, score.reason.en[:26]) == ("waiting", 1, "The platform answers 503: ")  # type: ignore[union-attr]
    teacher = client_of(cast, "lin")
    page = teacher.get(f"/classes/{connected.offering_id}/lms/").content.decode()
    assert "1 个成绩还没有送到平台" in page
    assert "down for a while" in page
    assert send_due(0) == 0, "not at once"
    Score.objects.update(next_try_at=clock.now())
    assert send_due(0) == 1
    run_jobs()
    assert teacher.post(f"/classes/{connected.offering_id}/lms/scores/").status_code == 302
    run_jobs()
    assert Score.objects.get().state == "sent"
    assert [each["scoreGiven"] for each in peer.told()["scores"]] == [3]
    assert peer.told()["calls"] == 3, "what has arrived is not sent again"


@ONE
def test_a_stale_timestamp_is_raised_above_the_platforms(peer: Peer, cast: Cast, connected: Enrolment) -> None:
    """The platform has one from the future of ours: what a restored backup, or another clock, leaves behind."""
    before = peer.told()["tokens"]
    give(connected, "3", cast)
    Score.objects.update(at=clock.now() - timedelta(days=2))
    run_jobs()
    give(connected, "4", cast, reason="复核")
    Score.objects.update(at=clock.now() - timedelta(days=3))
    run_jobs()
    assert Score.objects.get().state == "sent"
    first, second = peer.told()["scores"]
    assert (first["scoreGiven"], second["scoreGiven"]) == (3, 4)
    assert first["timestamp"] < second["timestamp"]
    item = connected.offering.items.get(lab="add-up")
    set_grade(enrolment=connected, item=item, points=None, reason="录错", by=cast.lin, now=clock.now())
    run_jobs()
    last = peer.told()["scores"][-1]
    assert "scoreGiven" not in last, "a mark that was taken away is cleared there"
    assert last["gradingProgress"] == "NotReady"
    assert peer.told()["tokens"] == before + 1, "one access token for all of it"


@pytest.mark.usefixtures("platform")
def test_a_teacher_chooses_a_lab_and_the_platform_decodes_it(client: Client, peer: Peer, cast: Cast, offering: Offering) -> None:
    assert launched(client, peer, user="t-1", role="Instructor", kind="deep", name="林老师")["Location"] == "/lti/welcome/"
    client.force_login(cast.lin)
    assert client.post("/lti/binding/")["Location"] == "/classes/lms/choice/"
    assert "加起来" in client.get("/classes/lms/choice/").content.decode()
    answer = client.post("/classes/lms/choice/", {"thing": f"{offering.pk}/add-up"})
    page = answer.content.decode()
    form = re.search(r'<form method="post" action="([^"]+)"[^>]*><input type="hidden" name="JWT" value="([^"]+)"', page)
    assert form
    assert form[1] == f"{peer.address}/deep"
    assert f"form-action 'self' {peer.address};" in answer["Content-Security-Policy"]
    decoded = peer.http.post(form[1], data={"JWT": form[2]})
    assert decoded.status_code == 200, decoded.text
    (item,) = decoded.json()["items"]
    assert item["url"] == f"{settings.SITE_URL}/classes/{offering.pk}/labs/add-up/"
    assert (item["type"], item["title"]) == ("ltiResourceLink", "加起来")
    assert (item["lineItem"]["scoreMaximum"], item["lineItem"]["resourceId"]) == (5, f"{offering.pk}/add-up")
    assert LmsClass.objects.get().offering == offering
    assert client.post("/classes/lms/choice/", {"thing": "999/add-up"}).status_code == 409


ROLES = "http://purl.imsglobal.org/vocab/lis/v2/membership#"


def member(sub: str, name: str, role: str = "Learner", **more: str) -> dict[str, Any]:
    return {"user_id": sub, "name": name, "roles": [f"{ROLES}{role}"], "status": "Active"} | more


def read(teacher: Client, roster: str) -> None:
    """Asked for on the page, and read by the queue."""
    assert teacher.post(roster).status_code == 302
    (job,) = ProcrastinateJob.objects.filter(task_name=READ, status="todo")
    ProcrastinateJob.objects.filter(pk=job.pk).delete()
    read_roster(**job.args)


def test_the_roster_is_read_row_by_row_and_who_is_gone_leaves_softly(peer: Peer, cast: Cast, connected: Enrolment) -> None:
    give(connected, "3", cast)
    teacher, roster = client_of(cast, "lin"), f"/classes/{connected.offering_id}/lms/roster/"
    peer.told(members=[
        member("s-1", "新同学"), member("s-2", "钱二", email=cast.sun.email), member("s-3", "孙三", status="Inactive"),
        member("t-1", "林老师", "Instructor"),
    ])
    read(teacher, roster)
    run = RosterRun.objects.get()
    assert [(line["name"], line["what"]) for line in run.lines] == [
        ("新同学", "same"), ("钱二", "new"), ("孙三", "inactive"), ("林老师", "skipped"),
    ]
    assert "平台上共 4 人" in teacher.get(roster).content.decode()
    assert "逐行结果" in teacher.get(f"/classes/{connected.offering_id}/roster/{run.pk}/").content.decode()
    second = Account.objects.get(sub="s-2").person
    assert second != cast.sun, "the platform's word about an address opens nobody's account"
    peer.told(members=[member("s-2", "钱二")])
    read(teacher, roster)
    connected.refresh_from_db()
    assert connected.left_at is not None
    assert connected.grades.get().points == 3
    peer.told(members=[member("s-1", "新同学"), member("s-2", "钱二")])
    read(teacher, roster)
    connected.refresh_from_db()
    assert connected.left_at is None
    peer.told(members=[])
    read(teacher, roster)
    assert "班里没有改动" in teacher.get(roster).content.decode(), "an empty list empties no class"
    assert connected.offering.enrolments.filter(left_at__isnull=True).count() == 2


# What strangers try, each refused with a page that says why. The library of one of the platforms signs it.

LTI = "https://purl.imsglobal.org/spec/lti/claim/"
NOW = time.time
ATTACKS: dict[str, tuple[str, Callable[[dict[str, Any]], Any]]] = {
    "another tool's audience": ("audience_wrong", lambda claims: claims.update(aud="another")),
    "no audience": ("audience_wrong", lambda claims: claims.pop("aud")),
    "a list without us": ("audience_wrong", lambda claims: claims.update(aud=["one", "two"])),
    "a list and another azp": ("azp_wrong", lambda claims: claims.update(aud=["another", CLIENT_ID], azp="another")),
    "a list without azp": ("azp_wrong", lambda claims: (claims.update(aud=[CLIENT_ID, "another"]), claims.pop("azp"))),
    "our audience and another azp": ("azp_wrong", lambda claims: claims.update(azp="another")),
    "another nonce": ("nonce_wrong", lambda claims: claims.update(nonce="another")),
    "no nonce": ("nonce_wrong", lambda claims: claims.pop("nonce")),
    "expired": ("token_expired", lambda claims: claims.update(exp=NOW() - 61, iat=NOW() - 400)),
    "no exp": ("times_missing", lambda claims: claims.pop("exp")),
    "no iat": ("times_missing", lambda claims: claims.pop("iat")),
    "exp as text": ("times_missing", lambda claims: claims.update(exp="tomorrow")),
    "from the future": ("token_early", lambda claims: claims.update(iat=NOW() + 300)),
    "another issuer": ("issuer_wrong", lambda claims: claims.update(iss="https://another.example")),
    "another deployment": ("deployment_wrong", lambda claims: claims.update({f"{LTI}deployment_id": "2"})),
    "no deployment": ("claims_malformed", lambda claims: claims.pop(f"{LTI}deployment_id")),
    "a foreign target": ("target_foreign", lambda claims: claims.update({f"{LTI}target_link_uri": "https://evil.example/classes/1/"})),
    "a target that isn't for launches": (
        "target_foreign", lambda claims: claims.update({f"{LTI}target_link_uri": f"{settings.SITE_URL}/accounts/logout/"})
    ),
    "our address as a name before a stranger's": (
        "target_foreign", lambda claims: claims.update({f"{LTI}target_link_uri": f"{settings.SITE_URL}@evil.example/lti/"})
    ),
    "another version": ("claims_malformed", lambda claims: claims.update({f"{LTI}version": "1.1"})),
    "another message": ("claims_malformed", lambda claims: claims.update({f"{LTI}message_type": "LtiStartProctoring"})),
    "nobody": ("sub_missing", lambda claims: claims.pop("sub")),
    "roles as text": ("claims_malformed", lambda claims: claims.update({f"{LTI}roles": "Instructor"})),
    "no course": ("context_missing", lambda claims: claims.pop(f"{LTI}context")),
    "a name that no row can hold": ("claims_malformed", lambda claims: claims.update(sub="s" * 256)),
}


@pytest.fixture
def forger(peers: dict[str, Peer], keys: tuple[str, Published], cast: Cast) -> Peer:
    cache.clear()
    platforms.registered(peers["lti1p3platform"], cast.university, cast.lin)
    keys[1].update()
    return peers["lti1p3platform"]


def claims_of(form: platforms.Form) -> dict[str, Any]:
    found: dict[str, Any] = jwt.decode(form.token, options={"verify_signature": False})
    return found


def nothing_happened() -> bool:
    return not (Account.objects.exists() or Context.objects.exists() or Launch.objects.filter(refused__isnull=True).exists())


def test_tokens_that_say_what_they_must_not(client: Client, forger: Peer) -> None:
    found = {}
    for what, (code, spoil) in ATTACKS.items():
        form = begun(client, forger, user="s-1")
        spoil(claims := claims_of(form))
        said = words(posted(client, form, id_token=forger.forged(claims)))
        if said != code:
            found[what] = said
    assert not found
    assert nothing_happened()
    form = begun(client, forger, user="s-1")
    assert posted(client, form, id_token=forger.forged(claims_of(form)))["Location"] == "/lti/welcome/", "a faithful copy is good"


@pytest.mark.parametrize(("how", "code"), [
    ("none", "algorithm_refused"), ("hs256", "algorithm_refused"), ("kid", "key_unknown"), ("stranger", "signature_wrong"),
])
def test_tokens_signed_otherwise(client: Client, forger: Peer, how: str, code: str) -> None:
    form = begun(client, forger, user="s-1")
    assert words(posted(client, form, id_token=forger.forged(claims_of(form), how))) == code
    assert nothing_happened()


NO_TOKEN = ("token_malformed", "opened_directly", "algorithm_refused")


LISTED = "eyJhbGciOiBbIlJTMjU2Il0sICJraWQiOiAiMSJ9.e30.e30"  # {"alg": ["RS256"], "kid": "1"}


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "\0", "e30.e30.", "长" * 99, "a" * 70_000, LISTED])
def test_what_is_no_token(client: Client, forger: Peer, token: str) -> None:
    assert words(posted(client, begun(client, forger, user="s-1"), id_token=token)) in NO_TOKEN


def test_a_used_token_or_state_is_good_for_nothing(client: Client, forger: Peer) -> None:
    form = begun(client, forger, user="s-1")
    assert posted(client, form)["Location"] == "/lti/welcome/"
    assert words(posted(client, form)) == "state_unknown", "the same form again"
    again = begun(client, forger, user="s-1")
    assert words(posted(client, again, id_token=form.token)) == "nonce_wrong", "the old token in a new launch"
    assert words(posted(client, again, state="invented")) == "state_unknown"
    assert Launch.objects.filter(refused__isnull=True).count() == 1


def test_a_platform_that_refuses_is_quoted_and_nobody_else(client: Client, forger: Peer) -> None:
    form = begun(client, forger, user="s-1")
    error = {"id_token": "", "error": "login_required", "error_description": "请先登录"}
    assert words(posted(client, form, state="invented", **error)) == "state_unknown"
    assert words(posted(Client(), form, **error)) == "state_foreign"
    answer = posted(client, form, **error)
    assert words(answer) == "platform_says_no"
    assert "login_required 请先登录" in answer.content.decode()


def test_a_launch_belongs_to_the_browser_that_began_it(client: Client, forger: Peer) -> None:
    form, stranger = begun(client, forger, user="s-1"), Client()
    answer = posted(stranger, form)
    assert words(answer) == "state_foreign"
    again = re.search(r'href="(/lti/[^"]+/again/[^"]+)" target="_blank"', answer.content.decode())
    assert again, "a window of its own is offered, where frames get no cookies"
    begun_anew = stranger.get(again[1])
    assert begun_anew["Location"].startswith(f"{forger.address}/auth?")
    assert words(stranger.get(f"/lti/{UUID}/again/", {"again": "1"})) == "state_unknown"
    old = begun(client, forger, user="s-1")
    Attempt.objects.update(at=clock.now() - timedelta(minutes=11))
    assert words(posted(client, old)) == "state_unknown"


@pytest.mark.parametrize(("changed", "code"), [
    ({"iss": "https://another.example"}, "issuer_wrong"), ({"client_id": "another"}, "client_wrong"), ({"login_hint": ""}, "hint_missing"),
    ({"target_link_uri": "https://evil.example/"}, "target_foreign"), ({"target_link_uri": ""}, "target_foreign"),
    ({"target_link_uri": "javascript:alert(1)"}, "target_foreign"),
])
def test_logins_that_are_refused(client: Client, forger: Peer, changed: dict[str, str], code: str) -> None:
    asked = {"iss": forger.address, "login_hint": "s-1", "target_link_uri": f"{settings.SITE_URL}/lti/"}
    assert client.post(f"/lti/{UUID}/login/", asked).status_code == 302, "without client_id, which is optional"
    assert words(client.post(f"/lti/{UUID}/login/", asked | changed)) == code


def test_a_deployment_waits_until_it_is_approved(client: Client, forger: Peer, cast: Cast) -> None:
    Deployment.objects.update(approved_at=None)
    assert words(launched(client, forger, user="s-1")) == "deployment_waiting"
    assert nothing_happened()
    approve(platform=Platform.objects.get(), deployment_id="1", by=cast.lin, now=clock.now())
    assert launched(client, forger, user="s-1")["Location"] == "/lti/welcome/"
    set_open(platform=Platform.objects.get(), is_open=False, by=cast.lin, now=clock.now())
    asked = {"iss": forger.address, "login_hint": "s-1", "target_link_uri": f"{settings.SITE_URL}/lti/"}
    assert words(client.get(f"/lti/{UUID}/login/", asked)) == "platform_closed"


def test_somebody_elses_address_opens_nothing(client: Client, forger: Peer, cast: Cast) -> None:
    """A user of the platform who claims a teacher's and an officer's address gets a new account, and takes no address away."""
    for user, victim in (("s-1", cast.lin), ("s-2", cast.chen)):
        first_visit(client, forger, user=user, name=victim.name, email=victim.email)
        account = Account.objects.get(sub=user)
        assert account.person != victim
        assert not account.person.has_address
        assert account.email == victim.email
    stranger = Client()
    assert launched(stranger, forger, user="s-3")["Location"] == "/lti/welcome/"
    assert stranger.post("/lti/binding/").status_code == 302, "to sign in first"
    stranger.force_login(cast.chen)
    assert stranger.post("/lti/binding/").status_code == 409, "no platform may sign an officer in"
    assert not Account.objects.filter(sub="s-3").exists()


def test_a_platform_shows_in_its_frame_nobody_whom_it_does_not_sign_in(client: Client, forger: Peer, cast: Cast) -> None:
    """Somebody who is signed in here and follows a stranger's link there is signed out, or pages of theirs could be clicked through."""
    client.force_login(cast.chen)
    assert launched(client, forger, user="s-3")["Location"] == "/lti/welcome/"
    assert "_auth_user_id" not in client.session
    assert client.get("/me/").status_code == 302
    client.force_login(cast.chen)
    assert client.get("/me/")["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in client.get("/me/")["Content-Security-Policy"]
    assert "X-Frame-Options" not in client.get("/lti/binding/"), "where they say whether it is they"


def test_a_teacher_who_began_as_somebody_new_may_think_again(client: Client, forger: Peer, cast: Cast, offering: Offering) -> None:
    assert first_visit(client, forger, user="t-1", role="Instructor")["Location"] == "/classes/lms/binding/"
    page = client.get("/classes/lms/binding/").content.decode()
    assert "您任教的课程班" in page
    assert client.post("/classes/lms/binding/", {"thing": str(offering.pk)}).status_code == 409, "not a class that they teach"
    assert client.post("/lti/release/")["Location"] == "/lti/"
    assert not Account.objects.exists()
    assert as_teacher(client, forger, cast, offering, str(offering.pk)).status_code == 302
    assert client.post("/lti/release/").status_code == 409, "an account of one's own stays"


def test_the_session_key_changes_and_the_one_before_is_signed_out(client: Client, forger: Peer, cast: Cast, offering: Offering) -> None:
    as_teacher(client, forger, cast, offering, str(offering.pk))
    before = client.session.session_key
    launched(client, forger, user="t-1", role="Instructor")
    assert client.session.session_key != before
    first_visit(client, forger, user="s-1", name="新同学")
    assert client.session["_auth_user_id"] == str(Account.objects.get(sub="s-1").person_id)


def test_scores_go_to_the_platforms_own_hosts_alone(client: Client, forger: Peer, cast: Cast, offering: Offering) -> None:
    """Somebody else's line item: our access token isn't shown to it."""
    as_teacher(Client(), forger, cast, offering, f"{offering.pk}/add-up")
    first_visit(client, forger, user="s-1")
    Link.objects.update(item_url="http://127.0.0.1:9/items/1")
    give(Enrolment.objects.get(), "3", cast)
    run_jobs()
    score = Score.objects.get()
    assert (score.state, (score.problem or {})["code"]) == ("refused", "foreign_service")
    assert forger.told()["calls"] == 0 or not forger.told()["scores"]
    Link.objects.update(item_url=f"{forger.address}/items/another")
    again(scores=[score], by=cast.lin, now=clock.now())
    run_jobs()
    assert (Score.objects.get().problem or {})["code"] == "platform_refuses"
    assert "被拒绝" in client_of(cast, "lin").get(f"/classes/{offering.pk}/lms/").content.decode()


def test_a_link_into_another_class_lets_nobody_in(client: Client, forger: Peer, cast: Cast, offering: Offering) -> None:
    """A course's own teacher can't enrol people in a class that isn't connected to it."""
    as_teacher(Client(), forger, cast, offering, str(offering.pk))
    other = courses.an_offering(offering.adoption, cast, now=clock.now(), title="另一班")
    form = begun(client, forger, user="s-1")
    claims = claims_of(form) | {f"{LTI}target_link_uri": f"{settings.SITE_URL}/classes/{other.pk}/labs/add-up/"}
    assert posted(client, form, id_token=forger.forged(claims))["Location"] == "/lti/welcome/"
    assert words(client.post("/lti/welcome/")) == "other_class"
    assert not other.enrolments.exists()
    form = begun(client, forger, user="s-1")
    claims = claims_of(form) | {f"{LTI}target_link_uri": f"{settings.SITE_URL}/classes/{offering.pk}/labs/no-such/"}
    assert words(posted(client, form, id_token=forger.forged(claims))) == "lab_unknown"
    form = begun(client, forger, user="s-2")
    claims = claims_of(form) | {f"{LTI}roles": [f"{ROLES}Mentor"]}
    posted(client, form, id_token=forger.forged(claims))
    assert words(client.post("/lti/welcome/")) == "role_unknown"


def test_keys_are_fetched_once_and_again_when_one_is_new(client: Client, forger: Peer) -> None:
    """Shared by all processes in the platform's row; made-up key ids don't make us ask again at once."""
    for _ in range(3):
        assert posted(client, begun(client, forger, user="s-1")).status_code == 302
    fetched = Platform.objects.get().keys_fetched_at
    form = begun(client, forger, user="s-1")
    assert words(posted(client, form, id_token=forger.forged(claims_of(form), "kid"))) == "key_unknown"
    assert Platform.objects.get().keys_fetched_at == fetched
    assert fetched is not None
    Platform.objects.update(keys={"keys": []}, keys_tried_at=fetched - timedelta(seconds=11))
    assert posted(client, begun(client, forger, user="s-1")).status_code == 302, "the platform has changed its keys"
