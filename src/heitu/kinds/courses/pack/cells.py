"""A lab's notebook as cells on a page: what may be changed of it, and a whole notebook made again from what was typed.

The students' release is the law: its locked cells and texts are as the course has them, in their order, whatever comes
back. What may be typed are answers and code without a role, and cells of the student's own.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from heitu.engines.grading import marks
from heitu.engines.grading.reading import Cell, Notebook
from heitu.ground.core.errors import refuse

MOST_CELLS, MOST_CHARACTERS = 300, 1_000_000
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_KINDS = ("code", "markdown")


@dataclass(frozen=True)
class Typed:
    """A cell as a page sends it; of one that can't be changed only the id is looked at."""

    id: str
    kind: str
    source: str


@dataclass(frozen=True)
class Shown:
    """A cell as a page shows it. `language` is "" where it is for readers of both."""

    id: str
    kind: str
    source: str
    is_fixed: bool
    is_own: bool
    language: str
    points: float


def is_fixed(cell: Cell) -> bool:
    """Whether the course says what stands in it: all but answers and code without a role."""
    if cell["cell_type"] == "code":
        return marks.is_locked(cell)
    return not marks.is_solution(cell)


def shown(notebook: Notebook, release: Notebook) -> list[Shown]:
    """The notebook's cells in their order."""
    known = {cell.get("id") for cell in release["cells"]}
    return [_shown(cell, is_own=cell.get("id") not in known) for cell in notebook["cells"]]


def _shown(cell: Cell, *, is_own: bool) -> Shown:
    language = cell["metadata"].get("lang")
    return Shown(
        str(cell.get("id")), cell["cell_type"], cell["source"], not is_own and is_fixed(cell), is_own,
        language if language in ("zh", "en") else "", float(marks.of(cell).get("points") or 0) if marks.is_graded(cell) else 0.0,
    )


def composed(release: Notebook, typed: Sequence[Typed]) -> Notebook:
    """The release with what was typed in its places, and the student's own cells behind those that they stood behind.

    Raises Refused `too_much_typed` and `cell_unknown` (an id or kind that no cell can have).
    """
    _insist_on_size(typed)
    return with_typed(release, typed)


def with_typed(release: Notebook, typed: Sequence[Typed]) -> Notebook:
    """The same, however much it is: what is kept already is never refused. Raises Refused `cell_unknown`."""
    by_id = {each.id: each for each in typed}
    made = copy.deepcopy(release)
    known = {cell["id"] for cell in made["cells"]}
    for cell in made["cells"]:
        given = by_id.get(cell["id"])
        if given is not None and not is_fixed(cell):
            cell["source"] = clean(given.source)
    made["cells"] = list(_with_own(made["cells"], typed, known))
    return made


def _insist_on_size(typed: Sequence[Typed]) -> None:
    if len(typed) > MOST_CELLS or sum(len(each.source) for each in typed) > MOST_CHARACTERS:
        raise refuse(
            "too_much_typed", f"最多 {MOST_CELLS} 格、{MOST_CHARACTERS} 个字符。",
            f"At most {MOST_CELLS} cells and {MOST_CHARACTERS} characters.", field="cells",
        )


def _with_own(cells: Sequence[Cell], typed: Sequence[Typed], known: set[str]) -> Iterable[Cell]:
    behind: dict[str, dict[str, Cell]] = {}
    last = ""
    for each in typed:
        if each.id in known:
            last = each.id
        else:
            behind.setdefault(last, {})[each.id] = _own(each)
    yield from behind.get("", {}).values()
    for cell in cells:
        yield cell
        yield from behind.get(cell["id"], {}).values()


def _own(given: Typed) -> Cell:
    if not _ID.fullmatch(given.id) or given.kind not in _KINDS:
        raise refuse("cell_unknown", f"没有这样的格子：{given.id[:64]}。", f"There can't be such a cell: {given.id[:64]}.", field="cells")
    cell: Cell = {"cell_type": given.kind, "id": given.id, "metadata": {}, "source": clean(given.source)}
    return cell | {"outputs": [], "execution_count": None} if given.kind == "code" else cell


def typed_in(notebook: Notebook, release: Notebook) -> list[Typed]:
    """What a notebook from anybody holds, as though it had been typed into the release.

    An answer is known by its id, else by nbgrader's, and becomes a cell of the student's own where the course has it no
    longer. Texts and tests that the course hasn't any more are left out, and so are cells that no page could send.
    """
    names, there = {cell["id"] for cell in release["cells"]}, {cell.get("id") for cell in notebook["cells"]}
    lost = [cell for cell in release["cells"] if cell["id"] not in there and not is_fixed(cell)]
    answers = {marks.grade_id(cell): cell["id"] for cell in lost if marks.grade_id(cell)}
    found = [
        Typed(_name(cell, names, answers), cell["cell_type"], cell["source"]) for cell in notebook["cells"]
        if cell["cell_type"] in _KINDS and not (_is_of_a_course(cell) and is_fixed(cell) and cell.get("id") not in names)
    ]
    return [each for each in found if _ID.fullmatch(each.id)]


def _name(cell: Cell, names: Collection[str], answers: dict[str, str]) -> str:
    """`answers` are places that nobody has yet, by nbgrader's id; the first comes to have it."""
    given = str(cell.get("id", ""))
    return given if given in names else answers.pop(marks.grade_id(cell), given)


def _is_of_a_course(cell: Cell) -> bool:
    return marks.has_role(cell) or "lang" in cell["metadata"]


def clean(text: str) -> str:
    """What neither files nor the database can hold becomes a question mark."""
    return text.encode("utf-8", "replace").decode().replace("\0", "\ufffd")
