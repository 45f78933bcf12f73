"""Values of Arrow columns as texts, numbers and cells of a spreadsheet."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from geogrid.tabular.writing import harmless

__all__ = ["as_numbers", "as_texts", "cells"]


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


def cells(values: pa.Array) -> list[str]:
    """Return a column as cells of a text table that a spreadsheet does not run.

    Examples
    --------
    >>> cells(pa.array(["=1+1", None])), cells(pa.array([b"AB"]))
    (["'=1+1", ''], ['4142'])
    """
    texts: list[str] = as_texts(values).to_pylist()
    if pa.types.is_integer(values.type) or pa.types.is_floating(values.type):
        return texts
    return [harmless(text) for text in texts]


def _text(value: Any) -> str:
    if value is None or (isinstance(value, float) and np.isnan(value)):
        return ""
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)
