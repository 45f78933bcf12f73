"""Read an office's list of cases (工单, 诉求) into the columns of a plan."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from hashlib import sha256

import numpy as np
import pandas as pd

from geogrid.fields import POINT_FIELDS, recognise_fields
from geogrid.findings import Finding
from geogrid.i18n import mark as _
from geogrid.offices.lists import columns_not_kept, read_positions, text_of, words_to_codes
from geogrid.offices.times import read_times

__all__ = ["read_cases"]

_TIMES = ("reported_at", "replied_at", "deadline", "closed_at")
_TEXTS = ("case_id", "source", "title", "address")
_SAME = ("reported_at", "category", "source", "title")
"""What a case keeps while it is worked on; and where it is."""
_SATISFIED = dict.fromkeys(["是", "满意", "非常满意", "基本满意", "yes", "true", "1"], "yes")
_UNSATISFIED = dict.fromkeys(["否", "不满意", "非常不满意", "no", "false", "0"], "no")


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
    ``status_text``. A case without a number gets one made of what does not change with it: when
    it was reported, of which category, what and where. So it is the same case in the next list,
    and no case of another list.

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
    found.pop("grid", None)  # where a case lies is asked of the polygons
    texts = {name: text_of(rows, found, name) for name in POINT_FIELDS}
    findings = [] if len(rows) else [Finding("no_rows", _("The table has no rows."))]
    times = {
        name: _read_time(texts[name], found.get(name, ""), time_zone, findings) for name in _TIMES
    }
    lon, lat = read_positions(rows, found, datum, findings)
    findings += _doubled(texts["case_id"])
    case_id = _numbered(texts, lon, lat)
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
    findings += columns_not_kept(rows, found)
    return cases, findings


def _doubled(numbers: pd.Series) -> list[Finding]:
    """Say which rows are no cases of their own."""
    again = np.flatnonzero((numbers != "") & numbers.duplicated(keep="last"))
    if not len(again):
        return []
    message = _("Rows {rows}: a later row has the same case number; that row counts.")
    return [Finding("number_again", message, rows=tuple(again.tolist()))]


def _numbered(texts: Mapping[str, pd.Series], lon: pd.Series, lat: pd.Series) -> pd.Series:
    """Return the numbers of cases, those that have none with one made of what is said."""
    places = [repr(pair) for pair in zip(lon.tolist(), lat.tolist(), strict=True)]
    where = texts["address"].where(texts["address"] != "", places)
    said = zip(*(texts[name] for name in _SAME), where, strict=True)
    alike: Counter[tuple[str, ...]] = Counter()
    numbers = []
    for number, row in zip(texts["case_id"], said, strict=True):
        if not number:
            alike[row] += 1  # rows that say the same are as many cases
            number = "R" + sha256(repr((*row, alike[row])).encode()).hexdigest()[:16]  # noqa: PLW2901
        numbers.append(number)
    return pd.Series(numbers, dtype="str")


def _read_time(texts: pd.Series, column: str, time_zone: str, findings: list[Finding]) -> pd.Series:
    times, unreadable = read_times(texts, time_zone=time_zone)
    if unreadable.any():
        rows = np.flatnonzero(unreadable)
        findings.append(
            Finding(
                "unreadable_time",
                _(
                    "{column}: “{example}” is not a time we can read (rows {rows}); "
                    "write it as 2026-03-01 08:05."
                ),
                {"column": column, "example": texts[rows[0]]},
                rows=tuple(map(int, rows)),
            )
        )
    return times


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
