"""Bins of points: every point once, stable under panning, bounded."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geogrid.density import bin_points

VIEW = (114.0, 22.5, 114.1, 22.58)


def points(count: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    return random.uniform(113.9, 114.2, count), random.uniform(22.4, 22.7, count)


def test_two_points_in_one_bin_and_one_far_away():
    bins = bin_points([114.05, 114.05001, 114.09], [22.55, 22.55, 22.51], bounds=VIEW, zoom=12)
    assert sorted(bins.count.tolist()) == [1, 2]
    at = int(np.argmax(bins.count))
    assert bins.lon[at] == pytest.approx(114.05, abs=0.01)
    assert bins.lat[at] == pytest.approx(22.55, abs=0.01)


def test_every_point_of_the_view_is_counted():
    lon, lat = points(10_000)
    inside = (lon >= VIEW[0]) & (lon <= VIEW[2]) & (lat >= VIEW[1]) & (lat <= VIEW[3])
    bins = bin_points(lon, lat, bounds=VIEW, zoom=14)
    assert bins.count.sum() >= inside.sum()
    assert bin_points(lon[inside], lat[inside], bounds=VIEW, zoom=14).count.sum() == inside.sum()


def test_points_without_position_are_not_counted():
    assert bin_points([np.nan, 114.05], [22.55, np.nan], bounds=VIEW, zoom=12).count.size == 0


def test_no_points():
    bins = bin_points([], [], bounds=VIEW, zoom=12)
    assert (bins.lon.size, bins.size_px) == (0, 24)


@given(st.floats(-0.05, 0.05), st.floats(-0.05, 0.05), st.floats(3, 17))
def test_panning_shows_the_same_bins(east, north, zoom):
    lon, lat = points(2_000)
    moved = (VIEW[0] + east, VIEW[1] + north, VIEW[2] + east, VIEW[3] + north)
    sizes = {"zoom": zoom, "size_px": 2.0 ** (zoom - 8), "max_bins": 10**9}
    here = bin_points(lon, lat, bounds=VIEW, **sizes)
    there = bin_points(lon, lat, bounds=moved, **sizes)
    counted = dict(zip(zip(here.lon, here.lat, strict=True), here.count, strict=True))
    for at in zip(there.lon, there.lat, strict=True):
        if VIEW[0] < at[0] < VIEW[2] and VIEW[1] < at[1] < VIEW[3]:
            assert at in counted
    same = dict(zip(zip(there.lon, there.lat, strict=True), there.count, strict=True))
    assert all(same[at] == counted[at] for at in same.keys() & counted.keys())


@given(st.floats(0, 19), st.integers(4, 500))
def test_the_answer_is_bounded(zoom, max_bins):
    lon, lat = points(5_000)
    bins = bin_points(lon, lat, bounds=VIEW, zoom=zoom, max_bins=max_bins)
    assert bins.count.size <= max_bins


def test_a_view_of_the_whole_world_and_beyond():
    bins = bin_points([0, 179.9, 10], [0, 85, -85], bounds=(-200, -90, 200, 90), zoom=1)
    assert bins.count.sum() == 3
    assert np.isfinite(bins.lat).all()


def test_means_say_where_the_points_of_a_bin_are():
    lon, lat = [114.05, 114.05002, 114.02], [22.55, 22.55, 22.51]
    bins = bin_points(lon, lat, bounds=VIEW, zoom=12)
    found = sorted(zip(bins.count.tolist(), bins.mean_lon, bins.mean_lat, strict=True))
    assert found[0] == (1, 114.02, 22.51)
    assert found[1] == pytest.approx((2, 114.05001, 22.55))
