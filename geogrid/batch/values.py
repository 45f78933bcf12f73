"""Values of Arrow columns as texts, numbers and cells of a spreadsheet."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from geogrid.batch.text_portion import record_text
from geogrid.tabular.writing import harmless

__all__ = ["as_numbers", "as_texts", "cell_text", "cells"]

_SPECIAL = r'[",\r\n]|^[=+\-@\t\r]'


def as_numbers(values: pa.Array) -> npt.NDArray[np.float64] | None:
    """Return a column of numbers as floats, NaN for none; None where it holds something else."""
    kind = values.type
    if not (pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)):
        return None
    floats = pc.cast(values, pa.float64(), safe=False)
    return np.array(floats.to_numpy(zero_copy_only=False), np.float64)


def as_texts(values: pa.Array) -> pa.StringArray:
    """Return a column as texts, ``""`` for none.

    Examples
    --------
    >>> as_texts(pa.array([114.05, None])).to_pylist()
    ['114.05', '']
    """
    kind = values.type
    if pa.types.is_dictionary(kind):
        values = values.dictionary_decode()
    if pa.types.is_string(values.type) or pa.types.is_large_string(values.type):
        return pc.fill_null(values.cast(pa.string()), "")
    return pa.array([_text(value) for value in values.to_pylist()], pa.string())


def cells(values: pa.Array) -> pa.StringArray:
    """Return a column as cells of a text table, quoted where they must be.

    What a spreadsheet would run as a formula gets an apostrophe.

    Examples
    --------
    >>> cells(pa.array(["=1+1", None, "a,b"])).to_pylist(), cells(pa.array([b"AB"])).to_pylist()
    (["'=1+1", '', '"a,b"'], ['4142'])
    """
    if pa.types.is_floating(values.type) or pa.types.is_integer(values.type):
        if pa.types.is_floating(values.type):
            values = pc.if_else(pc.is_nan(values), None, values)
        return pc.fill_null(values.cast(pa.string()), "")
    texts = as_texts(values)
    special = pc.match_substring_regex(texts, _SPECIAL)
    if not pc.any(special).as_py():
        return texts
    changed = [cell_text(text) for text in texts.filter(special).to_pylist()]
    return pc.replace_with_mask(texts, special, pa.array(changed, pa.string()))


def cell_text(text: str) -> str:
    """Return a text as a cell, quoted and made harmless where it must be.

    Examples
    --------
    >>> cell_text("=A1"), cell_text("甲,乙")
    ("'=A1", '"甲,乙"')
    """
    return record_text([harmless(text), ""])[:-1]


def _text(value: Any) -> str:
    if value is None or (isinstance(value, float) and np.isnan(value)):
        return ""
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)
