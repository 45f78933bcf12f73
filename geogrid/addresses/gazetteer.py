"""A gazetteer: addresses, compounds, buildings, streets and places with their points.

Rows come from office tables (:func:`read_gazetteer`) or a plan's units
(:func:`entries_of_units`), all with the same columns, so that they can be put one below the
other and made one by :func:`geogrid.addresses.merging.merge_entries`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from geogrid.addresses.spelling import split_address
from geogrid.errors import FieldError
from geogrid.fields import GAZETTEER_FIELDS, recognise_fields
from geogrid.figures import LOCAL_TIME
from geogrid.findings import Finding
from geogrid.i18n import mark as _
from geogrid.offices.lists import read_positions, text_of
from geogrid.offices.times import read_times

__all__ = [
    "ENTRY_COLUMNS",
    "LEFT_OUT",
    "as_entries",
    "entries_of_units",
    "read_gazetteer",
    "street_numbers",
]

ENTRY_COLUMNS = (
    "kind",
    "name",
    "address",
    "region",
    "aliases",
    "lon",
    "lat",
    "source",
    "dated",
    "unit_id",
    "grid",
)
"""Columns of entries; ``aliases`` holds other and former names, one a line."""

LEFT_OUT = ("no_address", "no_position")
"""Kinds of findings about rows that no entry is made of."""


def read_gazetteer(
    frame: pd.DataFrame,
    datum: str | None = None,
    *,
    source: str,
    dated: str,
    fields: Mapping[str, str] | None = None,
) -> tuple[pd.DataFrame, list[Finding]]:
    """Read a list of addresses or places.

    Parameters
    ----------
    frame
        Strings as the office wrote them, of XLSX, CSV or GeoJSON (`geogrid.tabular`).
    datum
        Of the columns with longitude and latitude.
    source
        Where the list is from; kept with every entry that names none itself.
    dated
        Its date, ``YYYY-MM-DD``; likewise.
    fields
        Canonical field to column, overriding recognition.

    Returns
    -------
    entries
        Columns `ENTRY_COLUMNS`, WGS 84, one row per usable row in order.
    findings
        Rows left out: without a name and an address, or without a position.

    Raises
    ------
    CrsError
        There are positions and no `datum`.
    FieldError
        There is neither a column for the address nor one for the name.
    """
    rows = frame.reset_index(drop=True)
    found = recognise_fields(rows.columns, GAZETTEER_FIELDS, chosen=fields)
    if not {"address", "name"} & found.keys():
        raise FieldError(
            _("No column holds addresses or names; choose one of: {columns}."),
            columns=", ".join(map(str, rows.columns)),
        )
    findings: list[Finding] = []
    lon, lat = read_positions(rows, found, datum, findings)
    texts = {name: text_of(rows, found, name) for name in GAZETTEER_FIELDS}
    entries = pd.DataFrame({**texts, "lon": lon, "lat": lat})
    entries["region"] = texts["city"] + texts["region"]
    entries["aliases"] = _one_a_line(texts["aliases"] + ";" + texts["former"])
    entries["source"] = texts["source"].where(texts["source"] != "", source)
    entries["dated"] = _days(texts["dated"], dated, findings)
    is_nameless = (entries["address"] == "") & (entries["name"] == "")
    is_nowhere = entries["lon"].isna() & ~is_nameless
    for is_bad, kind, message in (
        (is_nameless, "no_address", _("Rows {rows}: no address and no name; left out.")),
        (is_nowhere, "no_position", _("Rows {rows}: no position; left out of the gazetteer.")),
    ):
        if is_bad.any():
            bad = tuple(map(int, np.flatnonzero(is_bad)))
            findings.append(Finding(kind, message, rows=bad))
    return as_entries(entries[~(is_nameless | is_nowhere)].reset_index(drop=True)), findings


def as_entries(frame: pd.DataFrame) -> pd.DataFrame:
    """Return `frame` with all columns of entries, texts without gaps.

    Raises
    ------
    FieldError
        There is no longitude or latitude, or one that is not finite.
    """
    for name in ("lon", "lat"):
        if name not in frame.columns:
            raise FieldError(_("The column “{column}” is missing."), column=name)
    entries = pd.DataFrame(index=pd.RangeIndex(len(frame)))
    for name in ENTRY_COLUMNS:
        if name in ("lon", "lat"):
            entries[name] = frame[name].to_numpy(dtype=np.float64)
        elif name in frame.columns:
            entries[name] = frame[name].astype("str").fillna("").to_numpy()
        else:
            entries[name] = pd.Series([""] * len(frame), dtype="str")
    entries["kind"] = entries["kind"].where(entries["kind"] != "", _kinds(entries))
    is_bad = ~np.isfinite(entries[["lon", "lat"]].to_numpy()).all(axis=1)
    if is_bad.any():
        raise FieldError(
            _("Row {row} has no position; entries of a gazetteer need one."),
            row=int(np.flatnonzero(is_bad)[0]) + 1,
        )
    return entries


def entries_of_units(units: pd.DataFrame) -> pd.DataFrame:
    """Return a plan's units that have a position as entries, without source and date.

    Parameters
    ----------
    units
        Columns of a plan's units, WGS 84.
    """
    placed = units[units["lon"].notna() & units["lat"].notna()].reset_index(drop=True)
    return as_entries(placed.drop(columns=["source", "dated"], errors="ignore"))


def _one_a_line(texts: pd.Series) -> pd.Series:
    lines = texts.str.replace(r"[;；|、/\n]+", "\n", regex=True)
    return lines.str.strip().astype("str")


def _days(texts: pd.Series, dated: str, findings: list[Finding]) -> pd.Series:
    """Return dates as ``YYYY-MM-DD``, that of the list where a row has none of its own."""
    times, is_bad = read_times(texts)
    if is_bad.any():
        bad = tuple(map(int, np.flatnonzero(is_bad)))
        message = _("Rows {rows}: the date cannot be read; that of the list counts.")
        findings.append(Finding("bad_date", message, rows=bad, severity="note"))
    days = times.dt.tz_convert(LOCAL_TIME).dt.strftime("%Y-%m-%d")
    return days.astype("str").where(times.notna(), dated)


def _kinds(entries: pd.DataFrame) -> pd.Series:
    is_address = (entries["name"] == "") & (entries["address"] != "")
    return pd.Series(np.where(is_address, "address", "place"), dtype="str")


def street_numbers(
    addresses: Sequence[str],
) -> tuple[npt.NDArray[np.object_], npt.NDArray[np.int64]]:
    """Return the street and the door number that each address begins with.

    The one place where the search takes parts of addresses.

    Returns
    -------
    street : (n,) canonical, ``""`` for none
    number : (n,) -1 for none
    """
    streets = np.full(len(addresses), "", dtype=object)
    numbers = np.full(len(addresses), -1, dtype=np.int64)
    for row, text in enumerate(addresses):
        is_list = ";" in text or "；" in text  # the lines at a stop: 745路;823路
        parts = split_address(text) if text and not is_list else None
        if parts is None or not parts.street:
            continue
        streets[row] = parts.street
        digits = parts.number.split("-")[0]
        if digits.isdecimal() and len(digits) < 7:
            numbers[row] = int(digits)
    return streets, numbers
