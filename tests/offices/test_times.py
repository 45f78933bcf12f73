"""Times as offices write them."""

from __future__ import annotations

import pandas as pd
import pytest

from geogrid.offices.times import read_times

ONE = "2026-03-01T00:05:00Z"


def read(*texts: str) -> list[str]:
    times, unreadable = read_times(pd.Series(list(texts), dtype="str"))
    assert str(times.dtype) == "datetime64[us, UTC]"
    written = times.dt.strftime("%Y-%m-%dT%H:%M:%SZ").fillna("")
    return ["unreadable" if bad else text for text, bad in zip(written, unreadable, strict=True)]


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-01 08:05",
        "2026-3-1 8:05:00",
        "2026/3/1 8:05",
        "2026.03.01 08:05:00",
        "2026年3月1日8时5分",
        "2026年03月01日 08:05:00",
        "2026年3月1日 上午8点05分",
        "20260301080500",
        "202603010805",
        "2026-03-01T08:05:00+08:00",
        "2026-03-01T00:05:00Z",
        "2026-03-01T00:05:00.000Z",
        "2026-02-28T19:05:00-0500",
        " 2026-03-01 08:05 ",
        "46082.336805556",
    ],
)
def test_one_moment_in_many_spellings(text):
    assert read(text) == [ONE]


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-03-01", "2026-02-28T16:00:00Z"),
        ("2026年3月1日", "2026-02-28T16:00:00Z"),
        ("20260301", "2026-02-28T16:00:00Z"),
        ("2026-03-01 下午3点", "2026-03-01T07:00:00Z"),
        ("2026-03-01 中午12点", "2026-03-01T04:00:00Z"),
        ("2026-03-01 凌晨12:10", "2026-02-28T16:10:00Z"),
        ("2026/3/1 12:00:00 AM", "2026-02-28T16:00:00Z"),
        ("46082", "2026-02-28T16:00:00Z"),
        ("", ""),
    ],
)
def test_days_and_halves(text, moment):
    assert read(text) == [moment]


@pytest.mark.parametrize("text", ["昨天", "2026-13-01", "2026-02-30", "25:00", "13800000000", "12"])
def test_what_is_no_time_is_said(text):
    assert read(text) == ["unreadable"]


def test_the_month_is_known_when_the_column_shows_it():
    assert read("03/04/2026", "03/31/2026 05:10:00 PM") == [
        "2026-03-03T16:00:00Z",
        "2026-03-31T09:10:00Z",
    ]
    assert read("03/04/2026", "31/03/2026") == ["2026-04-02T16:00:00Z", "2026-03-30T16:00:00Z"]


def test_the_month_is_never_guessed():
    assert read("03/04/2026") == ["unreadable"]
    assert read("31/03/2026", "03/31/2026") == ["unreadable", "unreadable"]


def test_mixed_spellings_in_one_column():
    assert read("2026-03-01 08:05", "", "46082.336805556", "?") == [ONE, "", ONE, "unreadable"]


def test_another_time_zone():
    times, _unreadable = read_times(pd.Series(["2026-03-01 08:05"]), time_zone="UTC")
    assert times[0] == pd.Timestamp("2026-03-01 08:05", tz="UTC")


def test_an_empty_column():
    assert read() == []
