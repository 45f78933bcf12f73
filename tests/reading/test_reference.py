from __future__ import annotations

import pyproj
import pyproj.network
import pytest

from geogrid.errors import CrsError
from geogrid.reading.reference import parse_crs, settle_reference

ESRI_4547 = pyproj.CRS.from_epsg(4547).to_wkt("WKT1_ESRI")


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("EPSG:4547", 4547),
        ("urn:ogc:def:crs:EPSG::2263", 2263),
        ("urn:ogc:def:crs:OGC:1.3:CRS84", 4326),
        ("OGC:CRS84", 4326),
        (" EPSG:4326 ", 4326),
        ("国家2000", 4490),
        (ESRI_4547, 4547),
        (pyproj.CRS.from_epsg(4547).to_wkt("WKT1_GDAL"), 4547),
        (pyproj.CRS.from_epsg(2232).to_wkt(), 2232),
        (pyproj.CRS.from_epsg(4326).to_json_dict(), 4326),
        ("EPSG:4979", 4326),
        ("EPSG:9705", 4326),
        (pyproj.CRS.from_epsg(32650), 32650),
    ],
)
def test_the_same_system_is_known_however_it_is_written(written: object, number: int) -> None:
    assert parse_crs(written).to_epsg() == number


def test_a_city_system_of_its_own_stays_what_it_is() -> None:
    own = parse_crs(ESRI_4547.replace("114.0]", "114.05]"))
    assert own.to_epsg() is None
    assert own.is_projected


@pytest.mark.parametrize(
    "written",
    ["EPSG:99999", "EPSG:4978", "nonsense", "", 'LOCAL_CS["x",UNIT["m",1]]', "+init=epsg:4326",
     "/etc/passwd", "EPSG:" + "9" * 30_000, ["EPSG"], 1.5],
)  # fmt: skip
def test_what_has_no_place_on_earth_is_refused(written: object) -> None:
    with pytest.raises(CrsError, match="EPSG:4547"):
        parse_crs(written)


def test_shifts_by_grid_files_are_taken_off() -> None:
    shifted = "+proj=tmerc +lon_0=114 +x_0=500000 +ellps=GRS80 +nadgrids=/etc/passwd"
    assert pyproj.CRS(shifted).is_bound
    assert not parse_crs(shifted).is_bound
    assert "ABRIDGEDTRANSFORMATION" not in parse_crs(shifted).to_wkt()
    assert not pyproj.network.is_network_enabled()


def test_nobody_says_is_an_error_that_names_both_options() -> None:
    with pytest.raises(CrsError, match=r"--datum cgcs2000.*--crs EPSG:4547"):
        settle_reference(None, name="x.dxf")


def test_an_unknown_system_in_the_file_is_named() -> None:
    with pytest.raises(CrsError, match="EPSG:99999"):
        settle_reference("EPSG:99999", name="x.gpkg")


def test_what_the_user_says_rescues_an_unknown_system() -> None:
    assert settle_reference("EPSG:99999", crs="EPSG:4547", name="x").crs.to_epsg() == 4547


def test_what_the_user_says_wins_and_is_noted() -> None:
    reference = settle_reference("EPSG:4326", crs="EPSG:4490", name="x")
    assert reference.crs.to_epsg() == 4490
    assert [finding.kind for finding in reference.findings] == ["crs_overridden"]


def test_the_same_said_twice_is_no_news() -> None:
    assert settle_reference("EPSG:4547", crs="EPSG:4547", name="x").findings == ()


@pytest.mark.parametrize("datum", ["gcj02", "bd09"])
@pytest.mark.parametrize("said", [None, "EPSG:4326"])
def test_shifted_degrees_are_to_be_converted(datum: str, said: str | None) -> None:
    reference = settle_reference(said, datum=datum, name="x")
    assert (reference.crs.to_epsg(), reference.datum) == (4326, datum)
    assert [finding.kind for finding in reference.findings] == ["datum_converted"]


def test_cgcs2000_is_used_as_wgs84_with_a_note() -> None:
    reference = settle_reference(None, datum="cgcs2000", name="x")
    assert (reference.crs.to_epsg(), reference.datum) == (4326, None)
    assert [finding.kind for finding in reference.findings] == ["cgcs2000_as_wgs84"]


def test_metres_cannot_be_gcj02() -> None:
    with pytest.raises(CrsError, match="degrees"):
        settle_reference("EPSG:4547", datum="gcj02", name="x")


def test_metres_of_a_known_system_stay_when_the_datum_is_said_too() -> None:
    assert settle_reference("EPSG:4547", datum="cgcs2000", name="x").crs.to_epsg() == 4547
    both = settle_reference(None, crs="EPSG:4547", datum="wgs84", name="x")
    assert both.crs.to_epsg() == 4547


def test_an_unknown_datum_is_refused() -> None:
    with pytest.raises(CrsError, match="gcj02"):
        settle_reference(None, datum="mars", name="x")
