"""The grids of the city sample: draft, codes and names for its four levels."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import shapely

from sample.adjacency import merge_small
from sample.blocks import cut_blocks, street_blocks
from sample.coding import Grid, dissolve, number_in_order, ordinal, tidy
from sample.levels import Draft, draft_levels
from sample.outline import region_outline
from sample.places import COMMUNITIES, SUBDISTRICT, TOTAL_HOUSEHOLDS, ZONES, density
from sample.projection import FUTIAN
from sample.streets import Streets
from sample.zones import cut_zones

__all__ = ["build_grids", "community_names"]

_ATOM_HOUSEHOLDS = 17.0
_ATOM_AREA_M2 = 12_000.0
_HOUSEHOLDS_PER_M2 = TOTAL_HOUSEHOLDS / 9.18e6 / 1.33


def _atoms(streets: Streets) -> tuple[npt.NDArray[np.object_], list[shapely.Geometry]]:
    """Return the atoms and the shapes of the zones in metres."""
    blocks, shapes = cut_zones(street_blocks(region_outline(streets), streets), ZONES)
    atoms = cut_blocks(
        blocks,
        lambda xy: density(xy) * _HOUSEHOLDS_PER_M2,
        max_area_m2=_ATOM_AREA_M2,
        max_households=_ATOM_HOUSEHOLDS,
    )
    return merge_small(atoms, min_width_m=14, min_area_m2=500), shapes


def community_names(polygons: npt.NDArray[np.object_]) -> list[str]:
    """Return a name per community (degrees): the nearest pairs of centre and anchor first."""
    centre = shapely.get_coordinates(shapely.centroid(polygons))
    anchors = np.array([place[1:] for place in COMMUNITIES])
    away = np.hypot(
        *np.moveaxis((centre[:, None] - anchors[None]) * np.array([0.924, 1.0]), 2, 0)
    ).round(6)
    names = [""] * len(polygons)
    for flat in np.argsort(away, axis=None, kind="stable"):
        row, column = divmod(int(flat), len(anchors))
        name = COMMUNITIES[column][0] + "社区"
        if not names[row] and name not in names:
            names[row] = name
    return names


def build_grids(streets: Streets) -> list[Grid]:
    """Return the grids of all four levels in code order, without figures.

    Parameters
    ----------
    streets
        Streets in metres.
    """
    atoms, shapes = _atoms(streets)
    draft = draft_levels(atoms, streets, shapes)
    finest = FUTIAN.shapes_to_degrees(draft.polygons)
    code, name = SUBDISTRICT
    top = Grid(code, name, "", 1, "community", dissolve(list(finest)))
    labels = np.unique(draft.community)
    communities = [dissolve(finest[draft.community == k]) for k in labels]
    polygons: npt.NDArray[np.object_] = np.array(communities, dtype=object)
    names, numbers = community_names(polygons), number_in_order(polygons)
    grids = [top]
    for row, label in enumerate(labels):
        here = Grid(f"{code}{numbers[row]:03d}", names[row], code, 2, "community", polygons[row])
        grids.append(here)
        grids.extend(
            _below_community(here, draft, finest, np.flatnonzero(draft.community == label))
        )
    return sorted(grids, key=lambda grid: (grid.level, grid.code))


def _below_community(
    parent: Grid,
    draft: Draft,
    finest: npt.NDArray[np.object_],
    rows: npt.NDArray[np.intp],
) -> list[Grid]:
    """Return grids and micro-grids of one community."""
    labels = np.unique(draft.grid[rows])
    shapes = np.array([dissolve(finest[draft.grid == k]) for k in labels], dtype=object)
    found = []
    for shape, label, number in zip(shapes, labels, number_in_order(shapes), strict=True):
        members = np.flatnonzero(draft.grid == label)
        zone = int(draft.zone[members[0]])
        kind = "community" if zone < 0 else "dedicated"
        stem = parent.name.removesuffix("社区")
        name = f"{stem}第{ordinal(number)}网格" if zone < 0 else f"{ZONES[zone].name}专属网格"
        use = "" if zone < 0 else ZONES[zone].use
        here = Grid(f"{parent.code}{number:03d}", name, parent.code, 3, kind, shape, use=use)
        found.append(here)
        for polygon, k in zip(finest[members], number_in_order(finest[members]), strict=True):
            micro = f"{name}{k:02d}号微网格"
            code = f"{here.code}{k:02d}"
            found.append(Grid(code, micro, here.code, 4, kind, tidy(polygon), use=use))
    return found
