"""Door numbers along streets, and where an unknown one would be."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from geogrid.addresses.gazetteer import street_numbers
from geogrid.crs import metres_per_degree

__all__ = ["Estimate", "StreetNumbers", "build_street_numbers", "estimate_number"]

_FARTHEST_M = 400.0  # between two known numbers, for what is between them to be estimated
_METRES_A_NUMBER = 25.0
_SIDE_M = 60.0  # one number at several points farther apart than this is two streets


class StreetNumbers(NamedTuple):
    """Known door numbers by street, ascending.

    Attributes
    ----------
    names : (s,) of each street, canonical
    regions : (s,) position of its region
    bounds : (s + 1,) where its numbers begin
    numbers : (k,) ascending in each street
    lon, lat : (k,) degrees, WGS 84
    """

    names: tuple[str, ...]
    regions: npt.NDArray[np.int64]
    bounds: npt.NDArray[np.int64]
    numbers: npt.NDArray[np.int64]
    lon: npt.NDArray[np.float64]
    lat: npt.NDArray[np.float64]


class Estimate(NamedTuple):
    """Where an unknown number would be.

    Attributes
    ----------
    lon, lat : degrees, WGS 84
    below, above : the known numbers of the same side that it lies between
    """

    lon: float
    lat: float
    below: int
    above: int


def build_street_numbers(entries: pd.DataFrame, regions: npt.NDArray[np.int64]) -> StreetNumbers:
    """Collect the door numbers of every street in every region.

    Parameters
    ----------
    entries
        With address, lon, lat (WGS 84).
    regions : (n,)
        Position of each entry's region; streets of one name in two regions are two.

    Notes
    -----
    A number with several points has the middle one (median); those that lie apart are kept out,
    because they are on two streets of one name.
    """
    street, number = street_numbers(entries["address"].tolist())
    table = pd.DataFrame(
        {
            "region": regions,
            "street": street,
            "number": number,
            "lon": entries["lon"].to_numpy(),
            "lat": entries["lat"].to_numpy(),
        }
    )
    table = table[table["street"] != ""]
    streets = table.groupby(["street", "region"], sort=True).size().index
    place = pd.Series(np.arange(len(streets)), index=streets)
    known = table[table["number"] > 0].groupby(["street", "region", "number"], sort=True)
    middle = known[["lon", "lat"]].median()
    spread = known[["lon", "lat"]].max() - known[["lon", "lat"]].min()
    per_x, per_y = metres_per_degree(middle["lat"].to_numpy())
    is_one = np.hypot(spread["lon"] * per_x, spread["lat"] * per_y).to_numpy() <= _SIDE_M
    middle = middle[is_one]
    owner = place.reindex(middle.index.droplevel("number")).to_numpy(dtype=np.int64)
    return StreetNumbers(
        names=tuple(streets.get_level_values("street")),
        regions=streets.get_level_values("region").to_numpy(dtype=np.int64),
        bounds=np.searchsorted(owner, np.arange(len(streets) + 1)),
        numbers=middle.index.get_level_values("number").to_numpy(dtype=np.int64),
        lon=middle["lon"].to_numpy(dtype=np.float64),
        lat=middle["lat"].to_numpy(dtype=np.float64),
    )


def estimate_number(streets: StreetNumbers, street: int, number: int) -> Estimate | None:
    """Return where a door number would be, between the known ones of its side.

    Parameters
    ----------
    streets
        From :func:`build_street_numbers`.
    street
        Position of the street.
    number
        Odd ones lie between odd ones, even ones between even ones.

    Returns
    -------
    estimate
        None where the number is beyond the known ones, or these lie too far apart to say.
    """
    own = slice(int(streets.bounds[street]), int(streets.bounds[street + 1]))
    is_side = streets.numbers[own] % 2 == number % 2
    numbers = streets.numbers[own][is_side]
    above = int(np.searchsorted(numbers, number))
    if above == 0 or above == len(numbers):
        return None
    below = above if numbers[above] == number else above - 1
    lon, lat = streets.lon[own][is_side], streets.lat[own][is_side]
    first, last = int(numbers[below]), int(numbers[above])
    per_x, per_y = (float(scale) for scale in metres_per_degree(lat[below]))
    apart = float(np.hypot((lon[above] - lon[below]) * per_x, (lat[above] - lat[below]) * per_y))
    if apart > max(_FARTHEST_M, _METRES_A_NUMBER * (last - first)):
        return None
    share = (number - first) / (last - first) if last > first else 0.0
    return Estimate(
        float(lon[below] + share * (lon[above] - lon[below])),
        float(lat[below] + share * (lat[above] - lat[below])),
        first,
        last,
    )
