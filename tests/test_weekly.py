"""The weekly report: weeks, figures against a plain count, categories, and the picture."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from io import BytesIO

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from geogrid.drawing.heat_picture import heat_picture
from geogrid.errors import FieldError
from geogrid.hierarchy import build_hierarchy
from geogrid.weekly import Week, parse_week, week_of, weekly_report

NOW = datetime(2026, 3, 20, tzinfo=UTC)
WEEK = parse_week("2026-W10")
GRIDS = pd.DataFrame(
    {
        "code": ["1", "11", "12", "111", "112"],
        "name": "",
        "parent": ["", "1", "1", "11", "11"],
        "level": [1, 2, 2, 3, 3],
        "households": pd.array([600, 500, 100, 500, pd.NA], dtype="Int64"),
    }
)
TREE = build_hierarchy(GRIDS)


@pytest.mark.parametrize(
    "text", ["", "2026", "2026-W54", "2026-W00", "x", "9999-W01", "2026-02-30"]
)
def test_what_is_no_week(text: str) -> None:
    with pytest.raises(FieldError):
        parse_week(text)


@given(st.dates(date(1990, 1, 1), date(2200, 12, 20)))
def test_every_day_is_in_one_week(day: date) -> None:
    week = week_of(day)
    assert week.first <= day <= week.last
    assert week.first.weekday() == 0
    if week.first.year >= 1990:
        assert parse_week(week.text) == parse_week(day.isoformat()) == week
    assert week.moved(-1).last + timedelta(days=1) == week.first


ROW = st.tuples(
    st.sampled_from(["111", "112", "12", ""]),
    st.datetimes(datetime(2026, 2, 20), datetime(2026, 3, 12)),
    st.sampled_from([("noise", "噪音"), ("other", "井盖"), ("other", ""), ("parking", "违停")]),
    st.booleans(),
)


@given(st.lists(ROW, max_size=20))
def test_as_counted_by_hand(rows: list[tuple[str, datetime, tuple[str, str], bool]]) -> None:
    cases = pd.DataFrame(
        {
            "grid": pd.Series([row[0] for row in rows], dtype="str"),
            "reported_at": pd.to_datetime([row[1] for row in rows], utc=True),
            "category": pd.Series([row[2][0] for row in rows], dtype="str"),
            "category_text": pd.Series([row[2][1] for row in rows], dtype="str"),
            "status": pd.Series(["closed" if row[3] else "reported" for row in rows], dtype="str"),
            "lon": [114.0 if row[0] else np.nan for row in rows],
        }
    )
    for name in ("replied_at", "deadline", "closed_at"):
        cases[name] = pd.Series(pd.NaT, index=cases.index, dtype="datetime64[ns, UTC]")
    found = weekly_report(cases, GRIDS, TREE, WEEK, now=NOW)

    def day(row: tuple[str, datetime, tuple[str, str], bool]) -> date:
        return (row[1] + timedelta(hours=8)).date()

    own = [row for row in rows if WEEK.first <= day(row) <= WEEK.last]
    former = [row for row in rows if Week(date(2026, 2, 23)) == week_of(day(row))]
    assert found.totals["cases"] == len(own)
    assert found.totals["closed"] == sum(row[3] for row in own)
    assert found.before["cases"] == len(former)
    assert found.until_then["cases"] == sum(day(row) <= WEEK.last for row in rows)
    assert (found.outside, found.no_position) == (0, sum(row[0] == "" for row in own))
    grids = found.levels[3].set_index("code")
    assert grids["cases"].to_dict() == {
        code: sum(row[0] == code for row in own) for code in ("111", "112", "12")
    }
    assert grids["before"].to_dict() == {
        code: sum(row[0] == code for row in former) for code in ("111", "112", "12")
    }
    assert list(found.levels[3]["cases"]) == sorted(found.levels[3]["cases"], reverse=True)
    words = [row[2][1] if row[2][0] == "other" and row[2][1] else row[2][0] for row in own]
    counts = found.categories.set_index("category")["cases"]
    assert {word: n for word, n in counts.items() if n} == {w: words.count(w) for w in words}
    top = found.levels[2].set_index("code")["top"]
    assert sum(n for _word, n in top["12"]) == sum(row[0] == "12" for row in own)


def picture(lon: list[float], lat: list[float]) -> np.ndarray:
    square = np.array([shapely.box(114.0, 22.5, 114.02, 22.51)], dtype=object)
    streets = np.array([shapely.LineString([(114.0, 22.5), (114.02, 22.51)])], dtype=object)
    png = heat_picture(
        lon, lat, outlines=square, streets=streets, bounds=square[0].bounds, largest=(400, 300)
    )
    return np.asarray(Image.open(BytesIO(png)).convert("RGB")).astype(int)


def test_the_picture_is_hot_where_points_are() -> None:
    pixels = picture([114.005] * 5 + [np.nan], [22.505] * 6)
    high, wide, _bands = pixels.shape
    redness = pixels[..., 0] - pixels[..., 2]
    y, x = np.unravel_index(redness.argmax(), redness.shape)
    assert abs(x / wide - 0.27) < 0.06
    assert abs(y / high - 0.5) < 0.12
    assert redness[:, int(wide * 0.7) :].max() < 20


def test_a_picture_without_points() -> None:
    pixels = picture([], [])
    assert (pixels[..., 0] - pixels[..., 2]).max() < 20


def test_lines_above_and_below() -> None:
    square = np.array([shapely.box(114.0, 22.5, 114.02, 22.51)], dtype=object)
    none = np.array([], dtype=object)
    sizes = [
        Image.open(
            BytesIO(
                heat_picture(
                    [], [], outlines=square, streets=none, bounds=square[0].bounds, **lines
                )
            )
        ).size
        for lines in ({}, {"title": "热力图" * 99, "note": "© x"})
    ]
    assert sizes[1][0] == sizes[0][0]
    assert sizes[1][1] > sizes[0][1]
