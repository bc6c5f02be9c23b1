"""Reading the tables that people upload (CSV in UTF-8, GBK or UTF-16, XLSX), and writing CSV that spreadsheets open safely."""

from __future__ import annotations

import codecs
import csv
import difflib
import io
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from heitu.ground.core.errors import refuse

MOST_BYTES = 5 * 1024 * 1024
MOST_ROWS = 5000
MOST_UNPACKED = 60 * 1024 * 1024
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Column:
    """A column that an import understands: its name, and the other headings that mean the same."""

    name: str
    titles: tuple[str, ...]
    required: bool = False


@dataclass(frozen=True)
class Row:
    """One line of the table: its number as a spreadsheet shows it, and the cells by column name, trimmed."""

    number: int
    cells: dict[str, str]


def read_table(file_name: str, data: bytes, columns: Sequence[Column]) -> list[Row]:
    """Read an uploaded table; blank lines are skipped, columns may stand in any order.

    Raises Refused `file_too_large`, `file_kind`, `file_unreadable`, `file_encoding`, `file_empty`,
    `too_many_rows`, `column_unknown` (with the nearest right word), `column_twice` or `column_missing`.
    """
    if len(data) > MOST_BYTES:
        raise refuse(
            "file_too_large", f"文件超过 {MOST_BYTES // 1024 // 1024} MB。",
            f"The file is larger than {MOST_BYTES // 1024 // 1024} MB.", field="file",
        )
    lines = _lines(file_name, data)
    if not lines:
        raise refuse("file_empty", "文件里没有内容。", "The file is empty.", field="file")
    names = _names(lines[0][1], columns)
    rows = [
        Row(number, {name: cell for name, cell in zip(names, cells, strict=False) if name})
        for number, cells in lines[1:]
    ]
    if not rows:
        raise refuse("file_empty", "文件只有表头，没有数据行。", "The file has headings but no rows.", field="file")
    if len(rows) > MOST_ROWS:
        raise refuse(
            "too_many_rows", f"共 {len(rows)} 行，一次最多 {MOST_ROWS} 行，请分批导入。",
            f"{len(rows)} rows: at most {MOST_ROWS} at a time. Split the file.", field="file",
        )
    return rows


def write_csv(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """CSV with a byte order mark, so that spreadsheets take it for UTF-8, and no cell that they would compute."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(headings)
    writer.writerows([[_harmless(cell) for cell in row] for row in rows])
    return "\ufeff" + out.getvalue()


Lines = list[tuple[int, list[str]]]


def _lines(file_name: str, data: bytes) -> Lines:
    """Every line that isn't blank, with its number from 1."""
    name = file_name.lower()
    if name.endswith(".xlsx"):
        raw = _xlsx(data)
    elif name.endswith((".csv", ".txt")):
        raw = _csv(data)
    else:
        raise refuse("file_kind", "请上传 .csv 或 .xlsx 文件。", "Upload a .csv or .xlsx file.", field="file")
    trimmed = ((number, [cell.strip() for cell in cells]) for number, cells in enumerate(raw, start=1))
    return [(number, cells) for number, cells in trimmed if any(cells)]


def _csv(data: bytes) -> list[list[str]]:
    text = _decode(data)
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    try:
        return [[_unquoted(cell) for cell in line] for line in csv.reader(io.StringIO(text), delimiter=delimiter)]
    except csv.Error as error:
        raise refuse(
            "file_unreadable", f"CSV 无法读取：{error}。", f"The CSV can't be read: {error}.", field="file"
        ) from error


def _decode(data: bytes) -> str:
    # Excel's “Unicode text” is UTF-16 with a mark; without one it can't be told from anything else.
    marked = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise refuse(
        "file_encoding", "文件不是 UTF-8、GBK 或带标记的 UTF-16 编码，请另存为“CSV UTF-8”。",
        "The file is not in UTF-8, GBK, or UTF-16 with its mark. Save it as “CSV UTF-8”.", field="file",
    )


def _xlsx(data: bytes) -> list[list[str]]:
    """The first sheet. The size is checked before unpacking, so that a small file can't fill the memory."""
    try:
        if _unpacked(data) <= MOST_UNPACKED:
            return _first_sheet(data)
    except Exception as error:  # openpyxl falls over each kind of broken part in another way
        raise refuse(
            "file_unreadable", "这不是可读的 XLSX 文件。", "This is not a readable XLSX file.", field="file"
        ) from error
    raise refuse("file_too_large", "文件解压后过大。", "The file is too large when unpacked.", field="file")


def _unpacked(data: bytes) -> int:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return sum(part.file_size for part in archive.infolist())


def _first_sheet(data: bytes) -> list[list[str]]:
    import openpyxl  # a tenth of what every process would load

    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    lines = book.worksheets[0].iter_rows(max_row=MOST_ROWS + 2, max_col=50, values_only=True)
    table = [[_plain(cell) for cell in line] for line in lines]
    book.close()
    return table


def _plain(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return _unquoted(str(cell))


def _names(headings: list[str], columns: Sequence[Column]) -> list[str]:
    """Column names in the file's order; an empty heading stays empty and its cells are ignored."""
    known = {title.lower(): column.name for column in columns for title in (column.name, *column.titles)}
    names = [known.get(heading.lower(), "") for heading in headings]
    for heading, name in zip(headings, names, strict=True):
        if heading and not name:
            raise _unknown(heading, known)
        if name and names.count(name) > 1:
            raise _twice([each for each, its in zip(headings, names, strict=True) if its == name])
    for column in columns:
        if column.required and column.name not in names:
            words = "/".join((column.name, *column.titles))
            raise refuse("column_missing", f"缺少列“{words}”。", f"The column “{words}” is missing.", field="file")
    return names


def _twice(headings: Sequence[str]) -> Exception:
    """The same heading again, or two that mean the same."""
    zh, en = "”“".join(headings), "”, “".join(headings)
    return refuse(
        "column_twice", f"列“{zh}”是同一项，只能留一列。", f"The columns “{en}” mean the same. Leave one of them.", field="file"
    )


def _unknown(heading: str, known: dict[str, str]) -> Exception:
    near = difflib.get_close_matches(heading.lower(), known, n=1, cutoff=0.5)
    zh, en = (f"是否指“{near[0]}”？", f"Did you mean “{near[0]}”?") if near else ("", "")
    words = "、".join(dict.fromkeys(known.values()))
    return refuse(
        "column_unknown", f"不认识列“{heading}”。{zh}可用的列：{words}。",
        f"Unknown column “{heading}”. {en} Columns: {words}.", field="file", column=heading,
        suggestion=near[0] if near else None,
    )


def _harmless(cell: object) -> str:
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.startswith(_DANGEROUS) else text


def _unquoted(cell: str) -> str:
    """Undo `_harmless`, so that what was exported imports as it was."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_DANGEROUS) else cell
