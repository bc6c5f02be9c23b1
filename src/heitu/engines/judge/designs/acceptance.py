"""A design task's acceptance.py: trusted checks, run in the worker, that talk to a stranger's application.

A check is a function of the name that task.yaml gives it: `def keeps_order(app, rng)`. It draws what it asks from `rng`,
asks by `app`, and is passed when it returns. What it reads of an answer through `Answer` fails the check, in both
languages, where it isn't there.
"""

from __future__ import annotations

import hashlib
import json
import math
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import numpy as np

from heitu.engines.judge.cases import broken, loaded, named
from heitu.engines.judge.designs.contract import Check, Design
from heitu.engines.judge.session import Failed
from heitu.engines.judge.task import Task
from heitu.engines.sandbox.box import Ended
from heitu.engines.sandbox.channel import printable
from heitu.engines.sandbox.errors import Broken, SandboxFault
from heitu.engines.sandbox.letters import BETWEEN, RUN, Reply, Request

FILE = "acceptance.py"
Run = Callable[["App", np.random.Generator], object]
_KINDS = {
    str: ("字符串", "a string"), int: ("整数", "an integer"), float: ("数", "a number"), bool: ("布尔值", "true or false"),
    list: ("数组", "an array"), dict: ("对象", "an object"),
}
_SHOWN = 80


@dataclass(frozen=True)
class Spent:
    """Seconds of an exchange, and of processor time of all in the sandbox (the same where nothing counts it)."""

    seconds: float
    processor: float


Exchange = Callable[[Sequence[Request], bool], tuple[list[Reply], Spent]]


class Fault(Exception):
    """The application answered, and wrongly: `zh` and `en` say how."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh, self.en = zh, en


class Answer:
    """`status` is HTTP's, or a command's exit status; `body` is bytes that a stranger wrote."""

    def __init__(self, asked: str, reply: Reply) -> None:
        self._asked, self.status, self.body = asked, reply.status, reply.body

    @property
    def json(self) -> Any:
        """The body read as JSON. Raises Fault where it is none, or holds a NaN or infinity."""
        try:
            return json.loads(self.body, parse_constant=_no_constant)
        except (ValueError, RecursionError):
            raise Fault(
                f"{self._asked}：答复不是 JSON：{self.excerpt}", f"{self._asked}: the answer isn't JSON: {self.excerpt}"
            ) from None

    @property
    def excerpt(self) -> str:
        """The beginning of the body, fit to be shown."""
        return ascii(self.body[:_SHOWN].decode(errors="replace"))

    def field(self, name: str, kind: type) -> Any:
        """A field of the answered object; an integer counts as a float. Raises Fault where it isn't of the kind."""
        content = self.json
        value: Any = content.get(name) if isinstance(content, dict) else None
        if kind is float and type(value) is int and abs(value) < 1 << 53:
            value = float(value)
        if type(value) is not kind or not _is_finite(value):
            zh, en = _KINDS[kind]
            raise Fault(
                f"{self._asked}：答复中的 {name} 须为{zh}：{self.excerpt}",
                f"{self._asked}: {name} in the answer must be {en}: {self.excerpt}",
            )
        return value

    def numbers(self, name: str, count: int) -> np.ndarray[Any, np.dtype[np.float64]]:
        """A field that is an array of `count` finite numbers. Raises Fault for anything else."""
        value = self.field(name, list)
        if len(value) != count or not all(type(each) in (int, float) and abs(each) < 1e300 for each in value):
            raise Fault(
                f"{self._asked}：答复中的 {name} 须为 {count} 个有限的数：{self.excerpt}",
                f"{self._asked}: {name} in the answer must be {count} finite numbers: {self.excerpt}",
            )
        return np.array(value, np.float64)


class App:
    """What a check asks.

    `seconds` is what the last exchange took by the worker's clock, `processor` what all in the sandbox worked for it;
    `spent` is the seconds of all exchanges.
    """

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self.seconds = self.processor = self.spent = 0.0
        self.measures: dict[str, Any] = {}
        self.asked = hashlib.sha256()
        self.answered = 0

    def get(self, path: str) -> Answer:
        """One GET."""
        return self.together([("GET", path)])[0]

    def post(self, path: str, body: object) -> Answer:
        """One POST of a JSON body; bytes are sent as they are."""
        return self.together([("POST", path, body)])[0]

    def run(self, arguments: Sequence[str], reads: object = b"") -> Answer:
        """Start the command once; what it reads is bytes, or JSON of anything else."""
        return self.together([(RUN, BETWEEN.join(arguments), reads)])[0]

    def together(self, asked: Sequence[tuple[Any, ...]]) -> list[Answer]:
        """(method, path[, body]) each, all sent at once, over a connection each."""
        return self._all(asked, together=True)

    def in_turn(self, asked: Sequence[tuple[Any, ...]]) -> list[Answer]:
        """The same, each after the answer to the one before."""
        return self._all(asked, together=False)

    def _all(self, asked: Sequence[tuple[Any, ...]], *, together: bool) -> list[Answer]:
        requests = [Request(each[0], each[1], _body(*each[2:])) for each in asked]
        replies, _ = self.exchange(requests, together=together)
        names = [request.target.replace(BETWEEN, " ") or request.method for request in requests]
        return [Answer(name, reply) for name, reply in zip(names, replies, strict=True)]

    def exchange(self, requests: Sequence[Request], *, together: bool) -> tuple[list[Reply], Spent]:
        """The replies and what they cost, with the books kept."""
        for request in requests:
            self.asked.update(f"{request.method} {request.target} {len(request.body)} ".encode() + request.body)
        replies, cost = self._exchange(requests, together)
        self.seconds, self.processor = cost.seconds, cost.processor
        self.spent += self.seconds
        self.answered += len(replies)
        return replies, cost

    def expect(self, condition: object, zh: str, en: str) -> None:
        """Fail the check with these words unless the condition holds."""
        if not condition:
            self.wrong(zh, en)

    def wrong(self, zh: str, en: str) -> NoReturn:
        """Fail the check with these words."""
        raise Fault(zh, en)

    def measure(self, **values: float | int | str) -> None:
        """Numbers for the report, by name."""
        self.measures.update({name: _shown(value) for name, value in values.items()})


def _shown(value: float | int | str) -> float | int | str:
    """As JSON and a database take it, whatever a stranger's answer made of it."""
    if isinstance(value, float) and math.isfinite(value):
        return round(value, 6)
    return value if isinstance(value, int) else printable(str(value).encode(errors="replace"))


def _body(body: object = b"") -> bytes:
    return body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()


def _is_finite(value: object) -> bool:
    return not isinstance(value, float) or math.isfinite(value)


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


class Acceptance:
    """A task's checks, loaded. Every fault of the task's code is a BrokenTask."""

    def __init__(self, task: Task, seed: int) -> None:
        assert isinstance(task.spec, Design)
        self.task, self.seed = task, seed
        self.spec: Design = task.spec
        module = loaded(task.folder / FILE)
        self._runs: dict[str, Run] = {check.name: named(module, check.name) for check in self.spec.checks}

    def carry_out(self, check: Check, app: App) -> None:
        """Run one check. Raises Fault or what an exchange raises; BrokenTask where it fails before any answer."""
        number = self.spec.checks.index(check)
        try:
            self._runs[check.name](app, np.random.default_rng([self.seed, 1, number]))
        except (Fault, Ended, Failed, Broken, SandboxFault, TimeoutError):
            raise
        except (Exception, SystemExit) as error:
            where = self.where(error)
            if not app.answered:
                raise broken(self.task, f"{where}，在检查 {check.name} 中", f"{where}, in {check.name}") from error
            raise Unreadable(where) from error

    def where(self, error: BaseException) -> str:
        """The line of acceptance.py that raised, and what."""
        frames = [frame for frame in traceback.extract_tb(error.__traceback__) if Path(frame.filename).name == FILE]
        line = frames[-1].lineno if frames else 0
        return printable(f"{FILE}:{line}: {type(error).__name__}: {error}".encode(errors="replace"))


class Unreadable(Fault):
    """A check stumbled over an answer that it should have read with more care; `where` is the owner's to know."""

    def __init__(self, where: str) -> None:
        super().__init__("检查读不懂这个答复", "the check can't make sense of the answer")
        self.where = where
