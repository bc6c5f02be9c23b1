"""A class and its learning platforms, without one: what its page and its routes show, and who may."""

from __future__ import annotations

import json
from decimal import Decimal
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest
from django.test import Client

from heitu.ground.core import clock
from heitu.ground.core.errors import Refused
from heitu.ground.lti.actions import platforms
from heitu.ground.lti.enums import Sending
from heitu.ground.lti.messages import SCORE
from heitu.ground.lti.models import Account, Context, Link, Platform, Score
from heitu.kinds.courses.actions import lms
from heitu.kinds.courses.actions.grades import set_grade
from heitu.kinds.courses.models import Enrolment, LmsClass, LmsLab, Offering
from tests import courses
from tests.peers.platforms import serving
from tests.people import Cast, client_of

pytestmark = pytest.mark.django_db


def a_context(cast: Cast, *, at_company: bool = False) -> Context:
    institution = cast.company if at_company else cast.university
    made = platforms.add(institution=institution, name="云岭学堂", product="other", by=cast.chen, now=clock.now())
    deployment = platforms.approve(platform=made, deployment_id="1", by=cast.chen, now=clock.now())
    return Context.objects.create(deployment=deployment, context_id="7", title="数值方法")


@pytest.fixture
def link(offering: Offering, cast: Cast) -> Link:
    context = a_context(cast)
    lms.connect(context=context, offering=offering, by=cast.lin, now=clock.now())
    made = Link.objects.create(context=context, link_id="1", title="加起来", item_url="https://lms.example.edu/items/1", scopes=[SCORE])
    lms.assign(link=made, offering=offering, lab="add-up", now=clock.now())
    return made


def an_account(link: Link, student: Enrolment) -> Account:
    return Account.objects.create(platform=link.context.platform, sub="s-1", person=student.person, since=clock.now())


def marked(student: Enrolment, points: int, cast: Cast) -> None:
    item = student.offering.items.get(lab="add-up")
    set_grade(enrolment=student, item=item, points=Decimal(points), reason="复核", by=cast.lin, now=clock.now())


def test_a_mark_waits_for_those_whom_the_platform_knows_and_no_others(link: Link, student: Enrolment, cast: Cast) -> None:
    marked(student, 2, cast)
    assert not Score.objects.exists()
    lms.follow(link=link, offering=student.offering, lab="add-up", account=an_account(link, student), now=clock.now())
    assert Score.objects.get().given == 2, "who opens the link gets there what was earned before"
    marked(student, 3, cast)
    assert (Score.objects.get().given, Score.objects.get().state) == (3, Sending.WAITING)
    before = Score.objects.get().at
    lms.follow(link=link, offering=student.offering, lab="add-up", account=Account.objects.get(), now=clock.now())
    assert Score.objects.get().at == before, "nothing new to tell"
    Score.objects.update(state=Sending.SENT)
    lms.disconnect(connection=LmsClass.objects.get(), by=cast.lin, now=clock.now())
    marked(student, 1, cast)
    assert Score.objects.get(state=Sending.SENT).given == 3
    assert not LmsLab.objects.exists()


class Members(BaseHTTPRequestHandler):
    """One student in /full, none in /empty."""

    def do_GET(self) -> None:
        self.say({"members": [{"user_id": "s-9", "name": "学生九", "roles": ["Learner"]}] if self.path == "/full" else []})

    def do_POST(self) -> None:
        self.say({"access_token": "t", "expires_in": 60})

    def say(self, what: dict[str, Any]) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(what).encode())

    def log_message(self, *_: Any) -> None:
        return


def test_one_empty_list_beside_another_takes_nobody_out(link: Link, student: Enrolment, cast: Cast) -> None:
    an_account(link, student)
    Enrolment.objects.update(entry="lti")
    with serving(Members) as address:
        names = {"issuer": address, "client_id": "c", **{name: f"{address}/{name}" for name in ("auth_url", "token_url", "keys_url")}}
        Platform.objects.update(**names)
        full, deployment = Context.objects.get(), link.context.deployment
        empty = Context.objects.create(deployment=deployment, context_id="8", title="空课", members_url=f"{address}/empty")
        Context.objects.filter(pk=full.pk).update(members_url=f"{address}/full")
        lms.connect(context=empty, offering=student.offering, by=cast.lin, now=clock.now())
        with pytest.raises(Refused, match="list_empty") as refused:
            lms.sync(offering=student.offering, by=cast.lin, now=clock.now())
        assert "空课" in refused.value.message.zh
        assert not Enrolment.objects.filter(left_at__isnull=False).exists()
        lms.disconnect(connection=LmsClass.objects.get(context=empty), by=cast.lin, now=clock.now())
        run = lms.sync(offering=student.offering, by=cast.lin, now=clock.now())
    assert (run.created, run.left) == (1, 1)


def test_after_disconnecting_nothing_more_is_sent(link: Link, student: Enrolment, cast: Cast) -> None:
    account = an_account(link, student)
    marked(student, 2, cast)
    lms.disconnect(connection=LmsClass.objects.get(), by=cast.lin, now=clock.now())
    assert not Score.objects.exists(), "what waited is given up, not sent behind the teacher's back"
    lms.connect(context=link.context, offering=student.offering, by=cast.lin, now=clock.now())
    lms.follow(link=link, offering=student.offering, lab="add-up", account=account, now=clock.now())
    assert Score.objects.get().given == 2, "connected again, it is told what holds now"


def test_only_a_teacher_of_the_class_connects_and_only_their_own_institutions_platform(offering: Offering, cast: Cast) -> None:
    now = clock.now()
    with pytest.raises(Refused, match="not_your_class"):
        lms.connect(context=a_context(cast), offering=offering, by=cast.gao, now=now)
    with pytest.raises(Refused, match="other_institution"):
        lms.connect(context=a_context(cast, at_company=True), offering=offering, by=cast.lin, now=now)
    context = a_context(cast)
    lms.connect(context=context, offering=offering, by=cast.lin, now=now)
    other = courses.an_offering(offering.adoption, cast, now=now, title="另一班")
    with pytest.raises(Refused, match="connected_already"):
        lms.connect(context=context, offering=other, by=cast.lin, now=now)
    with pytest.raises(Refused, match="not_connected"):
        lms.sync(offering=other, by=cast.lin, now=now)


def test_the_page_and_its_routes(link: Link, student: Enrolment, cast: Cast, django_assert_max_num_queries: Any) -> None:
    an_account(link, student)
    marked(student, 2, cast)
    teacher, page = client_of(cast, "lin"), f"/classes/{student.offering_id}/lms/"
    teacher.get(page)
    with django_assert_max_num_queries(10):
        shown = teacher.get(page).content.decode()
    assert "1 个成绩还没有送到平台" in shown
    told = teacher.get(f"/api/v1/classes/{student.offering_id}/lms").json()
    assert told["connected"] == ["云岭学堂 · 数值方法"]
    assert (told["links"][0]["waiting"], told["unsent"][0]["student"]) == (1, student.person.name)
    assert teacher.post(f"/api/v1/classes/{student.offering_id}/lms/scores").json() == {"queued": 1}
    for name in ("sun", "gao", "he"):
        assert client_of(cast, name).get(page).status_code == 404
    auditor = client_of(cast, "xu")
    assert auditor.get(page).status_code == 200
    assert auditor.post(f"{page}scores/").status_code == 404
    assert teacher.post(f"{page}{LmsClass.objects.get().pk}/ending/").status_code == 302
    assert not LmsClass.objects.exists()


def test_what_nobody_is_signed_in_for(client: Client, offering: Offering) -> None:
    assert client.get(f"/classes/{offering.pk}/lms/").status_code == 302
