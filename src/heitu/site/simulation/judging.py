"""What simulated teams hand in, and who judges it: one in fifty the real judge, the others a marked stand-in."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from random import Random

from django.core.files.base import ContentFile, File

from heitu.engines.judge import judge
from heitu.engines.judge.task import Spec, read_task
from heitu.engines.sandbox.toolchains import interpreter
from heitu.site.simulation.verdicts import simulated_verdict
from heitu.stages.calls.models import Call
from heitu.stages.deliverables.actions import record_verdict
from heitu.stages.deliverables.models import Deliverable
from heitu.stages.deliverables.tasks import task_folder

REAL_ONE_IN = 50
EXAMPLES = {"operator": ("plain", "fast", "fast"), "model": ("plain",), "design": ("good", "good", "plain")}
REPORT = "# 交付说明\n\n代码、文档与测试见仓库；本文件由模拟生成。\n"


def work(call: Call, rng: Random) -> File[bytes]:
    """An example submission of the task's own folder; a short report where people judge."""
    if not call.task:
        return ContentFile(REPORT.encode(), name="report.md")
    return example(call.task, rng.choice(EXAMPLES[call.kind]))


def example(task: str, name: str) -> File[bytes]:
    """One of the task's own examples, as a team would upload it: its one file, or the folder as a zip."""
    folder = task_folder(task) / "examples" / name
    path = folder / "submission.py"
    return ContentFile(path.read_bytes(), name=path.name) if path.exists() else ContentFile(_zipped(folder), name=f"{task}.zip")


@cache
def _zipped(folder: Path) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.rglob("*")):
            if file.is_file():
                archive.write(file, file.relative_to(folder).as_posix())
    return content.getvalue()


@cache
def _spec(task: str) -> Spec:
    return read_task(task_folder(task)).spec


@dataclass
class SampledJudge:
    """Runs the real judge, briefly, on every fiftieth deliverable whose toolchain this machine has."""

    rng: Random
    count: int = 0

    def __call__(self, deliverable: Deliverable, now: datetime) -> bool:
        self.count += 1
        task, spec = deliverable.application.call.task, _spec(deliverable.application.call.task)
        is_real = self.count % REAL_ONE_IN == 1 and interpreter(spec.toolchain) is not None
        if is_real:
            found = judge(task_folder(task), Path(deliverable.file.path), quick=True)
            result, shown = found.as_json(), found.as_json("participant")
        else:
            result = shown = simulated_verdict(task, self.rng, spec)
        record_verdict(deliverable=deliverable, result=result, shown=shown, simulated=not is_real, now=now)
        return is_real
