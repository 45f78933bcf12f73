"""Grids of any origin as one plain table: the columns that rules ask for."""

from __future__ import annotations

from typing import Any

import pandas as pd

__all__ = ["plain_grids"]

_TEXTS = ("code", "name", "parent", "kind")
_NUMBERS = ("level", "households", "people")


def plain_grids(grids: pd.DataFrame) -> pd.DataFrame:
    """Return code, name, parent, kind (str), level, households and people (Int64).

    Parameters
    ----------
    grids
        Any of these columns; what is missing is empty. A grid without a code is called by
        its position (``"#3"``) as in a coverage report, and ``is_made`` is true.
    """
    rows = pd.DataFrame(index=range(len(grids)))
    for name in _TEXTS:
        values = [_text(value) for value in grids[name]] if name in grids else [""] * len(grids)
        rows[name] = pd.array(values, dtype="str")
    rows["is_made"] = rows["code"] == ""
    numbered = pd.Series([f"#{row + 1}" for row in range(len(rows))], dtype="str")
    rows["code"] = rows["code"].where(~rows["is_made"], numbered)
    for name in _NUMBERS:
        given = list(grids[name]) if name in grids else [None] * len(grids)
        numbers = pd.to_numeric(pd.Series(given, dtype="object"), errors="coerce")
        finite = numbers.astype("float64").where(lambda each: each.abs() < 1e15)
        rows[name] = finite.round().astype("Int64")
    return rows


def _text(value: Any) -> str:
    """Return a code as text; a column of numbers with gaps makes codes floats."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None or value is pd.NA or value != value else str(value)  # noqa: PLR0124
