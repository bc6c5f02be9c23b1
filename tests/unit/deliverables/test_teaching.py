"""The verdict page teaches: what the judge found in plain words and charts, in both languages."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from heitu.engines.judge.standards import _table
from heitu.engines.judge.verdict import VERDICTS, CaseResult
from heitu.engines.judge.verdict import Verdict as Judged
from heitu.ground.core import clock
from heitu.ground.people.models import Notification
from heitu.stages.applications.models import Application
from heitu.stages.deliverables.actions import write_verdict
from heitu.stages.deliverables.models import Verdict
from heitu.stages.deliverables.notices import tell_verdict
from heitu.stages.deliverables.shown import advice, figures, judgement
from heitu.stages.deliverables.shown.words import third_party, worst_element
from tests.people import Cast
from tests.road import a_verdict, hand_in

ENGINE = Path("src/heitu/engines/judge")
BROKEN = ("Broken", "BrokenTask", "BrokenCall", "LayersMissing")
COUNTS = {"from": -8, "within": [5, 0, 0, 0, 0, 90, 3, 0, 0, 0], "beyond": [0, 0, 0, 0, 0, 0, 1, 2, 0, 0], "stray": 0,
          "tolerance": 2**-10}
SECRET = 271828


def a_case(name: str, **changes: Any) -> CaseResult:
    case = CaseResult(
        name, "wrong_answer", public=True, timed=True, shape="8x8", dtype="float16", rule="share",
        error={"histogram": COUNTS, "worst": {"index": [3, 1], "error": 0.5, "allowed": 0.01}},
    )
    return replace(case, **changes)


def words_of_the_engine() -> Iterator[tuple[str, str]]:
    """Every rule and flag that the judge's source writes out: ("rule" or "flag", the word)."""
    for path in ENGINE.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call):
                yield from _in_call(node)


def _in_call(node: ast.Call) -> Iterator[tuple[str, str]]:
    name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
    if name in ("Refusal", "Mistake"):
        yield "rule", _word(node.args[0])
    if name == "Failed" and len(node.args) > 2:
        yield "rule", _word(node.args[2])
    if name == "_flag" or (name in ("append", "extend") and ast.unparse(node.func).endswith(f"flags.{name}")):
        yield "flag", _word(node.args[-1])
    if name not in BROKEN:
        yield from (("rule", _word(each.value)) for each in node.keywords if each.arg == "rule")


def _word(node: ast.expr) -> str:
    """The text of a constant, and of a formatted one what comes before its colon."""
    if isinstance(node, ast.GeneratorExp):
        return _word(node.elt)
    if isinstance(node, ast.JoinedStr):
        return _word(node.values[0]).rstrip(":")
    return str(node.value).partition(":")[0] if isinstance(node, ast.Constant) else ""


def test_every_rule_and_flag_of_the_judge_has_words() -> None:
    found = set(words_of_the_engine())
    rules = {word for kind, word in found if kind == "rule" and word}
    flags = {word for kind, word in found if kind == "flag" and word}
    assert {"not_deterministic", "entry_file", "entry_name", "below_threshold", "shape_or_dtype"} <= rules, "the walk finds them"
    assert {"tasks_outlive_calls", "implausible", "without"} <= flags
    standards = {"exact", "nan_or_infinity", "largest", "share", "mare", "mere", "rmse"}
    standards |= {entry["rule"] for entry in _table().values()} - {"mixed", "dual"}
    assert not (rules | standards) - set(advice.RULES)
    assert not flags - set(advice.FLAGS)
    assert not set(VERDICTS) - {"accepted"} - set(advice.VERDICTS)


def test_what_nobody_has_words_for_falls_back() -> None:
    assert advice.advice_for("brand_new", "wrong_answer") is advice.VERDICTS["wrong_answer"]
    assert advice.advice_for("brand_new", "brand_new") is None
    assert advice.flag_words("brand_new:x").zh == "brand_new:x"
    assert "f32-wide" in advice.flag_words("implausible:f32-wide").en


def test_a_histogram_marks_the_tolerance_and_shows_strays() -> None:
    chart: Any = figures.errors(vars(a_case("a")))
    assert chart.table.rows[6] == ("10⁻³ – 10⁻²", "3", "1")
    assert chart.mark.at == pytest.approx(100 * (8 - 3.0103 + 1) / 10, abs=0.01)
    stray: Any = figures.errors(vars(a_case("a", error={"histogram": {**COUNTS, "stray": 4, "tolerance": None}})))
    assert (stray.table.rows[-1][2], stray.mark, len(stray.table.rows)) == ("4", None, 11)
    assert figures.errors(vars(a_case("a", error={}))) is None


def test_an_element_that_is_no_number_is_said_so() -> None:
    case = {"error": {"worst": {"index": [0, 5], "actual": "nan", "expected": 0.25, "error": "nan", "allowed": 0.0}}}
    said = worst_element(case)
    assert said is not None
    assert said.en == "element [0, 5] is nan, and should be 0.25"


def test_a_double_benchmark_is_told_as_ratios() -> None:
    case = {"error": {"third_party": {"ratios": {"mare": 3.21, "mere": "inf"}, "allowed": {"mare": 10, "mere": 2}}}}
    said = third_party(case)
    assert said is not None
    assert said.zh == "误差与第三方实现之比：MARE 3.21（限 10）、MERE inf（限 2）"
    assert said.en == "errors over the third party's: MARE 3.21 (at most 10), MERE inf (at most 2)"
    assert third_party({"error": {}}) is None


@pytest.mark.django_db
def test_the_page_in_both_languages(cast: Cast, delivering: Application) -> None:
    hidden = a_case("hidden", public=False, error={"histogram": {**COUNTS, "stray": SECRET}})
    fine = a_case("fine", verdict="accepted", rule="", seconds=41e-6, baseline_seconds=94e-6, speedup=2.29,
                  speedup_low=2.07, speedup_high=2.49)
    found = Judged(
        "rms-norm", "operator", "wrong_answer", 0.0, [a_case("bad"), fine, hidden], 1, rule="share",
        flags=["implausible:fine", "brand_new"],
    )
    made = hand_in(delivering, cast.lin, result=found.as_json(), shown=found.as_json("participant"), now=clock.now())
    client = Client()
    client.force_login(cast.lin)
    said = {
        "zh-hans": ("改用 fp32 累加", "误差分布", "相对允差 0.00098", "已通过的公开用例（1）", "41.0 µs", "不合常理", "基线"),
        "en": ("accumulate in fp32", "How far off", "0.00098 allowed", "Public cases that passed (1)", "94.0 µs",
               "implausibly fast", "2.29× [2.07, 2.49]"),
    }
    for language, phrases in said.items():
        page = client.get(f"/deliverables/{made.pk}/", headers={"accept-language": language}).content.decode()
        for phrase in (*phrases, "brand_new"):
            assert phrase in page, (language, phrase)
        assert page.count('class="plot histogram"') == 2, "none for the hidden case"
        assert str(SECRET) not in page
        assert f"{SECRET:,}" not in page


@pytest.mark.django_db
def test_story_and_advice_are_of_a_public_case_where_one_failed(cast: Cast, delivering: Application) -> None:
    hidden = a_case("hidden", public=False, rule="nan_or_infinity")
    found = Judged("rms-norm", "operator", "wrong_answer", 0.0, [hidden, a_case("open", shape="7x7")], 1,
                   rule="nan_or_infinity")
    made = hand_in(delivering, cast.lin, result=found.as_json(), shown=found.as_json("participant"), now=clock.now())
    context = judgement(made.verdict)
    assert "7x7 未过：最差元素 [3, 1]" in context["story"].zh
    assert context["advice"] is advice.RULES["share"]


@pytest.mark.django_db
def test_a_message_stands_at_the_top_and_hidden_failures_are_explained(cast: Cast, delivering: Application) -> None:
    crashed = a_case("crashed", verdict="runtime_error", rule="", error={}, text="ValueError: <no> such thing")
    fine = a_case("fine", verdict="accepted", rule="")
    hidden = a_case("hidden", public=False, text=f"got {SECRET}")
    client = Client()
    client.force_login(cast.lin)
    pages = []
    for number, cases in enumerate([[crashed, fine, hidden], [fine, hidden]]):
        found = Judged("rms-norm", "operator", cases[0].verdict, 0.0, cases, 1)
        made = hand_in(delivering, cast.lin, result=found.as_json(), shown=found.as_json("participant"),
                       now=clock.now() - timedelta(hours=3 - number))
        pages.append(client.get(f"/deliverables/{made.pk}/").content.decode())
    assert pages[0].count("ValueError: &lt;no&gt; such thing") == 2, "in the verdict and in its row"
    assert [page.count("未过的都是隐藏用例") for page in pages] == [0, 1]
    assert not any(str(SECRET) in page for page in pages)


@pytest.mark.django_db
@pytest.mark.parametrize(("text", "zh", "en"), [
    ("路径越界：'../x' / the path leaves the folder: '../x'", "不予评测：路径越界：'../x'", "refused: the path leaves"),
    ("plain / words / only", "不予评测：plain / words / only", "refused: plain / words / only"),
])
def test_a_refusal_is_told_in_the_readers_language(
    cast: Cast, delivering: Application, text: str, zh: str, en: str
) -> None:
    found = Judged("rms-norm", "operator", "refused", 0.0, [], 1, rule="path_climbs", text=text)
    made = hand_in(delivering, cast.lin, result=found.as_json(), shown=found.as_json("participant"), now=clock.now())
    client = Client()
    client.force_login(cast.lin)
    for language, phrase in (("zh-hans", zh), ("en", en)):
        page = client.get(f"/deliverables/{made.pk}/", headers={"accept-language": language}).content.decode()
        assert phrase in page.replace("&#x27;", "'").replace("&#39;", "'")


@pytest.mark.django_db
def test_what_a_person_should_look_at_is_told_and_marked_on_the_leaderboard(cast: Cast, delivering: Application) -> None:
    made = hand_in(delivering, cast.lin, result=a_verdict(), now=clock.now())
    url = f"/calls/{delivering.call.number}/leaderboard/"
    assert "1.90–2.10" in Client().get(url).content.decode()
    assert "待核" not in Client().get(url).content.decode()
    Verdict.objects.update(deliverable=None)
    body = a_verdict(80.0, 99.0) | {"flags": ["implausible:f32-long", "short_case:a"]}
    verdict = write_verdict(made, body, in_force=True, now=clock.now())
    tell_verdict(verdict=verdict, now=clock.now())
    told = Notification.objects.filter(kind="verdict_doubtful")
    assert {line.person for line in told} == {cast.chen, cast.zhou}
    assert "f32-long is implausibly fast" in told[0].body.en
    assert "short" not in told[0].body.en
    assert "待核" in Client().get(url).content.decode()
