"""Spreadsheets that nobody's text can turn into formulas."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.http import HttpResponse
from django.utils.http import content_disposition_header

from heitu.ground.people.sheets import write_csv

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def download(name: str, kind: str, headings: Sequence[str], rows: Iterable[Sequence[object]]) -> HttpResponse:
    """The table as a file `name.csv` or `name.xlsx`."""
    if kind == "xlsx":
        from heitu.stages.calls.workbooks import xlsx  # brings openpyxl, which no page needs

        response = HttpResponse(xlsx(headings, rows), content_type=XLSX)
    else:
        response = HttpResponse(write_csv(headings, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = content_disposition_header(True, f"{name}.{kind}") or "attachment"
    return response
