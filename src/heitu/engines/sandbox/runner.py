"""The loop inside the sandbox: load the submission, then one call at a time until it is ended from outside.

This code shares its process with the submission, so nothing is trusted of what it says: the worker takes
raw bytes at the offsets that it laid down, and the time by its own clock.
"""

from __future__ import annotations

import ctypes
import importlib.util
import mmap
import os
import sys
import traceback
from collections.abc import Callable
from typing import Any

import ml_dtypes
import numpy as np

from heitu.engines.sandbox import boot, channel, frameworks

_NARROW: dict[str, Any] = {
    "bfloat16": ml_dtypes.bfloat16,
    "float8_e4m3fn": ml_dtypes.float8_e4m3fn,
    "float8_e5m2": ml_dtypes.float8_e5m2,
}
_SHIFTS = [1 << power for power in range(11, 19)]
_draw = os.urandom
_OURS = (os.path.dirname(__file__), "<frozen importlib")
Answer = bytes
Call = Callable[[], Answer]


def serve() -> None:
    """Obey commands forever."""
    read, write = boot.memories()
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    load: Callable[[dict[str, Any]], Call] | None = None
    call: Call = _nothing
    held: list[np.ndarray[Any, Any]] = []
    body = channel.read_body(read)
    try:
        load = _loaded(body, read, write)
        reply = channel.frame(channel.OK)
    except BaseException as error:
        reply = _failure(error, channel.NOT_LOADED)
    while True:
        boot.answer(write, reply)
        boot.wait()
        opcode = channel.read_opcode(read)
        held.clear()
        held += _shift()
        if opcode == channel.CALL:
            reply = _guarded(call)
        elif opcode == channel.LAYOUT and load is not None:
            call, reply = _prepared(load, channel.read_body(read))
        else:
            reply = channel.frame(channel.OK)


def _shift() -> list[np.ndarray[Any, Any]]:
    """Memory to hold during a call, so that what the call allocates lies elsewhere than in the one before.

    Where an array happens to lie within a cache line and a page changes the pace of vector instructions by a tenth, for as
    long as a process lives, and one more line of source moves it. Drawn anew for each call this is noise, which an
    interval shows, and no luck, which it can't. One block for each size of hole that malloc may have kept; none is touched.
    """
    return [np.empty(size + 16 * draw, np.uint8) for size, draw in zip(_SHIFTS, _draw(len(_SHIFTS)), strict=True)]


def _nothing() -> Answer:
    return channel.frame(channel.BAD_OUTPUT, text="no case")


def _guarded(call: Call) -> Answer:
    try:
        return call()
    except BaseException as error:
        return _failure(error, channel.RAISED)


def _prepared(load: Callable[[dict[str, Any]], Call], body: dict[str, Any]) -> tuple[Call, Answer]:
    try:
        return load(body), channel.frame(channel.OK)
    except BaseException as error:
        return _nothing, _failure(error, channel.NOT_LOADED)


def _failure(error: BaseException, status: int) -> Answer:
    if isinstance(error, MemoryError):
        status = channel.OUT_OF_MEMORY
    try:
        text = _told(error)[-channel.TEXT_LIMIT :]
    except BaseException:
        text = type(error).__name__
    return channel.frame(status, text=text)


def _told(error: BaseException) -> str:
    """The traceback without our own frames, which say nothing of the submission."""
    told = traceback.TracebackException.from_exception(error, limit=-8)
    theirs = [frame for frame in told.stack if not frame.filename.startswith(_OURS)]
    told.stack = traceback.StackSummary.from_list(theirs[-4:])
    lines = told.format()
    return "".join(lines) if theirs else "".join(line for line in lines if not line.startswith("Traceback"))


def _loaded(body: dict[str, Any], read: mmap.mmap, write: mmap.mmap) -> Callable[[dict[str, Any]], Call]:
    if body["language"] == "cpp":
        library = ctypes.CDLL("/submission/kernel.so")
        return lambda layout: _native_call(library, layout, read, write)
    kind = frameworks.of(body["language"])
    entry = _python_entry(body["file"], body["entry"])
    return lambda layout: _python_call(entry, kind, layout, read, write)


def _python_entry(file: str, name: str) -> Callable[..., Any]:
    sys.path.insert(0, "/submission")
    sys.dont_write_bytecode = True
    spec = importlib.util.spec_from_file_location(file.removesuffix(".py"), f"/submission/{file}")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    entry = getattr(module, name, None)
    if not callable(entry):
        raise AttributeError(f"{file} defines no function named {name}{_others(module)}")
    return entry  # type: ignore[no-any-return]


def _others(module: Any) -> str:
    """'; it defines …': the functions that there are instead, the last few of them."""
    own = [name for name, value in vars(module).items() if getattr(value, "__module__", None) == module.__name__]
    return f"; it defines {', '.join(own[-5:])}" if own else ""


def _dtype(name: str) -> np.dtype[Any]:
    found: np.dtype[Any] = np.dtype(_NARROW.get(name, name))
    return found


def _arrays(descriptions: list[dict[str, Any]], memory: mmap.mmap) -> list[Any]:
    """Inputs as the layout describes them: views of the shared memory, or plain scalars."""
    return [
        np.ndarray(d["shape"], _dtype(d["dtype"]), memory, d["offset"], d["strides"]) if "dtype" in d else d["value"]
        for d in descriptions
    ]


def _python_call(
    entry: Callable[..., Any], kind: frameworks.Framework, layout: dict[str, Any], read: mmap.mmap, write: mmap.mmap
) -> Call:
    inputs = _arrays(layout["inputs"], read)
    outputs = _arrays(layout["outputs"], write)
    accepted = _frame_of(outputs)

    def call() -> Answer:
        fresh = [kind.given(value.view()) if isinstance(value, np.ndarray) else value for value in inputs]
        result = entry(*fresh)
        results = tuple(map(kind.taken, result)) if type(result) is tuple else (kind.taken(result),)
        if len(results) != len(outputs):
            return channel.frame(channel.BAD_OUTPUT, text=f"{len(results)} outputs, {len(outputs)} expected")
        for value, place in zip(results, outputs, strict=True):
            if type(value) is not np.ndarray or value.dtype != place.dtype or value.shape != place.shape:
                return _refused(results)
            np.copyto(place, value)
        return accepted

    return call


def _refused(results: tuple[Any, ...]) -> Answer:
    """What came instead of arrays of the right shape and dtype."""
    for value in results:
        if type(value) is not np.ndarray:
            return channel.frame(channel.BAD_OUTPUT, text=f"returned {type(value).__name__}, expected numpy.ndarray")
    return _frame_of(list(results))


def _frame_of(arrays: list[np.ndarray[Any, Any]]) -> Answer:
    return channel.frame(channel.OK, [channel.Shape(a.dtype.name, a.shape) for a in arrays])


def _native_call(library: ctypes.CDLL, layout: dict[str, Any], read: mmap.mmap, write: mmap.mmap) -> Call:
    function = getattr(library, layout["symbol"])
    function.restype = None
    inputs, outputs = _arrays(layout["inputs"], read), _arrays(layout["outputs"], write)
    arguments = [_native_argument(p, inputs, outputs) for p in layout["parameters"]]
    accepted = _frame_of(outputs)

    def call() -> Answer:
        function(*arguments)
        return accepted

    return call


def _native_argument(parameter: dict[str, Any], inputs: list[Any], outputs: list[Any]) -> object:
    if "input" in parameter:
        return ctypes.c_void_p(inputs[parameter["input"]].ctypes.data)
    if "output" in parameter:
        return ctypes.c_void_p(outputs[parameter["output"]].ctypes.data)
    if "vector" in parameter:
        return (ctypes.c_int64 * max(1, len(parameter["vector"])))(*parameter["vector"])
    if "float" in parameter:
        return ctypes.c_double(parameter["float"])
    return ctypes.c_int64(parameter["int"])
