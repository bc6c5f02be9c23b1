"""Evaluating a reference design: each check against the application in a fresh sandbox."""

from __future__ import annotations

from heitu.engines.judge.designs.acceptance import Acceptance, App, Fault, Unreadable
from heitu.engines.judge.designs.contract import Check
from heitu.engines.judge.designs.manifest import Manifest, read_manifest
from heitu.engines.judge.designs.report import flags, report
from heitu.engines.judge.designs.visit import Visit
from heitu.engines.judge.finding import Finding
from heitu.engines.judge.session import Failed
from heitu.engines.judge.submission import Submission
from heitu.engines.judge.timing import Timings
from heitu.engines.judge.verdict import ACCEPTED, SKIPPED, WRONG_ANSWER, CaseResult, Report, Steps
from heitu.engines.sandbox.box import Ended
from heitu.engines.sandbox.channel import printable
from heitu.engines.sandbox.nursery import Nursery

# So many checks may cost a sandbox or a long wait before the others are skipped.
_MOST_ENDS = 3
_LOG_KEPT = 1 << 14
_COSTLY = ("time_limit", "memory_limit", "output_limit")


class Designs:
    """One run of the evaluator for reference designs; a `patient` one skips no check however costly those before."""

    def __init__(
        self, nursery: Nursery, acceptance: Acceptance, progress: Report, *, public_only: bool, patient: bool = False
    ) -> None:
        self.nursery, self.acceptance, self.spec = nursery, acceptance, acceptance.spec
        self.checks = [check for check in self.spec.checks if check.public or not public_only]
        self.steps = Steps(progress, "check", len(self.checks))
        self.asked: dict[str, str] = {}
        self.log = b""
        self._most_ends = len(self.checks) if patient else _MOST_ENDS
        self._ends = 0

    def evaluate(self, submission: Submission) -> Finding:
        """The finding on one submission. Raises BrokenTask, LayersMissing, SandboxFault."""
        manifest = read_manifest(submission.files, self.spec)
        results = [self._result(check, submission, manifest) for check in self.checks]
        found = report(self.spec, submission, manifest)
        found["checks"] = [self._told(check) for check in self.checks]
        timings = Timings(flags=flags(found))
        bad = [r for check, r in zip(self.checks, results, strict=True) if check.required and r.verdict != ACCEPTED]
        log = printable(self.log)
        if bad:
            first = next((result for result in bad if result.verdict != SKIPPED), bad[0])
            return Finding(
                first.verdict, 0.0, results, rule=first.rule, text=first.text, timings=timings, log=log, report=found
            )
        return Finding(ACCEPTED, self._points(results), results, timings=timings, log=log, report=found)

    def _points(self, results: list[CaseResult]) -> float:
        """Of 100, by the weights of the checks that passed."""
        pairs = list(zip(self.checks, results, strict=True))
        passed = sum(check.weight for check, result in pairs if result.verdict == ACCEPTED)
        return round(100 * passed / sum(check.weight for check in self.checks), 2)

    def _result(self, check: Check, submission: Submission, manifest: Manifest) -> CaseResult:
        self.steps.step()
        if self._ends >= self._most_ends:
            return self._case(check, SKIPPED)
        app: App | None = None
        try:
            with Visit(self.nursery, self.spec, submission, manifest, self._keep) as visit:
                app = App(lambda requests, together: visit.exchange(requests, together=together))
                try:
                    self.acceptance.carry_out(check, app)
                finally:
                    self.asked[check.name] = app.asked.hexdigest()
        except Unreadable as fault:
            return self._case(check, WRONG_ANSWER, f"{fault.zh} / {fault.en}", "unreadable", app, fault.where)
        except Fault as fault:
            return self._case(check, WRONG_ANSWER, f"{fault.zh} / {fault.en}", "", app)
        except (Ended, Failed) as error:
            self._ends += isinstance(error, Ended) or error.verdict in _COSTLY
            return self._case(check, error.verdict, _text(error), error.rule if isinstance(error, Failed) else "", app)
        return self._case(check, ACCEPTED, app=app)

    def _keep(self, printed: bytes) -> None:
        self.log = (self.log + printed)[:_LOG_KEPT]

    def _case(
        self, check: Check, verdict: str, text: str = "", rule: str = "", app: App | None = None, where: str = ""
    ) -> CaseResult:
        measures = {**(app.measures if app else {}), **({"stumbled": where} if where else {})}
        return CaseResult(
            self._id(check), verdict, check.public, False, "", "", rule=rule, text=printable(text.encode(errors="replace")),
            error=measures, seconds=app.spent if app else None,
        )

    def _id(self, check: Check) -> str:
        """A public check's name; a hidden one's would tell what is tried."""
        if check.public:
            return check.name
        return f"hidden-{[each.name for each in self.spec.checks if not each.public].index(check.name) + 1}"

    def _told(self, check: Check) -> dict[str, object]:
        return {"id": self._id(check), **check.model_dump()}


_MEND = {
    "time_limit": ("一次交互用完了时间：减少每个请求的计算，不要空转或久等",
                   "used up the time of an exchange: compute less for each request, don't spin and don't wait long"),
    "memory_limit": ("超出内存上限：缩小缓存、批次或进程数",
                     "went beyond the memory limit: smaller caches, batches, or fewer processes"),
    "output_limit": ("打印过多：日志写得少一些", "printed too much: write fewer lines to the log"),
    "runtime_error": ("应用使沙箱提前结束：不要向其他进程发信号", "the application ended its sandbox: send signals to nobody else"),
}


def _text(error: Ended | Failed) -> str:
    """A failure says how to mend it; an end of the whole sandbox is said here."""
    if isinstance(error, Failed):
        return error.text
    zh, en = _MEND.get(error.verdict, ("", ""))
    return f"{zh}（{error.text}）/ {en} ({error.text})"
