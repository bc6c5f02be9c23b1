"""An assignment: notebooks, the files beside them, and what grading by it needs to know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import PurePosixPath

from heitu.engines.grading import bindings as finding
from heitu.engines.grading.bindings import Bindings
from heitu.engines.grading.faults import BrokenAssignment, Fault
from heitu.engines.grading.source import Source, read_source


@dataclass
class Assignment:
    """What nbgrader calls one: every notebook of a `source/ASSIGNMENT` folder. `files` lie beside them."""

    name: str
    sources: dict[str, Source]
    files: dict[str, bytes] = field(default_factory=dict)
    kind: str = "nbgrader"

    @classmethod
    def from_source(cls, data: bytes, name: str = "notebook", files: Mapping[str, bytes] | None = None) -> Assignment:
        """One source notebook, with the files that lie beside it. Raises BrokenAssignment."""
        return cls(name, {name: read_source(name, data)}, dict(files or {}))

    @classmethod
    def from_files(cls, name: str, files: Mapping[str, bytes]) -> Assignment:
        """The content of a folder. Raises BrokenAssignment with the faults of all notebooks."""
        notebooks = {PurePosixPath(each).stem: data for each, data in files.items() if each.endswith(".ipynb")}
        beside = {each: data for each, data in files.items() if not each.endswith(".ipynb")}
        if not notebooks:
            raise BrokenAssignment(name, [Fault("no_notebook", 0, "", "没有 .ipynb 笔记本", "there is no .ipynb notebook")])
        sources, faults = {}, []
        for each, data in sorted(notebooks.items()):
            try:
                sources[each] = read_source(each, data)
            except BrokenAssignment as error:
                faults += error.faults
        if faults:
            raise BrokenAssignment(name, faults)
        return cls(name, sources, beside)

    def release(self) -> bytes:
        """The student's version of the only notebook; `releases` has those of several."""
        (only,) = self.releases.values()
        return only

    @cached_property
    def releases(self) -> dict[str, bytes]:
        """The student's versions, by notebook."""
        return {name: source.release() for name, source in self.sources.items()}

    @cached_property
    def bindings(self) -> dict[str, Bindings]:
        """Whose names are whose, by notebook."""
        return {name: finding.find(source.solved["cells"]) for name, source in self.sources.items()}

    @property
    def modules(self) -> list[str]:
        """What the notebooks import, to be loaded before the fork."""
        return sorted({module for each in self.bindings.values() for module in each.modules})

    @property
    def maximum(self) -> float:
        """All points."""
        return sum(source.maximum for source in self.sources.values())
