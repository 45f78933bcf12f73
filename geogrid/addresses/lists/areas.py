"""In which area an address is that nobody can place: what its own words say, and nothing else."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING, NamedTuple

import geopandas as gpd
import numpy as np

from geogrid.addresses.parsing import parse_address
from geogrid.addresses.spelling import canonical_address
from geogrid.hierarchy import Hierarchy
from geogrid.locate import locate
from geogrid.placing.grid_layer import GridLayer
from geogrid.unit_grids import settle_units

if TYPE_CHECKING:
    from geogrid.addresses.searched import SearchedEntries

__all__ = [
    "COMMUNITY",
    "AreaNames",
    "area_names",
    "area_of_words",
    "one_community",
    "shared_area",
    "street_of",
    "street_runs",
]

COMMUNITY = 2
"""Level of communities."""
_SHORTEST_NAME = 3


class AreaNames(NamedTuple):
    """What words say an area.

    Attributes
    ----------
    tree
        Of the plan.
    names
        Canonical names of communities and what is above them, the longest first, to their codes.
    streets
        Canonical names of streets to the finest grids that they run through.
    """

    tree: Hierarchy
    names: Mapping[str, tuple[str, ...]]
    streets: Mapping[str, tuple[str, ...]]


def area_names(tree: Hierarchy, streets: Mapping[str, tuple[str, ...]]) -> AreaNames:
    """Return the names of a plan; short ones such as 东村 may begin a street and do not count.

    Parameters
    ----------
    tree : of the plan
    streets : of :func:`street_runs`
    """
    found: dict[str, tuple[str, ...]] = {}
    for code, name in tree.names.items():
        spelling = canonical_address(name)
        if tree.levels[code] <= COMMUNITY and len(spelling) >= _SHORTEST_NAME:
            found[spelling] = (*found.get(spelling, ()), code)
    longest = sorted(found, key=lambda name: (-len(name), name))
    return AreaNames(tree, {name: found[name] for name in longest}, streets)


def shared_area(codes: Iterable[str], tree: Hierarchy) -> str:
    """Return the finest grid that holds all of some grids, ``""`` where none does.

    Examples
    --------
    >>> tree = Hierarchy({"1": "", "11": "1", "12": "1"}, dict.fromkeys(["1", "11", "12"], ""), {})
    >>> [shared_area(codes, tree) for codes in (["11", "12"], ["11", "11"], ["11", ""])]
    ['1', '11', '']
    """
    chains = [tree.chain(code) for code in dict.fromkeys(codes)]
    if not chains:
        return ""
    shared = set(chains[0]).intersection(*chains[1:])
    return next((step for step in chains[0] if step in shared), "")


def area_of_words(text: str, names: AreaNames) -> tuple[str, str]:
    """Return the area that a text names, and how: ``"named"``, or ``"street"`` by its street.

    A street says an area when it runs through one community only, and counts where that does not
    contradict a name.

    Parameters
    ----------
    text : an address as somebody wrote it
    names : of the plan
    """
    spelling = canonical_address(text)
    codes: list[str] = []
    for name, called in names.names.items():
        if name in spelling:
            codes += called
            spelling = spelling.replace(name, " ")
    # a community and its subdistrict are one area, the finer of both
    above = {step for code in codes for step in names.tree.chain(code)[1:]}
    named = shared_area([code for code in codes if code not in above], names.tree)
    run = one_community(names.streets.get(street_of(text), ()), names.tree)
    if run and (not named or named in names.tree.chain(run)):
        return run, "street"
    return named, "named" if named else ""


def one_community(codes: Iterable[str], tree: Hierarchy) -> str:
    """Return what :func:`shared_area` does, but nothing that is larger than a community."""
    shared = shared_area(codes, tree)
    return shared if shared and tree.levels[shared] >= COMMUNITY else ""


def street_of(text: str) -> str:
    """Return the canonical name of the street that a text names, ``""`` for none."""
    return canonical_address(parse_address(text).value("street"))


def street_runs(
    wanted: Collection[str],
    streets: gpd.GeoDataFrame,
    searched: SearchedEntries,
    leaves: gpd.GeoDataFrame,
    layer: GridLayer,
    tree: Hierarchy,
) -> dict[str, tuple[str, ...]]:
    """Return the finest grids that streets run through or touch, or that have a door there.

    Parameters
    ----------
    wanted : canonical names of streets
    streets : lines with a name, EPSG:4326
    searched : what the finder knows
    leaves, layer, tree : of the plan
    """
    runs: dict[str, set[str]] = {name: set() for name in wanted if name}
    names = streets["name"].fillna("").astype("str")
    spelled = names.map({name: canonical_address(name) for name in names.unique()})
    is_asked = spelled.isin(runs).to_numpy()
    lines, called = streets.geometry.to_numpy()[is_asked], spelled[is_asked].tolist()
    at, inside = leaves.sindex.query(lines, predicate="intersects")
    codes = leaves["code"].tolist()
    for line, leaf in zip(at.tolist(), inside.tolist(), strict=True):
        runs[called[line]].add(codes[leaf])
    is_door = searched.streets.isin(runs).to_numpy()
    street, doors = searched.streets[is_door], searched.entries[is_door]
    lon, lat = (doors[axis].to_numpy(np.float64) for axis in ("lon", "lat"))
    drawn = np.append(layer.codes, "")[locate(layer.index, lon, lat)]
    settled = settle_units(doors["grid"], drawn.tolist(), np.isfinite(lon).tolist(), tree)
    for name, code in zip(street.tolist(), settled["grid"].tolist(), strict=True):
        if code:
            runs[name].add(code)
    return {name: tuple(sorted(found)) for name, found in runs.items()}
