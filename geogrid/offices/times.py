"""Times as offices write them, read without guessing which number is the month."""

from __future__ import annotations

import re

import numpy as np
import numpy.typing as npt
import pandas as pd

__all__ = ["read_times"]

_SPREADSHEET_ZERO = pd.Timestamp("1899-12-30")
_SPREADSHEET_DAYS = (20_000.0, 80_000.0)  # 1954 to 2119
_RESPELLED = (
    (re.compile(r"(?<=:\d\d)\.\d+"), ""),
    (re.compile(r"[年月/.](?=\s*\d)"), "-"),
    (re.compile(r"[时点](?=\s*\d)|(?<=\d)分(?=\s*\d)"), ":"),
    (re.compile(r"[日号]\s*|T(?=\d)"), " "),
    (re.compile(r"[时点分秒]|整"), " "),
)
_CLOCK = (
    r"(?:\s+(?P<half>上午|下午|晚上|中午|凌晨)?\s*(?P<hour>\d{1,2})(?::(?P<minute>\d{1,2}))?"
    r"(?::(?P<second>\d{1,2}))?\s*(?P<ampm>[AaPp][Mm])?)?"
    r"\s*(?P<zone>Z|[+-]\d{2}:?\d{2})?\s*$"
)
_YEAR_FIRST = re.compile(
    r"^\s*(?P<year>\d{4})\s*-\s*(?P<month>\d{1,2})\s*-\s*(?P<day>\d{1,2})" + _CLOCK
)
_YEAR_LAST = re.compile(r"^\s*(?P<one>\d{1,2})-(?P<two>\d{1,2})-(?P<year>\d{4})" + _CLOCK)
_COMPACT = re.compile(r"^\s*(\d{4})(\d{2})(\d{2})(?:(\d{2})(\d{2})(\d{2})?)?\s*$")


def read_times(
    texts: pd.Series, *, time_zone: str = "Asia/Shanghai"
) -> tuple[pd.Series, npt.NDArray[np.bool_]]:
    """Read a column of times.

    ISO 8601, ``2026/3/1 8:05``, ``2026年3月1日 下午3时5分``, ``20260301080500``, days of a
    spreadsheet (``46082.5``) and, where the column itself shows which number is the month,
    ``3/31/2026 05:10:00 PM``.

    Parameters
    ----------
    texts
        Strings; blank means no time.
    time_zone
        Of the times that name no offset.

    Returns
    -------
    times
        ``datetime64[us, UTC]``, NaT where there is none.
    unreadable
        bool[n]: rows with a text that is not a time.
    """
    written = texts.astype("str").fillna("").str.strip()
    spelled = written.str.replace(_COMPACT, _spell_out, regex=True)
    for pattern, replacement in _RESPELLED:
        spelled = spelled.str.replace(pattern, replacement, regex=True)
    fields = spelled.str.extract(_YEAR_FIRST)
    last = spelled.str.extract(_YEAR_LAST)
    fields = fields.combine_first(_settle_month(last))
    times = _assemble(fields, time_zone)
    times = times.fillna(_spreadsheet_days(written, time_zone))
    return times, ((written != "") & times.isna()).to_numpy(dtype=np.bool_)


def _spell_out(found: re.Match[str]) -> str:
    year, month, day, *clock = found.groups()
    named = [part for part in clock if part]
    return f"{year}-{month}-{day}" + (f" {':'.join(named)}" if named else "")


def _settle_month(fields: pd.DataFrame) -> pd.DataFrame:
    """Say which of two leading numbers is the month, if a number over 12 shows it."""
    one, two = (pd.to_numeric(fields[name]) for name in ("one", "two"))
    is_day_first, is_month_first = bool((one > 12).any()), bool((two > 12).any())
    if is_day_first == is_month_first:
        return fields.drop(columns=["one", "two"]).iloc[:0]
    names = {"one": "day", "two": "month"} if is_day_first else {"one": "month", "two": "day"}
    return fields.rename(columns=names)


def _assemble(fields: pd.DataFrame, time_zone: str) -> pd.Series:
    numbers = {
        name: pd.to_numeric(fields[name]).astype("float64")
        for name in ("year", "month", "day", "hour", "minute", "second")
    }
    hour = numbers["hour"]
    is_late = fields["half"].isin(["下午", "晚上"]) | fields["ampm"].str.lower().eq("pm")
    is_early = fields["half"].eq("凌晨") | fields["ampm"].str.lower().eq("am")
    is_noon = fields["half"].eq("中午")
    hour = hour.mask((is_late & (hour < 12)) | (is_noon & (hour < 3)), hour + 12)
    numbers["hour"] = hour.mask(is_early & (hour == 12), 0)
    parts = pd.DataFrame(numbers).fillna({"hour": 0, "minute": 0, "second": 0})
    naive = pd.to_datetime(parts, errors="coerce").dt.as_unit("us")
    local = naive.dt.tz_localize(time_zone, ambiguous="NaT", nonexistent="shift_forward")
    zone = fields["zone"].str.replace(":", "").where(fields["zone"].ne("Z"), "+0000")
    minutes = pd.to_numeric(zone.str[1:3]) * 60 + pd.to_numeric(zone.str[3:5])
    offset = pd.to_timedelta(minutes.where(~zone.str.startswith("-", na=False), -minutes), unit="m")
    stated = (naive - offset).dt.tz_localize("UTC")
    return local.dt.tz_convert("UTC").where(fields["zone"].isna(), stated)


def _spreadsheet_days(texts: pd.Series, time_zone: str) -> pd.Series:
    days = pd.to_numeric(texts.where(texts.str.fullmatch(r"\d{5}(?:\.\d+)?"))).astype("float64")
    days = days.where(days.between(*_SPREADSHEET_DAYS))
    seconds = (days * 86_400).round()
    moments = _SPREADSHEET_ZERO + pd.to_timedelta(seconds, unit="s")
    local = moments.dt.as_unit("us").dt.tz_localize(
        time_zone, ambiguous="NaT", nonexistent="shift_forward"
    )
    return local.dt.tz_convert("UTC")
