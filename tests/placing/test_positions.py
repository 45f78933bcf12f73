from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geogrid.placing.positions import check_numbers, parse_positions

GOOD = (114.05, 22.54)


@pytest.mark.parametrize(
    ("lon", "lat"),
    [
        ("114.05", "22.54"),
        (" 114.05 ", "22.54\t"),
        ("１１４．０５", "２２．５４"),
        ("114。05", "22。54"),
        ("114,05", "22,54"),
        ("114°03′E", "22°32′24″N"),
        ("114度3分", "22度32分24秒"),
        ("东经114.05", "北纬22.54"),
        ("114.05°", "22.54°"),
        ("114.05,22.54", ""),
        ("114.05，22.54", "-"),
        ("114.05 22.54", "114.05 22.54"),
        ("+114.05", "2.254e1"),
    ],
)
def test_ways_to_write_a_position(lon: str, lat: str) -> None:
    found = parse_positions([lon], [lat])
    assert (found.x[0], found.y[0]) == pytest.approx(GOOD, abs=1e-9)
    assert found.reasons.tolist() == [None]


@pytest.mark.parametrize(
    "text", ["114.05,22.54", "22.54,114.05", "(114.05, 22.54)", "POINT (114.05 22.54)"]
)
def test_both_numbers_in_one_column(text: str) -> None:
    found = parse_positions([text])
    assert (found.x[0], found.y[0]) == GOOD


def test_which_number_is_which_follows_the_area() -> None:
    found = parse_positions(["40.7,-73.9"], near=(-74.0, 40.6))
    assert (found.x[0], found.y[0]) == (-73.9, 40.7)


@pytest.mark.parametrize("text", ["", " ", "-", "无", "null", "NaN", "N/A", "　"])
def test_nothing_written_is_no_reason(text: str) -> None:
    found = parse_positions([text], [text])
    assert not found.is_usable[0]
    assert found.reasons.tolist() == [None]
    assert parse_positions([text]).reasons.tolist() == [None]


@pytest.mark.parametrize(
    ("lon", "lat", "kind", "said"),
    [
        ("泰然路", "22.54", "not_a_number", "“泰然路” is not a position"),
        ("114.05", "二十二", "not_a_number", "“二十二” is not a position"),
        ("114.05.1", "22.54", "not_a_number", "“114.05.1”"),
        ("inf", "22.5", "not_a_number", "“inf”"),
        ("114.05", "", "half_position", "Only one"),
        ("", "22.54", "half_position", "Only one"),
        ("1e+16", "", "half_position", "Only one"),
        ("0", "0.0", "at_zero", "0, 0"),
        ("22.54", "114.05", "swapped_axes", "swapped"),
        ("38512345.6", "2493000.1", "looks_projected", "metres"),
        ("200", "22.5", "out_of_range", "Longitude 200.0, latitude 22.5"),
        ("114.05", "-91", "out_of_range", "nowhere on earth"),
    ],
)
def test_why_a_position_cannot_be_used(lon: str, lat: str, kind: str, said: str) -> None:
    found = parse_positions([lon], [lat])
    assert not found.is_usable[0]
    assert np.isnan(found.y[0])
    assert found.reasons[0].kind == kind
    assert said in found.reasons[0].text()
    assert found.reasons[0].severity == "error"


def test_metres_have_no_such_limits() -> None:
    found = parse_positions(
        ["500,123.5", "512345", "1234567;2493000", ""], ["2493000", "0", "", ""], in_degrees=False
    )
    assert found.x[:3].tolist() == [500123.5, 512345, 1234567]
    assert found.y[:2].tolist() == [2493000, 0]
    assert found.reasons.tolist() == [None] * 4
    assert np.isnan(found.x[3])


def test_rows_do_not_influence_each_other() -> None:
    lon, lat = ["114.05", "x", "", "114,06"], ["22.54", "22", "", "22,55"]
    found = parse_positions(lon, lat)
    for at in range(4):
        alone = parse_positions(lon[at : at + 1], lat[at : at + 1])
        assert alone.x.tobytes() == found.x[at : at + 1].tobytes()
    assert parse_positions([], []).x.shape == (0,)


@settings(deadline=None)
@given(st.text(max_size=12), st.text(max_size=12))
def test_any_text_is_read_or_explained(first: str, second: str) -> None:
    for found in (parse_positions([first], [second]), parse_positions([first])):
        if found.is_usable[0]:
            assert abs(found.x[0]) <= 180
            assert abs(found.y[0]) <= 90
            assert found.reasons[0] is None
        else:
            assert np.isnan(found.x[0])
            assert np.isnan(found.y[0])


@settings(deadline=None)
@given(st.floats(-180, 180), st.floats(-90, 90))
def test_numbers_keep_their_bits(lon: float, lat: float) -> None:
    found = parse_positions([repr(lon)], [repr(lat)])
    if (lon, lat) == (0, 0):
        assert found.reasons[0].kind == "at_zero"
    else:
        assert (found.x[0], found.y[0]) == (lon, lat)


_FLOATS = st.one_of(st.floats(-400, 400), st.floats(), st.just(0.0), st.just(np.nan))


@settings(deadline=None)
@given(st.lists(st.tuples(_FLOATS, _FLOATS), max_size=8), st.booleans())
def test_numbers_are_judged_as_their_texts_are(pairs: list[tuple[float, float]], deg: bool) -> None:
    x, y = np.array(pairs, np.float64).reshape(-1, 2).T
    texts = [["" if np.isnan(value) else repr(float(value)) for value in axis] for axis in (x, y)]
    found, read = check_numbers(x, y, in_degrees=deg), parse_positions(*texts, in_degrees=deg)
    np.testing.assert_array_equal((found.x, found.y), (read.x, read.y))
    assert found.reasons.tolist() == read.reasons.tolist()


@settings(deadline=None)
@given(st.from_regex(r" ?[-+]?\d{0,20}\.?\d{0,20}([eE][-+]?\d{1,3})?", fullmatch=True))
def test_plain_numbers_are_read_to_the_nearest_double(text: str) -> None:
    found = parse_positions([text], ["1"], in_degrees=False)
    try:
        wanted = float(text)
    except ValueError:
        assert not found.is_usable[0]
    else:
        assert found.x[0] == wanted or not np.isfinite(wanted)
