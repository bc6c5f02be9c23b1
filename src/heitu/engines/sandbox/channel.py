"""The fixed frames in the two shared memories, known to both sides.

`in`  (worker writes, child maps read-only): opcode, length of the JSON, JSON, then data from IN_DATA.
`out` (child writes, worker copies): magic, status, count, length of the text, one record an output, text,
then data from OUT_DATA at offsets that the worker laid down. Nothing else comes from the child.
"""

from __future__ import annotations

import json
import mmap
import struct
from dataclasses import dataclass

MAGIC = 0x48544A31
IN_SIZE = OUT_SIZE = 256 << 20
IN_TEXT, IN_DATA = 64, 1 << 16
OUT_TEXT, OUT_DATA, TEXT_LIMIT = 1024, 4096, 3000
MOST_OUTPUTS, MOST_AXES = 8, 8

# Descriptors in the child.
IN, OUT, GO, DONE = 3, 4, 5, 6

BOOT, LAYOUT, CALL, NOTHING, COMPILE = 1, 2, 3, 4, 5

READY, OK, RAISED, OUT_OF_MEMORY, BAD_OUTPUT, NOT_LOADED, NOT_SET_UP, NOT_COMPILED = range(1, 9)

DTYPES = [
    "bool",
    "int8",
    "int16",
    "int32",
    "int64",
    "uint8",
    "uint16",
    "uint32",
    "uint64",
    "float16",
    "float32",
    "float64",
    "complex64",
    "complex128",
    "bfloat16",
    "float8_e4m3fn",
    "float8_e5m2",
]
OTHER_DTYPE = 255

# Control characters would steer a terminal, and NUL no database takes; the rest reverse the reading direction.
_UNPRINTABLE = dict.fromkeys(
    {*range(32), *range(0x7F, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A)} - {9, 10}, "\ufffd"
)

_HEADER = struct.Struct("<IIII")
_OUTPUT = struct.Struct(f"<II{MOST_AXES}Q")
_COMMAND = struct.Struct("<II")


@dataclass(frozen=True)
class Shape:
    """What one output is said to be: dtype name ("" for one we don't know) and axis lengths."""

    dtype: str
    axes: tuple[int, ...]


@dataclass(frozen=True)
class Reply:
    """A decoded out frame. `status` 0 means that the child wrote none."""

    status: int
    outputs: tuple[Shape, ...]
    text: str


def command(opcode: int, body: object = None) -> bytes:
    """Encode a command. Raises ValueError when the JSON doesn't fit before IN_DATA."""
    text = b"" if body is None else json.dumps(body).encode()
    if len(text) > IN_DATA - IN_TEXT:
        raise ValueError("command too long")
    return _COMMAND.pack(opcode, len(text)).ljust(IN_TEXT, b"\0") + text


def read_opcode(memory: mmap.mmap) -> int:
    """The opcode alone: what a timed call pays for."""
    opcode: int = _COMMAND.unpack_from(memory)[0]
    return opcode


def read_body(memory: mmap.mmap) -> dict[str, object]:
    """The JSON of the present command."""
    length = _COMMAND.unpack_from(memory)[1]
    body: dict[str, object] = json.loads(memory[IN_TEXT : IN_TEXT + length])
    return body


def frame(status: int, outputs: list[Shape] | None = None, text: str = "") -> bytes:
    """Encode what the child answers."""
    shapes = (outputs or [])[:MOST_OUTPUTS]
    said = text.encode(errors="replace")[:TEXT_LIMIT]
    records = b"".join(_record(shape) for shape in shapes)
    head = _HEADER.pack(MAGIC, status, len(shapes), len(said)) + records
    return head if not said else head.ljust(OUT_TEXT, b"\0") + said


def _record(shape: Shape) -> bytes:
    code = DTYPES.index(shape.dtype) if shape.dtype in DTYPES else OTHER_DTYPE
    axes = [min(n, 2**63) for n in shape.axes[:MOST_AXES]]
    return _OUTPUT.pack(code, min(len(shape.axes), 255), *axes, *[0] * (MOST_AXES - len(axes)))


def decode(head: bytes) -> Reply:
    """Decode the first OUT_DATA bytes of out, believing nothing: every number is checked or clipped."""
    magic, status, count, said = _HEADER.unpack_from(head)
    if magic != MAGIC or not 0 < status <= NOT_COMPILED:
        return Reply(0, (), "")
    shapes = [_shape(head, n) for n in range(min(count, MOST_OUTPUTS))]
    text = head[OUT_TEXT : OUT_TEXT + min(said, TEXT_LIMIT)]
    return Reply(status, tuple(shapes), printable(text) if said else "")


def printable(said: bytes) -> str:
    """What a stranger wrote, safe to show and to store."""
    return said.decode(errors="replace").translate(_UNPRINTABLE)


def _shape(head: bytes, index: int) -> Shape:
    code, rank, *axes = _OUTPUT.unpack_from(head, _HEADER.size + index * _OUTPUT.size)
    name = DTYPES[code] if code < len(DTYPES) else ""
    return Shape(name, tuple(axes[: min(rank, MOST_AXES)]))
