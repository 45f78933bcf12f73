"""Rows of several sheets one below the other, though each calls its columns as it likes."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from geogrid.fields import Vocabulary, recognise_fields
from geogrid.offices.lists import WGS84_COLUMNS

__all__ = ["stack_rows"]


def stack_rows(
    frames: Sequence[pd.DataFrame], vocabulary: Vocabulary
) -> tuple[pd.DataFrame, dict[str, str]]:
    """Put rows one below the other, fields in the same columns.

    Parameters
    ----------
    frames
        Strings as the office wrote them; at least one.
    vocabulary
        By whose words the columns of each are recognised.

    Returns
    -------
    rows
        ``""`` where a frame has no such column. A field's column is called as in the first frame
        that has it.
    fields
        Canonical field to column, for the fields found.

    Examples
    --------
    >>> from geogrid.fields import GAZETTEER_FIELDS
    >>> frames = [pd.DataFrame({"地址": ["甲"]}), pd.DataFrame({"详细地址": ["乙"]})]
    >>> rows, fields = stack_rows(frames, GAZETTEER_FIELDS)
    >>> rows["地址"].tolist(), fields
    (['甲', '乙'], {'address': '地址'})
    """
    fields: dict[str, str] = {}
    renamed = []
    for frame in frames:
        columns = [name for name in frame.columns if name not in WGS84_COLUMNS]
        found = recognise_fields(columns, vocabulary)  # those keep the name that tells their datum
        words = {column: fields.setdefault(field, column) for field, column in found.items()}
        renamed.append(frame.set_axis(_all_different(frame.columns, words), axis=1))
    return pd.concat(renamed, ignore_index=True).fillna(""), fields


def _all_different(columns: Sequence[str], words: dict[str, str]) -> list[str]:
    """Return new names; what is not kept gets another one where a field is called so."""
    taken = set(words.values())
    names = []
    for column in columns:
        name = words.get(column, column)
        while column not in words and name in taken:
            name += " 2"
        taken.add(name)
        names.append(name)
    return names
