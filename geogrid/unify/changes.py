"""What the unified layer changes, layer by layer: which area and homes go from where to where."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd

from geogrid.topology import Integers
from geogrid.unify.comparison import code_of, placed
from geogrid.unify.naming import Naming
from geogrid.unify.scene import Scene

__all__ = ["REASONS", "change_frame", "grid_frame", "layer_columns", "refinement_frame"]

REASONS = ("border", "small", "whole", "overlap", "outside", "gap")
"""Why something moves: borders near each other became one; the piece was small; leading grids
stay whole; two grids of one layer claimed it; it lies outside the region; nobody had it."""

_RESERVED = frozenset(
    {
        "code",
        "name",
        "origin",
        "area_m2",
        "households",
        "buildings",
        "geometry",
        "piece",
        "in_region",
    }
)


def layer_columns(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return a column name for each layer that no other column has."""
    columns: list[str] = []
    for name in names:
        column = name
        while column.casefold() in _RESERVED or column in columns:
            column += "_layer"
        columns.append(column)
    return tuple(columns)


def grid_frame(scene: Scene, naming: Naming) -> gpd.GeoDataFrame:
    """Return the unified layer.

    Returns
    -------
    GeoDataFrame
        Columns code, name, origin (see :class:`Naming`), one per layer with the code that the
        grid has there ("" for none), area_m2, households, buildings, geometry.
    """
    layers, count = scene.layers, len(naming.codes)
    frame = scene.sums(naming.grid, count)
    names = [layers.titles.get(code_of(scene, 0, lead), "") for lead in naming.label[0].tolist()]
    frame.insert(0, "code", pd.Series(naming.codes, dtype="str"))
    frame.insert(1, "name", pd.Series(names, dtype="str"))
    frame.insert(2, "origin", pd.Series(naming.origin, dtype="str"))
    for at, column in enumerate(layer_columns(layers.names)):
        codes = [code_of(scene, at, code) for code in naming.label[at].tolist()]
        frame.insert(3 + at, column, pd.Series(codes, dtype="str"))
    shapes = scene.shapes(naming.grid)
    return gpd.GeoDataFrame(frame, geometry=shapes.to_numpy(), crs=scene.crs)


def refinement_frame(scene: Scene) -> gpd.GeoDataFrame:
    """Return the common refinement: pieces over which every layer has the same codes.

    Returns
    -------
    GeoDataFrame
        Columns piece (numbers from 1), one per layer with the tuple of its codes (empty for
        none, several where the layer overlaps itself), in_region, area_m2, households,
        buildings, geometry. One row per set of codes; parts that do not touch are one row.
    """
    claims, layers = scene.claims, scene.layers
    kind = np.unique(claims.kind[claims.kind >= 0], return_inverse=True)[1].ravel()
    group = np.full(len(claims.kind), -1, dtype=np.int64)
    group[claims.kind >= 0] = kind
    count = int(group.max(initial=-1)) + 1
    frame = scene.sums(group, count)
    faces = np.zeros(count, dtype=np.int64)
    faces[group[group >= 0]] = np.flatnonzero(group >= 0)
    for at, column in enumerate(layer_columns(layers.names)):
        own = claims.layer == at
        bounds = np.searchsorted(claims.face[own], [faces, faces + 1])
        codes = claims.code[own].tolist()
        said = [
            tuple(code_of(scene, at, code) for code in codes[first:last])
            for first, last in bounds.T.tolist()
        ]
        frame.insert(at, column, pd.Series(said, dtype=object))
    frame.insert(len(layers.names), "in_region", claims.in_region[faces])
    whole = gpd.GeoDataFrame(frame, geometry=scene.shapes(group).to_numpy(), crs=scene.crs)
    order = sorted(
        range(count), key=lambda row: [whole[c][row] for c in layer_columns(layers.names)]
    )
    whole = whole.iloc[order].reset_index(drop=True)
    whole.insert(0, "piece", np.arange(1, count + 1))
    return whole


def change_frame(scene: Scene, naming: Naming, reason: Integers) -> gpd.GeoDataFrame:
    """Return what moves, per layer.

    Parameters
    ----------
    scene, naming : the arrangement and its grids
    reason : (l, f) position in :data:`REASONS` of what last changed each label, −1 for nothing

    Returns
    -------
    GeoDataFrame
        Columns layer, from, to (codes of the layer, "" for none), grid (code in the unified
        layer, "" for none), reason, area_m2, households, buildings, lon, lat, geometry. The
        most households first. A row ``"overlap"`` takes from a grid what another one of its
        layer claimed as well: nobody gets it by this row.
    """
    moves = []
    for layer in range(len(scene.layers.names)):
        face, *columns = _moves(scene, naming, reason[layer], layer)
        moves.append(np.column_stack([face, np.full(len(face), layer), *columns]).reshape(-1, 6))
    rows = np.concatenate(moves)
    keys, of = np.unique(rows[:, 1:], axis=0, return_inverse=True)
    sums = scene.sums_of(rows[:, 0], of.ravel().astype(np.int64), len(keys))
    table = pd.DataFrame(
        {
            "layer": [scene.layers.names[layer] for layer in keys[:, 0].tolist()],
            "from": [code_of(scene, layer, code) for layer, code in keys[:, :2].tolist()],
            "to": [code_of(scene, layer, code) for layer, code in keys[:, [0, 2]].tolist()],
            "grid": [naming.codes[grid] if grid >= 0 else "" for grid in keys[:, 3].tolist()],
            "reason": [REASONS[cause] for cause in keys[:, 4].tolist()],
        },
        dtype="str",
    ).join(sums)
    shapes = scene.shapes_of(rows[:, 0], of.ravel().astype(np.int64))
    frame = gpd.GeoDataFrame(table, geometry=shapes, crs=scene.crs)
    homes = frame["households"].fillna(0).to_numpy(float)
    order = np.lexsort((-frame["area_m2"].to_numpy(float), -homes))
    return placed(frame.iloc[order].reset_index(drop=True))


def _moves(
    scene: Scene, naming: Naming, reason: Integers, layer: int
) -> tuple[Integers, Integers, Integers, Integers, Integers]:
    """Return (face, before, after, grid, why) of everything that a layer loses or gets."""
    claims, count = scene.claims, len(scene.planar.faces)
    home = np.where(naming.grid >= 0, naming.label[layer][naming.grid], -1)
    own = claims.layer == layer
    face, code = claims.face[own], claims.code[own]
    claimed = np.bincount(face, minlength=count)
    has_home = np.zeros(count, dtype=bool)
    has_home[face[code == home[face]]] = True
    is_double = (claimed[face] > 1) & (has_home[face] | (code != claims.owner[layer][face]))
    bare = np.setdiff1d(np.flatnonzero(home >= 0), face)
    face, before = np.append(face, bare), np.append(code, np.full(len(bare), -1))
    is_double = np.append(is_double, np.zeros(len(bare), dtype=bool))
    after = home[face]
    moved = before != after
    face, before, after, is_double = (each[moved] for each in (face, before, after, is_double))
    why = np.where(is_double, REASONS.index("overlap"), reason[face])
    why = np.where((naming.grid[face] < 0), REASONS.index("outside"), why)
    why = np.where(why < 0, REASONS.index("gap"), why)
    return face, before, after, naming.grid[face], why
