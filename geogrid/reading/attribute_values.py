"""Values as offices write them: texts, counts, levels and kinds of grids."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from geogrid.fields import field_key
from geogrid.vocabulary import code_of

__all__ = ["LEVELS", "MOST_EXACT", "read_counts", "read_kinds", "read_levels", "read_texts"]

MOST_EXACT = 2.0**53
"""Whole numbers from here on are not all told apart by a float."""

LEVELS: Mapping[str, int] = {
    "区": 0, "县": 0, "区县": 0, "市辖区": 0, "district": 0,
    "街道": 1, "镇": 1, "乡": 1, "乡镇": 1, "街镇": 1, "街道办": 1, "一级": 1, "一级网格": 1,
    "大网格": 1, "subdistrict": 1, "street": 1, "town": 1,
    "社区": 2, "村": 2, "社区村": 2, "村社区": 2, "行政村": 2, "二级": 2, "二级网格": 2,
    "中网格": 2, "community": 2, "village": 2,
    "网格": 3, "基础网格": 3, "单元网格": 3, "专属网格": 3, "三级": 3, "三级网格": 3, "小网格": 3,
    "grid": 3,
    "微网格": 4, "微格": 4, "四级": 4, "四级网格": 4, "microgrid": 4,
}  # fmt: skip
"""What a level is called to its number; spaces, case and punctuation do not matter."""

_MORE_KINDS: Mapping[str, str] = {
    "城市社区网格": "community", "rural": "village", "专业网格": "dedicated",
    "单位网格": "dedicated", "园区网格": "dedicated", "商圈网格": "dedicated",
}  # fmt: skip
"""Words for kinds beside those of :mod:`geogrid.vocabulary`."""

_WHOLE_FLOAT = re.compile(r"[+-]?\d+\.0+")
_COUNT = re.compile(r"约?([+-]?\d+(?:\.\d+)?)[户人口名个余多]*")


def _distinct(values: pd.Series, meaning: Callable[[object], object]) -> list[object]:
    """Return the meaning of every value, asked once per distinct value."""
    objects = values.astype(object)
    try:
        positions, distinct = pd.factorize(objects)
    except TypeError:  # lists and the like, which some Parquet files hold
        positions, distinct = pd.factorize(objects.map(repr))
    meanings = [*(meaning(value) for value in distinct), meaning(None)]
    return [meanings[position] for position in positions.tolist()]


def read_texts(values: pd.Series) -> pd.Series:
    """Return values as stripped text; whole numbers without decimals, nothing as ``""``.

    Examples
    --------
    >>> read_texts(pd.Series([440304003001.0, None, " A1 ", 7], dtype=object)).tolist()
    ['440304003001', '', 'A1', '7']
    """
    texts = pd.Series(_distinct(values, _text), dtype="str").fillna("")
    filled = texts[texts != ""]
    if len(filled) and filled.str.fullmatch(_WHOLE_FLOAT).all():
        texts = texts.str.replace(r"\.0+$", "", regex=True)
    return texts


def _text(value: object) -> str:
    if value is None or value is pd.NA or value is pd.NaT:
        return ""
    if isinstance(value, bool | np.bool_):
        return str(bool(value))
    if isinstance(value, float | np.floating):
        if not np.isfinite(value):
            return ""
        return str(int(value)) if value == int(value) else repr(float(value))
    text = str(value).encode("utf-8", "replace").decode()
    return text.replace("\x00", "").strip()


def read_counts(values: pd.Series) -> tuple[pd.Series, list[int]]:
    """Return counts as Int64 and the rows that have something which is none.

    Examples
    --------
    >>> counts, bad = read_counts(pd.Series(["1,234户", "约 20", "若干", "", "-3"]))
    >>> counts.tolist(), bad
    ([1234, 20, <NA>, <NA>, <NA>], [2, 4])
    """
    texts = read_texts(values)
    counts = pd.Series(_distinct(texts, _count), dtype="Int64")
    return counts, _unread(counts, texts)


def _count(text: object) -> object:
    plain = unicodedata.normalize("NFKC", str(text)).replace(",", "").replace(" ", "")
    found = _COUNT.fullmatch(plain)
    if found is None:
        return pd.NA
    number = float(found[1])
    return int(number) if 0 <= number < MOST_EXACT and number == int(number) else pd.NA


def _unread(values: pd.Series, texts: pd.Series) -> list[int]:
    is_unread = (values.isna() & (texts != "")).to_numpy(dtype=bool)
    return [int(row) for row in np.flatnonzero(is_unread)]


def read_levels(values: pd.Series) -> tuple[pd.Series, list[int]]:
    """Return levels as Int64 and the rows that have something which is none.

    Examples
    --------
    >>> levels, bad = read_levels(pd.Series(["社区", "3级", "微网格", "片"]))
    >>> levels.tolist(), bad
    ([2, 3, 4, <NA>], [3])
    """
    texts = read_texts(values)
    levels = pd.Series(_distinct(texts, _level), dtype="Int64")
    return levels, _unread(levels, texts)


def _level(text: object) -> object:
    key = field_key(text or "")
    plain = key.removesuffix("级")
    if plain.isdecimal() and len(plain) == 1:
        return int(plain)
    return LEVELS.get(key, LEVELS.get(plain, pd.NA))


def read_kinds(values: pd.Series) -> pd.Series:
    """Return kinds as community, village or dedicated, others as they are written.

    Examples
    --------
    >>> read_kinds(pd.Series(["社区网格", "园区网格", "其他", None])).tolist()
    ['community', 'dedicated', '其他', '']
    """
    return pd.Series(_distinct(read_texts(values), _kind), dtype="str")


def _kind(text: object) -> object:
    if not text:
        return ""
    return code_of("kind", str(text)) or _MORE_KINDS.get(field_key(text), text)
