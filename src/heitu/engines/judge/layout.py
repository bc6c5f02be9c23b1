"""Where each input and output of a case lies in the shared memories, strides included."""

from __future__ import annotations

import mmap
from dataclasses import dataclass
from typing import Any

import numpy as np

from heitu.engines.judge import dtypes
from heitu.engines.judge.cases import Case, Inputs, Sample
from heitu.engines.judge.dtypes import Array
from heitu.engines.judge.errors import BrokenTask
from heitu.engines.judge.task import Model, Native, Operator, Parameter
from heitu.engines.sandbox import channel

_ALIGNMENT = 64


@dataclass(frozen=True)
class Place:
    """An array's place in a shared memory: `offset` is that of element [0, 0, …], `span` of all its bytes."""

    dtype: str
    shape: tuple[int, ...]
    strides: tuple[int, ...]
    offset: int
    start: int
    span: int

    def view(self, memory: mmap.mmap | bytes) -> Array:
        """The array over `memory`."""
        return np.ndarray(self.shape, dtypes.dtype(self.dtype), memory, self.offset, self.strides)

    def described(self) -> dict[str, Any]:
        """What the child needs to build the same view."""
        return {"dtype": self.dtype, "shape": self.shape, "strides": self.strides, "offset": self.offset}


@dataclass(frozen=True)
class Layout:
    """A case's places and the JSON that announces them to the child."""

    inputs: dict[str, Place]
    outputs: list[Place]
    announcement: dict[str, Any]

    def write(self, memory: mmap.mmap, inputs: Inputs) -> None:
        """Copy a sample's arrays in. The shapes and strides must be those that the layout was made for."""
        for name, place in self.inputs.items():
            place.view(memory)[...] = inputs[name]

    def poison(self, memory: mmap.mmap, rng: np.random.Generator) -> None:
        """Overwrite the outputs' places, so that nothing from an earlier call can pass for an answer."""
        for place in self.outputs:
            memory[place.start : place.start + place.span] = bytes([int(rng.integers(1, 255))]) * place.span

    def read(self, memory: mmap.mmap) -> list[Array]:
        """Private copies of the outputs."""
        return [place.view(memory).copy() for place in self.outputs]


def lay_out(spec: Operator | Model, case: Case, sample: Sample, names: list[str], language: str) -> Layout:
    """Place `sample`. C++ gets contiguous copies and the scalars that its signature declares.

    Raises BrokenTask where the case is larger than the shared memories.
    """
    inputs: dict[str, Place] = {}
    cursor = channel.IN_DATA
    for name, value in sample.inputs.items():
        if isinstance(value, np.ndarray):
            strides = value.strides if language != "cpp" else _contiguous(value.shape, value.itemsize)
            inputs[name] = place_from(value.dtype.name, value.shape, strides, cursor)
            cursor = _after(inputs[name])
    outputs: list[Place] = []
    goal = channel.OUT_DATA
    for golden, name in zip(sample.golden, names, strict=True):
        strides = _contiguous(golden.shape, dtypes.dtype(name).itemsize)
        outputs.append(place_from(name, golden.shape, strides, goal))
        goal = _after(outputs[-1])
    if cursor > channel.IN_SIZE or goal > channel.OUT_SIZE:
        limit = channel.IN_SIZE >> 20
        zh, en = f"用例 {case.id} 超过 {limit} MB", f"case {case.id} is larger than {limit} MB"
        raise BrokenTask("case_too_large", zh, en)
    return Layout(inputs, outputs, _announce(spec, case, sample, inputs, outputs, language))


def _announce(
    spec: Operator | Model, case: Case, sample: Sample, inputs: dict[str, Place], outputs: list[Place], language: str
) -> dict[str, Any]:
    values = [inputs[n].described() if n in inputs else {"value": v} for n, v in sample.inputs.items()]
    body: dict[str, Any] = {"inputs": values, "outputs": [place.described() for place in outputs]}
    if language == "cpp" and isinstance(spec, Operator) and spec.cpp is not None:
        body["symbol"] = spec.cpp.symbol.replace("{dtype}", case.dtype)
        body["parameters"] = _arguments(spec, spec.cpp, sample, inputs, outputs)
    return body


def _arguments(
    spec: Operator | Model, native: Native, sample: Sample, inputs: dict[str, Place], outputs: list[Place]
) -> list[dict[str, Any]]:
    order = list(sample.inputs)
    results = {output.name: place for output, place in zip(spec.outputs, outputs, strict=True)}
    numbers = {name: n for n, name in enumerate(results)}
    kinds = {i.name: i.kind for i in spec.inputs}
    arguments: list[dict[str, Any]] = []
    for parameter in native.parameters:
        if parameter.kind == "input":
            arguments.append({"input": order.index(parameter.about)})
        elif parameter.kind == "output":
            arguments.append({"output": numbers[parameter.about]})
        elif parameter.kind == "scalar":
            value = sample.inputs[parameter.about]
            arguments.append({"float": value} if kinds[parameter.about] == "float" else {"int": int(value)})
        else:
            arguments.append(_extent(parameter, (inputs | results)[parameter.about].shape))
    return arguments


def _extent(parameter: Parameter, shape: tuple[int, ...]) -> dict[str, Any]:
    if parameter.kind == "shape":
        return {"vector": list(shape)}
    if parameter.kind == "rank":
        return {"int": len(shape)}
    if parameter.kind == "size" and parameter.axis is not None:
        return {"int": shape[parameter.axis]}
    count = int(np.prod(shape, dtype=np.int64))
    if parameter.kind == "size":
        return {"int": count}
    return {"int": int(np.prod(shape[:-1], dtype=np.int64))}


def place_from(name: str, shape: tuple[int, ...], strides: tuple[int, ...], cursor: int) -> Place:
    """Room for the array from `cursor` on; negative strides reach back from the first element."""
    size = dtypes.dtype(name).itemsize
    if 0 in shape:
        return Place(name, shape, _contiguous(shape, size), cursor, cursor, 0)
    reach = [(n - 1) * s for n, s in zip(shape, strides, strict=True)]
    back, forth = -sum(r for r in reach if r < 0), sum(r for r in reach if r > 0) + size
    return Place(name, shape, strides, cursor + back, cursor, back + forth)


def _after(place: Place) -> int:
    return -(-(place.start + place.span + 1) // _ALIGNMENT) * _ALIGNMENT


def _contiguous(shape: tuple[int, ...], size: int) -> tuple[int, ...]:
    strides = []
    for length in reversed(shape):
        strides.append(size)
        size *= max(length, 1)
    return tuple(reversed(strides))
