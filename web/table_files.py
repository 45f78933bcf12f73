"""Lists that pages show, as files to keep: a workbook, or CSV that Excel opens."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import Any

import pandas as pd
from flask import Response, abort, send_file

from geogrid.errors import InputError
from geogrid.i18n import mark as _
from geogrid.tabular.workbook import Sheet, workbook_bytes
from geogrid.tabular.writing import write_csv

__all__ = ["MOST_IN_WORKBOOK", "file_answer", "table_answer"]

_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv",
}

MOST_IN_WORKBOOK = 100_000
"""Rows that a workbook takes within the time of a request."""


def table_answer(title: str, sheets: Sequence[Sheet], kind: str) -> Response:
    """Return sheets as a file to keep.

    Parameters
    ----------
    title : of the file
    sheets : with headers; CSV holds the last one, which is the list itself
    kind : ``"xlsx"`` or ``"csv"``

    Raises
    ------
    InputError
        A workbook of so many rows would take too long.
    """
    rows: Sequence[Sequence[Any]] = sheets[-1].rows
    if kind == "csv":
        file = BytesIO()
        frame = pd.DataFrame([list(row) for row in rows[1:]], columns=list(rows[0]), dtype=object)
        write_csv(frame, file)
        return file_answer(file.getvalue(), title, kind)
    if kind != "xlsx":
        abort(404)
    if len(rows) > MOST_IN_WORKBOOK:
        raise InputError(
            _("{count} rows are too many for a workbook. Download CSV, or choose one community."),
            count=len(rows) - 1,
        )
    return file_answer(workbook_bytes(sheets), title, kind)


def file_answer(content: bytes, title: str, kind: str) -> Response:
    """Return a file to keep: ``"xlsx"`` or ``"csv"``."""
    response = send_file(
        BytesIO(content),
        mimetype=_TYPES[kind],
        as_attachment=True,
        download_name=f"{title}.{kind}",
        max_age=0,
    )
    response.headers["Cache-Control"] = "no-store"
    return response
