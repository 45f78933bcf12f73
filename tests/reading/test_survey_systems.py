"""The systems people name give the EPSG codes that the registry gives them."""

from __future__ import annotations

import pyproj
import pytest

from geogrid.errors import CrsError
from geogrid.reading.survey_systems import (
    FAMILIES,
    MERIDIANS,
    SYSTEMS,
    crs_name,
    guess_meridian,
    system_options,
)

NAMES = {
    "cgcs2000_3": "CGCS2000 / 3-degree Gauss-Kruger",
    "cgcs2000_6": "CGCS2000 / Gauss-Kruger",
    "xian80_3": "Xian 1980 / 3-degree Gauss-Kruger",
    "beijing54_3": "Beijing 1954 / 3-degree Gauss-Kruger",
}


@pytest.mark.parametrize("system", FAMILIES)
def test_every_zone_is_the_registrys(system: str) -> None:
    width = FAMILIES[system].width
    for meridian in [each for each in MERIDIANS if (each - 75) % width == 0]:
        plain = pyproj.CRS(system_options(system, meridian=meridian, x_max=500_000.0)["crs"])
        zoned = pyproj.CRS(system_options(system, meridian=meridian, x_max=38_500_000.0)["crs"])
        zone = meridian // 3 if width == 3 else (meridian + 3) // 6
        assert plain.name == f"{NAMES[system]} CM {meridian}E"
        assert zoned.name == f"{NAMES[system]} zone {zone}"


def test_degrees_and_shifted_datums() -> None:
    assert system_options("") == {}
    assert system_options("wgs84") == {"crs": "EPSG:4326"}
    assert system_options("cgcs2000") == {"crs": "EPSG:4490"}
    assert system_options("gcj02") == {"datum": "gcj02"}
    assert system_options("bd09") == {"datum": "bd09"}


@pytest.mark.parametrize("text", ["4547", " EPSG:4547 ", "epsg 4547"])
def test_a_number_may_be_typed(text: str) -> None:
    assert system_options("epsg", epsg=text) == {"crs": "EPSG:4547"}


@pytest.mark.parametrize("text", ["", "深圳", "45 47", "٤٥٤٧", "1234567"])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(CrsError, match="EPSG number"):
        system_options("epsg", epsg=text)


@pytest.mark.parametrize("meridian", [None, 113, 114])
def test_a_meridian_is_needed_and_must_exist(meridian: int | None) -> None:
    with pytest.raises(CrsError, match="central meridian"):
        system_options("cgcs2000_6", meridian=meridian)


def test_an_unknown_system_is_refused() -> None:
    with pytest.raises(CrsError):
        system_options("mars")


def test_the_zone_number_tells_the_meridian() -> None:
    assert guess_meridian(38_506_000.0) == 114
    assert guess_meridian(506_000.0) is None
    assert guess_meridian(99_506_000.0) is None


def test_systems_are_named_as_people_name_them() -> None:
    assert crs_name(pyproj.CRS("EPSG:4547"), "zh_CN").startswith("国家2000（CGCS2000）3度带")
    assert "114°" in crs_name(pyproj.CRS("EPSG:4547"), "zh_CN")
    assert "114°" in crs_name(pyproj.CRS("EPSG:4526"), "en")
    assert "111°" in crs_name(pyproj.CRS("EPSG:4508"), "en")
    assert crs_name(pyproj.CRS("EPSG:4326"), "en") == f"{SYSTEMS['wgs84']} (EPSG:4326)"
    assert crs_name(pyproj.CRS("+proj=tmerc +lon_0=114 +ellps=GRS80"), "en") == "unknown"
