"""A person's session of cells in the page: asked for, used, ended. What the host does with it is in `seats`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import connection
from django.db.models import Count, F, Max

from heitu.ground.audit.actions import record
from heitu.ground.core.errors import Refused, refuse
from heitu.ground.core.transactions import atomic
from heitu.ground.people.models import Person
from heitu.kinds.courses.actions.drafts import kept
from heitu.kinds.courses.actions.seats import drop_waiting, end, end_lost
from heitu.kinds.courses.enums import RunState, SessionEnd, SessionState
from heitu.kinds.courses.models import CellRun, Enrolment, LabDraft, LabSession
from heitu.kinds.courses.pack.cells import MOST_CELLS, Typed, clean
from heitu.kinds.courses.queries import sessions as asking

CHANNEL = "heitu_cells"


@atomic
def open_session(
    *, enrolment: Enrolment, lab: str, web_session: str = "", instead: bool = False, by: Person, now: datetime
) -> LabSession:
    """Ask for a seat; the session that is there already, where one is.

    Raises Refused `lab_not_given`, `not_open`, `session_elsewhere` unless the other lab's is to end, `voucher_short`, and
    `no_host` where no machine is up that has the lab's toolchain.
    """
    Person.objects.select_for_update(no_key=True).get(pk=by.pk)
    end_lost(now=now)
    draft, live = kept(enrolment=enrolment, lab=lab), asking.live_of(by)
    if live is not None and live.draft_id == draft.pk:
        return live
    _insist_on_open(enrolment, lab, now)
    if live is not None:
        _make_way(live, instead=instead, by=by, now=now)
    return _asked(enrolment, draft, web_session, by, now)


def _insist_on_open(enrolment: Enrolment, lab: str, now: datetime) -> None:
    deadline = enrolment.offering.deadlines.filter(lab=lab).first()
    if deadline is None:
        raise refuse("lab_not_given", "这个实验还没有布置。", "This lab hasn't been given yet.")
    if now < deadline.opens_at:
        raise refuse("not_open", "这个实验还没有开放。", "This lab isn't open yet.")
    if asking.minutes_left(enrolment, lab) == 0:
        raise refuse(
            "voucher_short", "算力券剩下的分钟只够提交，不能再开会话。可以下载笔记本继续做。",
            "What is left on your voucher is needed for handing in. Download the notebook to go on elsewhere.",
        )


def _make_way(live: LabSession, *, instead: bool, by: Person, now: datetime) -> None:
    if not instead:
        title = live.draft.enrolment.offering.version.manifest.lab(live.draft.lab)
        zh, en = (title.title.zh, title.title.en) if title else (live.draft.lab, live.draft.lab)
        raise refuse(
            "session_elsewhere", f"您在“{zh}”里还开着一个会话，每人同时只能有一个。",
            f"You have a session open in “{en}”; one at a time for each person.",
        )
    end(session=live, why=SessionEnd.MOVED, by=by, now=now)
    tell(live)


def _asked(enrolment: Enrolment, draft: LabDraft, web_session: str, by: Person, now: datetime) -> LabSession:
    told = enrolment.offering.version.manifest.lab(draft.lab)
    toolchain = told.toolchain if told is not None else "numpy"
    if not asking.hosts(now, toolchain).exists():
        raise refuse(
            "no_host", "现在没有机器能运行这个实验的格子。可以下载笔记本，在自己的环境里做。",
            "No machine is up that can run this lab's cells. Download the notebook and solve it where you like.",
        )
    made = LabSession.objects.create(
        draft=draft, person=by, toolchain=toolchain, web_session=web_session or "", asked_at=now, seen_at=now, active_at=now
    )
    record(action="session.asked", by=by, now=now, subject=made, detail={"lab": draft.lab})
    tell(made)
    return made


@atomic
def run_cells(*, enrolment: Enrolment, lab: str, typed: Sequence[Typed], by: Person, now: datetime) -> LabSession:
    """Let cells run, one after another. Raises Refused `no_session` where none is open or waits for a seat."""
    session = _own(enrolment, lab, by)
    if not LabSession.objects.filter(pk=session.pk).exclude(state=SessionState.ENDED).update(seen_at=now):
        raise no_session()
    draft = LabDraft.objects.select_for_update(no_key=True).only("pk").get(pk=session.draft_id)
    kept = draft.runs.aggregate(last=Max("number"), count=Count("pk"))
    rows = {row.cell: row for row in draft.runs.filter(cell__in=[each.id for each in typed]).defer("outputs")}
    for number, each in enumerate(typed, (kept["last"] or 0) + 1):
        _queue(rows.setdefault(each.id, CellRun(draft=draft, cell=each.id)), session, each, number, now)
    if kept["count"] + len(typed) > MOST_CELLS:
        _forget_oldest(draft)
    tell(session)
    return session


def _forget_oldest(draft: LabDraft) -> None:
    old = draft.runs.order_by("-number").values_list("pk", flat=True)[MOST_CELLS:]
    draft.runs.filter(pk__in=list(old)).delete()


def _queue(row: CellRun, session: LabSession, typed: Typed, number: int, now: datetime) -> None:
    """In the place of the cell's run before; one that is running is left to its end."""
    if row.state == RunState.RUNNING and row.session_id == session.pk:
        return
    row.session, row.source, row.number, row.state = session, clean(typed.source), number, RunState.WAITING
    row.outputs, row.size, row.cut, row.count, row.seconds, row.gone, row.changed_at = [], 0, "", None, None, "", now
    row.version += 1
    row.save()


@atomic
def interrupt(*, enrolment: Enrolment, lab: str, by: Person, now: datetime) -> None:
    """Stop the cell that runs; those behind it don't run. Raises Refused `no_session`."""
    session = _own(enrolment, lab, by)
    _count_up(session, "interrupts")
    drop_waiting(session=session, now=now)


@atomic
def restart(*, enrolment: Enrolment, lab: str, by: Person, now: datetime) -> None:
    """A new interpreter, which has none of the names; what waits doesn't run. Raises Refused `no_session`."""
    session = _own(enrolment, lab, by)
    _count_up(session, "restarts")
    drop_waiting(session=session, now=now)


def _count_up(session: LabSession, what: str) -> None:
    LabSession.objects.filter(pk=session.pk).update(**{what: F(what) + 1})
    tell(session)


@atomic
def leave(*, enrolment: Enrolment, lab: str, by: Person, now: datetime) -> None:
    """End the session; nothing where there is none."""
    live = asking.live_of(by)
    if live is not None and (live.draft.enrolment_id, live.draft.lab) == (enrolment.pk, lab):
        end(session=live, why=SessionEnd.ASKED, by=by, now=now)
        tell(live)


def be_there(*, enrolment: Enrolment, lab: str, web_session: str, now: datetime) -> None:
    """A page is open."""
    live = LabSession.objects.filter(draft__enrolment=enrolment, draft__lab=lab).exclude(state=SessionState.ENDED)
    live.update(seen_at=now, **({"web_session": web_session} if web_session else {}))


def _own(enrolment: Enrolment, lab: str, by: Person) -> LabSession:
    rows = LabSession.objects.exclude(state=SessionState.ENDED)
    live = rows.filter(person=by, draft__enrolment=enrolment, draft__lab=lab).first()
    if live is None:
        raise no_session()
    return live


def no_session() -> Refused:
    return refuse("no_session", "会话已经结束，请重新开始。", "The session has ended. Start it again.")


def tell(session: LabSession) -> None:
    """Wake the hosts once this is committed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, str(session.pk)])
