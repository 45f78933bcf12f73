"""Units with their neighbours: what a proposal is made from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import numpy.typing as npt

from geogrid.arcs import Arcs, build_arcs, neighbours
from geogrid.crs import area_m2, metres_per_degree
from geogrid.errors import FieldError
from geogrid.i18n import mark as _
from geogrid.propose._facing import add_up, connected
from geogrid.propose.main_streets import street_lengths

__all__ = ["UnitGraph", "build_unit_graph"]

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class UnitGraph:
    """Units (n of them) and the borders between them (m).

    Attributes
    ----------
    names
        What each unit is called.
    present
        Code of the grid that each is in now, ``""`` for none.
    within
        What it must not leave (code of the grid above), ``""`` where it may go anywhere.
    households, weight
        (n,) homes, and what is balanced: homes and case load. Never negative.
    area_m2, border_m
        (n,) ellipsoidal area, and length of the whole border.
    places
        (n, 2) metres east and north of the south-west corner, of a point in each unit.
    one, other
        (m,) positions of neighbours, ``one < other``. Units that only touch at a corner are none.
    length_m, street_m
        (m,) geodesic length of the common border, and how much of it runs along a main street;
        both 0 for bridges.
    is_bridge
        (m,) units joined although they share no border: islands, hamlets across a field.
    """

    names: Sequence[str]
    present: npt.NDArray[np.object_]
    within: npt.NDArray[np.object_]
    households: Floats
    weight: Floats
    area_m2: Floats
    border_m: Floats
    places: Floats
    one: Integers
    other: Integers
    length_m: Floats
    street_m: Floats
    is_bridge: npt.NDArray[np.bool_]

    @property
    def passable(self) -> npt.NDArray[np.bool_]:
        """Which borders have the same grid above on both sides, so that a grid may cross them."""
        return np.asarray(self.within[self.one] == self.within[self.other], dtype=np.bool_)

    def components(self) -> Integers:
        """Return for each unit the lowest one that it hangs together with."""
        return connected(len(self.names), self.one, self.other, self.passable)

    def take(self, rows: Integers) -> UnitGraph:
        """Return some of the units, with the borders between them."""
        place = np.full(len(self.names), -1)
        place[rows] = np.arange(len(rows))
        both = (place[self.one] >= 0) & (place[self.other] >= 0)
        one, other = place[self.one[both]], place[self.other[both]]
        per_unit = {
            name: getattr(self, name)[rows]
            for name in (
                "present", "within", "households", "weight", "area_m2", "border_m", "places",
            )
        }  # fmt: skip
        per_border = {
            name: getattr(self, name)[both] for name in ("length_m", "street_m", "is_bridge")
        }
        return UnitGraph(
            names=[self.names[row] for row in rows],
            one=np.minimum(one, other), other=np.maximum(one, other), **per_unit, **per_border,
        )  # fmt: skip


def build_unit_graph(
    units: gpd.GeoDataFrame,
    *,
    streets: gpd.GeoDataFrame | None = None,
    present: Sequence[str] | None = None,
    within: Sequence[str] | None = None,
    load_share: float = 0.0,
) -> UnitGraph:
    """Return the graph of units by the borders that they share.

    Parameters
    ----------
    units
        A coverage, as :func:`~geogrid.propose.unit_areas` gives it, in any CRS: neighbours share
        vertices, nothing overlaps. Columns unit and households; load, where it counts.
    streets
        Lines with a column highway as in OpenStreetMap; borders along its main streets
        (:data:`~geogrid.propose.main_streets.REACH_M`) are to be preferred.
    present, within
        (n,) codes: the grid of each unit now, and the grid above that it must stay in.
    load_share
        How much of the weight is case load, 0 to 1; homes are the rest. Both are scaled to the
        sum of homes.

    Raises
    ------
    InputError
        Two units overlap.
    FieldError
        Households are missing or negative, or there are none at all.
    """
    shapes = np.asarray(units.geometry.array, dtype=object)
    names = units["unit"].astype(str).tolist()
    households = _households(units, names)
    arcs = build_arcs(shapes, codes=names)
    pairs = neighbours(arcs, units.crs)
    is_inner = (pairs["one"] >= 0).to_numpy()
    one, other = (pairs[name].to_numpy().astype(np.int64) for name in ("one", "other"))
    length = pairs["length_m"].to_numpy().astype(np.float64)
    border = add_up(other, length, len(names))
    border += add_up(one[is_inner], length[is_inner], len(names))
    degrees = units.to_crs("EPSG:4326") if units.crs is not None else units
    along = street_lengths(arcs, units.crs, streets)
    bare = np.full(len(names), "", dtype=object)
    return UnitGraph(
        names=names,
        present=bare if present is None else np.array([*map(str, present)], dtype=object),
        within=bare if within is None else np.array([*map(str, within)], dtype=object),
        households=households,
        weight=_weights(units, households, load_share),
        area_m2=area_m2(shapes, units.crs),
        border_m=border,
        places=_places(degrees),
        one=one[is_inner],
        other=other[is_inner],
        length_m=length[is_inner],
        street_m=_of_pairs(arcs, along, one[is_inner], other[is_inner], len(names)),
        is_bridge=np.zeros(int(is_inner.sum()), dtype=np.bool_),
    )


def _households(units: gpd.GeoDataFrame, names: Sequence[str]) -> Floats:
    counts = units["households"].astype("float64").to_numpy()
    for row, count in enumerate(counts):
        if not count >= 0.0 or count == np.inf:
            raise FieldError(
                _("Row {row}, unit {unit}: households must be a number of 0 or more; write it in"
                  " the column “households”."),
                row=row + 1, unit=names[row],
            )  # fmt: skip
    return np.asarray(counts)


def _weights(units: gpd.GeoDataFrame, households: Floats, load_share: float) -> Floats:
    weight = households
    if load_share > 0.0 and "load" in units:
        load = units["load"].astype("float64").to_numpy()
        if load.sum() > 0.0:
            weight = (1 - load_share) * households + load_share * load * (
                (households.sum() or load.sum()) / load.sum()
            )
    if not weight.sum() > 0.0:
        raise FieldError(_("No unit has households, so there is nothing to balance."))
    return np.asarray(weight)


def _places(degrees: gpd.GeoDataFrame) -> Floats:
    inside = degrees.geometry.representative_point()
    at = np.column_stack([inside.x, inside.y])
    east, north = metres_per_degree(float(at[:, 1].mean()))
    return np.asarray((at - at.min(axis=0)) * [float(east), float(north)])


def _of_pairs(arcs: Arcs, along: Floats, one: Integers, other: Integers, count: int) -> Floats:
    """Add up what arcs have per pair of neighbours, which are sorted."""
    low, high = np.minimum(arcs.left, arcs.right), np.maximum(arcs.left, arcs.right)
    inner = low >= 0
    keys = one * count + other
    at = np.searchsorted(keys, low[inner] * count + high[inner])
    return add_up(at, along[inner], len(keys))


def bridged(graph: UnitGraph, *, below: float) -> tuple[UnitGraph, list[tuple[int, int, float]]]:
    """Join components lighter than `below` to the nearest unit that they may be together with.

    Returns
    -------
    graph, bridges
        The bridges are pairs of positions (of the lone unit and of the other) and metres.
    """
    bridges: list[tuple[int, int, float]] = []
    while True:
        group = graph.components()
        weight = np.bincount(group, graph.weight, len(group))
        light = sorted({int(one) for one in group if weight[one] < below}, key=lambda g: weight[g])
        found = next(
            (pair for pair in (_nearest(graph, group, one) for one in light) if pair), None
        )
        if found is None:
            return graph, bridges
        bridges.append(found)
        one, other = sorted(found[:2])
        graph = replace(
            graph,
            one=np.append(graph.one, one), other=np.append(graph.other, other),
            length_m=np.append(graph.length_m, 0.0), street_m=np.append(graph.street_m, 0.0),
            is_bridge=np.append(graph.is_bridge, True),
        )  # fmt: skip


def _nearest(graph: UnitGraph, group: Integers, one: int) -> tuple[int, int, float] | None:
    mine = np.flatnonzero(group == one)
    others = np.flatnonzero((group != one) & (graph.within == graph.within[mine[0]]))
    if not len(others):
        return None
    far = np.hypot(*(graph.places[mine][:, None] - graph.places[others][None]).transpose(2, 0, 1))
    # parts of a grid of today go together first
    is_same = graph.present[mine][:, None] == graph.present[others][None]
    is_same &= (graph.present[mine] != "")[:, None]
    ranked = far + np.where(is_same, 0.0, far.max() + 1.0)
    at, to = np.unravel_index(int(ranked.argmin()), far.shape)
    return int(mine[at]), int(others[to]), float(far[at, to])
