"""A task's cases, its reference and its third party: trusted code, run only in the worker."""

from __future__ import annotations

import importlib.util
import re
import sys
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from heitu.engines.judge import dtypes, dual
from heitu.engines.judge.dtypes import Array
from heitu.engines.judge.errors import BrokenTask
from heitu.engines.judge.parts import nearest
from heitu.engines.judge.standards import Standard, standard
from heitu.engines.judge.task import THIRD_PARTY, Operator, Output, Task

_KEYS = {"id", "dtype", "shape", "public", "timed", "degenerate", "make", "inputs"}
_SCALARS: dict[str, Callable[[Any], Any]] = {"int": int, "float": float, "bool": bool}
Inputs = dict[str, Any]


@dataclass(frozen=True)
class Case:
    """One case: `make(rng)` gives fresh inputs by name, of the same shapes at every call."""

    id: str
    dtype: str
    shape: str
    public: bool
    timed: bool
    degenerate: bool
    make: Callable[[np.random.Generator], Inputs]


@dataclass(frozen=True)
class Sample:
    """A case's inputs at one seed, and the golden outputs in float64 (or exact integers).

    `theirs` are a third party's outputs, in the outputs' own dtypes; None for those that no standard holds against it.
    """

    inputs: Inputs
    golden: tuple[Array, ...]
    theirs: tuple[Array | None, ...] = ()


class Bench:
    """A task's cases and reference, loaded; makes samples. Every fault of the task's code is a BrokenTask."""

    def __init__(self, task: Task, seed: int) -> None:
        assert isinstance(task.spec, Operator)
        self.task, self.seed = task, seed
        self.spec: Operator = task.spec
        self._reference = function(task.folder / "reference.py", "reference")
        path = task.folder / THIRD_PARTY
        self._third_party = function(path, "third_party") if THIRD_PARTY in self.spec.companions else None
        produce = function(task.folder / "cases.py", "cases")
        yielded = guarded(task, "cases", lambda: list(produce(np.random.default_rng([seed, 0]))))
        self.cases = [_case(task, value) for value in yielded]
        _check_together(task, self.cases)

    def sample(self, case: Case, draw: int) -> Sample:
        """Inputs, golden and third party's outputs of `case`; equal for equal draws, fresh for each new one."""
        inputs = self.inputs(case, draw)
        golden = self.golden(case, inputs)
        return Sample(inputs, golden, self.theirs(case, inputs, golden))

    def inputs(self, case: Case, draw: int) -> Inputs:
        """Inputs in the declared order. Raises BrokenTask where names or kinds don't match task.yaml."""
        rng = np.random.default_rng([self.seed, 1, self._number(case), draw])
        made = guarded(self.task, f"case {case.id}", lambda: case.make(rng))
        wanted = {i.name: i.kind for i in self.spec.inputs}
        if not isinstance(made, Mapping) or set(made) != set(wanted):
            zh, en = "、".join(wanted), ", ".join(wanted)
            raise broken(self.task, f"用例 {case.id}：输入须名为 {zh}", f"case {case.id}: inputs must be named {en}")
        return {name: self._input(case, name, kind, made[name]) for name, kind in wanted.items()}

    def _number(self, case: Case) -> int:
        return next(n for n, c in enumerate(self.cases) if c is case)

    def _input(self, case: Case, name: str, kind: str, value: Any) -> Any:
        if kind == "array":
            if not isinstance(value, np.ndarray) or value.dtype.name not in dtypes.NAMES:
                raise broken(
                    self.task, f"用例 {case.id}：{name} 须为已知 dtype 的数组", f"case {case.id}: {name} must be an array of a known dtype"
                )
            return value
        return guarded(self.task, f"case {case.id}, {name}", lambda: _SCALARS[kind](value))

    def golden(self, case: Case, inputs: Inputs) -> tuple[Array, ...]:
        """What the reference says, floats upcast before; one array an output."""
        raised = {name: _upcast(value) for name, value in inputs.items()}
        result = guarded(self.task, f"reference on {case.id}", lambda: self._reference(**raised))
        golden = tuple(np.asarray(value) for value in self._outputs(f"reference on {case.id}", result))
        if any(array.dtype.kind in "OSU" for array in golden):
            raise broken(
                self.task, f"用例 {case.id} 的 reference 须返回数值数组", f"reference on {case.id}: must return arrays of numbers"
            )
        return golden

    def theirs(self, case: Case, inputs: Inputs, golden: tuple[Array, ...]) -> tuple[Array | None, ...]:
        """What the third party says, from the inputs as they are; None for outputs of other standards.

        Raises BrokenTask where it could be no benchmark: see `dual.fault`.
        """
        rules = self.standards(case)
        if self._third_party is None or all(rule.rule != dual.RULE for rule in rules):
            return (None,) * len(golden)
        what, run, shown = f"third_party on {case.id}", self._third_party, _read_only(inputs)
        results = self._outputs(what, guarded(self.task, what, lambda: run(**shown)))
        columns = zip(self.spec.outputs, self.dtypes(case), rules, results, golden, strict=True)
        return tuple(self._benchmark(what, *column) if column[2].rule == dual.RULE else None for column in columns)

    def _benchmark(self, what: str, output: Output, name: str, rule: Standard, value: Any, golden: Array) -> Array:
        zh, en = dual.fault(rule, value, golden, name)
        if en:
            where = f"{what}, {output.name}"
            raise BrokenTask("third_party", f"任务 {self.task.name}：{where} {zh}", f"task {self.task.name}: {where} {en}")
        return np.asarray(value)

    def _outputs(self, what: str, result: Any) -> tuple[Any, ...]:
        results = result if isinstance(result, tuple) else (result,)
        declared = len(self.spec.outputs)
        if len(results) != declared:
            raise broken(
                self.task, f"{what}：返回 {len(results)} 个输出，声明了 {declared} 个",
                f"{what}: {len(results)} outputs, {declared} declared",
            )
        return results

    def standards(self, case: Case) -> list[Standard]:
        """The standard of each output: its own, else the task's; integers and booleans are exact."""
        return [self._standard(*pair) for pair in zip(self.spec.outputs, self.dtypes(case), strict=True)]

    def _standard(self, output: Output, name: str) -> Standard:
        if not dtypes.is_float(name):
            return Standard("exact@1", "exact", {})
        tolerance = output.tolerance or self.spec.tolerance
        return standard(tolerance.standard, name, ulps=tolerance.ulp)

    def dtypes(self, case: Case) -> list[str]:
        """The dtype name of each output of `case`."""
        return [case.dtype if output.dtype == "case" else output.dtype for output in self.spec.outputs]


def _read_only(inputs: Inputs) -> Inputs:
    """The same inputs, of which no array can be written to."""
    shown = {name: value.view() if isinstance(value, np.ndarray) else value for name, value in inputs.items()}
    for value in shown.values():
        if isinstance(value, np.ndarray):
            value.flags.writeable = False
    return shown


def _upcast(value: Any) -> Any:
    if isinstance(value, np.ndarray) and dtypes.is_float(value.dtype.name):
        with np.errstate(all="ignore"):
            return value.astype(np.float64)
    return value


def _case(task: Task, value: Any) -> Case:
    if not isinstance(value, Mapping):
        raise broken(
            task, f"cases.py 产出 {type(value).__name__}，应为 dict", f"cases.py yields {type(value).__name__}, expected dict"
        )
    for key in set(value) - _KEYS:
        close = nearest(str(key), _KEYS, "，是否应为 {}？"), nearest(str(key), _KEYS)
        raise broken(task, f"cases.py：未知的键 {key}{close[0]}", f"cases.py: unknown key {key}{close[1]}")
    name = str(value.get("id", ""))
    if not re.fullmatch(r"[a-z0-9][a-z0-9.-]*", name) or ("make" in value) == ("inputs" in value):
        raise broken(
            task, f"用例 {name!r}：id 只用 a-z、0-9、- 与 .，且 make 与 inputs 恰有其一",
            f"case {name!r}: needs an id of a-z, 0-9, - and exactly one of make and inputs",
        )
    if value.get("dtype") not in dtypes.NAMES:
        raise broken(task, f"用例 {name}：未知的 dtype {value.get('dtype')}", f"case {name}: unknown dtype {value.get('dtype')}")
    fixed = value.get("inputs")
    make = value["make"] if fixed is None else lambda _rng: fixed
    flags = {key: bool(value.get(key, False)) for key in ("public", "timed", "degenerate")}
    if flags["timed"] and (flags["degenerate"] or fixed is not None):
        raise broken(
            task, f"用例 {name}：计时用例须有 make，且不能是 degenerate", f"case {name}: a timed case needs make, and can't be degenerate"
        )
    return Case(id=name, dtype=value["dtype"], shape=str(value.get("shape", "")), make=make, **flags)


def _check_together(task: Task, cases: list[Case]) -> None:
    names = [case.id for case in cases]
    if len(set(names)) != len(names):
        raise broken(task, "cases.py：有两个用例同 id", "cases.py: two cases share an id")
    if not any(not case.degenerate for case in cases):
        raise broken(task, "cases.py：没有一个非 degenerate 的用例", "cases.py: there is no case that isn't degenerate")


def function(path: Path, name: str) -> Callable[..., Any]:
    """A function of a task's file."""
    return named(loaded(path), name)


def loaded(path: Path) -> ModuleType:
    """Load a task's file under a private module name; its neighbours aren't importable."""
    spec = importlib.util.spec_from_file_location(f"_heitu_task_{path.parent.name}_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module: ModuleType = importlib.util.module_from_spec(spec)
    writing, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        why = f"{_said(error)}{_place(error, path.parent)}"
        raise BrokenTask("task_code", f"{path.name} 无法载入：{why}", f"{path.name} doesn't load: {why}") from error
    finally:
        sys.dont_write_bytecode = writing
    return module


def named(module: ModuleType, name: str) -> Callable[..., Any]:
    """A function of a loaded file."""
    function = getattr(module, name, None)
    if not callable(function):
        file = Path(module.__file__ or "").name
        close = nearest(name, [each for each in vars(module) if callable(getattr(module, each))])
        raise BrokenTask("task_code", f"{file} 没有函数 {name}", f"{file} defines no function {name}{close}")
    return function  # type: ignore[no-any-return]


def guarded(task: Task, what: str, run: Callable[[], Any]) -> Any:
    try:
        with np.errstate(all="ignore"):
            return run()
    except (Exception, SystemExit) as error:
        raise broken(task, f"{what}: {_said(error)}{_place(error, task.folder)}") from error


def _said(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}".removesuffix(": ")


def _place(error: BaseException, folder: Path) -> str:
    """' (cases.py, line 12)': the last line of the task's own that was run."""
    lines = [(Path(frame.filename), frame.lineno) for frame in traceback.extract_tb(error.__traceback__)]
    own = [(file.name, number) for file, number in lines if file.parent == folder]
    return f" ({own[-1][0]}, line {own[-1][1]})" if own else ""


def broken(task: Task, zh: str, en: str = "") -> BrokenTask:
    """A fault of the task's code; `zh` alone where it is the interpreter's words."""
    return BrokenTask("task_code", f"任务 {task.name}：{zh}", f"task {task.name}: {en or zh}")
