"""A task folder, read and checked: task.yaml, and the paths of what it comes with."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import Field, ValidationError, field_validator, model_validator

from heitu.engines.judge import dtypes, standards
from heitu.engines.judge.designs.contract import Check, Design
from heitu.engines.judge.errors import BrokenTask
from heitu.engines.judge.metrics import METRICS
from heitu.engines.judge.parts import Limits, Name, Part, Words, nearest

THIRD_PARTY = "third_party.py"


class Tolerance(Part):
    """Which accuracy standard, and for `ulp` how many."""

    standard: str = "cann-mixed"
    ulp: float | None = None

    @model_validator(mode="before")
    @classmethod
    def _from_name(cls, value: Any) -> Any:
        return {"standard": value} if isinstance(value, str) else value

    @field_validator("standard")
    @classmethod
    def _known(cls, value: str) -> str:
        if value not in standards.names():
            raise ValueError(f"unknown standard {value}{nearest(value, standards.names())}")
        return value


class Input(Part):
    """One parameter of the entry function."""

    name: Name
    kind: Literal["array", "int", "float", "bool"] = "array"


class Output(Part):
    """One output; dtype `case` means the dtype that the case names."""

    name: Name
    dtype: str = "case"
    tolerance: Tolerance | None = None

    @field_validator("dtype")
    @classmethod
    def _known(cls, value: str) -> str:
        if value not in ("case", *dtypes.NAMES):
            raise ValueError(f"unknown dtype {value}{nearest(value, dtypes.NAMES)}")
        return value


class Timing(Part):
    """What to beat, and by how much for the full score."""

    baseline: Literal["baseline.py", "baseline.cpp"] = "baseline.py"
    target_speedup: float = Field(default=2.0, gt=1)
    minimum_speedup: float = Field(default=0.1, ge=0)


class Scoring(Part):
    """Points of 100 for a right answer that isn't faster."""

    correct: float = Field(default=60.0, ge=0, le=100)


class Parameter(Part):
    """One C parameter: exactly one of the kinds; `axis` only with `size`."""

    input: str | None = None
    output: str | None = None
    size: str | None = None
    axis: int | None = None
    rows: str | None = None
    shape: str | None = None
    rank: str | None = None
    scalar: str | None = None

    @property
    def kind(self) -> str:
        """Which of the kinds this is."""
        return next(k for k in ("input", "output", "size", "rows", "shape", "rank", "scalar") if getattr(self, k))

    @property
    def about(self) -> str:
        """The input or output that it speaks of."""
        return str(getattr(self, self.kind))

    @model_validator(mode="after")
    def _one_kind(self) -> Parameter:
        kinds = [k for k in ("input", "output", "size", "rows", "shape", "rank", "scalar") if getattr(self, k)]
        if len(kinds) != 1 or (self.axis is not None and kinds != ["size"]):
            raise ValueError("a C parameter is exactly one of input, output, size (axis), rows, shape, rank, scalar")
        return self


class Native(Part):
    """How a C++ submission is called."""

    symbol: str = Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*(\{dtype\})?[A-Za-z0-9_]*$")
    dtypes: list[str] = Field(min_length=1)
    parameters: list[Parameter] = Field(min_length=1)


class Operator(Part):
    """task.yaml of kind operator."""

    kind: Literal["operator"]
    title: Words
    summary: Words | None = None
    skills: list[str] = []
    toolchain: str = "numpy"
    entry: Name
    languages: list[Literal["numpy", "cpp", "torch", "mindspore", "triton"]] = Field(min_length=1)
    inputs: list[Input] = Field(min_length=1)
    outputs: list[Output] = Field(default=[Output(name="y")], min_length=1, max_length=8)
    tolerance: Tolerance = Tolerance()
    deterministic: bool = True
    limits: Limits = Limits()
    timing: Timing = Timing()
    scoring: Scoring = Scoring()
    cpp: Native | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Operator:
        if "cpp" in self.languages and self.cpp is None:
            raise ValueError("languages has cpp, so the section cpp must declare the C function")
        arrays = {i.name for i in self.inputs if i.kind == "array"}
        allowed = {"input": arrays, "output": {o.name for o in self.outputs}}
        allowed["scalar"] = {i.name for i in self.inputs} - arrays
        for parameter in self.cpp.parameters if self.cpp else []:
            known = allowed.get(parameter.kind, arrays | allowed["output"])
            if parameter.about not in known:
                close = nearest(parameter.about, known)
                raise ValueError(f"cpp.parameters: no {parameter.kind} {parameter.about}{close}")
        return self


    @property
    def companions(self) -> list[str]:
        """The files that this contract asks for: its baseline, and a third party where a standard needs one."""
        floats = [output for output in self.outputs if output.dtype not in dtypes.EXACT]
        named = {(output.tolerance or self.tolerance).standard for output in floats}
        dual = any(standards.needs_third_party(name) for name in named)
        return [self.timing.baseline, *([THIRD_PARTY] if dual else [])]


class Aim(Part):
    """What a model is marked by: the metric, the least that is accepted, and what earns the full score."""

    name: str
    threshold: float
    target: float

    @field_validator("name")
    @classmethod
    def _known(cls, value: str) -> str:
        if value not in METRICS:
            raise ValueError(f"unknown metric {value}{nearest(value, METRICS)}")
        return value

    @model_validator(mode="after")
    def _ordered(self) -> Aim:
        better = "higher" if METRICS[self.name].higher else "lower"
        if (self.target > self.threshold) != METRICS[self.name].higher or self.target == self.threshold:
            raise ValueError(f"of {self.name} {better} is better, so target must be {better} than threshold")
        return self


class Model(Part):
    """task.yaml of kind model. The entry gets `inputs` (`seed` is a number of the run) and returns predictions."""

    kind: Literal["model"]
    title: Words
    summary: Words | None = None
    skills: list[str] = []
    toolchain: Literal["numpy", "torch", "mindspore"] = "numpy"
    entry: Name = "fit_predict"
    inputs: list[Input] = Field(min_length=1)
    answer: Name = "test_y"
    prediction: Literal["int64", "float32"] = "int64"
    metric: Aim
    runs: int = Field(default=3, ge=1, le=10)
    public_share: float = Field(default=0.3, gt=0, lt=1)
    reproducible: bool = True
    limits: Limits = Limits(seconds=120, memory_mb=2048, processes=64, disk_mb=64)
    scoring: Scoring = Scoring()

    @model_validator(mode="after")
    def _keeps_its_answers(self) -> Model:
        if any(each.name == self.answer for each in self.inputs):
            raise ValueError(f"inputs: {self.answer} is the answer, which no submission may see")
        return self

    @property
    def languages(self) -> list[str]:
        """Models are Python; frameworks come with the toolchain, arrays are numpy's."""
        return ["numpy"]

    @property
    def outputs(self) -> list[Output]:
        """One: the predictions."""
        return [Output(name="predictions", dtype=self.prediction)]


Spec = Operator | Model | Design
# The files that decide a verdict, beside task.yaml.
_DECIDING = {"operator": ("cases.py", "reference.py"), "model": ("data.py",), "design": ("acceptance.py",)}
_REASONS = {
    THIRD_PARTY: (
        "：双标杆精度标准要与其中的 third_party(**inputs) 比对；请补上，或换用其他标准",
        ": its tolerance, a double benchmark, measures against third_party(**inputs) there; add it or name another",
    )
}
_KINDS: dict[str, type[Operator] | type[Model] | type[Design]] = {
    "operator": Operator, "model": Model, "design": Design,
}


class Task(Part):
    """A task folder that keeps its contract as far as can be seen without running it."""

    folder: Path
    spec: Spec
    digest: str

    @property
    def name(self) -> str:
        """The folder's name, which is the task's slug."""
        return self.folder.name


def read_task(folder: Path | str) -> Task:
    """Read a task folder. Raises BrokenTask naming the file, the key and the nearest right word."""
    folder = Path(folder).resolve()
    if folder.is_file():
        zh, en = f"{folder} 是文件，请给出任务文件夹", f"{folder} is a file: name the task's folder"
        raise BrokenTask("no_task", zh, en)
    if not (folder / "task.yaml").is_file():
        raise BrokenTask("no_task", f"{folder} 中没有 task.yaml", f"there is no task.yaml in {folder}")
    spec = _specification(folder / "task.yaml")
    needed = [*_DECIDING[spec.kind], *(spec.companions if isinstance(spec, Operator) else [])]
    for name in needed:
        if not (folder / name).is_file():
            zh, en = _REASONS.get(name, ("", ""))
            raise BrokenTask("task_file_missing", f"{folder.name} 缺少 {name}{zh}", f"{folder.name} lacks {name}{en}")
    return Task(folder=folder, spec=spec, digest=_digest(folder, ["task.yaml", *needed]))


def _specification(path: Path) -> Spec:
    try:
        text = path.read_text(encoding="utf-8")
        content = yaml.safe_load(text)
    except UnicodeDecodeError as error:
        zh, en = f"{path} 不是 UTF-8 编码，请另存为 UTF-8", f"{path} isn't text in UTF-8: save it as UTF-8"
        raise BrokenTask("task_yaml", zh, en) from error
    except yaml.YAMLError as error:
        raise BrokenTask("task_yaml", f"{path} 不是有效的 YAML：{error}", f"{path} is not YAML: {error}") from error
    kind = str(content.get("kind")) if isinstance(content, dict) else ""
    if kind not in _KINDS:
        en = f"{path}: unknown kind {kind or 'none'}{nearest(kind, _KINDS) or ', expected ' + ' or '.join(_KINDS)}"
        raise BrokenTask("kind", f"{path}：kind 须为 {' 或 '.join(_KINDS)}", en)
    try:
        return _KINDS[kind].model_validate(content)
    except ValidationError as error:
        lines = _Lines(text)
        faults = [(lines.of(e["loc"]), *_fault(_KINDS[kind], e)) for e in error.errors()]
        name = f"{path.parent.name}/task.yaml"
        zh = "；".join(f"第 {line} 行：{zh}" if line else zh for line, zh, _ in faults)
        en = "; ".join(f"line {line}: {en}" if line else en for line, _, en in faults)
        raise BrokenTask("task_yaml", f"{name}：{zh}", f"{name}: {en}") from error


def _fault(spec: type[Part], fault: Any) -> tuple[str, str]:
    """One of pydantic's errors, in both languages."""
    location, kind, message = fault["loc"], fault["type"], str(fault["msg"]).removeprefix("Value error, ")
    where = ".".join(str(part) for part in location)
    if kind == "extra_forbidden":
        keys = _keys_at(spec, location)
        close = nearest(str(location[-1]), keys), nearest(str(location[-1]), keys, "，是否应为 {}？")
        return f"未知的键 {where}{close[1]}", f"unknown key {where}{close[0]}"
    if kind == "missing":
        return f"缺少 {where}", f"{where} is missing"
    zh = next((words for start, words in _IN_CHINESE.items() if kind.startswith(start)), message)
    bounds = "、".join(str(value) for name, value in fault.get("ctx", {}).items() if name in _BOUNDS)
    zh = f"{zh}（{bounds}）" if bounds else zh
    return (f"{where}：{zh}", f"{where}: {message}") if where else (zh, message)


# By the beginning of pydantic's name for a fault; what it must be bounded by follows.
_IN_CHINESE = {
    "string_pattern": "写法不符", "literal": "须为所列之一", "float": "须为数", "int": "须为整数", "bool": "须为 true 或 false",
    "string": "须为文字", "list": "须为列表", "dict": "须为键值表", "model": "须为键值表", "greater_than_equal": "不得小于",
    "greater_than": "须大于", "less_than_equal": "不得大于", "less_than": "须小于", "too_short": "项数太少", "too_long": "项数太多",
}
_BOUNDS = ("expected", "pattern", "ge", "gt", "le", "lt", "min_length", "max_length")


class _Lines:
    """Where the keys of a YAML text stand."""

    def __init__(self, text: str) -> None:
        self._root = yaml.compose(text, yaml.SafeLoader)

    def of(self, location: tuple[int | str, ...]) -> int | None:
        """That of the key at `location`, or of the nearest one above it that is there."""
        node, line = self._root, None
        for part in location:
            found = _below(node, part)
            if found is None:
                break
            line, node = found
        return line


def _below(node: yaml.Node | None, part: int | str) -> tuple[int, yaml.Node] | None:
    """The line and the node of one key of a mapping, or of one entry of a sequence."""
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        return node.value[part].start_mark.line + 1, node.value[part]
    if isinstance(node, yaml.MappingNode):
        return next(((key.start_mark.line + 1, value) for key, value in node.value if key.value == part), None)
    return None


def _keys_at(spec: type[Part], location: tuple[int | str, ...]) -> list[str]:
    """The keys that the model at `location` knows, where the location can be walked by field names."""
    parts: dict[str, type[Part]] = {
        "limits": Limits,
        "timing": Timing,
        "scoring": Scoring,
        "cpp": Native,
        "inputs": Input,
        "outputs": Output,
        "tolerance": Tolerance,
        "parameters": Parameter,
        "metric": Aim,
        "title": Words,
        "summary": Words,
        "checks": Check,
        "checklist": Words,
    }
    named = [parts[p] for p in location[:-1] if isinstance(p, str) and p in parts]
    return list((named[-1] if named else spec).model_fields)


def _digest(folder: Path, names: list[str]) -> str:
    """SHA-256 over the files that decide a verdict."""
    total = hashlib.sha256()
    for name in names:
        content = (folder / name).read_bytes()
        total.update(f"{name} {len(content)}\n".encode() + content)
    return total.hexdigest()
