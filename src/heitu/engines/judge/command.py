"""`heitu judge`: exit 0 when a verdict was reached, 2 for a broken task or call, 3 for an internal fault, 130 by Ctrl-C."""

from __future__ import annotations

import json
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from heitu.engines.judge import doctor as machine
from heitu.engines.judge import records
from heitu.engines.judge import vet as vetting
from heitu.engines.judge.judging import judge as run_judge
from heitu.engines.judge.replay import Replay
from heitu.engines.judge.replay import replay as again
from heitu.engines.judge.verdict import CaseResult, Progress, Verdict
from heitu.engines.sandbox import toolchains
from heitu.engines.sandbox.errors import Broken
from heitu.engines.sandbox.toolchains import TOOLCHAINS

_DIFFERS, _BROKEN, _FAULT, _INTERRUPTED = 1, 2, 3, 130


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("task", required=False)
@click.argument("submission", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--cases", type=click.Choice(["public", "all"]), default="all", help="Which cases to run.")
@click.option("--seed", type=click.IntRange(min=0), help="Repeat a run: the seed that its verdict names.")
@click.option("--repeat", type=int, help="Fresh process pairs to time (default 3 to 16).")
@click.option("--quick", is_flag=True, help="Check each case once and time three pairs.")
@click.option("--vet", is_flag=True, help="Examine TASK itself: would it accept nonsense?")
@click.option("--doctor", is_flag=True, help="Say which layers of the sandbox this machine has.")
@click.option("--install", type=click.Choice([name for name, chain in TOOLCHAINS.items() if not chain.is_own]),
              help="Install a framework for submissions, by pip.")
@click.option("--record", type=click.Path(path_type=Path, dir_okay=False), help="Write the signed evidence record here.")
@click.option("--sign-with", type=click.Path(path_type=Path, dir_okay=False), metavar="KEYFILE",
              help="The key that signs the record; made when it isn't there.")
@click.option("--replay", type=click.Path(path_type=Path), metavar="RECORD",
              help="Judge again what this record says was judged, and compare; exit 1 where it doesn't hold.")
@click.option("--key", default="", metavar="HEX", help="The public key that the replayed record must be signed by.")
@click.option("--allow-missing", multiple=True, metavar="LAYER", help="Run without a layer that this machine lacks.")
def judge(
    task: str | None, submission: str | None, as_json: bool, vet: bool, doctor: bool, install: str | None,
    record: Path | None, sign_with: Path | None, replay: Path | None, key: str, **options: Any,
) -> None:
    """Judge SUBMISSION (a file, folder or zip) by the folder TASK.

    Exit 0 when a verdict was reached, whatever it is; 2 for a broken task or call, with what to mend; 3 for a fault
    of the judge itself.
    """
    if doctor:
        _run(as_json, lambda: machine.examine(options["allow_missing"]))
    if install:
        toolchains.install(install)
        return
    if not task:
        raise click.UsageError("TASK is missing")
    if vet:
        _run(as_json, lambda: vetting.vet(task, allow_missing=options["allow_missing"]))
    if not submission:
        raise click.UsageError("SUBMISSION is missing")
    if (record is None) != (sign_with is None):
        raise click.UsageError("--record and --sign-with go together")
    watcher = None if as_json or not sys.stderr.isatty() else _watch
    if replay:
        waived = options["allow_missing"]
        _run(as_json, lambda: again(records.read(replay), task, submission, key=key, allow_missing=waived, progress=watcher))
    _run(as_json, lambda: _kept(run_judge(task, submission, progress=watcher, **options), record, sign_with))


def _kept(verdict: Verdict, record: Path | None, sign_with: Path | None) -> Verdict:
    """The verdict, written down where that was asked for."""
    if record is not None and sign_with is not None:
        made = records.make(verdict.as_json(), sign_with).as_json()
        records.write(record, json.dumps(made, ensure_ascii=False, indent=2))
    return verdict


def _run(as_json: bool, work: Callable[[], Any]) -> None:
    """Do it, print it, and leave with the right status. Never returns."""
    try:
        result = work()
    except Broken as error:
        _complain(as_json, {"error": error.code, "zh": error.zh, "en": error.en}, f"{error.zh}\n{error.en}")
        sys.exit(_BROKEN)
    except KeyboardInterrupt:
        click.echo("已中断\ninterrupted", err=True)
        sys.exit(_INTERRUPTED)
    except Exception as error:
        _complain(as_json, {"error": "internal", "en": repr(error)}, traceback.format_exc())
        sys.exit(_FAULT)
    _print(json.dumps(result.as_json(), ensure_ascii=False, indent=2) if as_json else _said(result))
    sys.exit(_status(result))


def _print(text: str) -> None:
    """What a reader that went away misses is its own affair; a full disk is said, since the result is lost with it."""
    try:
        click.echo(text)
    except BrokenPipeError:
        raise
    except OSError as error:
        click.echo(f"无法输出结果：{error}\nthe result can't be printed: {error}", err=True)
        sys.exit(_BROKEN)


def _complain(as_json: bool, body: dict[str, str], text: str) -> None:
    if as_json:
        click.echo(json.dumps(body, ensure_ascii=False))
    click.echo(text, err=True)


def _status(result: Any) -> int:
    if isinstance(result, Verdict):
        return _FAULT if result.verdict == "judge_error" else 0
    if isinstance(result, Replay):
        return 0 if result.ok else _DIFFERS
    return 0 if result.ok else _BROKEN


def _watch(progress: Progress) -> None:
    end = "\n" if progress.done == progress.total else ""
    click.echo(f"\r{progress.phase} {progress.done}/{progress.total}{end}", nl=False, err=True)


def _said(result: Any) -> str:
    if not isinstance(result, Verdict):
        return str(result)
    lines = [f"{result.task}: {result.verdict}  {result.score:g}/100" + (f"  ({result.rule})" if result.rule else "")]
    if result.speedup:
        found = result.speedup
        lines.append(f"speed-up {found.geomean:.2f} [{found.low:.2f}, {found.high:.2f}] {found.call}")
    if result.measure:
        marked = result.measure
        wanted = f"{'at least' if marked.higher else 'at most'} {marked.threshold:g} wanted"
        lines.append(f"{marked.name} {marked.mean:.4f} [{marked.low:.4f}, {marked.high:.4f}], {wanted}")
    if result.text:
        lines.append(result.text)
    lines += [(_check_line if result.report else _case_line)(case) for case in result.cases]
    lines += _report_lines(result.report) if result.report else []
    if result.flags:
        lines.append("flags: " + ", ".join(result.flags))
    return "\n".join([*lines, f"seed {result.seed}, {result.seconds:g} s"])


def _case_line(case: CaseResult) -> str:
    times = f"{case.seconds * 1e3:9.3f} ms" if case.seconds else " " * 12
    speed = f"  ×{case.speedup:.2f}" if case.speedup else ""
    worst = case.error.get("worst")
    off = f"  worst {worst['index']}: {worst['actual']} for {worst['expected']}" if case.rule and worst else ""
    return f"  {case.verdict:13} {case.id:32} {case.shape:20} {case.dtype:10} {times}{speed}{off}"


def _check_line(case: CaseResult) -> str:
    """A check of a reference design: what it measured, and why it failed."""
    times = f"{case.seconds:7.3f} s" if case.seconds is not None else " " * 9
    measures = " ".join(f"{name}={value}" for name, value in case.error.items())
    why = "".join(f"\n      {line}" for line in case.text.splitlines())
    return f"  {case.verdict:13} {case.id:20} {times}  {measures}".rstrip() + why


def _report_lines(report: dict[str, Any]) -> list[str]:
    licence = report["licence"]
    sources: dict[str, list[str]] = {}
    for each in report["dependencies"]:
        sources.setdefault(each["source"], []).append(each["name"])
    return [
        f"licence: {licence['spdx'] or licence['file'] or 'none'}" + ("" if licence["allowed"] else ", not allowed"),
        *(f"{source.replace('_', ' ')}: {', '.join(names)}" for source, names in sorted(sources.items())),
        *(f"for a person: {point['en']}" for point in report["checklist"]),
    ]
