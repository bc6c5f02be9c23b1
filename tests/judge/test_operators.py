"""Whole runs over the tests' own tasks: every verdict, both languages, and what a verdict tells."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import numpy as np
import pytest

from heitu.engines.judge import BrokenTask, Nursery, Progress, Verdict, judge
from heitu.engines.judge.timing import Plan

from .conftest import TASKS, Judge

PLAN = Plan()

FAST = """
    import numpy as np

    def squash(x, factor):
        return (np.tanh(x.astype(np.float32)) * np.float32(factor)).astype(x.dtype)
"""
NATIVE = """
    #include <cmath>
    #include <cstdint>
    extern "C" void squash_float32(const float *x, float *y, int64_t n, double factor) {
        for (int64_t i = 0; i < n; i++) y[i] = std::tanh(x[i]) * (float)factor;
    }
"""


def conclusive(run: Callable[[], Verdict]) -> Verdict:
    """A noisy neighbour widens the interval until it says nothing; that is tried again, as in the queue."""
    for _ in range(3):
        verdict = run()
        if verdict.speedup is None or verdict.speedup.call != "inconclusive":
            break
    return verdict


def test_a_faster_answer_is_accepted_with_its_speedup(judged: Judge) -> None:
    verdict = conclusive(lambda: judged(FAST, quick=False, repeat=2))
    assert verdict.verdict == "accepted"
    assert verdict.speedup is not None
    assert verdict.speedup.call == "faster"
    assert verdict.score > 60
    assert {case.id for case in verdict.cases if case.speedup} == {"f32-main", "f32-long"}
    assert [len(pairs) for pairs in verdict.samples["f32-main"]] == [PLAN.pairs, PLAN.pairs]


def test_the_baseline_against_itself_is_no_gain(judged: Judge) -> None:
    verdict = judged(TASKS / "squash" / "baseline.py", quick=False, repeat=3)
    assert verdict.verdict == "accepted"
    assert verdict.speedup is not None
    assert verdict.speedup.call in ("tie", "inconclusive")
    assert 0.8 < verdict.speedup.geomean < 1.25


@pytest.mark.usefixtures("compiler")
def test_native_code_may_ask_for_vectors(judged: Judge) -> None:
    """By OpenMP's simd, which the compiler would else pass over without a word: one by one, the ones are lost."""
    asked = """
    #include <cmath>
    #include <cstdint>
    extern "C" void squash_float32(const float *x, float *y, int64_t n, double factor) {
        volatile float one = 1.0f, large = 1e8f;
        float terms[1024], sum = 0;
        for (int i = 0; i < 1024; i++) terms[i] = i ? one : large;
        #pragma omp simd reduction(+:sum)
        for (int i = 0; i < 1024; i++) sum += terms[i];
        for (int64_t i = 0; i < n; i++) y[i] = sum > 1e8f ? std::tanh(x[i]) * (float)factor : 0;
    }
    """
    assert judged(asked, suffix=".cpp", cases="public").verdict == "accepted"


@pytest.mark.usefixtures("compiler")
def test_native_code_is_compiled_and_judged_on_its_dtypes(judged: Judge) -> None:
    verdict = judged(NATIVE, suffix=".cpp")
    assert (verdict.verdict, verdict.rule) == ("accepted", "")
    assert {case.dtype for case in verdict.cases} == {"float32"}
    assert verdict.toolchain["language"] == "cpp"


@pytest.mark.usefixtures("compiler")
def test_native_code_that_does_not_compile(judged: Judge) -> None:
    verdict = judged("int squash( {", suffix=".cpp")
    assert verdict.verdict == "compile_error"
    assert "submission.cpp" in verdict.text


@pytest.mark.usefixtures("compiler")
def test_native_code_without_the_declared_function(judged: Judge) -> None:
    verdict = judged('extern "C" void other() {}', suffix=".cpp")
    assert verdict.verdict == "runtime_error"
    assert verdict.rule == "entry_name"
    assert 'define extern "C" void squash_float32' in verdict.text


@pytest.mark.usefixtures("compiler")
def test_native_code_that_writes_into_its_input_is_ended(judged: Judge) -> None:
    verdict = judged(NATIVE.replace("y[i] =", "((float *)x)[i] = y[i] ="), suffix=".cpp")
    assert verdict.verdict == "runtime_error"
    assert "SIGSEGV" in verdict.text


def test_two_outputs_each_by_its_own_rule(judged: Judge) -> None:
    assert judged(TASKS / "pair-sums" / "baseline.py", task="pair-sums").verdict == "accepted"
    wrong = """
        import numpy as np
        def pair_sums(a, b):
            return a + b, np.argmin(a + b, axis=-1)
    """
    verdict = judged(wrong, task="pair-sums")
    assert (verdict.verdict, verdict.rule) == ("wrong_answer", "exact")
    assert verdict.cases[0].error["output"] == "larger"


def test_the_worst_element_is_named(judged: Judge) -> None:
    off = FAST.replace("return", "y =") + "        y.flat[-1:] += y.dtype.type(1)\n        return y\n"
    verdict = judged(off)
    case = verdict.cases[0]
    assert verdict.verdict == "wrong_answer"
    assert case.error["worst"]["index"] == [3, 5]
    assert case.error["worst"]["error"] == pytest.approx(1, rel=1e-3)
    assert case.error["worst"]["allowed"] < 1e-4


@pytest.mark.parametrize(
    ("body", "verdict", "said"),
    [
        ("return x.tolist()", "wrong_answer", "list"),
        ("return np.tanh(x)[:1]", "wrong_answer", "expected"),
        ("return (np.tanh(x.astype(np.float64)) * factor)", "wrong_answer", "float64"),
        ("raise ValueError('no idea')", "runtime_error", "no idea"),
        ("x[...] = 0", "runtime_error", "read-only"),
        ("return np.random.default_rng().random(x.shape).astype(x.dtype)", "wrong_answer", ""),
    ],
)
def test_wrong_work(judged: Judge, body: str, verdict: str, said: str) -> None:
    found = judged(f"import numpy as np\ndef squash(x, factor):\n    {body}\n")
    assert found.verdict == verdict
    assert said in found.text


def test_an_answer_that_changes_is_not_deterministic(judged: Judge) -> None:
    shaky = FAST.replace("return", "y =") + "        return y + y.dtype.type(1e-6 * np.random.random())\n"
    verdict = judged(shaky, quick=False)
    assert verdict.verdict == "wrong_answer"
    assert "not_deterministic" in {case.rule for case in verdict.cases}


def test_a_submission_that_does_not_load(judged: Judge) -> None:
    verdict = judged("import torch_that_is_not_there")
    assert verdict.verdict == "runtime_error"
    assert "torch_that_is_not_there" in verdict.text


@pytest.mark.parametrize(
    ("source", "rule", "zh", "en"),
    [
        ("def sqush(x, factor):\n    return x\n", "entry_name", "没有函数 squash（有 sqush）", "defines no function squash (it has sqush)"),
        ("import scipy\n", "missing_module", "没有模块 scipy，这里只有 numpy", "no module scipy: there are numpy, ml_dtypes"),
        ("def squash(x):\n    return x\n", "signature", "应为 squash(x, factor)", "must take squash(x, factor), by position"),
        ("def squash(x, factor):\n    import scipy\n", "missing_module", "没有模块 scipy", "no module scipy"),
        ("x = 1\ndef squash(x, factor)\n", "syntax", "submission.py 第 2 行", "line 2 of submission.py isn't Python"),
        (b"s = '\xd6\xd0'\n", "encoding", "另存为 UTF-8", "save it as UTF-8"),
        ("s = 1\n".encode("utf-16"), "encoding", "另存为 UTF-8", "save it as UTF-8"),
        ("def squash(x, factor):\n    return helper(x)\ndef helper():\n    pass\n", "", "helper() takes 0", "submission.py"),
    ],
)
def test_what_does_not_run_is_said_in_a_sentence_with_its_fix(
    judged: Judge, tmp_path: Path, source: str | bytes, rule: str, zh: str, en: str
) -> None:
    (tmp_path / "mine.py").write_bytes(source if isinstance(source, bytes) else source.encode())
    verdict = judged(tmp_path / "mine.py")
    assert (verdict.verdict, verdict.rule) == ("runtime_error", rule)
    assert zh in verdict.text
    assert en in verdict.text
    assert "runner.py" not in verdict.text, "a traceback shows the submission's lines, and none of ours"
    shown = verdict.as_json("participant")
    assert shown["rule"] == rule
    assert zh in (shown["text"] or shown["cases"][0]["text"]), "the team reads it, by the first public case at the latest"


@pytest.mark.parametrize(
    ("baseline", "said"),
    [
        ("raise ValueError('ours')", "doesn't run: .*ours"),
        ("def squash(x, factor):\n    raise ValueError('ours')", "doesn't run f32-main: .*ours"),
        ("def squash(x, factor):\n    while True:\n        pass", "doesn't run f32-main: 1 s"),
    ],
)
def test_a_baseline_that_fails_is_never_blamed_on_the_submission(
    nursery: Nursery, tmp_path: Path, baseline: str, said: str
) -> None:
    task = shutil.copytree(TASKS / "squash", tmp_path / "squash")
    (task / "baseline.py").write_text(baseline)
    (tmp_path / "mine.py").write_text(dedent(FAST))
    with pytest.raises(BrokenTask, match=f"(?s){said}"):
        judge(task, tmp_path / "mine.py", nursery=nursery, quick=True)


def test_a_hopelessly_slow_answer_is_too_slow(judged: Judge) -> None:
    slow = FAST.replace("return", "import time; time.sleep(0.25 * (x.size > 9999)); return")
    assert judged(slow).verdict == "too_slow"


def test_one_seed_gives_one_verdict(judged: Judge) -> None:
    first, second = judged(FAST, seed=7), judged(FAST, seed=7)
    assert [case.error for case in first.cases] == [case.error for case in second.cases]
    assert [case.error for case in judged(FAST, seed=8).cases] != [case.error for case in first.cases]


def test_public_cases_only(judged: Judge) -> None:
    assert all(case.public for case in judged(FAST, cases="public").cases)


def test_a_participant_sees_nothing_of_hidden_cases(judged: Judge) -> None:
    leaky = """
        def squash(x, factor):
            print("seen", x.ravel()[:1])
            raise ValueError(f"seen {x.ravel()[:1]}")
    """
    body = judged(leaky).as_json("participant")
    assert "seed" not in body
    assert body["log"] == ""
    for case in body["cases"]:
        if not case["public"]:
            assert case["text"] == ""
            assert case["error"] == {}


def test_the_verdict_is_plain_json(judged: Judge) -> None:
    body = json.loads(json.dumps(judged(FAST).as_json()))
    assert {"task", "kind", "verdict", "score", "cases", "speedup", "limits", "seed", "toolchain", "flags"} <= set(body)
    assert body["digests"]["task"]


def test_progress_is_told_from_start_to_end(judged: Judge) -> None:
    told: list[Progress] = []
    judged(FAST, progress=told.append)
    assert [p.phase for p in told if p.done == p.total] == ["compile", "check", "time"]


def test_a_quick_run_times_little(judged: Judge) -> None:
    assert {len(processes) for processes in judged(FAST).samples.values()} == {1}


def test_a_refused_submission_names_the_rule(judged: Judge, tmp_path: Path) -> None:
    folder = tmp_path / "work"
    folder.mkdir()
    (folder / "submission.py").write_text("squash = None\n")
    (folder / "sitecustomize.py").write_text("")
    verdict = judged(folder)
    assert (verdict.verdict, verdict.rule) == ("refused", "shadowed_module")


def test_outputs_of_timed_calls_are_checked(judged: Judge) -> None:
    """Right on each case's first call, wrong from then on."""
    late = FAST.replace("def squash", "calls = {}\n    def squash").replace(
        "return",
        "calls[x.shape] = calls.get(x.shape, 0) + 1\n        if calls[x.shape] > 2: return x.copy()\n        return",
    )
    verdict = judged(late)
    assert verdict.verdict == "wrong_answer"
    assert np.isfinite(verdict.cases[0].seconds or 0)


BLEND = """
    import numpy as np

    def blend(x, z, share):
        x32, z32 = x.astype(np.{dtype}), z.astype(np.{dtype})
        return (x32 * np.{dtype}(1 - share) + z32 * np.{dtype}(share)).astype(x.dtype), np.argmax(x, axis=-1)
"""


def test_a_baseline_in_double_precision_is_as_exact_as_a_third_party(judged: Judge) -> None:
    assert judged(TASKS / "blend" / "baseline.py", task="blend").verdict == "accepted"


def test_work_as_exact_as_a_third_party_is_accepted(judged: Judge) -> None:
    verdict = judged(BLEND.format(dtype="float32"), task="blend")
    assert (verdict.verdict, verdict.rule) == ("accepted", "")
    said = next(case for case in verdict.cases if case.id == "f32-main").error
    assert said["standard"] == "dual-benchmark-l1@1"
    assert all(value <= said["third_party"]["allowed"][key] for key, value in said["third_party"]["ratios"].items())


def test_low_precision_dressed_as_high_is_less_exact_than_a_third_party(judged: Judge) -> None:
    verdict = judged(BLEND.format(dtype="float16"), task="blend")
    assert (verdict.verdict, verdict.rule) == ("wrong_answer", "mere")
    seen = {case["id"]: case["error"] for case in verdict.as_json("participant")["cases"]}
    assert seen["f32-main"]["third_party"]["ratios"]["mere"] > 100
    assert seen["f32-hidden"] == {}


def test_a_third_party_runs_once_for_each_set_of_inputs(judged: Judge, tmp_path: Path) -> None:
    folder, calls = shutil.copytree(TASKS / "blend", tmp_path / "blend"), tmp_path / "calls"
    (folder / "third_party.py").write_text(
        (folder / "third_party.py").read_text().replace(
            "    low,", f"    with open({str(calls)!r}, 'a') as file:\n        file.write('.')\n    low,"
        )
    )
    verdict = judged(BLEND.format(dtype="float32"), task=str(folder), quick=False, repeat=1)
    assert verdict.verdict == "accepted"
    assert len(calls.read_text()) == len(verdict.cases) + PLAN.warmups + PLAN.pairs, "to check, to warm up, to time"
