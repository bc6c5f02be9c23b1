"""Every page of calls, for everybody."""

from __future__ import annotations

import csv
import html
import io
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from icalendar import Calendar
from openpyxl import load_workbook

from heitu.engines.lifecycle.actions import load_programme, move
from heitu.engines.lifecycle.models import DefinitionVersion
from heitu.ground.core import clock
from heitu.ground.core.text import Text
from heitu.ground.people.models import Person
from heitu.stages.calls.models import Call
from tests import stages
from tests.people import Cast, make_cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast(clock.now())


@pytest.fixture
def definition() -> DefinitionVersion:
    return stages.load(now=clock.now())


@pytest.fixture
def draft(cast: Cast, definition: DefinitionVersion) -> Call:
    return stages.a_draft(owner=cast.zhou, institution=cast.company, definition=definition, now=clock.now())


@pytest.fixture
def open_call(cast: Cast, definition: DefinitionVersion) -> Call:
    return stages.an_open_call(cast, definition, now=clock.now())


def signed_in(person: Person | None) -> Client:
    client = Client()
    if person:
        client.force_login(person)
    return client


def form_data(**changes: Any) -> dict[str, Any]:
    now = clock.now()
    given = {
        "title_zh": "RMSNorm 融合算子", "title_en": "", "summary_zh": "", "summary_en": "", "statement_zh": "# 目标",
        "statement_en": "", "task": "rms-norm", "skills": ["mixed-precision"], "prize": "68,000", "seats": "3",
        "opens_at": now.strftime("%Y-%m-%dT%H:%M"), "closes_at": (now + timedelta(days=30)).strftime("%Y-%m-%dT%H:%M"),
        "delivery_days": "60", "licence": "Apache-2.0",
    }
    return given | changes


def test_doors(cast: Cast, draft: Call, open_call: Call) -> None:
    """Who gets in where: 200, 302 to the sign-in, or 404 for what one may not see."""
    insiders = {"zhou": 200, "chen": 200}
    audits = {"chen": 200, "xu": 200}
    doors: list[tuple[str, dict[str, int], int, int]] = [
        ("/calls/", {}, 200, 200),
        ("/calls/deadlines.ics", {}, 200, 200),
        (f"/calls/{open_call.number}/", {}, 200, 200),
        (f"/calls/{draft.number}/", insiders | audits, 404, 404),
        ("/calls/new/", insiders, 404, 302),
        ("/calls/new/?programme=crowd-operators", insiders, 404, 302),
        (f"/calls/{draft.number}/edit/", insiders, 404, 302),
        ("/calls/export.csv", audits, 404, 302),
        ("/calls/export.xlsx", audits, 404, 302),
        ("/calls/ZZ-1999-0001/", {}, 404, 404),
    ]
    for name, person in cast.persons().items():
        client = signed_in(person)
        for url, some, others, visitor in doors:
            expected = some.get(name, visitor if person is None else others)
            assert client.get(url).status_code == expected, (name, url)


@pytest.mark.parametrize("who", ["visitor", "lin", "chen"])
def test_the_list_takes_the_same_queries_for_one_row_and_for_three(
    cast: Cast, definition: DefinitionVersion, django_assert_max_num_queries: Any, who: str
) -> None:
    client = signed_in(cast.persons()[who])
    counts = []
    for _ in range(2):
        stages.an_open_call(cast, definition, now=clock.now())
        client.get("/calls/")
        with django_assert_max_num_queries(10) as asked:
            client.get("/calls/")
        counts.append(len(asked))
        stages.an_open_call(cast, definition, now=clock.now())
    assert counts[0] == counts[1]


@pytest.mark.parametrize("who", ["visitor", "lin", "zhou", "chen", "he"])
def test_a_call_page_takes_at_most_ten_queries(
    cast: Cast, open_call: Call, django_assert_max_num_queries: Any, who: str
) -> None:
    client = signed_in(cast.persons()[who])
    client.get(f"/calls/{open_call.number}/")
    with django_assert_max_num_queries(10):
        client.get(f"/calls/{open_call.number}/")


def test_filters_and_sorts(cast: Cast, definition: DefinitionVersion, open_call: Call) -> None:
    other = stages.an_open_call(
        cast, definition, now=clock.now(), task="softmax", prize=1_00, skills=(),
        title=Text(zh="归一化", en="Softmax"),
    )
    client = signed_in(cast.zhou)
    both = {open_call, other}
    for query, expected in (
        ("q=rmsnorm", {open_call}), ("q=软", set()), (f"q={other.number}", {other}), ("q=黑土", both), ("q=SOFTmax", {other}),
        ("skill=vectorised-reduction", {open_call}), ("kind=operator", both), ("kind=model", set()),
        ("state=open", both), ("mine=1", both), ("institution=heitu-operators", both),
        ("programme=crowd-models", set()),
    ):
        page = client.get(f"/calls/?{query}").context["page"]
        assert set(page.object_list) == expected, query
    assert [row.pk for row in client.get("/calls/?sort=prize").context["page"]] == [open_call.pk, other.pk]
    assert "没有符合条件的任务" in client.get("/calls/?q=nothing").content.decode()
    assert not signed_in(cast.lin).get("/calls/?mine=1").context["page"].object_list


def test_posting_a_call_from_the_form(cast: Cast, definition: DefinitionVersion) -> None:
    client = signed_in(cast.zhou)
    data = form_data(institution=cast.company.pk)
    response = client.post("/calls/new/?programme=crowd-operators", data)
    call = Call.objects.get()
    assert response.status_code == 302
    assert (call.prize, call.owner, call.kind, call.skills) == (6_800_000, cast.zhou, "operator", ["mixed-precision"])
    page = client.get(f"/calls/{call.number}/").content.decode()
    assert "<h3>目标</h3>" in page
    assert "提交审核" in page
    edited = client.post(f"/calls/{call.number}/edit/", data | {"prize": "70000"})
    assert edited.status_code == 302
    call.refresh_from_db()
    assert call.prize == 7_000_000


def test_a_form_sent_twice_makes_one_call(cast: Cast, definition: DefinitionVersion) -> None:
    url, client = "/calls/new/?programme=crowd-operators", signed_in(cast.zhou)
    found = re.search(r'name="key" value="(\w{32})"', client.get(url).content.decode())
    assert found
    data = form_data(institution=cast.company.pk) | {"key": found.group(1)}
    first, second = (client.post(url, data)["Location"] for _ in range(2))
    assert first == second
    other = signed_in(cast.chen).post(url, data | {"owner": cast.zhou.pk})["Location"]
    assert other != first, "somebody else's form is another form"
    numbers = sorted(Call.objects.values_list("number", flat=True))
    assert [number[-4:] for number in numbers] == ["0001", "0002"], "no number is lost"


def test_an_officer_posts_for_an_owner(cast: Cast, definition: DefinitionVersion) -> None:
    data = form_data(institution=cast.company.pk, owner=cast.zhou.pk)
    signed_in(cast.chen).post("/calls/new/?programme=crowd-operators", data)
    assert Call.objects.get().owner == cast.zhou


@pytest.mark.parametrize(("changes", "says"), [
    ({"prize": "200000.01"}, "每项奖金最多 ¥ 200,000.00"),
    ({"prize": "-5"}, "金额不能为负数"),
    ({"prize": "lots"}, "不是金额"),
    ({"seats": "9"}, "名额须为 1 到 3 个"),
    ({"closes_at": "2020-01-01T00:00"}, "申报截止须晚于开始"),
    ({"title_zh": ""}, "请填写标题"),
])
def test_a_form_that_is_refused_keeps_everything(
    cast: Cast, definition: DefinitionVersion, changes: dict[str, str], says: str
) -> None:
    data = form_data(institution=cast.company.pk, statement_zh="写了很久的任务书") | changes
    response = signed_in(cast.zhou).post("/calls/new/?programme=crowd-operators", data)
    page = response.content.decode()
    assert response.status_code == 409
    assert says in page
    assert "写了很久的任务书" in page
    assert not Call.objects.exists()


@pytest.mark.parametrize(("typed", "chinese", "english"), [
    ("1e5", "“1e5”不是金额", "“1e5” is not an amount"),
    ("", "这个字段是必填项", "This field is required"),
    ("100.001", "最多两位小数", "At most two decimals"),
    ("－5", "金额不能为负数", "can't be negative"),
    ("200,000.01", "最多 ¥ 200,000.00", "at most ¥ 200,000.00"),
    ("9" * 14, "最多 ¥ 200,000.00", "at most ¥ 200,000.00"),
])
def test_an_amount_says_its_rule_beside_the_field_in_both_languages(
    cast: Cast, definition: DefinitionVersion, typed: str, chinese: str, english: str
) -> None:
    client = signed_in(cast.zhou)
    data = form_data(institution=cast.company.pk, prize=typed)
    for language, says in (("zh-hans", chinese), ("en", english)):
        client.cookies.pop("django_language", None)
        answer = client.post("/calls/new/?programme=crowd-operators", data, headers={"accept-language": language})
        page = html.unescape(answer.content.decode())
        assert answer.status_code == 409
        beside = page.split('id="id_prize_error"', 1)[1].split("</ul>")[0]
        assert says in beside
        assert f'value="{typed}"' in page or not typed
    assert not Call.objects.exists()


def test_the_form_reads_times_in_the_persons_own_zone(cast: Cast, definition: DefinitionVersion) -> None:
    cast.zhou.time_zone = "America/New_York"
    cast.zhou.save()
    data = form_data(institution=cast.company.pk, opens_at="2027-01-04T09:00", closes_at="2027-02-01T18:00")
    signed_in(cast.zhou).post("/calls/new/?programme=crowd-operators", data)
    assert Call.objects.get().closes_at.isoformat() == "2027-02-01T23:00:00+00:00"


def move_data(page: str, event: str) -> dict[str, str]:
    """What the page's own form for this event would send."""
    found = re.search(
        rf'name="event" value="{event}"><input type="hidden" name="expected_moves" value="(\d+)">'
        r'<input type="hidden" name="key" value="([^"]+)">', page,
    )
    assert found, f"the page offers no {event}"
    return {"event": event, "expected_moves": found[1], "key": found[2]}


def test_a_call_goes_from_draft_to_open_on_its_page(cast: Cast, draft: Call) -> None:
    url, owner, officer = f"/calls/{draft.number}/", signed_in(cast.zhou), signed_in(cast.chen)
    assert owner.post(f"{url}moves/", move_data(owner.get(url).content.decode(), "propose")).status_code == 302
    assert "轮到：" in owner.get(url).content.decode()
    published = move_data(officer.get(url).content.decode(), "open")
    assert officer.post(f"{url}moves/", published).status_code == 302
    assert officer.post(f"{url}moves/", published).status_code == 302  # a double click
    draft.refresh_from_db()
    assert (draft.case.state, draft.case.moves) == ("open", 2)


def test_a_move_without_its_reason_opens_its_dialog_again(cast: Cast, draft: Call) -> None:
    owner, officer = signed_in(cast.zhou), signed_in(cast.chen)
    url = f"/calls/{draft.number}/"
    owner.post(f"{url}moves/", move_data(owner.get(url).content.decode(), "propose"))
    refused = officer.post(f"{url}moves/", move_data(officer.get(url).content.decode(), "send_back"))
    page = refused.content.decode()
    assert refused.status_code == 409
    assert "请写明理由" in page
    assert 'id="move-send_back" aria-labelledby="move-send_back-title" data-open' in page


def test_a_move_with_a_form_keeps_what_was_typed(cast: Cast, tmp_path: Path) -> None:
    """The pack's own calls ask for no form, so this one's approval asks for days when it sends a call back."""
    asks = "to: draft, by: [officer], form: extension, reason: required}"
    text = (stages.PROGRAMMES / "crowd-operators.yaml").read_text()
    changed = tmp_path / "crowd-operators.yaml"
    changed.write_text(text.replace("to: draft, by: [officer], reason: required}", asks, 1))
    definition = load_programme(path=changed, by=None, now=clock.now())
    draft = stages.a_draft(owner=cast.zhou, institution=cast.company, definition=definition, now=clock.now())
    move(case=draft.case, event="propose", by=cast.zhou, now=clock.now())
    client, url = signed_in(cast.chen), f"/calls/{draft.number}/"
    sent = move_data(client.get(url).content.decode(), "send_back") | {"reason": "日期太近"}
    refused = client.post(f"{url}moves/", sent | {"send_back-days": "400"})
    page = refused.content.decode()
    assert refused.status_code == 409
    assert "不能大于 60" in page
    assert 'value="400"' in page
    assert "日期太近</textarea>" in page
    assert client.post(f"{url}moves/", sent | {"send_back-days": "5"}).status_code == 302
    assert draft.case.transitions.get(number=2).data == {"days": 5}


def test_a_stale_page_says_what_changed_and_keeps_the_reason(cast: Cast, draft: Call) -> None:
    owner = signed_in(cast.zhou)
    url = f"/calls/{draft.number}/"
    old = move_data(owner.get(url).content.decode(), "discard")
    owner.post(f"{url}moves/", move_data(owner.get(url).content.decode(), "propose"))
    late = owner.post(f"{url}moves/", old | {"reason": "不再需要"})
    assert late.status_code == 409
    assert "情况已经变化" in late.content.decode()
    assert "不再需要" in late.content.decode()


def test_nobody_moves_a_call_that_is_not_theirs(cast: Cast, open_call: Call) -> None:
    for name, person in cast.persons().items():
        response = signed_in(person).post(f"/calls/{open_call.number}/moves/", {"event": "cancel", "reason": "x"})
        assert response.status_code == (302 if name in ("chen", "visitor") else 409), name
    open_call.refresh_from_db()
    assert open_call.case.state == "cancelled"


def test_tables_to_take_away_cannot_compute(cast: Cast, definition: DefinitionVersion) -> None:
    stages.an_open_call(cast, definition, now=clock.now(), title=Text(zh='=HYPERLINK("x")', en="@evil"))
    client = signed_in(cast.chen)
    lines = list(csv.reader(io.StringIO(client.get("/calls/export.csv").content.decode("utf-8-sig"))))
    assert lines[0][0] == "number"
    assert not lines[1][2].startswith("=")
    sheet = load_workbook(io.BytesIO(client.get("/calls/export.xlsx").content)).active
    assert sheet is not None
    assert (sheet["C2"].value, sheet["C2"].data_type) == ('=HYPERLINK("x")', "s")


def test_the_calendar_holds_what_is_open(cast: Cast, draft: Call, open_call: Call) -> None:
    calendar = Calendar.from_ical(Client().get("/calls/deadlines.ics").content)
    events = calendar.walk("VEVENT")
    assert [str(event["uid"]) for event in events] == [f"{open_call.number}@heitu"]
    assert events[0].decoded("dtstart") == open_call.closes_at.replace(microsecond=0)


def test_scripts_in_a_statement_are_dead(cast: Cast, definition: DefinitionVersion) -> None:
    call = stages.an_open_call(cast, definition, now=clock.now(), statement=Text(
        zh="<script>alert(1)</script> [x](javascript:alert(2)) **好**", en=""
    ))
    page = Client().get(f"/calls/{call.number}/").content.decode()
    assert "<script>alert(1)" not in page
    assert 'href="javascript' not in page
    assert "<strong>好</strong>" in page


def test_english_is_complete(cast: Cast, open_call: Call) -> None:
    client = signed_in(cast.chen)
    page = client.get(f"/calls/{open_call.number}/", headers={"accept-language": "en"}).content.decode()
    assert "<title>" in page
    assert "Close claims" in page
    assert re.search(r"<h1>\s*Fused RMSNorm", page)
