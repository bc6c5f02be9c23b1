"""Feedback for the student: one HTML page, which runs nothing, loads nothing and tells of no hidden test.

Of a test that hides anything the page shows what was in the student's version, the points and a general reason: no
output, no message, no line of a traceback. From the first hidden test on, the student's code has been called with
values that it may have kept, so outputs of later cells are left out as well.
"""

from __future__ import annotations

import re
from html import escape, unescape
from importlib.resources import files

from heitu.engines.grading import marks, regions, showing
from heitu.engines.grading.grades import Graded, Question, Ran
from heitu.engines.grading.reading import Cell

_CODE = ('<pre class="code"><code>', "</code></pre>")
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


def page(graded: Graded, language: str = "zh") -> str:
    """The whole page, in Chinese or English."""
    say = _Words(language)
    title = f"{graded.assignment} · {graded.student}"
    style = files("heitu.engines.grading").joinpath("feedback.css").read_text(encoding="utf-8")
    body = "".join((_head(graded, say), *(_notebook(ran, graded, say) for ran in graded.ran)))
    return (
        f'<!doctype html>\n<html lang="{"zh-CN" if say.zh else "en"}"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{escape(title)}</title>'
        f"<style>{style}</style></head><body><main>{body}</main></body></html>\n"
    )


def coloured(made: str) -> str:
    """The page with its code in colours. Done when it is read: colouring takes as long as grading, and few pages are looked at."""
    return re.sub(f"({_CODE[0]})(.*?)({_CODE[1]})", _coloured, made, flags=re.S)


def _coloured(found: re.Match[str]) -> str:
    return f"{found[1]}{showing.code(unescape(found[2]))}{found[3]}"


class _Words:
    def __init__(self, language: str) -> None:
        self.zh = language.startswith("zh")

    def __call__(self, zh: str, en: str) -> str:
        return escape(zh if self.zh else en)

    def reads(self, cell: Cell) -> bool:
        """Not a text that the course says again in another language."""
        return not (cell["cell_type"] == "markdown" and cell["metadata"].get("lang") == ("en" if self.zh else "zh"))


def _head(graded: Graded, say: _Words) -> str:
    refused = ""
    if graded.refused:
        _, zh, en = graded.refused
        refused = f'<p class="refused">{say("未能评分：" + zh, "Not graded: " + en)}</p>'
    waiting = f"<p>{say('部分题目等待人工评分。', 'Some questions wait to be marked by a person.')}</p>" if graded.needs_person else ""
    penalty = f"<p>{say(f'迟交扣分：{graded.penalty}', f'Late penalty: {graded.penalty}')}</p>" if graded.penalty else ""
    rows = "".join(_row(each, say) for each in graded.questions)
    total = f"{graded.earned - graded.penalty} / {graded.maximum}"
    return (
        f"<h1>{escape(graded.assignment)}</h1><p>{escape(graded.student)}</p>{refused}"
        f'<p class="total">{say("得分", "Score")} <strong>{total}</strong></p>{penalty}{waiting}'
        f"<table><thead><tr><th>{say('题目', 'Question')}</th><th>{say('得分', 'Points')}</th>"
        f"<th>{say('说明', 'Why')}</th></tr></thead><tbody>{rows}</tbody></table>"
    )


def _row(question: Question, say: _Words) -> str:
    cases = "".join(
        f'<li class="{"good" if passed else "bad"}">{escape(name)} {"✓" if passed else "✗"}</li>'
        for name, passed, hidden in question.cases if not hidden
    )
    listed = f"<ul>{cases}</ul>" if cases else ""
    return (
        f'<tr class="{_class(question)}"><td>{escape(question.id)}</td><td>{_points(question)}</td>'
        f"<td>{say(question.zh, question.en)}{listed}</td></tr>"
    )


def _points(question: Question) -> str:
    return f"{'—' if question.earned is None else question.earned} / {question.maximum}"


def _class(question: Question) -> str:
    if question.earned is None:
        return "waiting"
    return "good" if question.earned >= question.maximum else "bad" if not question.earned else "part"


# ── the notebook ────────────────────────────────────────────────────────────────────────────────────────────────


def _notebook(ran: Ran, graded: Graded, say: _Words) -> str:
    by_id = {each.id: each for each in graded.questions if each.notebook == ran.name}
    cells = (_cell(n, cell, by_id, ran, say) for n, cell in enumerate(ran.notebook["cells"]) if say.reads(cell))
    return f"<section><h2>{escape(ran.name)}</h2>{''.join(cells)}</section>"


def _cell(place: int, cell: Cell, by_id: dict[str, Question], ran: Ran, say: _Words) -> str:
    question = by_id.get(marks.grade_id(cell))
    source = regions.without(regions.without(cell["source"], regions.HIDDEN), regions.SCHEME)
    badge = ""
    if question is not None:
        badge = f'<p class="mark {_class(question)}">{escape(question.id)} {_points(question)} · {say(question.zh, question.en)}</p>'
    if cell["cell_type"] == "markdown":
        return f'<article class="text">{badge}{showing.markdown(source[:showing.MOST_CHARACTERS])}</article>'
    shown = f"{_CODE[0]}{escape(source[:showing.MOST_CHARACTERS])}{_CODE[1]}"
    if place in ran.unseen:
        has_any = bool(cell.get("outputs")) and question is None
        note = say("隐藏测试之后的输出不显示。", "Outputs after a hidden test are not shown.") if has_any else ""
        return f"<article>{badge}{shown}<p class=\"note\">{note}</p></article>"
    put_out = "".join(showing.shown(cell.get("outputs", ())))
    below = f'<div class="out">{put_out}</div>' if put_out else ""
    return f"<article>{badge}{shown}{below}</article>"
