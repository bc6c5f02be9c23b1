"""Vetting a design task: does an app that does no work pass a check, do its examples end as promised, is it steady?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from heitu.engines.judge.apart import AcceptanceApart
from heitu.engines.judge.designs.contract import Design, Start
from heitu.engines.judge.designs.evaluate import Designs
from heitu.engines.judge.errors import BrokenTask, Refusal
from heitu.engines.judge.finding import Finding
from heitu.engines.judge.submission import Submission, accept, take_in
from heitu.engines.judge.task import Task
from heitu.engines.judge.verdict import ACCEPTED, Progress
from heitu.engines.sandbox.nursery import Nursery

_SERVER = """\
import os, sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        body = self.rfile.read(int(self.headers["Content-Length"] or 0))
        status, body = answer(body)
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    do_POST = do_PUT = do_DELETE = do_GET
    def log_message(self, *_):
        pass
class Server(ThreadingHTTPServer):
    request_queue_size = 128
def answer(body):
    ANSWER
Server(("127.0.0.1", int(os.environ["PORT"])), Handler).serve_forever()
"""
_COMMAND = """\
import os, sys
def answer(body):
    ANSWER
status, body = answer(sys.stdin.buffer.read())
sys.stdout.buffer.write(body)
sys.stdout.flush()
sys.exit(0 if status == 200 else 2)
"""
# What an application does that took no work; none may pass a check, and no check may stumble over it.
_IDLE = {
    "an app that answers {}": "return 200, b'{}'",
    "an app that answers null": "return 200, b'null'",
    "an app that answers with deep nesting": "return 200, b'[' * 90000",
    "an app that answers with bytes": "return 200, bytes(range(256))",
    "an app that echoes the request": "return 200, body",
    "an app that refuses everything": """return 400, b'{"error": "no"}'""",
    "an app that knows nothing": """return 404, b'{"error": "no"}'""",
    "an app that crashes": "os._exit(1)",
}


def faults_of_design(task: Task, seed: int, allow_missing: Iterable[str], *, timed: bool) -> list[str]:
    """One line a fault; none when the task may be published. Raises BrokenTask where it can't be run.

    Without `timed`, the examples aren't run: some checks may want a quiet machine.
    """
    assert isinstance(task.spec, Design)
    examples = _examples(task)
    with Nursery(task.spec.toolchain, waived=allow_missing) as nursery:
        faults = [*_without_start(task), *_accepts(task, seed, nursery)]
        if not timed:
            return faults
        faults += _out_of_reach(task, seed, nursery, examples)
        return faults or _unsteady(task, seed, nursery, examples)


def _without_start(task: Task) -> list[str]:
    there = (task.folder / "starter" / "app.yaml").is_file()
    return [] if there else ["starter/: there is no app.yaml for teams to begin with"]


def _examples(task: Task) -> dict[str, Submission]:
    """The folders that task.yaml names, taken in. Raises BrokenTask for one that isn't there, or is refused."""
    assert isinstance(task.spec, Design)
    taken = {}
    for name in task.spec.examples:
        folder = task.folder / "examples" / name
        if not folder.is_dir():
            where = f"task.yaml: examples.{name}"
            raise BrokenTask("example", f"{where}：没有文件夹 {folder.name}", f"{where}: there is no examples/{name}")
        try:
            taken[name] = take_in(folder, task.spec)
        except Refusal as refusal:
            raise BrokenTask("example", f"examples/{name}：{refusal.zh}", f"examples/{name}: {refusal.en}") from refusal
    return taken


def _idle(start: Start, spec: Design) -> Iterator[tuple[str, Submission]]:
    frame = _SERVER if start == "service" else _COMMAND
    sources = {"an empty app": ""} | {name: frame.replace("ANSWER", body) for name, body in _IDLE.items()}
    for name, source in sources.items():
        files = {"app.yaml": f"start: {start}\nrun: main.py\n".encode(), "main.py": source.encode()}
        yield name, accept(files, spec)


def _accepts(task: Task, seed: int, nursery: Nursery) -> Iterator[str]:
    assert isinstance(task.spec, Design)
    for start in task.spec.start:
        for name, submission in _idle(start, task.spec):
            finding = _found(task, seed, nursery, submission)[0]
            for check, case in zip(task.spec.checks, finding.cases, strict=True):
                if case.verdict == ACCEPTED:
                    yield f"{check.name}: passed by {name}"
                elif case.rule == "unreadable":
                    yield f"{case.error['stumbled']}: {check.name} stumbles over {name}"


def _out_of_reach(task: Task, seed: int, nursery: Nursery, examples: Mapping[str, Submission]) -> Iterator[str]:
    """Examples that end otherwise than task.yaml says, and checks that none of them passes."""
    assert isinstance(task.spec, Design)
    reached: set[str] = set()
    for name, submission in examples.items():
        finding = _found(task, seed, nursery, submission)[0]
        promised = task.spec.examples[name]
        for check, case in zip(task.spec.checks, finding.cases, strict=True):
            passed = case.verdict == ACCEPTED
            reached |= {check.name} if passed else set()
            if passed == (check.name in promised):
                yield f"examples/{name}: {check.name} is {case.verdict}, not as task.yaml says. {case.text}".rstrip()
    yield from (f"{check.name}: no example passes it" for check in task.spec.checks if check.name not in reached)


def _unsteady(task: Task, seed: int, nursery: Nursery, examples: Mapping[str, Submission]) -> list[str]:
    """Checks that ask or end otherwise at the same seed, and those that ask the same at another."""
    assert isinstance(task.spec, Design)
    failing = task.spec.examples
    best = min(examples, key=lambda name: len(failing[name]))
    runs = [_found(task, number, nursery, examples[best]) for number in (seed, seed, seed + 1)]
    faults: list[str] = []
    for number, check in enumerate(task.spec.checks):
        first, second, other = (asked[check.name] for _, asked in runs)
        once, again, _ = (finding.cases[number].verdict for finding, _ in runs)
        faults += [f"{check.name}: asks otherwise at the same seed"] if first != second else []
        faults += [f"{check.name}: asks the same at every seed"] if first == other else []
        faults += [f"{check.name}: {once} once and {again} again"] if once != again else []
    return faults


def _found(task: Task, seed: int, nursery: Nursery, submission: Submission) -> tuple[Finding, dict[str, str]]:
    """The finding, and a digest of what each check asked."""
    with AcceptanceApart(task, seed) as acceptance:
        designs = Designs(nursery, acceptance, _unwatched, public_only=False, patient=True)
        return designs.evaluate(submission), designs.asked


def _unwatched(_: Progress) -> None:
    """Nobody watches."""
