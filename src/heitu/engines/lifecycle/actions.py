"""Everything that changes a case: load a definition, open, move, postpone, migrate."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from heitu.engines.lifecycle import checking, clocks, registry, rules, schemas
from heitu.engines.lifecycle.definitions import Programme
from heitu.engines.lifecycle.enums import MachineName
from heitu.engines.lifecycle.faults import DefinitionError
from heitu.engines.lifecycle.loading import read_programme
from heitu.engines.lifecycle.migrating import migrate_cases as migrate_cases
from heitu.engines.lifecycle.models import Case, DefinitionVersion, Transition
from heitu.engines.lifecycle.pins import programme_in, programme_of
from heitu.engines.lifecycle.registry import Context
from heitu.ground.audit import chain
from heitu.ground.audit.actions import entry, record
from heitu.ground.core.errors import Refused, refuse
from heitu.ground.core.statements import Reading, planned
from heitu.ground.core.transactions import atomic, is_joined, joined
from heitu.ground.people.models import Person

MAX_DEPTH = 20  # moves that effects may make inside one another before we call it a circle
_STANDING = ("state", "entered_at", "due_at", "remind_at", "moves", "outcome", "closed_at")
_LOCKING = Reading(Case, by="id", lock=True)
_STAND = f"UPDATE lifecycle_case SET {', '.join(f'{name} = %s' for name in _STANDING)} WHERE id = %s"
_Cases = dict[int, tuple[tuple[object, ...], Case]]  # by id, each with the savepoints that it was locked behind


@dataclass(frozen=True)
class _Around:
    """The moves under way: how many, one inside another, and the cases that they have locked."""

    depth: int
    cases: _Cases


_around: ContextVar[_Around | None] = ContextVar("around", default=None)


def load_programme(
    *, by: Person | None, now: datetime, path: Path | None = None, programme: Programme | None = None
) -> DefinitionVersion:
    """Pin a programme and make it the version that new cases start under; open cases keep theirs.

    Equal content finds the version that is already there. Raises DefinitionError with every fault.
    """
    if programme is None:
        if path is None:
            raise TypeError("load_programme needs a path or a programme")
        programme = read_programme(path)
    faults = checking.check(programme)
    if faults:
        raise DefinitionError(faults)
    return _pinned(programme, by=by, now=now)


@atomic
def _pinned(programme: Programme, *, by: Person | None, now: datetime) -> DefinitionVersion:
    with connection.cursor() as cursor:  # two processes that start at once may load the same new programme
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"lifecycle:{programme.programme}"])
    versions = DefinitionVersion.objects.filter(programme=programme.programme)
    known = {version.digest: version for version in versions.defer("body")}
    version = known.get(programme.digest)
    if version and version.is_current:
        return version
    versions.filter(is_current=True).update(is_current=False)
    if version:
        version.is_current = True
        version.save(update_fields=["is_current"])
    else:
        version = DefinitionVersion.objects.create(
            programme=programme.programme, digest=programme.digest, body=programme.canonical(), loaded_at=now
        )
    record(action="lifecycle.load", by=by, now=now, subject=version, detail={"digest": version.digest})
    return version


@atomic
def open_case(*, machine: str, definition: DefinitionVersion, by: Person | None, now: datetime) -> Case:
    """Start a case in its machine's first state.

    A deadline that names a date source is set only when that answers already; call `refresh_deadline` once the
    object that knows the date exists.
    """
    programme = programme_in(definition)
    start = programme.machine(machine).start
    case = Case(machine=MachineName(machine), definition=definition, state=start, entered_at=now, opened_at=now)
    clocks.start(case, programme)
    case.save()
    record(action="lifecycle.open", by=by, now=now, subject=case, detail={"definition": definition.digest})
    return case


def lock(pk: int) -> Case:
    """The case as it is now, for an action that depends on its state; nobody else moves it until the transaction ends."""
    return _LOCKING.get(pk)


def move(
    *,
    case: Case,
    event: str,
    by: Person | None,
    now: datetime,
    reason: str = "",
    data: Mapping[str, Any] | None = None,
    key: str | None = None,
    expected_moves: int | None = None,
) -> Transition:
    """Make `event` happen to `case`: the only way in which a state changes.

    Locks the case, asks who may and what stands in the way, writes the transition, moves the case, runs the effects
    in their order, all in one transaction; listeners run after its commit. `key` makes the call repeatable: the
    transition that it made is answered again. `expected_moves` is the number of moves that the person has seen.
    The given `case` is brought up to date. Effects may call `move` in turn, on this case too: it is already in its
    new state then.

    Raises Refused: `key_reused`, `stale`, `closed`, `not_now`, `not_yours`, `reason_missing`, `form_invalid`,
    `guarded`, or whatever an effect raises; nothing is changed then.
    """
    with transaction.atomic(savepoint=not is_joined()), _deeper() as cases:
        locked = _held(case, cases)
        found = _asked(locked, event, by, now, reason, data or {}, key, expected_moves)
        if isinstance(found, Context):
            found = _make(found, key)
    if isinstance(found, Refused):
        raise found
    _copy_standing(locked, case)
    return found


@contextmanager
def _deeper() -> Iterator[_Cases]:
    """One move inside another; answers the cases that the moves around this one have locked, none for the outermost."""
    around = _around.get() or _Around(0, {})
    token = _around.set(_Around(around.depth + 1, around.cases))
    try:
        if around.depth >= MAX_DEPTH:
            raise RuntimeError(f"effects moved cases {MAX_DEPTH} deep: the definition runs in a circle")
        yield around.cases
    finally:
        _around.reset(token)


def _held(case: Case, cases: _Cases) -> Case:
    """The row as it is now, kept from everybody else until the transaction ends.

    An effect that acts on a case of the moves around it gets that same object, since nobody else can have changed the
    row; behind another savepoint it is read anew, as what was done to it before may have been rolled back.
    """
    behind = tuple(each for each in connection.savepoint_ids if each)
    if case.pk not in cases or cases[case.pk][0] != behind:
        cases[case.pk] = (behind, _locked(case))
    return cases[case.pk][1]


def _locked(case: Case) -> Case:
    """Lock the row, then read what belongs to the case: in this order, so that what is read isn't older than the lock."""
    locked = lock(case.pk)
    for read in registry.belongings():
        read(locked)
    return locked


def _copy_standing(source: Case, target: Case) -> None:
    for name in _STANDING:
        setattr(target, name, getattr(source, name))


def _asked(
    case: Case, event: str, by: Person | None, now: datetime, reason: str, data: Mapping[str, Any], key: str | None,
    expected_moves: int | None,
) -> Transition | Context | Refused:
    """What the key made before, else the move as it may be made, else why not.

    Nothing is written yet, so a refusal needs no rollback, after which every statement would have to be planned anew.
    """
    try:
        earlier = _made_before(case, event, by, key)
        if earlier is not None:
            return earlier
        _refuse_stale(case, expected_moves)
        context = _context(case, event, by, now, reason, data)
        _refuse_unfit(context)
    except Refused as refused:
        return refused
    return context


def _make(context: Context, key: str | None) -> Transition:
    transition = _write(context, key)
    with joined():
        _take_effect(replace(context, transition=transition))
    return transition


def _made_before(case: Case, event: str, by: Person | None, key: str | None) -> Transition | None:
    """The transition that this key made, if any; refuses a key that was used for something else."""
    if key is None:
        return None
    earlier = Transition.objects.filter(key=key).first()
    same = earlier is None or (
        (earlier.case_id, earlier.event, earlier.actor_id) == (case.pk, event, by.pk if by else None)
    )
    if not same:
        raise refuse("key_reused", "这个标识已用于另一项操作。", "This key was used for something else.", field="key")
    return earlier


def _refuse_stale(case: Case, expected_moves: int | None) -> None:
    if expected_moves is None or expected_moves == case.moves:
        return
    programme, since = programme_of(case), case.transitions.filter(number__gt=expected_moves)
    raise refuse(
        "stale", "在您打开页面之后，情况已经变化，请查看后再操作。",
        "Things changed after you opened this page. Look again before you act.",
        moves=case.moves, state=case.state,
        since=[
            {"number": each.number, "event": each.event, "to": each.to_state, "at": each.at.isoformat(),
             "title": programme.state(case.machine, each.to_state).title.model_dump()}
            for each in since
        ],
    )


def _context(
    case: Case, event: str, by: Person | None, now: datetime, reason: str, data: Mapping[str, Any]
) -> Context:
    """Find the event in the state that the case is in, or refuse."""
    programme = programme_of(case)
    state = programme.state(case.machine, case.state)
    if state.step == "close":
        zh, en = f"已结束（{state.title.zh}），不能再操作。", f"This is closed ({state.title.en})."
        raise refuse("closed", zh, en, state=case.state)
    if event not in state.on:
        raise refuse(
            "not_now", f"当前是“{state.title.zh}”，不能进行这一步。", f"This can't be done in “{state.title.en}”.",
            state=case.state, event=event, possible=list(state.on),
        )
    return Context(case, programme, event, case.state, state.on[event].to, by, now, reason.strip(), data)


def _refuse_unfit(context: Context) -> None:
    """Who may; then what the person must give; then what stands in the way."""
    event = context.definition
    if not rules.may(context.case, event, context.by):
        roles = rules.who(event)
        raise refuse(
            "not_yours", f"只有{roles.zh}可以进行这一步。", f"Only {roles.en} may do this.", roles=list(event.by)
        )
    if event.reason == "required" and not context.reason:
        raise refuse("reason_missing", "请写明理由。", "Give a reason.", field="reason")
    problems = schemas.problems_with(context.programme, event.form, context.data) if event.form else []
    if problems:
        errors = [{"field": field, "message": message.model_dump()} for field, message in problems]
        raise Refused("form_invalid", problems[0][1], field=problems[0][0] or None, details={"errors": errors})
    why = rules.obstacles(context)
    if why:
        raise Refused("guarded", rules.joined(why), details={"why": [text.model_dump() for text in why]})


def _write(context: Context, key: str | None) -> Transition:
    """Append the transition, then bring the case into its new state: in this order triggers check the numbering."""
    case, now = context.case, context.now
    transition = Transition(
        case=case, number=case.moves + 1, event=context.event, from_state=context.state, to_state=context.target,
        actor=context.by, reason=context.reason, data=dict(context.data), at=now,
        definition_id=case.definition_id, key=key,
    )
    detail = {"event": context.event, "number": transition.number, "from": context.state, "to": context.target}
    chain.append(transition, entry(action="lifecycle.move", by=context.by, now=now, subject=case, detail=detail))
    case.moves += 1
    if context.target != context.state:
        _enter(context)
    _keep_standing(case)
    return transition


def _keep_standing(case: Case) -> None:
    with planned() as cursor:
        cursor.execute(_STAND, [*(getattr(case, name) for name in _STANDING), case.pk])


def _enter(context: Context) -> None:
    """A move that stays in its state restarts nothing: neither the clock nor the reminders."""
    case, state = context.case, context.to_state
    case.state, case.entered_at = context.target, context.now
    case.outcome = state.outcome or ""
    case.closed_at = context.now if state.step == "close" else None
    clocks.start(case, context.programme)


def _take_effect(context: Context) -> None:
    """Run the effects; what is for after the commit is logged, not undone, when it fails."""
    later: list[Callable[[Context], None]] = []
    for name in context.definition.effects:
        effect = registry.effects()[name]
        if effect.after_commit:
            later.append(effect.run)
        else:
            effect.run(context)
    for each in (*later, *registry.moved_listeners()):
        transaction.on_commit(_with(each, context), robust=True)


def _with(listener: Callable[[Context], None], context: Context) -> Callable[[], None]:
    """A named function, since Django logs the failure of a hook by its `__qualname__`, which a partial lacks."""

    def listen() -> None:
        listener(context)

    listen.__qualname__ = getattr(listener, "__qualname__", repr(listener))
    return listen


def postpone(*, case: Case, due_at: datetime, by: Person | None, now: datetime, reason: str) -> None:
    """Give a case until `due_at` in the state that it is in; reminders count from the new date.

    Raises Refused `no_deadline` or `due_in_past`.
    """
    if due_at <= now:
        raise refuse("due_in_past", "新的期限必须在将来。", "The new date must be in the future.", field="due_at")
    with transaction.atomic(savepoint=not is_joined()), _deeper() as cases:
        locked = _held(case, cases)
        if clocks.deadline_of(locked, programme_of(locked)) is None:
            raise refuse("no_deadline", "这一步没有期限。", "This step has no deadline.")
        _set_due(locked, due_at, by=by, now=now, reason=reason)
    _copy_standing(locked, case)


def refresh_deadline(*, case: Case, by: Person | None, now: datetime, reason: str = "") -> None:
    """Read the deadline anew, after the date that it names became known or changed."""
    with transaction.atomic(savepoint=not is_joined()), _deeper() as cases:
        locked = _held(case, cases)
        due_at = clocks.due(locked, programme_of(locked))
        if due_at != locked.due_at:
            _set_due(locked, due_at, by=by, now=now, reason=reason)
    _copy_standing(locked, case)


def _set_due(case: Case, due_at: datetime | None, *, by: Person | None, now: datetime, reason: str) -> None:
    was = case.due_at.isoformat() if case.due_at else None
    clocks.set_due(case, programme_of(case), due_at, after=now)
    _keep_standing(case)
    detail = {"from": was, "to": due_at.isoformat() if due_at else None, "reason": reason}
    record(action="lifecycle.postpone", by=by, now=now, subject=case, detail=detail)
