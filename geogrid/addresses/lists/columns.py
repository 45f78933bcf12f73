"""Which columns of a list make up the address, and the address that they make."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pandas as pd

from geogrid.fields import CONTACT_FIELDS, POINT_FIELDS, UNIT_FIELDS, Vocabulary, recognise_fields

__all__ = ["find_address_columns", "join_addresses"]

PART_FIELDS: Vocabulary = {
    "district": ("区县", "行政区", "所属区", "区", "district"),
    "subdistrict": ("街道", "所属街道", "街道名称", "镇街", "乡镇街道", "subdistrict"),
    "street": UNIT_FIELDS["street"],
    "number": UNIT_FIELDS["number"],
    "compound": UNIT_FIELDS["compound"],
    "building": UNIT_FIELDS["building"],
    "entrance": UNIT_FIELDS["entrance"],
    "room": (*CONTACT_FIELDS["door"], "门牌房号", "户号房号"),
}
"""Parts of an address, the coarsest first."""

_PLACES = ("street", "compound", "building")
_SUFFIXES = {"number": "号", "building": "栋", "entrance": "单元", "room": "室"}
_BARE = re.compile(r"[0-9０-９]+(?:[-－][0-9０-９]+)?|[A-Za-z]")
_LIKE = re.compile(
    r"[路街巷弄道村苑园城厦](?:[^，。]{0,8})\d|\d+(?:号|栋|幢|弄|室|单元)|小区|花园|大厦"
)
_LOOKED_AT = 200
_MOSTLY = 0.5


def find_address_columns(frame: pd.DataFrame) -> tuple[str, ...]:
    """Return the columns that make up the address, in the order to join them.

    A column called address, else those of its parts (街道, 小区, 楼栋, 房号), else the one whose
    texts look most like addresses; none where nothing does.

    Examples
    --------
    >>> find_address_columns(pd.DataFrame({"房号": ["502"], "小区": ["金地花园"], "楼栋": ["3"]}))
    ('小区', '楼栋', '房号')
    """
    names = [str(name) for name in frame.columns]
    address = recognise_fields(names, POINT_FIELDS).get("address")
    if address:
        return (address,)
    parts = recognise_fields(names, PART_FIELDS)
    if any(place in parts for place in _PLACES):
        return tuple(parts[part] for part in PART_FIELDS if part in parts)
    likeness = {name: _likeness(frame.iloc[:, at]) for at, name in enumerate(names)}
    best = max(likeness, key=lambda name: likeness[name], default="")
    return (best,) if best and likeness[best] >= _MOSTLY else ()


def _likeness(column: pd.Series) -> float:
    """Return the share of filled cells that look like an address."""
    filled = column[column != ""].head(_LOOKED_AT).astype("str")
    return float(filled.str.contains(_LIKE).mean()) if len(filled) else 0.0


def join_addresses(frame: pd.DataFrame, columns: Sequence[str]) -> list[str]:
    """Return the address of each row; a bare number gets the word for what it numbers.

    Examples
    --------
    >>> rows = pd.DataFrame({"小区": ["金地花园"], "楼栋": ["3"], "房号": ["502"]})
    >>> join_addresses(rows, ["小区", "楼栋", "房号"])
    ['金地花园3栋502室']
    """
    if len(columns) == 1:
        return [str(text) for text in frame[columns[0]]]
    parts = {column: part for part, column in recognise_fields(columns, PART_FIELDS).items()}
    joined = [""] * len(frame)
    for column in columns:
        suffix = _SUFFIXES.get(parts.get(column, ""), "")
        texts = [
            f"{text}{suffix}" if _BARE.fullmatch(text) else text for text in map(str, frame[column])
        ]
        joined = [
            before if _is_in(text, before) else before + text
            for before, text in zip(joined, texts, strict=True)
        ]
    return joined


def _is_in(text: str, before: str) -> bool:
    """Return whether a text is in what stands before it, and not only the end of a number there."""
    if text not in before:
        return False
    return not text or bool(re.search(rf"(?<![0-9A-Za-z]){re.escape(text)}(?![0-9])", before))
