"""Whose names are whose: which of a notebook's names its author's own cells define, and which the student is to.

Tests run in a sandbox of their own. What the author's locked cells import, define and compute there by themselves is
the author's, whatever a student puts in its place; every other name is asked for in the student's sandbox. Found from
the source notebook alone, by its syntax.
"""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from heitu.engines.grading import marks
from heitu.engines.grading.reading import Cell

_BUILT_IN = frozenset(dir(builtins))
_MAGIC = re.compile(r"^(\s*)(?:[%!?].*|.*\?\??\s*)$", re.MULTILINE)
_CELL_MAGIC = re.compile(r"^\s*%%")
# The generators that are one for the whole process; `default_rng` makes its own.
_CHANCE = re.compile(r"\brandom\s*\.(?!\s*(?:default_rng|Generator))|seed\(|\brandom\s+import")
_DEFINES = (ast.FunctionDef, ast.AsyncFunctionDef)
_LATER = (*_DEFINES, ast.Lambda)


@dataclass
class Bindings:
    """`imports`: name → [module, attribute?]; `theirs`: what students are to define; `locked`: of each locked cell's id
    the part that the author's side runs itself; `exports`: what a test cell binds and later cells read; `modules`: to
    import before the fork; `chance`: whether random numbers occur there."""

    imports: dict[str, list[str]] = field(default_factory=dict)
    theirs: set[str] = field(default_factory=set)
    locked: dict[str, str] = field(default_factory=dict)
    exports: dict[str, list[str]] = field(default_factory=dict)
    modules: list[str] = field(default_factory=list)
    chance: bool = False

    def place(self) -> dict[str, Any]:
        """What the author's side is told when it opens."""
        return {"asks": True, "imports": self.imports, "theirs": sorted(self.theirs)}


def parsed(source: str) -> ast.Module | None:
    """A cell's syntax, with magics blotted out; None where it has none that Python can read."""
    if _CELL_MAGIC.match(source):
        return None
    try:
        return ast.parse(_MAGIC.sub(r"\1pass", source))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def find(cells: list[Cell]) -> Bindings:
    """Of a source notebook, solutions included."""
    found = Bindings()
    trees = [(cell, parsed(cell["source"])) for cell in cells if cell["cell_type"] == "code"]
    for cell, tree in trees:
        if tree is None:
            continue
        found.imports |= dict(_imports(tree))
        found.modules += modules(tree)
        if not marks.is_test(cell) and not marks.is_locked(cell):
            found.theirs |= set(_bound(tree.body)) - set(dict(_imports(tree)))
    ours = {name for _, tree in trees if tree is not None for name in dict(_imports(tree))} - found.theirs
    for cell, tree in trees:
        if tree is not None and marks.is_locked(cell) and not marks.is_test(cell):
            found.locked[marks.grade_id(cell)] = _own_part(tree, found.theirs, ours)
    _add_exports(found, trees)
    kept = [cell["source"] for cell, _ in trees if marks.is_locked(cell) and not marks.is_test(cell)]
    found.chance = any(map(has_chance, kept))
    return found


def has_chance(source: str) -> bool:
    """Whether it has to do with the process's own random generators."""
    return _CHANCE.search(source) is not None


def _add_exports(found: Bindings, trees: list[tuple[Cell, ast.Module | None]]) -> None:
    read: set[str] = set()
    for cell, tree in reversed(trees):
        if tree is None:
            continue
        if marks.is_test(cell):
            names = sorted(set(_bound(tree.body)) & read)
            if names:
                found.exports[marks.grade_id(cell)] = names
        else:
            read |= set(_read(tree))


def _own_part(tree: ast.Module, theirs: set[str], ours: set[str]) -> str:
    """Statements that depend on nothing of the student's, as source; what the others bind becomes the student's."""
    kept: list[ast.stmt] = []
    for statement in tree.body:
        bound = set(_bound([statement]))
        if isinstance(statement, ast.ClassDef) or bound & theirs or not _needs(statement) <= ours | bound | _BUILT_IN:
            theirs |= bound
        else:
            ours |= bound
            kept.append(statement)
    return ast.unparse(ast.Module(kept, []))


def _imports(tree: ast.AST) -> Iterator[tuple[str, list[str]]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield (alias.asname, [alias.name]) if alias.asname else (alias.name.split(".")[0], [alias.name.split(".")[0]])
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                if alias.name != "*":
                    yield alias.asname or alias.name, [node.module, alias.name]


def modules(tree: ast.AST) -> list[str]:
    """Names of modules that importing it would load."""
    named = [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    return named + [n.module for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) and n.module and not n.level]


def _bound(statements: Iterable[ast.stmt]) -> Iterator[str]:
    """Names that running them binds, at the top."""
    for node in _at_once(statements):
        if isinstance(node, (*_DEFINES, ast.ClassDef)):
            yield node.name
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store | ast.Del):
            yield node.id
        elif isinstance(node, ast.Import | ast.ImportFrom):
            yield from dict(_imports(node))
        elif isinstance(node, ast.Global):
            yield from node.names


def _needs(statement: ast.stmt) -> set[str]:
    """Names that running it reads at once, not when a function that it defines is called."""
    return {node.id for node in _at_once([statement]) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}


def _read(tree: ast.AST) -> Iterator[str]:
    return (node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load))


def _at_once(nodes: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """All nodes but those within the bodies of functions, and names that belong to comprehensions."""
    for node in nodes:
        yield node
        if isinstance(node, _DEFINES):
            yield from _at_once([*node.decorator_list, *node.args.defaults, *filter(None, node.args.kw_defaults)])
        elif isinstance(node, ast.Lambda):
            yield from _at_once([*node.args.defaults, *filter(None, node.args.kw_defaults)])
        elif isinstance(node, ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp):
            yield from _of_comprehension(node)
        else:
            yield from _at_once(ast.iter_child_nodes(node))


def _of_comprehension(node: ast.AST) -> Iterator[ast.AST]:
    inside = list(_at_once(ast.iter_child_nodes(node)))
    own = {n.id for n in inside if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    return (n for n in inside if not (isinstance(n, ast.Name) and n.id in own))
