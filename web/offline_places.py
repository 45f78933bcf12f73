"""The addresses of a copy for offline use: a plan's units, and what its gazetteer knows besides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any
from unicodedata import normalize

import numpy as np
import pandas as pd

from geogrid.addresses.spelling import normalise_address
from geogrid.unit_grids import settle_units
from web.current import CurrentPlan

__all__ = ["Places", "place_columns", "places_within"]

Places = Mapping[str, int]
"""Code to its position among the grids of the copy."""

_DECIMALS = 7
_TEXTS = ("kind", "name", "address")
_OF_UNITS = ("unit_id", "parent", *_TEXTS, "lon", "lat")
_OF_ENTRIES = (*_TEXTS, "aliases", "lon", "lat")


def places_within(current: CurrentPlan, inside: set[str]) -> pd.DataFrame:
    """Return the addresses within some grids.

    Parameters
    ----------
    current
        The plan.
    inside
        Codes of grids.

    Returns
    -------
    DataFrame
        Columns unit_id and parent (empty for entries of the gazetteer), kind, name, address,
        aliases (other names, one a line), lon and lat (WGS 84), grid (by the list where it says
        one) and drawn (by the position), codes of the finest grids or ``""``, and spans: the
        codes of those that its parts are in, where there are several.
    """
    is_near = current.unit_grids.isin(inside)
    units = current.plan.units.loc[is_near, list(_OF_UNITS)]
    drawn = _drawn(current, units)
    units = units.assign(
        grid=current.unit_grids[is_near], drawn=drawn, aliases="", spans=_spans(current, units)
    )
    entries = current.plan.addresses
    if entries is None or not len(entries):
        return units
    drawn, has_place = _drawn(current, entries), np.ones(len(entries), dtype=bool)
    settled = settle_units(entries["grid"], drawn, has_place, current.plan.hierarchy)
    rows = entries[list(_OF_ENTRIES)].assign(
        unit_id="", parent="", drawn=drawn, grid=settled["grid"], spans=[()] * len(entries)
    )
    rows = rows[rows["grid"].isin(inside)]
    spelled = rows["address"].map(normalise_address)
    own = units["address"].map(normalise_address)
    learned = _names_by_spelling(spelled, rows)
    units["aliases"] = [
        "\n".join(other for other in learned.get(key, ()) if key and other != name)
        for key, name in zip(own, units["name"], strict=True)
    ]
    return pd.concat([units, rows[~spelled.isin(set(own) - {""})]], ignore_index=True)


def _names_by_spelling(spelled: pd.Series, rows: pd.DataFrame) -> dict[str, dict[str, None]]:
    """Return all that is at an address, in order and each once."""
    names: dict[str, dict[str, None]] = {}
    for key, name, aliases in zip(spelled, rows["name"], rows["aliases"], strict=True):
        called = filter(None, (name, *aliases.split("\n")))
        names.setdefault(key, {}).update(dict.fromkeys(called))
    return names


def _spans(current: CurrentPlan, units: pd.DataFrame) -> list[tuple[str, ...]]:
    book = current.book
    spans = {book.entries[at].unit_id: codes for at, codes in book.spans.items()}
    return [spans.get(unit, ()) for unit in units["unit_id"]]


def _drawn(current: CurrentPlan, rows: pd.DataFrame) -> np.ndarray:
    return current.grids_at(rows["lon"], rows["lat"])


def place_columns(rows: pd.DataFrame, place: Places) -> dict[str, Sequence[Any]]:
    """Return the addresses as columns; ``grid`` and ``drawn`` are positions of grids, −1 for none.

    ``spans`` are those of the parts of an address, −1 among them for all outside of the copy.
    ``parent`` is the position of the address, a compound mostly, that another one is part of.
    ``initials`` are the first letters in pinyin of all names and the address, by which people type.
    """
    at = {unit: row for row, unit in enumerate(rows["unit_id"]) if unit}
    texts = {name: rows[name].fillna("").astype(str).tolist() for name in _TEXTS}
    aliases = [names.split("\n") if names else [] for names in rows["aliases"]]
    called = zip(texts["name"], texts["address"], aliases, strict=True)
    return {
        **texts,
        "aliases": aliases,
        "initials": [
            list(dict.fromkeys(filter(None, map(first_letters, (name, address, *others)))))
            for name, address, others in called
        ],
        "parent": [at.get(unit, -1) for unit in rows["parent"]],
        "lon": _degrees(rows["lon"]),
        "lat": _degrees(rows["lat"]),
        "grid": [place.get(code, -1) for code in rows["grid"]],
        "drawn": [place.get(code, -1) for code in rows["drawn"]],
        "spans": [sorted({place.get(code, -1) for code in codes}) for codes in rows["spans"]],
    }


def _degrees(values: pd.Series) -> list[float | None]:
    return [None if pd.isna(value) else round(float(value), _DECIMALS) for value in values]


def first_letters(text: str) -> str:
    """Return the first letters in pinyin of a text, ``""`` where it has no Chinese character.

    Examples
    --------
    >>> first_letters("泰然七路12号")
    'trql12h'
    """
    letters = "".join(map(_first_letter, text.lower()))
    return letters if letters != text.lower() else ""


@cache
def _first_letter(character: str) -> str:
    """Return the first letter of the usual reading of a character; itself where it has none."""
    from pypinyin.constants import PINYIN_DICT  # noqa: PLC0415 - takes long to load

    marked = PINYIN_DICT.get(ord(character), character)
    return normalize("NFD", marked.replace("ɡ", "g"))[0]
