"""Every address of the site and of the API, for every person of the cast: nothing breaks, nothing leaks.

What each person gets to see is the packages' own tests' matter (`test_doors`). Here the list of addresses is the
router's own, so that a new one is tried without anybody thinking of it.
"""

from __future__ import annotations

import itertools
import json
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from heitu.engines.lifecycle.actions import move
from heitu.ground.core import clock
from heitu.ground.core.text import Text
from heitu.ground.lti.actions import platforms
from heitu.ground.lti.models import Context
from heitu.ground.people.actions import create_token, invite, notify
from heitu.ground.people.actions.imports import import_members
from heitu.ground.people.enums import Role
from heitu.ground.people.mail import invitation_token, unsubscribe_token
from heitu.kinds.courses.actions.classes import extend
from heitu.kinds.courses.actions.enrolments import import_roster
from heitu.kinds.courses.actions.grades import set_grade
from heitu.kinds.courses.actions.labs import submit
from heitu.kinds.courses.actions.lms import connect
from heitu.kinds.courses.actions.regrades import upload
from heitu.kinds.courses.models import Enrolment, Offering
from heitu.stages.applications import actions as applications
from heitu.stages.deliverables.judging import rejudging
from heitu.stages.deliverables.models import Deliverable, Publication
from heitu.stages.reviews.models import Review
from heitu.stages.work.actions import add_note
from tests import courses, road, stages
from tests.factories import a_person, a_team
from tests.people import Cast, make_cast

pytestmark = pytest.mark.django_db
NAMES = ("lin", "zhou", "chen", "wu", "gao", "sun", "ma", "xu", "he", "visitor")
OUTSIDERS = ("he", "visitor")
PARAMETER = re.compile(r"\(\?P<(\w+)>[^)]*\)|<(?:\w+:)?(\w+)>")
# What is written in places that outsiders never see; each is looked for in everything that they are sent.
SECRETS = {
    "the answers": "密甲算法路线", "a note of the log": "密乙日志", "a review": "密丙评语", "a word to the office": "密丁致办公室",
    "the unpublished call": "密戊未公开任务", "an address": "lin@yunling.edu.example", "a reason": "密己退回理由",
    "a file's name": "mi-geng-file", "another team's draft": "密辛草稿",
    "why it is judged anew": "密壬重评理由", "another team's code": "密壬源码", "a class": "密癸课程班",
    "a platform's course": "密寅平台课程", "why a mark": "密子改分", "why an extension": "密丑延期", "a lab's solution": "return sum(x)",
    "why tests were mended": "密卯改测试",
}


@dataclass
class World:
    cast: Cast
    values: dict[str, list[Any]]


def make_world() -> World:
    """A published result with money paid, an application under review, a draft of each; every secret in its place."""
    now = clock.now()
    cast = make_cast(now)
    expert = a_person(role=Role.EXPERT, now=now)
    version = stages.load(now=now)
    call = stages.an_open_call(cast, version, now=now)
    done = stages.a_draft_application(call, cast.dengta, cast.lin, now=now)
    answers = {"approach": SECRETS["the answers"] * 8, "plan": SECRETS["the answers"] * 4}
    applications.change_answers(application=done, answers=answers, declarations=stages.ALL_TICKED, by=cast.lin, now=now)
    done = road.walk(done, "delivering", cast=cast, now=now)
    add_note(application=done, text=SECRETS["a note of the log"], by=cast.lin, now=now)
    name = SECRETS["a file's name"] + ".py"
    made = road.hand_in(done, cast.lin, result=road.a_verdict(), now=now - timedelta(hours=1), name=name)
    done = road.walk(done, "publishing", cast=cast, now=now)
    move(case=done.case, event="publish", by=cast.chen, now=now)
    return World(cast, {
        "call": [call.number, hidden_call(cast, version, now)], "team": ["dengta"], "institution": [cast.university.slug],
        "application": [done.pk, *others(call, cast, now)], "deliverable": [made.pk, rival_version(call, cast, now)],
        "review": list(Review.objects.filter(reviewer__in=(cast.wu, expert)).values_list("pk", flat=True)[:3]),
        "result": list(Publication.objects.values_list("slug", flat=True)), "person": [cast.lin.pk, cast.he.pk],
        "credential": list(done.credentials.values_list("pk", flat=True)[:1]), "skill": ["vectorised-reduction"],
        "fund": ["crowd-fund"], "rejudgement": [asked_anew(made, cast, now)], **of_people(cast, now), **of_courses(cast, now),
    })


def hidden_call(cast: Cast, version: Any, now: Any) -> str:
    title = Text(zh=SECRETS["the unpublished call"], en="")
    return stages.a_draft(
        owner=cast.zhou, institution=cast.company, definition=version, now=now, title=title
    ).number


def others(call: Any, cast: Cast, now: Any) -> Iterator[int]:
    """Another team's application under review, and a third one's draft that was sent back."""
    for state in ("reviewing", "draft"):
        team = a_team(now=now)
        lead = team.members.get(is_lead=True).person
        other = stages.a_draft_application(call, team, lead, now=now)
        if state == "reviewing":
            other = road.walk(other, state, cast=cast, now=now)
            for review in Review.objects.filter(application=other)[:1]:
                road.write(
                    review, now=now, to_team=SECRETS["a review"], to_office=SECRETS["a word to the office"]
                )
        else:
            answers = {"approach": SECRETS["another team's draft"] * 5, "plan": "写到一半"}
            applications.change_answers(application=other, answers=answers, declarations={}, by=lead, now=now)
        yield other.pk


def rival_version(call: Any, cast: Cast, now: Any) -> int:
    """What another team handed in, and nobody published."""
    team = a_team(now=now)
    lead = team.members.get(is_lead=True).person
    application = road.walk(stages.a_draft_application(call, team, lead, now=now), "delivering", cast=cast, now=now)
    content = SECRETS["another team's code"].encode()
    return road.hand_in(application, lead, result=road.a_verdict(), now=now, content=b"# " + content).pk


def asked_anew(made: Deliverable, cast: Cast, now: Any) -> int:
    """A judging anew that nobody has decided about."""
    asked = rejudging.ask(deliverable=made, reason=SECRETS["why it is judged anew"], by=cast.zhou, now=now)
    assert asked is not None
    return asked.pk


def of_people(cast: Cast, now: Any) -> dict[str, list[Any]]:
    run = import_members(institution=cast.university, file_name="m.csv", data=b"email,name,role\nx,,x\n", by=cast.chen, now=now)
    (line,) = notify(people=[cast.lin], kind="test", title=Text(zh="一", en="one"), now=now)
    token, _ = create_token(name="t", scopes=["read"], by=cast.lin, now=now)
    invitation = invite(email="new@yunling.edu.example", role=Role.EXPERT, by=cast.chen, now=now)
    return {
        "import": [run.pk], "membership": [cast.lin.memberships.values_list("pk", flat=True)[0]], "notification": [line.pk],
        "token": [token.pk], "invitation": [invitation.pk], "invitation_token": [invitation_token(invitation)],
        "mail_token": [unsubscribe_token(cast.lin)],
    }


def of_courses(cast: Cast, now: Any) -> dict[str, list[Any]]:
    """A class with a student, a mark, an extension and a roster that was refused."""
    with tempfile.TemporaryDirectory() as folder:
        version = courses.loaded(Path(folder), now=now)
    adoption = courses.an_adoption(version, cast, now=now)
    offering = courses.an_offering(adoption, cast, now=now, title=SECRETS["a class"])
    student, item = courses.a_student(offering, cast.sun, number="2301", now=now), offering.items.get()
    set_grade(enrolment=student, item=item, points=Decimal(3), reason=SECRETS["why a mark"], by=cast.lin, now=now)
    due = now + timedelta(days=20)
    extend(enrolment=student, lab="add-up", due_at=due, reason=SECRETS["why an extension"], by=cast.lin, now=now)
    mend(offering, student, now)
    run = import_roster(offering=offering, file_name="r.csv", data=b"email,name\nx,y\n", by=cast.lin, now=now)
    return {
        "course": ["adding-up"], "version": ["1.0.0"], "unit": ["sums"], "lab": ["add-up"], "figure": ["sum.svg"], "textbook": ["book"],
        "adoption": [adoption.pk], "class": [offering.pk], "student": [student.pk], "item": [item.pk], "roster": [run.pk],
        **of_platforms(cast, offering, now),
    }


def of_platforms(cast: Cast, offering: Any, now: Any) -> dict[str, list[Any]]:
    """A learning platform whose course is the class."""
    made = platforms.add(institution=cast.university, name="云岭学堂", product="moodle", by=cast.chen, now=now)
    deployment = platforms.approve(platform=made, deployment_id="1", by=cast.chen, now=now)
    context = Context.objects.create(deployment=deployment, context_id="7", title=SECRETS["a platform's course"])
    connection = connect(context=context, offering=offering, by=cast.lin, now=now)
    return {"platform": [made.pk], "tool": [made.uuid], "connection": [connection.pk]}


def mend(offering: Offering, student: Enrolment, now: Any) -> None:
    """A notebook handed in, and mended tests that are being tried on it."""
    data = json.dumps(courses.notebook()).encode()
    submit(enrolment=student, lab="add-up", data=data, by=student.person, now=now)
    teacher = offering.teachers.get()
    upload(offering=offering, lab="add-up", data=data, reason=SECRETS["why tests were mended"], by=teacher, now=now)


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """Made once for all persons, in a transaction that is rolled back."""
    with django_db_blocker.unblock(), transaction.atomic():
        cache.clear()
        yield make_world()
        transaction.set_rollback(True)


def routes(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for entry in resolver.url_patterns:
        path = prefix + str(entry.pattern).lstrip("^").replace("\\Z", "").rstrip("$")
        if isinstance(entry, URLResolver):
            yield from routes(entry, path)
        else:
            yield path, entry


ROUTES = [(path, pattern) for path, pattern in routes(get_resolver())]
# The kinds of thing that a parameter may stand for, by the word before it in the address.
KINDS = {
    "institutions": "institution", "imports": "import", "memberships": "membership", "invitations": "invitation",
    "teams": "team", "notifications": "notification", "calls": "call", "applications": "application", "reviews": "review",
    "deliverables": "deliverable", "results": "result", "funds": "fund", "credentials": "credential", "verify": "credential",
    "skills": "skill", "people": "person", "me": "token", "tokens": "token", "demo": "person", "members": "person",
    "similarity": "deliverable", "with": "deliverable", "rejudgements": "rejudgement", "courses": "course",
    "versions": "version", "units": "unit", "labs": "lab", "figures": "figure", "adoptions": "adoption", "classes": "class",
    "students": "student", "gradebook": "student", "marks": "student", "items": "item", "roster": "roster", "textbooks": "textbook",
    "lms": "platform", "lti": "tool", "from": "version",
}
FIXED = {
    "section": ["buttons"], "done": [3], "digest": ["0" * 12], "number": [1], "provider_id": ["campus"], "revision": [1], "edition": [1],
    "answer": [1], "one": [1], "other": [2],
}
NOWHERE: dict[str, list[Any]] = {
    "pk": [10**20, 0], "slug": ["no-such-thing", "x" * 300], "number": ["ZZ-0", 10**20], "code": ["none"], "token": ["x.y"],
}


def addresses(path: str, values: dict[str, list[Any]]) -> list[str]:
    """The address with each real value in the place of each parameter."""
    parts = list(PARAMETER.finditer(path))
    choices = []
    for part in parts:
        name, before = part[1] or part[2], path[: part.start()].strip("/").split("/")[-1]
        before = name if name in ("item", "connection") else KINDS.get(before, before)
        if name == "token":
            before = "mail_token" if before == "mail" else "invitation_token"
        found = values.get(before) or FIXED.get(name) or ["x"]
        choices.append([str(value) for value in found])
    made = []
    for chosen in itertools.product(*choices):
        address = path
        for part, value in zip(reversed(parts), reversed(chosen), strict=True):
            address = address[: part.start()] + value + address[part.end() :]
        made.append("/" + address)
    return made


def client_of(world: World, name: str) -> Client:
    client = Client(raise_request_exception=False)
    person = world.cast.persons()[name]
    if person:
        client.force_login(person)
    return client


def body_of(response: HttpResponse) -> str:
    content = b"".join(response) if response.streaming else response.content
    return content.decode("utf-8", "replace")


def without_a_trace(client: Client, method: str, address: str, data: Any = None) -> HttpResponse:
    """Ask, and take back whatever that wrote. A program's body is JSON, a person's a form."""
    kind = {"content_type": "application/json"} if address.startswith("/api/") and data is not None else {}
    with transaction.atomic():
        response: HttpResponse = getattr(client, method)(address, data, **kind)
        body_of(response)
        transaction.set_rollback(True)
    return response


OURS = [path for path, _ in ROUTES if not path.startswith("accounts/")]
THEIRS = [path for path, _ in ROUTES if path.startswith("accounts/")]
PERSONAL = [path for path in OURS if not path.startswith(("gallery/", "look/"))]  # the same for everybody


def test_the_addresses_are_all_there(world: World) -> None:
    assert len(OURS) > 120
    assert sum(path.startswith("api/v1/") for path in OURS) > 40
    for path in OURS:
        assert "/x/" not in f"{addresses(path, world.values)[0]}/", f"no value for a parameter of {path}: name its kind above"


@pytest.mark.parametrize("name", NAMES)
def test_reading(world: World, name: str) -> None:
    """No error of ours anywhere, and nothing that is written for others in what outsiders get."""
    client, faults = client_of(world, name), []
    for path in [*OURS, *THEIRS] if name == "visitor" else PERSONAL:
        for address in addresses(path, world.values):
            response = client.get(address)
            body = body_of(response)
            if response.status_code >= 500:
                faults.append(f"{response.status_code} {address}")
            if "<c-" in body:
                faults.append(f"a component isn't rendered: {address}")
            if name in OUTSIDERS and path != "mail/<str:token>/":  # whose link is the account's own
                faults += [f"{what} is told at {address}" for what, secret in SECRETS.items() if secret in body]
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("name", ["chen", "lin", "he", "visitor"])
def test_writing_nothing(world: World, name: str) -> None:
    """Empty forms and bodies: refused or harmless, never an error of ours."""
    client, faults = client_of(world, name), []
    for path in OURS:
        methods = ("post", "put", "delete") if path.startswith("api/") else ("post",)
        for address, method in itertools.product(addresses(path, world.values)[:1], methods):
            answer = without_a_trace(client, method, address, {})
            if answer.status_code >= 500:
                faults.append(f"{answer.status_code} {method} {address}")
            is_closed = path.startswith("api/") and path not in ("api/v1/verify", "api/v1/openapi.json")
            if name == "visitor" and is_closed and answer.status_code < 400:
                faults.append(f"a visitor wrote: {method} {address}")
    assert not faults, "\n".join(faults)


RUBBISH = "\0\ud7ff<script>' OR 1=1 --٣" + "长" * 50
FIELDS = (
    "q", "page", "sort", "state", "programme", "call", "team", "kind", "skill", "status", "role", "institution", "reason",
    "event", "key", "text", "name", "email", "note", "amount", "pk", "person", "ids", "language", "next", "number", "days",
)


# A workbook that is given up half written complains when it is collected.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("name", ["chen"])
def test_rubbish(world: World, name: str) -> None:
    """Values that make no sense, in the question, in the form, and in the address itself."""
    client, faults = client_of(world, name), []
    rubbish = dict.fromkeys(FIELDS, RUBBISH)
    for path in OURS:
        address = addresses(path, world.values)[0]
        asked = [("get", address, rubbish if not path.startswith("api/") else None), ("post", address, rubbish)]
        asked += [("get", f"{address}?page=-1&q=%00&sort=-&limit=-5&offset=999999999999999999999", None)]
        asked += [("get", other, None) for other in wrong(path)]
        for method, target, data in asked:
            answer = without_a_trace(client, method, target, data)
            if answer.status_code >= 500:
                faults.append(f"{answer.status_code} {method} {target[:80]}")
    assert not faults, "\n".join(faults)


def wrong(path: str) -> list[str]:
    """The address with parameters that fit its pattern and name nothing."""
    names = [part[1] or part[2] for part in PARAMETER.finditer(path)]
    if not names:
        return []
    found = []
    for chosen in zip(*(NOWHERE.get(name, ["x", "x"])[:2] for name in names), strict=False):
        address = path
        for value in chosen:
            address = PARAMETER.sub(str(value), address, count=1)
        found.append(f"/{address}")
    return found
