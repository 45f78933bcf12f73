"""The value that reading a table gives."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from geogrid.findings import Finding

__all__ = ["Table"]


@dataclass(frozen=True, eq=False)
class Table:
    """A table as the office wrote it.

    Attributes
    ----------
    frame
        Texts without outer spaces, ``""`` where a cell is empty, one row per row of data;
        column names are all different.
    name
        Name of the file.
    source
        ``"xlsx"``, ``"xls"``, ``"html"``, ``"geojson"``, or the encoding of a text file.
    sheet
        Name of the worksheet, ``""`` for text.
    header_rows
        Numbers of the header's rows in the file, from 1; empty without a header.
    row_numbers : ndarray of int64, shape (n,)
        Number of each row in the file, as Excel shows it.
    other_rows
        Number and kind of each row that is no data: title, header or empty.
    findings
        What was noticed; rows are positions in `frame`.
    content
        The file itself for ``.xlsx`` and GeoJSON, so that :func:`geogrid.tables.write_table`
        can keep it.
    axes
        Columns that hold x and y, for GeoJSON; else ``("", "")``.
    crs
        What an old GeoJSON file says of its coordinates; ``""`` is WGS 84 for GeoJSON.
    """

    frame: pd.DataFrame
    name: str
    source: str
    sheet: str = ""
    header_rows: tuple[int, ...] = ()
    row_numbers: npt.NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    other_rows: tuple[tuple[int, str], ...] = ()
    findings: tuple[Finding, ...] = ()
    content: bytes = field(default=b"", repr=False)
    axes: tuple[str, str] = ("", "")
    crs: str = ""
