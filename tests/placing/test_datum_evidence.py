"""Evidence for another datum: said when it is strong, and never acted upon."""

from __future__ import annotations

import numpy as np
import pytest

from geogrid.crs import from_wgs84
from geogrid.placing.datum_evidence import compare_with_addresses

RANDOM = np.random.default_rng(7)
LON, LAT = RANDOM.uniform(114.00, 114.05, 40), RANDOM.uniform(22.50, 22.55, 40)


def compare(truth: str, named: str, lon=LON, lat=LAT, east: float = 0.0):
    shifted = from_wgs84(lon, lat, truth)
    return compare_with_addresses(*shifted, named, address_lon=lon + east, address_lat=lat)


@pytest.mark.parametrize("truth", ["wgs84", "gcj02", "bd09"])
@pytest.mark.parametrize("named", ["wgs84", "cgcs2000", "gcj02", "bd09"])
def test_only_a_wrong_datum_is_questioned(truth, named):
    finding = compare(truth, named)
    is_right = truth == {"cgcs2000": "wgs84"}.get(named, named)
    assert (finding is None) == is_right
    if finding is not None:
        assert (finding.params["other"].datum, finding.params["near"]) == (truth, 0)
        assert 300 < finding.params["far"] < 1300


def test_it_is_said_in_plain_names():
    text = compare("gcj02", "bd09").text("zh_CN")
    assert "高德" in text
    assert "百度" in text


def test_addresses_somewhat_beside_their_points_do_not_matter():
    assert compare("gcj02", "wgs84", east=0.0005).params["other"].datum == "gcj02"
    assert compare("wgs84", "wgs84", east=0.0005) is None


def test_points_far_from_their_addresses_in_every_datum_say_nothing():
    assert compare("wgs84", "wgs84", east=0.2) is None


def test_little_is_no_evidence():
    none = np.full(10, np.nan)
    for lon, lat in ((none, none), (LON[:4], LAT[:4]), (LON[:0], LAT[:0])):
        assert compare("gcj02", "wgs84", lon, lat) is None
