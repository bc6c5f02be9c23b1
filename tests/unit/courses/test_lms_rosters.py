"""A platform's list of members: asked for now, read by the queue, tried until it is there."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from heitu.ground.core import clock
from heitu.ground.core.errors import Refused
from heitu.ground.lti.actions import platforms
from heitu.ground.lti.models import Context, Platform
from heitu.ground.people.models import Notification
from heitu.kinds.courses import tasks
from heitu.kinds.courses.actions import lms, rosters
from heitu.kinds.courses.enums import Reading
from heitu.kinds.courses.models import LmsClass, Offering, RosterReading, RosterRun
from tests.peers.platforms import serving
from tests.people import Cast, client_of

pytestmark = pytest.mark.django_db
PEOPLE = [
    {"user_id": "s-1", "name": "钱一", "roles": ["Learner"]}, {"user_id": "s-1", "name": "钱一", "roles": ["Learner"]},
    {"name": "无编号", "roles": ["Learner"]}, {"user_id": "t-1", "name": "林老师", "roles": ["Instructor"]},
]


class Lms(BaseHTTPRequestHandler):
    """A platform that answers with `status`, its list on two pages."""

    status = 200
    asked = 0

    def do_POST(self) -> None:
        self.say({"access_token": "t", "expires_in": 60})

    def do_GET(self) -> None:
        type(self).asked += 1
        second = self.path.endswith("2")
        self.say({"members": PEOPLE[2:] if second else PEOPLE[:2]}, "" if second else "</members?page=2>; rel=next")

    def say(self, what: dict[str, Any], link: str = "") -> None:
        self.send_response(self.status)
        if link:
            self.send_header("Link", link)
        self.end_headers()
        self.wfile.write(json.dumps(what).encode())

    def log_message(self, *_: Any) -> None:
        return


@pytest.fixture
def connected(offering: Offering, cast: Cast) -> Iterator[Offering]:
    Lms.status, Lms.asked = 200, 0
    made = platforms.add(institution=cast.university, name="云岭学堂", product="other", by=cast.chen, now=clock.now())
    deployment = platforms.approve(platform=made, deployment_id="1", by=cast.chen, now=clock.now())
    with serving(Lms) as address:
        names = {"issuer": address, "client_id": "c", **{name: f"{address}/{name}" for name in ("auth_url", "token_url", "keys_url")}}
        Platform.objects.filter(pk=made.pk).update(**names)
        context = Context.objects.create(
            deployment=deployment, context_id="7", title="数值方法", members_url=f"{address}/members?page=1"
        )
        lms.connect(context=context, offering=offering, by=cast.lin, now=clock.now())
        yield offering


def jobs() -> list[ProcrastinateJob]:
    return list(ProcrastinateJob.objects.filter(task_name=rosters.READ, status="todo"))


def worked() -> list[str]:
    """What the queue holds, done once."""
    found = [job.args for job in jobs()]
    ProcrastinateJob.objects.filter(task_name=rosters.READ).delete()
    return [tasks.read_roster(**args) for args in found]


def test_pressed_twice_it_is_read_once_and_every_row_is_told(connected: Offering, cast: Cast) -> None:
    teacher, page = client_of(cast, "lin"), f"/classes/{connected.pk}/lms/"
    assert teacher.post(f"{page}roster/")["Location"] == f"{page}#roster"
    teacher.post(f"{page}roster/")
    assert (len(jobs()), Lms.asked) == (1, 0), "nobody waits for the platform"
    shown = teacher.get(page).content.decode()
    assert "正在读取名单" in shown
    assert f'hx-get="{page}roster/?seen=waiting-0-0"' in shown
    assert teacher.get(f"{page}roster/?seen=waiting-0-0").status_code == 204
    assert worked() == ["done"]
    assert Lms.asked == 2
    part = teacher.get(f"{page}roster/?seen=waiting-0-0").content.decode()
    assert "平台上共 4 人" in part
    assert "新加入 1 人" in part
    assert "1 行没有可用的用户编号" in part
    assert "hx-get" not in part
    run = RosterRun.objects.get()
    assert [line["what"] for line in run.lines] == ["new", "twice", "nobody", "skipped"]
    rows = teacher.get(f"/classes/{connected.pk}/roster/{run.pk}/").content.decode()
    assert "与上面某行是同一人" in rows
    assert not Notification.objects.filter(kind="roster_read").exists(), "it went well while the page was open"


def test_while_it_is_read_the_page_counts(connected: Offering, cast: Cast) -> None:
    seen: list[int] = []
    reading = rosters.ask(offering=connected, by=cast.lin, now=clock.now())
    lms.sync(offering=connected, by=cast.lin, now=clock.now(), tell=seen.append)
    assert seen == [2, 2]
    RosterReading.objects.update(people=2)
    shown = client_of(cast, "lin").get(f"/classes/{connected.pk}/lms/roster/?seen={reading.mark}").content.decode()
    assert "已读到 2 人" in shown


def test_an_lms_that_is_down_is_asked_again_ever_later_and_nothing_is_lost(connected: Offering, cast: Cast) -> None:
    teacher, page = client_of(cast, "lin"), f"/classes/{connected.pk}/lms/"
    teacher.post(f"{page}roster/")
    Lms.status = 503
    assert worked() == ["waiting"]
    first = RosterReading.objects.get()
    shown = teacher.get(page).content.decode()
    assert "会自动再读" in shown
    assert "试过 1 次" in shown
    assert not RosterRun.objects.exists()
    assert tasks.read_due_rosters(0) == 0, "its time has not come"
    waits = []
    for _ in range(9):
        RosterReading.objects.update(next_try_at=clock.now())
        assert tasks.read_due_rosters(0) == 1
        assert worked() == ["waiting"]
        waits.append(round((RosterReading.objects.get().next_try_at - clock.now()) / timedelta(minutes=1)))
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    Lms.status = 200
    teacher.post(f"{page}roster/")
    assert RosterReading.objects.get().pk == first.pk, "pressed again, it is the same one, and tried now"
    assert worked() == ["done"]
    assert Notification.objects.get(kind="roster_read").person == cast.lin
    assert connected.enrolments.count() == 1


def test_what_another_try_wont_mend_ends_with_its_reason(connected: Offering, cast: Cast) -> None:
    reading = rosters.ask(offering=connected, by=cast.lin, now=clock.now())
    Context.objects.update(members_url="")
    assert worked() == ["failed"]
    shown = client_of(cast, "lin").get(f"/classes/{connected.pk}/lms/").content.decode()
    assert "名单没有读成，班里没有改动" in shown
    assert "没有给出成员名单的地址" in shown
    assert Notification.objects.get(kind="roster_read").body.zh == "平台没有给出成员名单的地址。"
    assert tasks.read_roster(reading_id=reading.pk) == "", "ended is ended"
    assert rosters.ask(offering=connected, by=cast.lin, now=clock.now()).pk != reading.pk


def test_after_two_days_it_is_given_up(connected: Offering, cast: Cast) -> None:
    rosters.ask(offering=connected, by=cast.lin, now=clock.now())
    RosterReading.objects.update(tries=rosters.MOST_TRIES - 1)
    Lms.status = 503
    assert worked() == ["failed"]


def test_programs_ask_and_look(connected: Offering, cast: Cast) -> None:
    teacher, door = client_of(cast, "lin"), f"/api/v1/classes/{connected.pk}/lms/roster"
    assert teacher.get(door).status_code == 404
    asked, again = teacher.post(door), teacher.post(door)
    assert (asked.status_code, asked.json()["state"], asked.json()["result"]) == (202, "waiting", None)
    assert again.json()["id"] == asked.json()["id"]
    worked()
    told = teacher.get(door).json()
    assert (told["state"], told["people"], told["result"]["created"]) == ("done", 4, 1)
    assert client_of(cast, "xu").post(door).status_code == 404
    assert client_of(cast, "sun").get(door).status_code == 404
    assert Client().post(door).status_code == 401


def test_without_a_platform_there_is_nothing_to_read(connected: Offering, cast: Cast) -> None:
    LmsClass.objects.all().delete()
    with pytest.raises(Refused, match="not_connected"):
        rosters.ask(offering=connected, by=cast.lin, now=clock.now())
    assert not RosterReading.objects.filter(state=Reading.WAITING).exists()
