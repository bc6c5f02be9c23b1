"""What a mended release of a lab has otherwise, for the student who was at work on the one before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from heitu.engines.grading import marks
from heitu.engines.grading.reading import Cell, Notebook
from heitu.ground.core.text import Text
from heitu.kinds.courses.pack.cells import is_fixed


def changes(before: Notebook, after: Notebook) -> list[Text]:
    """One line each; none where nothing that a student sees is other than it was."""
    old, new = _named(before), _named(after)
    return [*_gone(old, new), *_new(old, new), *_changed(old, new), *_texts(before, after)]


def _named(notebook: Notebook) -> dict[str, Cell]:
    """All but the texts, by the name that points are given under."""
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code" or marks.has_role(cell)]
    return {marks.grade_id(cell) or str(cell["id"]): cell for cell in cells}


def _gone(old: dict[str, Cell], new: dict[str, Cell]) -> Iterator[Text]:
    for name in old:
        if name in new:
            continue
        if is_fixed(old[name]):
            yield Text(zh=f"“{name}”去掉了。", en=f"“{name}” is gone.")
        else:
            yield Text(
                zh=f"“{name}”这一题去掉了，写的内容留作您自己的格子。",
                en=f"“{name}” is no longer asked; what you wrote there is kept as a cell of your own.",
            )


def _new(old: dict[str, Cell], new: dict[str, Cell]) -> Iterator[Text]:
    for name in new:
        if name not in old:
            yield Text(zh=f"新增“{name}”。", en=f"“{name}” is new.")


def _changed(old: dict[str, Cell], new: dict[str, Cell]) -> Iterator[Text]:
    for name in new:
        if name in old and is_fixed(new[name]) and new[name]["source"] != old[name]["source"]:
            yield Text(zh=f"“{name}”的内容改了。", en=f"“{name}” has changed.")


def _texts(before: Notebook, after: Notebook) -> Iterator[Text]:
    fresh = Counter(language for language, _ in _said(after) - _said(before))
    if number := max(fresh.values(), default=0):
        yield Text(zh=f"题目文字改了 {number} 处。", en=f"The text has changed in {number} place(s).")


def _said(notebook: Notebook) -> set[tuple[str, str]]:
    """(language, text)"""
    texts = [cell for cell in notebook["cells"] if cell["cell_type"] == "markdown" and not marks.has_role(cell)]
    return {(str(cell["metadata"].get("lang", "")), cell["source"]) for cell in texts}
