"""Reading a notebook (nbformat 4) from bytes that anybody may have written."""

from __future__ import annotations

import codecs
import copy
import json
from collections.abc import Iterable
from typing import Any

from heitu.engines.grading.faults import Unreadable

MOST_BYTES = 128 << 20
Notebook = dict[str, Any]
Cell = dict[str, Any]
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"),
)
_KINDS = ("code", "markdown", "raw")


def read(data: bytes) -> tuple[Notebook, list[str]]:
    """The notebook, its cells in plain shape and without outputs, and flags on what was put right.

    Raises Unreadable for what is no notebook of format 4.
    """
    if len(data) > MOST_BYTES:
        most = MOST_BYTES >> 20
        zh, en = f"文件超过 {most} MB：请清除输出后再交", f"larger than {most} MB: clear the outputs and hand in again"
        raise Unreadable("too_large", zh, en)
    text, flags = _decoded(data)
    notebook = _parsed(text)
    _insist_on_format(notebook)
    cells = notebook.get("cells")
    if not isinstance(cells, list):
        raise Unreadable("no_cells", "没有 cells 列表：不是笔记本", "there is no list of cells: this is no notebook")
    if not isinstance(notebook.get("metadata"), dict):
        flags.append("no_metadata")
    shaped: Notebook = {
        "cells": [_shaped(cell, number) for number, cell in enumerate(cells, 1)],
        "metadata": notebook["metadata"] if isinstance(notebook.get("metadata"), dict) else {},
        "nbformat": 4,
        "nbformat_minor": _minor(notebook),
    }
    return shaped, flags


def _decoded(data: bytes) -> tuple[str, list[str]]:
    """By its byte order mark, else UTF-8, else GB 18030, of which GBK is a part."""
    for mark, name in _MARKS:
        if data.startswith(mark):
            try:
                return data.decode(name), [] if name == "utf-8-sig" else [f"encoding:{name}"]
            except UnicodeDecodeError:
                break
    for name in ("utf-8", "gb18030"):
        try:
            return data.decode(name), [] if name == "utf-8" else [f"encoding:{name}"]
        except UnicodeDecodeError:
            continue
    raise Unreadable("encoding", "无法识别的文字编码：请存为 UTF-8", "an unknown encoding: save it as UTF-8")


def _parsed(text: str) -> Notebook:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        zh, en = f"不是 JSON（{error}）：请交 .ipynb 原文件", f"not JSON ({error}): hand in the .ipynb file itself"
        raise Unreadable("not_json", zh, en) from None
    if "\\ud" in text or "\\uD" in text:  # half a character, which can be written nowhere, becomes a question mark
        found = json.loads(json.dumps(found, ensure_ascii=False).encode("utf-8", "replace"))
    if not isinstance(found, dict):
        raise Unreadable("not_a_notebook", "JSON 不是对象：不是笔记本", "the JSON is no object: this is no notebook")
    return found


def _insist_on_format(notebook: Notebook) -> None:
    major = notebook.get("nbformat", 4 if "cells" in notebook else None)
    if major != 4:
        zh = f"笔记本格式 nbformat {major}：请用 Jupyter 打开并重新保存为第 4 版"
        en = f"nbformat {major}: open it in Jupyter and save it again as format 4"
        raise Unreadable("nbformat", zh, en)


def _minor(notebook: Notebook) -> int:
    minor = notebook.get("nbformat_minor")
    return minor if isinstance(minor, int) and 0 <= minor <= 5 else 5


def _shaped(cell: Any, number: int) -> Cell:
    """One cell in the shape that the rest relies on."""
    if not isinstance(cell, dict) or cell.get("cell_type") not in _KINDS:
        zh, en = f"第 {number} 个单元格类型不明", f"cell {number} is of unknown type"
        raise Unreadable("cell_type", zh, en)
    made: Cell = {
        "cell_type": cell["cell_type"],
        "metadata": dict(cell["metadata"]) if isinstance(cell.get("metadata"), dict) else {},
        "source": joined(cell.get("source", "")),
    }
    if isinstance(cell.get("id"), str):
        made["id"] = cell["id"]
    if isinstance(cell.get("attachments"), dict):
        made["attachments"] = cell["attachments"]
    if made["cell_type"] == "code":
        made["outputs"], made["execution_count"] = [], None
    return made


def joined(text: Any) -> str:
    """Multi-line text as one string: the format allows a list of lines as well."""
    if isinstance(text, list):
        return "".join(str(line) for line in text)
    return text if isinstance(text, str) else ""


def text_of(data: bytes) -> str:
    """The text of a file in whatever encoding notebooks are read in. Raises Unreadable."""
    return _decoded(data)[0]


def printable(text: str) -> str:
    """A name out of a stranger's file, as it may stand in a report."""
    return "".join(letter if letter.isprintable() else "?" for letter in text[:100])


def insist_on_language(notebook: Notebook) -> None:
    """Raises Unreadable where the kernel is another language's."""
    name = printable(language(notebook))
    if name != "python":
        zh, en = f"内核语言是 {name}，作业要求 Python", f"the kernel's language is {name}, the assignment wants Python"
        raise Unreadable("language", zh, en)


def language(notebook: Notebook) -> str:
    """In lower case; python where it doesn't say."""
    kernel, info = (notebook["metadata"].get(key) for key in ("kernelspec", "language_info"))
    for place, key in ((kernel, "language"), (info, "name")):
        if isinstance(place, dict) and isinstance(place.get(key), str):
            return str(place[key]).lower()
    return "python"


def written(notebook: Notebook) -> bytes:
    """As Jupyter writes it: JSON with indent 1, text as lists of lines, and a newline at the end."""
    out = copy.deepcopy(notebook)
    for cell in out["cells"]:
        cell["source"] = _lines(cell["source"])
        for output in cell.get("outputs", ()):
            _split_output(output)
    out["cells"] = [dict(sorted(cell.items())) for cell in out["cells"]]
    return (json.dumps(out, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode("utf-8", "replace")


def _split_output(output: dict[str, Any]) -> None:
    if isinstance(output.get("text"), str):
        output["text"] = _lines(output["text"])
    for mime, value in output.get("data", {}).items():
        if isinstance(value, str) and (mime.startswith("text/") or mime == "image/svg+xml"):
            output["data"][mime] = _lines(value)


def _lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)


def code_cells(cells: Iterable[Cell]) -> list[Cell]:
    """Those that run."""
    return [cell for cell in cells if cell["cell_type"] == "code"]
