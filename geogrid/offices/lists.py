"""What lists of cases and of buildings have in common: texts, words, positions."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from geogrid.crs import to_wgs84
from geogrid.errors import CrsError
from geogrid.findings import Finding
from geogrid.i18n import mark as _
from geogrid.vocabulary import Label, code_of

__all__ = ["WGS84_COLUMNS", "columns_not_kept", "read_positions", "text_of", "words_to_codes"]

WGS84_COLUMNS = ("wgs84_lon", "wgs84_lat")
"""Columns that geogrid adds to a list; the datum that was chosen for a list is not theirs."""


def text_of(rows: pd.DataFrame, found: Mapping[str, str], name: str) -> pd.Series:
    """Return the column of the field `name` without outer spaces, blank where there is none."""
    if name not in found:
        return pd.Series([""] * len(rows), dtype="str")
    column = rows.loc[:, rows.columns == found[name]].iloc[:, 0]
    return column.astype("str").fillna("").str.strip()


def words_to_codes(
    texts: pd.Series, group: str, unknown: str, findings: list[Finding]
) -> pd.Series:
    """Turn an office's words into codes of `group`; the rest becomes `unknown` and is said.

    An empty text is `unknown` without a finding.
    """
    known = {word: code_of(group, word) for word in texts.unique() if word}
    missing = sorted(word for word, code in known.items() if code is None)
    if missing:
        rows = np.flatnonzero(texts.isin(missing))
        findings.append(_unknown_words(group, missing, rows, unknown))
    return texts.map(known).astype("str").fillna(unknown)


def _unknown_words(
    group: str, words: list[str], rows: npt.NDArray[np.intp], unknown: str
) -> Finding:
    message = _("{count} rows hold words we do not know: {words}.")
    if unknown:
        message = _("{count} rows hold words we do not know ({words}); they count as “{label}”.")
    return Finding(
        f"unknown_{group}",
        message,
        {"words": _shown(words), "label": Label(group, unknown)},
        rows=tuple(map(int, rows)),
        severity="note",
    )


def _shown(words: list[str], most: int = 6) -> str:
    return ", ".join(words[:most]) + (" …" if len(words) > most else "")


def read_positions(
    rows: pd.DataFrame, found: Mapping[str, str], datum: str | None, findings: list[Finding]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return longitude and latitude in WGS 84, NaN where a row has none.

    Raises
    ------
    CrsError
        There are positions and no `datum`.
    """
    if set(WGS84_COLUMNS) <= set(rows.columns):
        names, datum = WGS84_COLUMNS, "wgs84"
    else:
        names = (found.get("lon", ""), found.get("lat", ""))
    none = np.full(len(rows), np.nan)
    if "" in names:
        return none, none
    written = [text_of(rows, {"at": name}, "at") for name in names]
    lon, lat = (pd.to_numeric(text, errors="coerce").to_numpy("float64") for text in written)
    is_good = (np.abs(lon) <= 180) & (np.abs(lat) <= 90) & ~((lon == 0) & (lat == 0))
    bad = np.flatnonzero(~is_good & ((written[0] != "") | (written[1] != "")).to_numpy())
    if bad.size:
        findings.append(
            Finding(
                "bad_position",
                _("Rows {rows}: longitude and latitude are not a position in degrees."),
                rows=tuple(map(int, bad)),
            )
        )
    if is_good.any() and datum is None:
        raise CrsError(_("Say which datum the coordinates are in: wgs84, cgcs2000, gcj02 or bd09."))
    lon, lat = np.where(is_good, lon, np.nan), np.where(is_good, lat, np.nan)
    if not is_good.any():
        return lon, lat
    converted = to_wgs84(lon[is_good], lat[is_good], datum or "")
    lon[is_good], lat[is_good] = converted
    return lon, lat


def columns_not_kept(rows: pd.DataFrame, found: Mapping[str, str]) -> list[Finding]:
    """Return the note that names the columns no field was found for."""
    kept = {*found.values(), *WGS84_COLUMNS}
    names = [str(name) for name in rows.columns if name not in kept]
    if not names:
        return []
    return [
        Finding(
            "columns_not_kept",
            _("Columns not kept: {columns}."),
            {"columns": ", ".join(names)},
            severity="note",
        )
    ]
