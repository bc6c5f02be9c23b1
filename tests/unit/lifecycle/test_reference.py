"""Diagrams and generated pages."""

from __future__ import annotations

from heitu.engines.lifecycle import reference
from heitu.engines.lifecycle.diagrams import mermaid
from heitu.engines.lifecycle.loading import read_programme
from tests.unit.lifecycle.library import PROGRAMMES

BOOKS = read_programme(PROGRAMMES / "rare-books.yaml")


def test_a_diagram_shows_states_moves_and_ends() -> None:
    lines = mermaid(BOOKS, "call", "en").splitlines()
    assert lines == [
        "stateDiagram-v2",
        "    direction TB",
        "    shut : Shut",
        "    opened : Open",
        "    over : Over",
        "    [*] --> shut",
        "    shut --> opened : Open",
        "    opened --> over : Shut",
        "    over --> [*]",
    ]


def test_moves_of_the_system_alone_show_as_such() -> None:
    assert "    weighing --> lapsed : ⚙ 已逾期" in mermaid(BOOKS, "case", "zh").splitlines()


def test_the_page_of_lifecycles_lists_every_state_and_move() -> None:
    page = reference.lifecycles([BOOKS])
    for machine in BOOKS.machines.values():
        for name, state in machine.states.items():
            assert f"| `{name}` | {state.title.zh} {state.title.en} |" in page
            assert all(f"| `{name}` | `{event}`" in page for event in state.on)
    assert "| 14d → `lapse` |" in page
    assert "`library.closing_time` → `shut`" in page


def test_the_vocabulary_lists_what_is_registered() -> None:
    page = reference.vocabulary()
    assert "| `system` | 系统 System |" in page
    assert "| `hold_deposit` | 冻结押金 Hold the deposit | hold |  |" in page
    assert "| `send_letter` | 寄信 Send a letter |  | 提交后 after commit |" in page
    assert "| `book_is_in` | 书在馆 The book is in |" in page
