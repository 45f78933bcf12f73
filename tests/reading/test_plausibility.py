from __future__ import annotations

import numpy as np
import pyproj
import pytest
import shapely

from geogrid.errors import CrsError
from geogrid.reading.plausibility import check_positions, total_bounds
from geogrid.reading.wrong_units import Stated


def boxes(*corners: tuple[float, float], side: float = 0.01) -> np.ndarray:
    return np.array([shapely.box(x, y, x + side, y + side) for x, y in corners], dtype=object)


def check(
    geometry: np.ndarray, crs: int, datum: str | None = None, *, by_user: bool = False
) -> tuple[list[str], list[int]]:
    findings, unusable = check_positions(
        geometry, pyproj.CRS.from_epsg(crs), stated=Stated(datum, by_user), name="x.csv"
    )
    return [finding.kind for finding in findings], unusable.tolist()


def test_right_positions_say_nothing() -> None:
    assert check(boxes((114, 22.5)), 4326) == ([], [])
    assert check(boxes((500000, 2490000), side=100), 4547) == ([], [])
    assert check(boxes((984000, 200000), side=100), 2263) == ([], [])
    assert check(np.array([None], dtype=object), 4326) == ([], [])


def test_metres_called_degrees_are_refused_with_a_hint() -> None:
    with pytest.raises(CrsError, match=r"metres or feet.*EPSG:4526"):
        check(boxes((38507000, 2493000)), 4326)


@pytest.mark.parametrize("crs", [4326, 4490])
def test_a_latitude_over_90_shows_swapped_axes(crs: int) -> None:
    with pytest.raises(CrsError, match="swapped"):
        check(boxes((22.5, 114)), crs)


def test_swapped_axes_in_the_west_are_refused_where_china_is_said() -> None:
    with pytest.raises(CrsError, match="swapped"):
        check(boxes((39.5, 76)), 4490)
    with pytest.raises(CrsError, match="swapped"):
        check(boxes((39.5, 76)), 4326, "gcj02")


def test_swapped_axes_in_the_west_are_said_where_it_could_be_the_arctic() -> None:
    assert check(boxes((39.5, 76)), 4326) == (["swapped_axes"], [])


def test_a_row_in_metres_among_degrees_is_left_out_and_named() -> None:
    assert check(boxes((114, 22.5), (500000, 2490000), (114.1, 22.5)), 4326) == (
        ["outside_degrees"], [1]
    )  # fmt: skip


def test_a_grid_outside_china_is_said_where_china_is_said() -> None:
    assert check(boxes((114, 22.5), (0.1, 51.5)), 4490)[0] == ["outside_china"]
    assert check(boxes((114, 22.5), (0.1, 51.5)), 4326, "bd09")[0] == ["outside_china"]
    assert check(boxes((0.1, 51.5)), 4326)[0] == []


def test_a_corner_at_zero_is_said() -> None:
    glitch = shapely.Polygon([(114, 22), (114.1, 22), (0, 0)])
    assert check(np.array([*boxes((114, 22.5)), glitch], dtype=object), 4326)[0] == ["at_zero"]


def test_the_wrong_zone_is_refused() -> None:
    with pytest.raises(CrsError, match="EPSG:4526"):
        check(boxes((38507000, 2493000), side=100), 4547)


def test_numbers_no_projection_can_have_are_refused() -> None:
    with pytest.raises(CrsError, match="cannot be"), np.errstate(all="ignore"):
        check(boxes((1e30, 1e30), side=1e29), 4547)


def test_a_system_for_elsewhere_is_said() -> None:
    assert check(boxes((500000, 4400000), side=100), 2263)[0] == ["outside_area_of_use"]


def test_a_system_across_the_antimeridian_has_two_sides() -> None:
    assert check(boxes((1500000, 5400000), side=100), 2193)[0] == []
    assert check(boxes((500000, 7000000), side=100), 3832)[0] == []


def test_bounds_of_nothing_are_none() -> None:
    assert total_bounds(np.array([None], dtype=object)) is None
    assert total_bounds(boxes((1, 2), side=1)) == (1, 2, 2, 3)


def test_a_wrong_choice_is_not_called_the_words_of_the_file() -> None:
    metres, degrees = boxes((507000, 2493000), side=100), boxes((114, 22.5))
    with pytest.raises(CrsError, match=r"You chose longitude and latitude.* metres") as caught:
        check(metres, 4490, by_user=True)
    chinese = caught.value.text("zh_CN")
    assert chinese.startswith("您选的是经纬度，但 x.csv 的坐标是米")
    assert "请选 3 度带" in chinese
    with pytest.raises(CrsError, match="You chose a system in metres") as caught:
        check(degrees, 4547, by_user=True)
    assert "请选经纬度" in caught.value.text("zh_CN")
    with pytest.raises(CrsError, match="says it is in degrees"):
        check(metres, 4490)
