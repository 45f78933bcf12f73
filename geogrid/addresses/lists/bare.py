"""Lists without names of columns, whose first row is an address like those below it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from geogrid.addresses.lists.columns import PART_FIELDS
from geogrid.addresses.parsing import parse_address
from geogrid.fields import POINT_FIELDS, POST_FIELDS, recognise_fields
from geogrid.tabular.header import say_no_header
from geogrid.tabular.table import Table

__all__ = ["keep_first_address"]

_NAMED = {"street", "compound", "place"}
_VOCABULARIES = (POINT_FIELDS, POST_FIELDS, PART_FIELDS)


def keep_first_address(table: Table) -> Table:
    """Return a list with its first row among the data where that is an address, no header.

    Addresses are short texts as names of columns are, so that a reader of tables takes the first
    one for a header. No column is called by a street and its number, or a compound and a building.

    Parameters
    ----------
    table : as it was read

    Examples
    --------
    >>> rows = pd.DataFrame({"泰然七路12号": ["泰然七路14号"]})
    >>> keep_first_address(Table(rows, "x.csv", "utf-8", header_rows=(1,))).frame["column_1"][0]
    '泰然七路12号'
    """
    names = [str(name) for name in table.frame.columns]
    if len(table.header_rows) != 1 or not any(map(_is_address, names)):
        return table
    if any(recognise_fields(names, vocabulary) for vocabulary in _VOCABULARIES):
        return table
    numbered = [f"column_{at + 1}" for at in range(len(names))]
    # a cell that was empty got such a name, too
    first = ["" if name == number else name for name, number in zip(names, numbered, strict=True)]
    rows = pd.DataFrame([first, *table.frame.to_numpy().tolist()], columns=numbered, dtype="str")
    moved = [
        replace(finding, rows=tuple(row + 1 for row in finding.rows)) for finding in table.findings
    ]
    return replace(
        table,
        frame=rows,
        header_rows=(),
        row_numbers=np.concatenate([table.header_rows, table.row_numbers]).astype(np.int64),
        other_rows=tuple(row for row in table.other_rows if row[0] not in table.header_rows),
        findings=(*say_no_header(is_bare=True), *(f for f in moved if f.kind != "no_rows")),
    )


def _is_address(text: str) -> bool:
    """Return whether a text is an address from its beginning on, with a number in it."""
    parsed = parse_address(text)
    if not parsed.parts or parsed.parts[0].part == "rest":
        return False
    found = {each.part for each in parsed.parts}
    return {"street", "number"} <= found or ("building" in found and not found.isdisjoint(_NAMED))
