"""Running one notebook: the student's cells in one sandbox, the tests in another that asks the first for its names.

A test never comes into the process of whoever is tested. It runs in a sandbox of its own, beside nothing but the
author's cells; what it uses of the student's is asked for, value by value, and the comparison happens here. The
worker hands the messages over and believes the student's side nothing but values.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from heitu.engines.grading.bindings import Bindings, has_chance
from heitu.engines.sandbox import reports as taking
from heitu.engines.sandbox.box import TIME_LIMIT, Ended
from heitu.engines.sandbox.notebook.envelope import Unreadable, is_question, is_report, seal, unseal
from heitu.engines.sandbox.nursery import Nursery
from heitu.engines.sandbox.reports import Output
from heitu.engines.sandbox.side import Limits, Side, Spent, TakesLong

_ENVIRONMENT = {"NBGRADER_EXECUTION": "autograde"}
_PREPARE_SECONDS = 60.0


@dataclass
class Result:
    """Of one cell: outputs, whether it ran out of time, and why it did not run at all where it didn't; of a test also
    which kinds of stand-ins it saw, by where they came from."""

    outputs: list[Output] = field(default_factory=list)
    timeout: bool = False
    ended: str = ""
    count: int | None = None
    seen: dict[str, list[str]] = field(default_factory=dict)


class Session:
    """The two sides of one notebook. Use as a context manager."""

    def __init__(
        self, nursery: Nursery, limits: Limits, bindings: Bindings, theirs: Mapping[str, bytes], ours: Mapping[str, bytes]
    ) -> None:
        """`theirs` and `ours` are the files that lie beside the notebook on either side."""
        self._nursery, self._limits, self._bindings = nursery, limits, bindings
        self._files = {"theirs": theirs, "ours": ours}
        self._student: Side | None = None
        self._author: Side | None = None
        self._author_ran: list[str] = []
        self._passed = 0.0
        self.ended = ""

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *_: object) -> None:
        for side in (self._student, self._author):
            if side is not None:
                side.close()

    # ── the student's cells ─────────────────────────────────────────────────────────────────────────────────

    def run(self, source: str, *, afresh: bool = False, on_ask: Callable[[str], str] | None = None) -> Result:
        """Run a cell on the student's side; `afresh` puts Python's own names back before it. `on_ask` makes a check
        that the cell itself asks for; KeyError says that there is none of that name."""
        if self.ended:
            return Result(ended=self.ended)
        with self._a_cell() as spent:
            try:
                said = self._students().say(seal({"run": source, "afresh": afresh}), spent)
                while on_ask is not None and not is_report(said) and (name := _asked_for(said)) is not None:
                    said = self._students().say(_told(on_ask, name), spent)
            except (Ended, Unreadable) as error:
                return self._over(error, spent)
            return _result(said, spent, self._limits.seconds)

    @contextlib.contextmanager
    def _a_cell(self) -> Iterator[Spent]:
        """A cell's time, counted towards the notebook's. Raises TakesLong once the patience for that is over."""
        patience = self._limits.patience
        given = self._limits.seconds if patience is None else min(self._limits.seconds, patience - self._passed)
        spent = Spent(given)
        yield spent
        self._passed += given - spent.left
        if patience is not None and (spent.interrupted or self._passed >= patience):
            raise TakesLong

    def _students(self) -> Side:
        if self._student is None:
            place = {"environment": _ENVIRONMENT}
            self._student = Side(self._nursery, self._limits, self._files["theirs"], place)
        return self._student

    def _over(self, error: Ended | Unreadable, spent: Spent) -> Result:
        """The student's side is gone, with all that its cells had made."""
        self.ended = str(error)
        self._students().close()
        found = [timed_out(self._limits.seconds)] if spent.interrupted else [taking.error("DeadKernelError", self.ended)]
        return Result(found, timeout=spent.interrupted, ended=self.ended)

    # ── the author's ────────────────────────────────────────────────────────────────────────────────────────

    def prepare(self, source: str) -> None:
        """Run what is the author's of a locked cell on the author's side as well."""
        if source:
            self._author_ran.append(source)
            if self._author is not None:
                self._quietly(self._author, source)

    def test(
        self, source: str, exports: list[str], origins: dict[str, list[str]] | None = None, *, learning: bool = False
    ) -> Result:
        """Run a test on the author's side. `origins` and `learning` are the rule on what its stand-ins may be."""
        question = {
            "run": source, "exports": exports, "chance": self._bindings.chance or has_chance(source),
            "expect": {"origins": origins, "learning": learning},
        }
        with self._a_cell() as spent:
            try:
                said = self._relayed(self._authors(), seal(question), spent)
            except (Ended, Unreadable) as error:
                self._forget_author()
                found = timed_out(self._limits.seconds) if spent.interrupted else taking.error("TestEnded", str(error))
                return Result([found], timeout=spent.interrupted)
            return _result(said, spent, self._limits.seconds)

    def _authors(self) -> Side:
        if self._author is None:
            place = {**self._bindings.place(), "environment": _ENVIRONMENT}
            self._author = Side(self._nursery, self._limits, self._files["ours"], place)
            for source in self._author_ran:
                self._quietly(self._author, source)
        return self._author

    def _forget_author(self) -> None:
        if self._author is not None:
            self._author.close()
            self._author = None

    def _quietly(self, author: Side, source: str) -> None:
        """Statements that need nothing of the student's; should one fail all the same, its names are asked for."""
        try:
            self._relayed(author, seal({"run": source, "quietly": True}), Spent(_PREPARE_SECONDS))
        except (Ended, Unreadable):
            self._forget_author()

    def _relayed(self, author: Side, message: bytes, spent: Spent) -> bytes:
        """Hand messages to and fro until the author's side reports. Raises what befalls the author's side, and Ended
        when the time is over; whoever then waits for an answer in the midst of a call is ended too."""
        owed = 0
        while True:
            said = author.say(message, spent)
            if is_report(said):
                return said
            owed -= not is_question(said)
            if spent.left <= 0:
                spent.interrupted = True
                over = Ended(TIME_LIMIT, f"{self._limits.seconds:g} s")
                if owed:
                    self._over(over, spent)
                raise over
            message = self._asked(said, spent)
            owed += is_question(message)

    def _asked(self, question: bytes, spent: Spent) -> bytes:
        """What the student's side says; that it is gone, where it is."""
        if not self.ended:
            try:
                return self._students().say(question, spent, look=False)
            except (Ended, Unreadable) as error:
                self._over(error, spent)
        return seal({"gone": self.ended})


def _asked_for(said: bytes) -> str | None:
    """The name of the check that a cell asks for."""
    with contextlib.suppress(Unreadable):
        body, _ = unseal(said)
        given = body.get("with")
        if body.get("do") == "check" and isinstance(given, list) and given and isinstance(given[0], str):
            return given[0]
    return None


def _told(on_ask: Callable[[str], str], name: str) -> bytes:
    try:
        return seal({"ok": on_ask(name)})
    except KeyError:
        return seal({"raised": [None, "FileNotFoundError", "FileNotFoundError", ["t", f"Test {name} does not exist"]]})


def _result(said: bytes, spent: Spent, limit: float) -> Result:
    body: dict[str, Any] = {}
    with contextlib.suppress(Unreadable):
        body, _ = unseal(said)
    found = taking.taken(body.get("ran"))
    if spent.interrupted:
        found.append(timed_out(limit))
    elif "ran" not in body or "failed" in body:
        found.append(taking.error("NoAnswer", "the cell's outputs were not reported"))
    count = body.get("count")
    number = count - 1 if isinstance(count, int) else None
    return Result(found, timeout=spent.interrupted, count=number, seen=body.get("seen") or {})


def timed_out(seconds: float) -> Output:
    """As nbgrader calls it."""
    return taking.error("CellTimeoutError", f"no end after {seconds:g} s")
