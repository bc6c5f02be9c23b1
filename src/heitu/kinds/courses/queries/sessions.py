"""Sessions of cells: who has a seat, who waits, how long the voucher lasts, and what is told of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef, Q, QuerySet

from heitu.ground.core.prepared import prepared
from heitu.ground.core.text import Text
from heitu.ground.people.models import Person
from heitu.kinds.courses.enums import Cut, RunState, SessionEnd, SessionState
from heitu.kinds.courses.models import CellRun, Enrolment, LabDraft, LabSession, SessionHost
from heitu.kinds.courses.queries import labs
from heitu.kinds.courses.queries.classes import minutes_in

ALIVE_WITHIN = timedelta(seconds=15)
IDLE_AFTER = timedelta(minutes=20)
AWAY_AFTER = timedelta(minutes=3)
_LIVE = ~Q(state=SessionState.ENDED)
_TAKEN = Q(state__in=[SessionState.STARTING, SessionState.OPEN])
_WHY = {
    SessionEnd.ASKED: Text(zh="您结束了会话。", en="You ended the session."),
    SessionEnd.MOVED: Text(zh="您在另一个实验里开了会话，这里的已结束。", en="You opened a session in another lab: this one ended."),
    SessionEnd.IDLE: Text(zh="20 分钟没有运行，会话已结束。", en="Nothing was run for 20 minutes, so the session ended."),
    SessionEnd.AWAY: Text(zh="页面关闭后会话已结束。", en="The session ended after the page was closed."),
    SessionEnd.SIGNED_OUT: Text(zh="您已退出登录，会话已结束。", en="You signed out, so the session ended."),
    SessionEnd.VOUCHER: Text(
        zh="算力券已用完（提交所需的分钟仍留着），会话已结束。",
        en="The voucher ran out, but for what handing in costs, so the session ended.",
    ),
    SessionEnd.SPENT: Text(zh="这次会话的处理器时间已用完。", en="This session has used up its processor time."),
    SessionEnd.LOST: Text(
        zh="运行会话的机器停了；再运行就会开新的会话。",
        en="The machine of the session went away; run again to open a new one.",
    ),
    SessionEnd.FAULT: Text(
        zh="沙箱未能启动，问题不在您，也没有扣算力券。",
        en="The sandbox did not start. It isn't you, and your voucher wasn't charged.",
    ),
    SessionEnd.STOPPED: Text(
        zh="会话服务正在重启；再运行就会开新的会话。",
        en="The service is restarting; run again to open a new session.",
    ),
}
_KEPT = Text(zh="写下的内容都已保存，变量已清空。", en="What you typed is kept; variables are gone.")
_GONE = {
    "time": Text(zh="这一格到时仍停不下来。", en="the cell couldn't be stopped when its time was over."),
    "memory": Text(zh="内存超过上限。", en="it took more memory than is allowed."),
    "flood": Text(zh="输出过多。", en="it put out too much."),
    "died": Text(zh="它自己退出了。", en="it ended itself."),
    "spent": Text(zh="这次会话的处理器时间已用完。", en="this session has used up its processor time."),
    "stuck": Text(zh="中断不起作用，只好强行停止。", en="it didn't heed the interrupt and was stopped by force."),
}

_CUT = {
    Cut.CELL: Text(
        zh="输出太长，只留下前 40 万个字符。", en="It put out too much: only the first 400,000 characters are kept."
    ),
    Cut.DRAFT: Text(
        zh="这份实验的输出太多，这一格较早的输出已删去；再运行一次就有。",
        en="This lab has put out too much, so this cell's older output was removed; run it again to have it back.",
    ),
}


def live_of(person: Person) -> LabSession | None:
    """The one that the person has, waiting ones among them."""
    rows = LabSession.objects.filter(_LIVE, person=person)
    return rows.select_related("draft__enrolment__offering__version", "host").first()


def of_draft(draft: LabDraft) -> LabSession | None:
    """The draft's latest session; `is_busy`: a cell of the draft runs or waits to."""
    return _latest.first(draft=draft.pk) if draft.pk else None


@prepared(draft=int)
def _latest(draft: int) -> QuerySet[LabSession]:
    busy = Exists(CellRun.objects.filter(draft=draft, state__in=[RunState.WAITING, RunState.RUNNING]))
    return LabSession.objects.filter(draft=draft).select_related("host").annotate(is_busy=busy).order_by("-pk")[:1]


def hosts(now: datetime, toolchain: str = "") -> QuerySet[SessionHost]:
    """Those heard of lately."""
    rows = SessionHost.objects.filter(seen_at__gt=now - ALIVE_WITHIN)
    return rows.filter(toolchains__contains=[toolchain]) if toolchain else rows


def lost(now: datetime) -> QuerySet[LabSession]:
    """Those whose host isn't heard of any more."""
    dead = Q(host__isnull=True) | Q(host__seen_at__lte=now - ALIVE_WITHIN)
    return LabSession.objects.filter(_TAKEN & dead)


def left_alone(now: datetime) -> list[tuple[LabSession, SessionEnd]]:
    """Live sessions that nobody needs any more, with the reason. A cell that runs is waited for, whoever has left."""
    running = Exists(CellRun.objects.filter(session=OuterRef("pk"), state=RunState.RUNNING))
    rows = list(LabSession.objects.filter(_LIVE).annotate(is_busy=running))
    found = [(row, reason) for row in rows if not row.is_busy and (reason := _neglect(row, now))]
    return found + [(row, SessionEnd.SIGNED_OUT) for row in _signed_out(rows, now)]


def _neglect(session: LabSession, now: datetime) -> SessionEnd | None:
    if session.seen_at < now - AWAY_AFTER:
        return SessionEnd.AWAY
    is_idle = session.state == SessionState.OPEN and session.active_at < now - IDLE_AFTER
    return SessionEnd.IDLE if is_idle else None


def _signed_out(rows: Sequence[LabSession], now: datetime) -> list[LabSession]:
    named = [row for row in rows if row.web_session]
    keys = Session.objects.filter(session_key__in=[row.web_session for row in named], expire_date__gt=now)
    there = set(keys.values_list("session_key", flat=True)) if named else set()
    return [row for row in named if row.web_session not in there]


def reserve_of(enrolment: Enrolment, lab: str) -> int:
    """Minutes that stay on a voucher so that the lab can still be handed in."""
    told = labs.told(enrolment.offering.version_id, lab)
    return told.voucher_minutes if told is not None else 0


def minutes_left(enrolment: Enrolment, lab: str) -> int | None:
    """What a session may still use of the voucher; None where the class has no rule for vouchers."""
    if not enrolment.offering.voucher_minutes:
        return None
    held = minutes_in([enrolment.account_code]).get(enrolment.account_code, 0)
    return max(held - reserve_of(enrolment, lab), 0)


@dataclass(frozen=True)
class Standing:
    """How it is with a lab's session. `place`: 1 for the first of those who wait."""

    state: str
    words: Text
    place: int | None
    minutes_left: int | None
    minutes: int
    interpreter: int  # another number: another interpreter, which knows none of the names
    is_busy: bool = False  # a cell runs or waits to


def standing(draft: LabDraft, now: datetime) -> Standing:
    """Three queries at most."""
    session, left = of_draft(draft), minutes_left(draft.enrolment, draft.lab)
    if session is None:
        return Standing("", Text(zh="还没有会话。", en="There is no session yet."), None, left, 0, 0)
    state, place = _state(session, now), _place(session)
    return Standing(
        state, _words(session, state, place), place, left, session.minutes, session.pk * 1000 + session.restarts,
        is_busy=bool(getattr(session, "is_busy", False)) and state != SessionState.ENDED,
    )


def _state(session: LabSession, now: datetime) -> str:
    """One whose host isn't heard of is over, though nobody has written that down yet."""
    is_taken = session.state in (SessionState.STARTING, SessionState.OPEN)
    is_lost = is_taken and (session.host is None or session.host.seen_at <= now - ALIVE_WITHIN)
    return SessionState.ENDED if is_lost else session.state


def _place(session: LabSession) -> int | None:
    if session.state != SessionState.WAITING:
        return None
    waiting = LabSession.objects.filter(state=SessionState.WAITING, toolchain=session.toolchain)
    return waiting.filter(pk__lt=session.pk).count() + 1


def _words(session: LabSession, state: str, place: int | None) -> Text:
    if state == SessionState.ENDED:
        why = _WHY[SessionEnd(session.why or SessionEnd.LOST)]
        return Text(zh=f"{why.zh}{_KEPT.zh}", en=f"{why.en} {_KEPT.en}")
    if place is not None and place > 1:
        return Text(
            zh=f"座位已满，您排在第 {place} 位；轮到时自动开始。",
            en=f"All seats are taken, you are number {place}; it begins by itself.",
        )
    if place is not None:
        return Text(zh="正在等座位，您排在第 1 位。", en="Waiting for a seat, you are number 1.")
    if state == SessionState.STARTING:
        return Text(zh="正在启动。", en="It is starting.")
    return Text(zh="会话进行中。", en="The session is open.")


def runs(draft: LabDraft, *, since: datetime | None = None) -> QuerySet[CellRun]:
    """The latest run of each cell, or those that changed since."""
    rows = CellRun.objects.filter(draft=draft.pk) if draft.pk else CellRun.objects.none()
    return rows if since is None else rows.filter(changed_at__gte=since)


def is_busy(session: LabSession) -> bool:
    """Whether a cell runs, or waits to in a session that has a seat."""
    return _busy.first(session=session.pk) is not None


@prepared(session=int)
def _busy(session: int) -> QuerySet[Any, int]:
    rows = CellRun.objects.filter(session=session, session__state=SessionState.OPEN)
    return rows.filter(state__in=[RunState.WAITING, RunState.RUNNING]).order_by().values_list("pk", flat=True)[:1]


def note_of(run: CellRun) -> Text | None:
    """What is said below a cell in which the interpreter ended, or of which not all outputs were kept."""
    said = [_gone_words(run.gone)] if run.gone else []
    said += [_CUT[Cut(run.cut)]] if run.cut else []
    return Text(zh="".join(each.zh for each in said), en=" ".join(each.en for each in said)) if said else None


def _gone_words(gone: str) -> Text:
    why = _GONE.get(gone, _GONE["died"])
    return Text(zh=f"解释器已重新开始：{why.zh}变量已清空。", en=f"The interpreter was started anew: {why.en} Variables are gone.")
