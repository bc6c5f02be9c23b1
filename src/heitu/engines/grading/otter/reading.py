"""Reading an autograder zip of otter-grader 7: its configuration, its test files, and the files beside them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import PurePosixPath
from typing import Any

from heitu.engines.grading import bindings as finding
from heitu.engines.grading.assignment import Assignment
from heitu.engines.grading.bindings import Bindings
from heitu.engines.grading.faults import BrokenAssignment, Fault

_CONFIG = "otter_config.json"
# Names by which tests usually call these modules: whatever a student puts in their place, a test gets the module.
_USUAL = {
    "np": ["numpy"], "pd": ["pandas"], "math": ["math"], "random": ["random"], "re": ["re"], "json": ["json"],
    "itertools": ["itertools"], "functools": ["functools"], "plt": ["matplotlib", "pyplot"], "numpy": ["numpy"],
    "pandas": ["pandas"], "sp": ["scipy"], "scipy": ["scipy"], "sympy": ["sympy"], "torch": ["torch"],
    "mindspore": ["mindspore"],
}


@dataclass
class OtterAssignment(Assignment):
    """`tests`: path in the zip → source of the test file; `config` as `otter_config.json` has it."""

    tests: dict[str, str] = field(default_factory=dict)
    config: dict[str, Any] = field(default_factory=dict)
    kind: str = "otter"

    @cached_property
    def own(self) -> Bindings:
        """What tests may take for granted."""
        found = Bindings(imports=dict(_USUAL))
        for tree in filter(None, map(finding.parsed, self.tests.values())):
            found.modules += finding.modules(tree)
        return found

    @property
    def modules(self) -> list[str]:
        """What is imported before the fork: what tests and notebooks of this kind usually want."""
        return sorted({*self.own.modules, "doctest", "unittest", "pandas", "matplotlib.pyplot"})


def is_otter(files: Mapping[str, bytes]) -> bool:
    """Whether the content of a zip or folder is an autograder."""
    return _CONFIG in files or "run_autograder" in files


def read(name: str, files: Mapping[str, bytes]) -> OtterAssignment:
    """Raises BrokenAssignment with every fault."""
    config, faults = _config(files)
    tests = {each: data.decode("utf-8", "replace") for each, data in files.items() if _is_test(each)}
    beside = {each.removeprefix("files/"): data for each, data in files.items() if each.startswith("files/")}
    if not tests:
        faults.append(Fault("no_tests", 0, "", "压缩包里没有 tests/*.py", "there are no tests/*.py in the zip"))
    for each, source in tests.items():
        if finding.parsed(source) is None:
            faults.append(Fault("test_file", 0, each, f"{each} 不是 Python", f"{each} is no Python"))
    if faults:
        raise BrokenAssignment(name, faults)
    return OtterAssignment(name, {}, beside, tests=dict(sorted(tests.items())), config=config)


def _is_test(path: str) -> bool:
    found = PurePosixPath(path)
    return found.parent.name == "tests" and len(found.parts) <= 3 and found.suffix == ".py" and found.name != "__init__.py"


def _config(files: Mapping[str, bytes]) -> tuple[dict[str, Any], list[Fault]]:
    try:
        config = json.loads(files.get(_CONFIG, b"{}"))
    except ValueError as error:
        return {}, [Fault("config", 0, "", f"{_CONFIG} 不是 JSON：{error}", f"{_CONFIG} isn't JSON: {error}")]
    if not isinstance(config, dict):
        return {}, [Fault("config", 0, "", f"{_CONFIG} 须是对象", f"{_CONFIG} has to be an object")]
    return config, list(unsupported(config))


def unsupported(config: dict[str, Any]) -> list[Fault]:
    """What of a configuration would change scores and isn't done here."""
    found = []
    if str(config.get("lang", "python")).lower() != "python":
        found.append(Fault("language", 0, "", "只评 Python", "only Python is graded"))
    for key in ("plugins", "grade_from_log"):
        if config.get(key):
            found.append(Fault(key, 0, "", f"不支持 {key}：请删去", f"{key} isn't supported: remove it"))
    seed = config.get("seed")
    if seed is not None and type(seed) is not int:
        found.append(Fault("seed", 0, "", "seed 须是整数", "seed has to be a whole number"))
    return found
