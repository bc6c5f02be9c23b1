"""Reference designs: applications driven by their task's checks, what goes wrong named, and a report for a person."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from heitu.engines.judge import BrokenCall, BrokenTask, Nursery, Verdict, judge
from heitu.engines.judge.command import judge as command
from heitu.engines.judge.designs import licences
from heitu.engines.judge.designs.acceptance import Answer, Fault
from heitu.engines.judge.designs.report import dependencies, imported, required
from heitu.engines.judge.errors import Refusal
from heitu.engines.judge.submission import take_in
from heitu.engines.judge.task import read_task
from heitu.engines.judge.vet import vet
from heitu.engines.sandbox import letters, messages
from heitu.engines.sandbox.letters import ANSWERED, Garbled, Reply, Request

from .archives import archive
from .conftest import TASKS, Judge

ADDER, TALLY = TASKS / "adder", TASKS / "tally"
SPEC = read_task(ADDER).spec
GOOD = ADDER / "examples" / "good"
GOOD_FIRST = '    _expect_sum(app, app.post("/add", {"numbers": numbers}), numbers)\n'
MANIFEST = "start: service\nrun: main.py\n"
SERVER = """
import json, os, socket, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        BODY
    def log_message(self, *_): pass
ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Handler).serve_forever()
"""
App = Callable[..., Path]


@pytest.fixture
def app(tmp_path: Path) -> App:
    """A folder with an application of this source."""

    def made(source: str, manifest: str = MANIFEST, **files: str) -> Path:
        folder = tmp_path / "app"
        folder.mkdir()
        for name, content in {"main.py": dedent(source), "app.yaml": manifest, **files}.items():
            (folder / name.replace("__", ".")).write_text(content, encoding="utf-8")
        return folder

    return made


def verdicts(verdict: Verdict) -> dict[str, str]:
    return {case.id: case.verdict for case in verdict.cases}


# Judging


def test_good_work_earns_everything(judged: Judge) -> None:
    verdict = judged(GOOD, task="adder", seed=5)
    assert (verdict.kind, verdict.verdict, verdict.score) == ("design", "accepted", 100)
    assert verdicts(verdict) == {"adds": "accepted", "hidden-1": "accepted", "hidden-2": "accepted"}
    assert verdict.cases[1].error["seconds_at_once"] > 0
    assert all(case.seconds and case.seconds > 0 for case in verdict.cases)
    assert verdict.flags == []


def test_a_check_that_is_not_required_only_costs_its_points(judged: Judge) -> None:
    verdict = judged(ADDER / "examples" / "plain", task="adder")
    assert (verdict.verdict, verdict.score) == ("accepted", 83.33)
    assert verdict.cases[2].verdict == "wrong_answer"


def test_a_zip_is_judged_like_its_folder(judged: Judge, tmp_path: Path) -> None:
    files: dict[str, bytes | str] = {f"app/{path.name}": path.read_bytes() for path in GOOD.iterdir() if path.is_file()}
    assert judged(archive(tmp_path / "app.zip", files), task="adder").score == 100


def test_public_checks_alone(judged: Judge) -> None:
    assert verdicts(judged(GOOD, task="adder", cases="public")) == {"adds": "accepted"}


def test_what_is_asked_follows_from_the_seed(judged: Judge, app: App) -> None:
    folder = app(SERVER.replace("BODY", "print(body); raise SystemExit"))
    logs = [judged(folder, task="adder", cases="public", seed=seed).log for seed in (1, 1, 2)]
    said = [log.split("]}")[0] for log in logs]
    assert "numbers" in said[0]
    assert said[0] == said[1] != said[2]


@pytest.mark.parametrize(
    ("body", "expected", "rule", "words"),
    [
        ("self.wfile.write(b'HTTP/1.1 200 OK\\r\\nContent-Length: 9\\r\\n\\r\\nshort')", "wrong_answer", "not_http", "whole"),
        ("self.wfile.write(b'\\xff' * 100)", "wrong_answer", "not_http", "whole"),
        ("self.wfile.write(b'HTTP/1.1 200 OK\\r\\n\\r\\n{\"sum\": \"1\"}')", "wrong_answer", "", "must be an integer"),
        ("self.wfile.write(b'HTTP/1.1 200 OK\\r\\n\\r\\n{\"sum\": 1' + b'0' * 4000)", "wrong_answer", "", "isn't JSON"),
        ("self.wfile.write(b'HTTP/1.1 200 OK\\r\\n\\r\\n' + b'[' * 4000)", "wrong_answer", "", "isn't JSON"),
        ("self.wfile.write(b'HTTP/1.1 200 OK\\r\\n\\r\\n{\"sum\": NaN}')", "wrong_answer", "", "isn't JSON"),
        ("self.wfile.write(b'HTTP/1.1 200 OK\\r\\n\\r\\n' + b' ' * 5000)", "output_limit", "", "larger than 4 KB"),
        ("time.sleep(60)", "time_limit", "", "no answer in 3 s"),
        ("while True: pass", "time_limit", "", "compute less"),
        ("os._exit(7)", "runtime_error", "", "status 7"),
        ("os.abort()", "runtime_error", "", "SIGABRT"),
        ("bytearray(1 << 30)[::4096] = bytes(1 << 18)", "memory_limit", "", "memory limit"),
        ("print('x' * (2 << 20))", "output_limit", "", "printed too much"),
    ],
)
def test_what_goes_wrong_is_named(judged: Judge, app: App, body: str, expected: str, rule: str, words: str) -> None:
    verdict = judged(app(SERVER.replace("BODY", body)), task="adder", cases="public")
    assert (verdict.verdict, verdict.rule, verdict.score) == (expected, rule, 0), verdict.text
    assert words in verdict.text
    assert any("\u4e00" <= letter <= "\u9fff" for letter in verdict.text)


@pytest.mark.parametrize(
    ("source", "expected", "words"),
    [
        ("", "runtime_error", "status 0"),
        ("import torch", "runtime_error", "No module named 'torch'"),
        ("raise SystemExit('no weights')", "runtime_error", "no weights"),
        ("def f(:", "runtime_error", "SyntaxError"),
        ("import os; os.kill(os.getpid(), 9)", "runtime_error", "signal 9"),
        ("import socket, time; s = socket.create_server(('127.0.0.1', 8001)); time.sleep(60)", "runtime_error", "Permission"),
        ("import time; time.sleep(60)", "time_limit", "didn't listen on port 8000"),
    ],
)
def test_a_service_that_does_not_start(judged: Judge, app: App, source: str, expected: str, words: str) -> None:
    verdict = judged(app(source), task="adder", cases="public")
    assert (verdict.verdict, verdict.rule) == (expected, "start")
    assert words in verdict.text
    assert "relay" not in verdict.text


def test_an_application_may_use_asyncio_threads_and_processes(judged: Judge, app: App) -> None:
    source = """
        import asyncio, json, multiprocessing, os

        def add(pipe):
            while True:
                pipe.send(sum(pipe.recv()))

        async def answer(reader, writer):
            head = await reader.readuntil(b"\\r\\n\\r\\n")
            length = int(next(line for line in head.split(b"\\r\\n") if line.startswith(b"Content-Length")).split()[1])
            asked = await reader.readexactly(length)
            try:
                numbers = json.loads(asked)["numbers"]
                async with LOCK:
                    OURS.send(numbers)
                    status, body = "200 OK", {"sum": await asyncio.to_thread(OURS.recv)}
            except ValueError:
                status, body = "400 Bad Request", {}
            body = json.dumps(body).encode()
            for piece in (f"HTTP/1.1 {status}\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n{len(body):x}\\r\\n".encode(),
                          body, b"\\r\\n0\\r\\n\\r\\n"):
                writer.write(piece)
                await writer.drain()

        async def main():
            global LOCK
            LOCK = asyncio.Lock()
            async with await asyncio.start_server(answer, "127.0.0.1", int(os.environ["PORT"])) as server:
                await server.serve_forever()

        OURS, THEIRS = multiprocessing.Pipe()
        multiprocessing.get_context("fork").Process(target=add, args=(THEIRS,), daemon=True).start()
        asyncio.run(main())
        """
    verdict = judged(app(source), task="adder")
    assert verdict.score == 100, verdict.cases


def test_after_three_costly_checks_the_rest_is_skipped(judged: Judge, app: App, tmp_path: Path) -> None:
    task = Path(shutil.copytree(ADDER, tmp_path / "task"))
    spec = (task / "task.yaml").read_text()
    more = "".join(f"  - {{name: extra_{n}, title: {{zh: 多, en: More}}}}\n" for n in range(2))
    (task / "task.yaml").write_text(spec.replace("examples:\n", more + "examples:\n"))
    (task / "acceptance.py").write_text((task / "acceptance.py").read_text() + "\n\nextra_0 = extra_1 = adds\n")
    verdict = judge(task, app(SERVER.replace("BODY", "print('x' * (2 << 20))")))
    assert [case.verdict for case in verdict.cases] == ["output_limit"] * 3 + ["skipped"] * 2


def test_a_command_is_started_for_each_request(judged: Judge) -> None:
    assert judged(TALLY / "examples" / "good", task="tally").score == 100


@pytest.mark.parametrize(
    ("source", "expected", "words"),
    [
        ("import os; os.abort()", "runtime_error", "SIGABRT"),
        ("while True: print('{}' * 1000)", "output_limit", "larger than 4 KB"),
        ("import time; time.sleep(60)", "time_limit", "no answer in 3 s"),
        ("import os, time\nif os.fork() == 0:\n    time.sleep(60)\nprint('{\"words\": 0}')", "wrong_answer", "wanted"),
        ("print('{\"words\": 0')", "wrong_answer", "isn't JSON"),
        ("raise ValueError('no')", "wrong_answer", "got 1"),
    ],
)
def test_what_goes_wrong_with_a_command(judged: Judge, app: App, source: str, expected: str, words: str) -> None:
    verdict = judged(app(source, "start: command\nrun: main.py\n"), task="tally", cases="public")
    assert verdict.verdict == expected, verdict.text
    assert words in verdict.text


def test_a_participant_learns_nothing_of_hidden_checks(judged: Judge, app: App) -> None:
    folder = app(SERVER.replace("BODY", "print('asked', body); raise SystemExit"))
    shown = json.dumps(judged(folder, task="adder").as_json("participant"), ensure_ascii=False)
    for secret in ("many_at_once", "refuses", "Requests at once", "坏输入", "asked", '"seed"'):
        assert secret not in shown
    assert "hidden-1" in shown


def test_the_network_namespace_cannot_be_waived() -> None:
    with pytest.raises(BrokenCall, match="can't be waived"):
        judge(ADDER, GOOD, allow_missing=["network-namespace"])


def test_a_command_is_over_when_its_threads_are(judged: Judge, app: App) -> None:
    source = """
        import sys, threading, time
        def late():
            time.sleep(0.2)
            print('{"words": %d}' % len(sys.stdin.read().split()))
        if sys.argv[1] != "count":
            sys.exit(2)
        threading.Thread(target=late).start()
        """
    verdict = judged(app(source, "start: command\nrun: main.py\n"), task="tally", cases="public")
    assert verdict.verdict == "accepted", verdict.text


@pytest.mark.usefixtures("nursery")
def test_the_command_says_what_a_person_wants_to_know() -> None:
    said = CliRunner().invoke(command, [str(ADDER), str(ADDER / "examples" / "plain"), "--seed", "3"])
    assert said.exit_code == 0
    for words in ("adder: accepted  83.33/100", "seconds_at_once=", "no whole HTTP message", "licence: Apache-2.0",
                  "standard library: http, json, os", "for a person: Others can reproduce"):
        assert words in said.output
    vetted = CliRunner().invoke(command, [str(ADDER), "--vet", "--json"])
    assert (vetted.exit_code, json.loads(vetted.output)["faults"]) == (0, [])


# The report for a person


def test_the_report_names_licence_dependencies_and_files(judged: Judge, app: App) -> None:
    source = """
        import json, numpy as np; from ml_dtypes import bfloat16
        def later():
            if True: import fastapi.routing as r
            from . import sibling
        from tools.words import split
        """
    (folder := app(source, requirements__txt="scikit-learn>=1.0  # for later\n-r more.txt\nnumpy\n")).joinpath("tools").mkdir()
    (folder / "tools" / "words.py").write_text("import re\n")
    (folder / "LICENSE").write_text("GNU GENERAL PUBLIC LICENSE\n  Version 3, 29 June 2007\n")
    verdict = judged(folder, task="adder", cases="public")
    report = verdict.report
    assert report["licence"] == {
        "file": "LICENSE", "spdx": "GPL-3.0-only", "allowed": False, "wanted": ["Apache-2.0", "MIT", "MulanPSL-2.0"]
    }
    found = {each["name"]: each for each in report["dependencies"]}
    sources = {name: each["source"] for name, each in found.items()}
    assert sources == {
        "json": "standard_library", "re": "standard_library", "numpy": "toolchain", "ml_dtypes": "toolchain",
        "fastapi": "missing", "scikit_learn": "missing", "tools": "submission",
    }
    assert found["numpy"]["version"] == verdict.toolchain["numpy"]
    assert "BSD" in found["numpy"]["licence"]
    assert found["numpy"]["used_in"] == ["main.py", "requirements.txt"]
    assert verdict.flags == ["licence:GPL-3.0-only", "dependency:fastapi", "dependency:scikit_learn", "readme:missing"]
    names = ["LICENSE", "app.yaml", "main.py", "requirements.txt", "tools/words.py"]
    assert [each["name"] for each in report["files"]] == names
    assert len(report["files"][1]["sha256"]) == 64
    assert [point["state"] for point in report["checklist"]] == ["for_a_person"] * 2


def test_sources_are_read_up_to_a_size() -> None:
    files = {"a.py": b"import fastapi\n", "b.py": b"import torch\n" + b"#" * (1 << 20), "c.py": b"#" * (1 << 20) + b"\nimport keras"}
    found = [each["name"] for each in dependencies("numpy", files)]
    assert found == ["fastapi", "torch"]


@pytest.mark.parametrize(
    ("source", "modules"),
    [
        (b"import a.b as c, d\nfrom e.f import (g,\n h)\nif x: import i; from j import k", {"a", "d", "e", "i", "j"}),
        (b"'import no'\n# import no\nx = 'from no import y'\n", set()),
        (b"from . import own\nfrom .own import x\nyield_from = 1\ny = lambda: (yield from z)\n", set()),
        (b"import seen\n" + b"(" * 100_000, {"seen"}),
        (b"import seen\ndef f(:\n  '''", {"seen"}),
        (b"\xff\xfe\0", set()),
        (b"# -*- coding: no-such -*-\nimport a\n", set()),
    ],
)
def test_imports_are_read_without_being_run(source: bytes, modules: set[str]) -> None:
    assert imported(source) == modules


@given(st.binary(max_size=300))
def test_any_source_can_be_looked_at(source: bytes) -> None:
    assert all(name.isidentifier() for name in imported(source) | set(required(b"")))


@pytest.mark.parametrize(
    ("text", "identifier"),
    [
        ("Apache License\n  Version 2.0, January 2004", "Apache-2.0"),
        ("SPDX-License-Identifier: MIT", "MIT"),
        ("SPDX-License-Identifier: Made-Up-1.0", ""),
        ("SPDX-License-Identifier: MIT\n\nGNU General Public License\nVersion 3", ""),
        ("SPDX-License-Identifier: GPL-3.0-only\n\nGNU General Public License\nVersion 3", "GPL-3.0-only"),
        ("木兰宽松许可证， 第2版\nMulan Permissive Software License，Version 2 (Mulan PSL v2)", "MulanPSL-2.0"),
        ("GNU LESSER GENERAL PUBLIC LICENSE\nVersion 3", "LGPL-3.0-only"),
        ("Redistribution and use in source and binary\nforms, with or without modification", "BSD-2-Clause"),
        ("All rights reserved.", ""),
    ],
)
def test_licences_are_known_by_their_words(text: str, identifier: str) -> None:
    assert licences.recognised(text) == identifier


# Taking in


@pytest.mark.parametrize(
    ("manifest", "rule", "words"),
    [
        (None, "app_file", "there is no app.yaml"),
        ("start: servise\nrun: main.py\n", "app_file", "'service' or 'command'"),
        ("start: service\nrun: mian.py\n", "entry_file", "did you mean main.py?"),
        ("start: service\nrun: README\n", "entry_file", "no Python file"),
        ("start: service\n", "app_file", "run: Field required"),
        ("start: service\nrun: main.py\nport: 80\n", "app_file", "port: Extra inputs"),
        ("start: command\nrun: main.py\n", "start", "wants start: service"),
        ("[" * 3000, "app_file", "not YAML"),
        ("a: &a [*a]\n", "app_file", ""),
        ("start: service\nrun: main.py\n#" + "x" * 5000, "app_file", "larger than"),
        ("run: \"\\u202e\"\nstart: service\n", "entry_file", "\\u202e"),
    ],
)
def test_an_app_file_that_will_not_do(app: App, manifest: str | None, rule: str, words: str) -> None:
    folder = app("pass", manifest or "", README="hello")
    if manifest is None:
        (folder / "app.yaml").unlink()
    with pytest.raises(Refusal) as caught:
        take_in(folder, SPEC)
    assert caught.value.rule == rule
    assert words in caught.value.en
    assert "\u202e" not in caught.value.zh + caught.value.en


def test_an_application_may_bring_a_licence_and_data_but_no_library(app: App) -> None:
    folder = app("pass", LICENSE="x", NOTICE="x", words__jsonl="{}", page__html="<p>")
    assert len(take_in(folder, SPEC).files) == 6
    (folder / "lib.so").write_bytes(b"\x7fELF")
    with pytest.raises(Refusal, match="file_type"):
        take_in(folder, SPEC)


def test_as_many_and_as_long_names_as_are_taken_fit_into_the_sandbox(judged: Judge, app: App) -> None:
    folder = app("raise SystemExit('all there')")
    for number in range(126):
        place = folder.joinpath(*(f"{part}{number}".ljust(100, "x") for part in "abc"))
        place.mkdir(parents=True)
        (place / f"{number}.txt".rjust(100, "n")).write_text("")
    assert "all there" in judged(folder, task="adder", cases="public").text
    (folder / "more.txt").write_text("")
    assert judged(folder, task="adder").rule == "too_many_files"


# What lies in the shared memories


@given(
    st.lists(st.tuples(st.sampled_from(["GET", "POST", "RUN"]), st.text(max_size=20), st.binary(max_size=50)), min_size=1, max_size=9),
    st.booleans(),
)
def test_requests_arrive_as_they_were_sent(asked: list[tuple[str, str, bytes]], together: bool) -> None:
    requests = [Request(*each) for each in asked]
    said = b"before" + letters.pack_requests(7, requests, together=together) + b"behind"
    assert letters.read_requests(said, 6) == (7, together, requests)


@given(st.lists(st.tuples(st.integers(1, 6), st.integers(0, 999), st.binary(max_size=50)), min_size=1, max_size=9))
def test_replies_arrive_and_none_from_another_exchange(said: list[tuple[int, int, bytes]]) -> None:
    replies = [Reply(*each) for each in said]
    block = letters.pack_replies(3, replies) + b"behind"
    assert letters.read_replies(block, 0, 3, len(replies), 50) == replies
    for exchange, count, largest in ((4, len(replies), 50), (3, len(replies) + 1, 50)):
        with pytest.raises(Garbled):
            letters.read_replies(block, 0, exchange, count, largest)


@given(st.binary(min_size=300, max_size=400), st.integers(0, 299), st.binary(min_size=1, max_size=16))
def test_whatever_is_laid_down_is_read_within_its_bounds(noise: bytes, place: int, change: bytes) -> None:
    block = bytearray(letters.pack_replies(1, [Reply(ANSWERED, 200, b"x" * 40)] * 3) + noise)
    block[place : place + len(change)] = change
    try:
        replies = letters.read_replies(bytes(block), 0, 1, 3, 40)
    except Garbled:
        return
    assert len(replies) == 3
    assert all(len(reply.body) <= 40 for reply in replies)


@pytest.mark.parametrize(
    ("heard", "reply", "whole"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", Reply(ANSWERED, 200, b"ok"), True),
        (b"HTTP/1.0 404 Not Found\r\n\r\nno", Reply(ANSWERED, 404, b"no"), False),
        (b"HTTP/1.1 200\r\ncontent-length:0\r\n\r\n", Reply(ANSWERED, 200), True),
        (b"HTTP/1.1 204 No Content\r\n\r\nsomething", Reply(ANSWERED, 204), False),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;x\r\nok\r\n1\r\n!\r\n0\r\n\r\n", Reply(ANSWERED, 200, b"ok!"), True),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n", Reply(letters.GARBLED), False),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok", Reply(letters.GARBLED), False),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n" + b"x" * 11, Reply(letters.LARGE), True),
        (b"HTTP/1.1 200 OK\r\n", Reply(letters.GARBLED), False),
        (b"HTTP/2 200 OK\r\n\r\n", Reply(letters.GARBLED), False),
        (b"", Reply(letters.GARBLED), False),
    ],
)
def test_an_answer_is_read_as_http_says(heard: bytes, reply: Reply, whole: bool) -> None:
    assert messages.answer(heard, 10) == reply
    assert messages.is_whole(heard) == whole


@given(st.binary(max_size=200))
def test_any_answer_is_read(noise: bytes) -> None:
    for heard in (noise, b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + noise):
        reply = messages.answer(heard, 100)
        assert len(reply.body) <= 100
        assert reply.outcome in (ANSWERED, letters.GARBLED, letters.LARGE)


def test_an_exchange_has_bounds() -> None:
    with pytest.raises(ValueError, match="1 to 64 requests"):
        letters.pack_requests(1, [], together=True)
    with pytest.raises(ValueError, match="1 to 64 requests"):
        letters.pack_requests(1, [Request("GET", "/")] * 65, together=True)


@pytest.mark.parametrize(
    ("body", "name", "kind", "value"),
    [
        (b'{"x": 1}', "x", int, 1), (b'{"x": 1}', "x", float, 1.0), (b'{"x": true}', "x", bool, True),
        (b'{"x": true}', "x", int, None), (b'{"x": 1e999}', "x", float, None), (b'{"x": null}', "x", str, None),
        (b"[1]", "x", int, None), (b"{", "x", int, None), (b'{"x": Infinity}', "x", float, None),
        (b'{"x": ' + b"9" * 5000 + b"}", "x", int, None),
    ],
)
def test_a_field_is_of_its_kind_or_fails_the_check(body: bytes, name: str, kind: type, value: Any) -> None:
    answer = Answer("/x", Reply(ANSWERED, 200, body))
    if value is not None:
        assert answer.field(name, kind) == value
        return
    with pytest.raises(Fault) as caught:
        answer.field(name, kind)
    assert caught.value.zh


# Vetting and reading tasks


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    return Path(shutil.copytree(ADDER, tmp_path / "adder"))


def changed(folder: Path, file: str, old: str, new: str) -> Path:
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new), encoding="utf-8")
    return folder


@pytest.mark.usefixtures("nursery")
@pytest.mark.parametrize("task", [ADDER, TALLY])
def test_the_tests_own_tasks_may_be_published(task: Path) -> None:
    assert vet(task).faults == []


@pytest.mark.usefixtures("nursery")
@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("acceptance.py", GOOD_FIRST, "", "refuses: passed by an app that refuses"),
        ("acceptance.py", 'total = answer.field("sum", int)', 'total = answer.json["sum"]', "acceptance.py:28: "),
        ("acceptance.py", "rng.integers(-1000, 1000, (8, 4)).tolist()", "[[1, 2]]", "many_at_once: asks the same at every seed"),
        ("acceptance.py", "rng.integers(-1000, 1000, 5).tolist()", "[__import__('time').time_ns()]", "asks otherwise at the same"),
        ("acceptance.py", "total == sum(numbers)", "total == 1 + sum(numbers)", "examples/good: adds is wrong_answer"),
        ("task.yaml", "  plain: [refuses]\n", "  plain: []\n", "examples/plain: refuses is wrong_answer"),
        ("task.yaml", "  good: []\n", "", "refuses: no example passes it"),
        ("starter/app.yaml", MANIFEST, "", ""),
    ],
)
def test_vet_refuses(copied: Path, file: str, old: str, new: str, said: str) -> None:
    changed(copied, file, old, new)
    if not said:
        (copied / file).unlink()
        said = "starter/: there is no app.yaml"
    faults = vet(copied).faults
    assert any(said in fault for fault in faults), faults


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("task.yaml", "name: adds", "name: ads", "defines no function ads, did you mean adds?"),
        ("task.yaml", "weight: 3", "wieght: 3", "unknown key checks.0.wieght, did you mean weight?"),
        ("task.yaml", "Apache-2.0", "Apache-2", "unknown licence Apache-2, did you mean Apache-2.0?"),
        ("task.yaml", "plain: [refuses]", "plain: [refuse]", "examples.plain: no check refuse, did you mean refuses?"),
        ("task.yaml", ", public: true", "", "at least one must be public"),
        ("task.yaml", "name: many_at_once", "name: adds", "two share a name"),
        ("task.yaml", "  plain: [", "  plane: [", "there is no examples/plane"),
        ("acceptance.py", "def adds", "def adds_", "defines no function adds"),
        ("acceptance.py", "rng.integers(-1000, 1000, 5)", "rng.integer(5)", "acceptance.py:6: AttributeError"),
        ("examples/good/app.yaml", "main.py", "mian.py", "examples/good: app.yaml: run names 'mian.py'"),
    ],
)
@pytest.mark.usefixtures("nursery")
def test_a_broken_task_says_what_to_mend(copied: Path, file: str, old: str, new: str, said: str) -> None:
    with pytest.raises(BrokenTask) as caught:
        vet(changed(copied, file, old, new))
    assert said in caught.value.en
    assert caught.value.zh


def test_a_submission_cannot_make_the_task_look_broken(nursery: Nursery, copied: Path, app: App) -> None:
    changed(copied, "acceptance.py", 'total = answer.field("sum", int)', 'total = answer.json["sum"]')
    folder = app(SERVER.replace("BODY", "self.wfile.write(b'HTTP/1.1 200 OK\\r\\n\\r\\n[]')"))
    verdict = judge(copied, folder, nursery=nursery)
    assert (verdict.verdict, verdict.rule) == ("wrong_answer", "unreadable")
    assert verdict.cases[0].error["stumbled"].startswith("acceptance.py:28: TypeError")


@pytest.mark.parametrize("words", [
    "app.wrong(name, name)", "app.measure(name=name); app.wrong('坏', 'bad')", "raise ValueError(name)",
    "app.measure(name=float('inf')); raise ValueError(name)",
])
def test_letters_that_nothing_can_store_are_no_fault_of_the_judge(judged: Judge, app: App, tmp_path: Path, words: str) -> None:
    """Half of a pair of surrogates, and NUL, in what a check repeats of an answer."""
    task = Path(shutil.copytree(ADDER, tmp_path / "adder"))
    mark = "    _expect_sum(app, answer, numbers)\n"
    code = (task / "acceptance.py").read_text(encoding="utf-8")
    (task / "acceptance.py").write_text(code.replace(mark, f"    name = answer.field('name', str); {words}\n", 1), encoding="utf-8")
    said = """self.send_response(200); self.end_headers(); self.wfile.write(b'{"name": "\\\\ud800\\\\u0000"}')"""
    verdict = judged(app(SERVER.replace("BODY", said)), task=task, cases="public")
    assert verdict.verdict == "wrong_answer"
    stored = json.dumps(verdict.as_json(), ensure_ascii=False, allow_nan=False).encode()
    assert b"\\u0000" not in stored
