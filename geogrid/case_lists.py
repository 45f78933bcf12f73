"""Read an office's list of cases (工单, 诉求) into the columns of a plan."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from geogrid.crs import to_wgs84
from geogrid.errors import CrsError
from geogrid.fields import POINT_FIELDS, recognise_fields
from geogrid.findings import Finding
from geogrid.i18n import mark as _
from geogrid.times import read_times
from geogrid.vocabulary import code_of

__all__ = ["read_cases", "read_positions", "words_to_codes"]

_TIMES = ("reported_at", "replied_at", "deadline", "closed_at")
_TEXTS = ("case_id", "source", "title", "address")
_SATISFIED = {
    "是": "1",
    "满意": "1",
    "非常满意": "1",
    "基本满意": "1",
    "yes": "1",
    "true": "1",
    "1": "1",
}
_UNSATISFIED = {"否": "0", "不满意": "0", "非常不满意": "0", "no": "0", "false": "0", "0": "0"}


def read_cases(
    frame: pd.DataFrame,
    *,
    datum: str | None = None,
    fields: Mapping[str, str] | None = None,
    time_zone: str = "Asia/Shanghai",
) -> tuple[pd.DataFrame, list[Finding]]:
    """Read a list of cases.

    Columns that are not about the case itself (who reported it, phone numbers) are not kept,
    and a finding names them. The office's own words stay in ``category_text`` and
    ``status_text``.

    Parameters
    ----------
    frame
        Strings as the office wrote them; columns ``wgs84_lon`` and ``wgs84_lat`` of
        :func:`geogrid.placing.locate_rows` are taken as the position when they are there.
    datum
        Of the columns with longitude and latitude.
    fields
        Canonical field to column, overriding recognition.
    time_zone
        Of times that name no offset.

    Returns
    -------
    cases
        One row per row of `frame`, in order; columns of a plan's cases, ``category_text``
        and ``status_text``.
    findings
        What could not be read, with rows.

    Raises
    ------
    CrsError
        There are positions and no `datum`.
    FieldError
        `fields` names a column that does not exist.
    """
    rows = frame.reset_index(drop=True)
    found = recognise_fields(rows.columns, POINT_FIELDS, chosen=fields)
    texts = {name: _text(rows, found, name) for name in POINT_FIELDS}
    findings = [] if len(rows) else [Finding("no_rows", _("The table has no rows."))]
    times = {name: _read_time(texts[name], name, time_zone, findings) for name in _TIMES}
    lon, lat = read_positions(rows, found, datum, findings)
    case_id = texts["case_id"].where(texts["case_id"] != "", _numbers(len(rows)))
    cases = pd.DataFrame(
        {
            **{name: texts[name] for name in _TEXTS},
            "case_id": case_id,
            **times,
            "category": words_to_codes(texts["category"], "category", "other", findings),
            "status": _read_status(texts["status"], times["closed_at"], findings),
            "handling_level": words_to_codes(
                texts["handling_level"], "handling_level", "", findings
            ),
            "lon": lon,
            "lat": lat,
            "satisfied": _read_satisfied(texts["satisfied"]),
            "category_text": texts["category"],
            "status_text": texts["status"],
        }
    )
    findings += _unused(rows, found)
    return cases, findings


def _text(rows: pd.DataFrame, found: Mapping[str, str], name: str) -> pd.Series:
    if name not in found:
        return pd.Series([""] * len(rows), dtype="str")
    column = rows.loc[:, rows.columns == found[name]].iloc[:, 0]
    return column.astype("str").fillna("").str.strip()


def _numbers(count: int) -> pd.Series:
    return pd.Series([f"R{row:06d}" for row in range(1, count + 1)], dtype="str")


def _read_time(texts: pd.Series, name: str, time_zone: str, findings: list[Finding]) -> pd.Series:
    times, unreadable = read_times(texts, time_zone=time_zone)
    if unreadable.any():
        rows = np.flatnonzero(unreadable)
        findings.append(
            Finding(
                "unreadable_time",
                _(
                    "{field}: “{example}” is not a time we can read (rows {rows}); "
                    "write it as 2026-03-01 08:05."
                ),
                {"field": name, "example": texts[rows[0]]},
                rows=tuple(map(int, rows)),
            )
        )
    return times


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
        findings.append(
            Finding(
                f"unknown_{group}",
                _("{count} rows hold words we do not know ({words}); they count as “{code}”."),
                {"words": _shown(missing), "code": unknown or "–"},
                rows=tuple(map(int, rows)),
                severity="note",
            )
        )
    return texts.map(known).astype("str").fillna(unknown)


def _shown(words: list[str], most: int = 6) -> str:
    return ", ".join(words[:most]) + (" …" if len(words) > most else "")


def _read_status(texts: pd.Series, closed_at: pd.Series, findings: list[Finding]) -> pd.Series:
    """Return status codes; without a word the time of closing tells."""
    if (texts == "").all() and len(texts):
        findings.append(
            Finding(
                "no_status",
                _("There is no status column; a case counts as closed when it has a closing time."),
                severity="note",
            )
        )
    by_time = pd.Series("reported", index=texts.index, dtype="str").mask(
        closed_at.notna(), "closed"
    )
    codes = words_to_codes(texts, "status", "", findings)
    return codes.where(codes != "", by_time)


def _read_satisfied(texts: pd.Series) -> pd.Series:
    known = _SATISFIED | _UNSATISFIED
    return texts.str.casefold().map(known).astype("str").fillna("")


def read_positions(
    rows: pd.DataFrame, found: Mapping[str, str], datum: str | None, findings: list[Finding]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return longitude and latitude in WGS 84, NaN where a row has none.

    Raises
    ------
    CrsError
        There are positions and no `datum`.
    """
    if {"wgs84_lon", "wgs84_lat"} <= set(rows.columns):
        names, datum = ("wgs84_lon", "wgs84_lat"), "wgs84"
    else:
        names = (found.get("lon", ""), found.get("lat", ""))
    none = np.full(len(rows), np.nan)
    if "" in names:
        return none, none
    written = [_text(rows, {"at": name}, "at") for name in names]
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


def _unused(rows: pd.DataFrame, found: Mapping[str, str]) -> list[Finding]:
    ours = {"wgs84_lon", "wgs84_lat"}
    names = [str(name) for name in rows.columns if name not in found.values() and name not in ours]
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
