"""Where layers agree, where borders of one cut grids of another, and what one leaves out."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations, permutations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geogrid.coverage.measure import zoom_points
from geogrid.coverage.widths import inscribed_width_m, lonlat, metres_per_unit, to_metres
from geogrid.topology import Integers
from geogrid.unify.planar import components
from geogrid.unify.scene import Scene

__all__ = ["agreement_frame", "crossing_frame", "hole_frame", "match_frame", "placed"]


def code_of(scene: Scene, layer: int, code: int) -> str:
    """Return the code at a position of a layer, "" for none."""
    return scene.layers.codes[layer][code] if code >= 0 else ""


def _across(labels: Integers, faces: Integers) -> Integers:
    """Return the label of each face, −1 outside."""
    return np.where(faces >= 0, labels[np.maximum(faces, 0)], -1)


def _lines(scene: Scene, edges: Integers) -> shapely.Geometry:
    planar = scene.planar
    ends = np.stack([planar.vertices[planar.low[edges]], planar.vertices[planar.high[edges]]], 1)
    return shapely.line_merge(shapely.multilinestrings(shapely.linestrings(ends)))


def agreement_frame(scene: Scene, snapped: Integers) -> gpd.GeoDataFrame:
    """Return the borders that two layers have in common.

    Parameters
    ----------
    scene : the arrangement
    snapped : (l, f) labels after borders near each other became one

    Returns
    -------
    GeoDataFrame
        One row per pair of layers and pair of grids on the two sides: columns one_layer, one,
        other_layer, other (tuples of the codes on both sides, "" for outside), length_m,
        identical_m (the length that matched without being moved), geometry.
    """
    rows = []
    planar, names = scene.planar, scene.layers.names
    sides = [(_across(row, planar.left), _across(row, planar.right)) for row in snapped]
    given = [_across(row, planar.left) != _across(row, planar.right) for row in scene.claims.owner]
    for one, other in combinations(range(len(names)), 2):
        (left, right), (near, far) = sides[one], sides[other]
        both = np.flatnonzero((left != right) & (near != far))
        pairs = np.column_stack(
            [
                np.minimum(left, right)[both],
                np.maximum(left, right)[both],
                np.minimum(near, far)[both],
                np.maximum(near, far)[both],
            ]
        )
        keys, of = np.unique(pairs, axis=0, return_inverse=True)
        is_same = given[one][both] & given[other][both]
        for at, key in enumerate(keys.tolist()):
            edges = both[of.ravel() == at]
            rows.append(
                {
                    "one_layer": names[one],
                    "one": _pair(scene, one, key[:2]),
                    "other_layer": names[other],
                    "other": _pair(scene, other, key[2:]),
                    "length_m": scene.length_m[edges].sum(),
                    "identical_m": scene.length_m[edges][is_same[of.ravel() == at]].sum(),
                    "geometry": _lines(scene, edges),
                }
            )
    columns = ("one_layer", "one", "other_layer", "other", "length_m", "identical_m")
    return _frame(scene, rows, columns)


def _pair(scene: Scene, layer: int, codes: list[int]) -> tuple[str, ...]:
    return tuple(sorted(code_of(scene, layer, code) for code in codes))


def match_frame(scene: Scene, snapped: Integers) -> pd.DataFrame:
    """Return the grids that are one and the same in two layers, once borders are one.

    Returns
    -------
    DataFrame
        Columns one_layer, one, other_layer, other.
    """
    rows = []
    names = scene.layers.names
    for one, other in combinations(range(len(names)), 2):
        keys = np.unique(np.column_stack([snapped[one], snapped[other]]), axis=0)
        partners = [np.bincount(keys[:, side] + 1) for side in (0, 1)]
        for first, second in keys.tolist():
            if min(first, second) >= 0 and partners[0][first + 1] == partners[1][second + 1] == 1:
                codes = (code_of(scene, one, first), code_of(scene, other, second))
                rows.append((names[one], codes[0], names[other], codes[1]))
    return pd.DataFrame(rows, columns=["one_layer", "one", "other_layer", "other"])


def crossing_frame(scene: Scene, snapped: Integers) -> gpd.GeoDataFrame:
    """Return where a border of one layer runs through a grid of another.

    Returns
    -------
    GeoDataFrame
        One row per grid and border through it: columns layer, grid, by (the other layer),
        one, other (its grids on the two sides, "" for none), length_m, then for each side
        area_one_m2, area_other_m2, households_one, households_other, buildings_one,
        buildings_other: what of the grid lies in them as drawn; geometry (the border). The
        most households on the smaller side first.
    """
    rows = []
    planar, names = scene.planar, scene.layers.names
    inner = (planar.left >= 0) & (planar.right >= 0)
    for layer, by in permutations(range(len(names)), 2):
        grid, across = snapped[layer], snapped[by]
        cuts = inner & (grid[planar.left] == grid[planar.right]) & (grid[planar.left] >= 0)
        edges = np.flatnonzero(cuts & (across[planar.left] != across[planar.right]))
        sides = np.sort(np.column_stack([across[planar.left], across[planar.right]])[edges], axis=1)
        keys, of = np.unique(
            np.column_stack([grid[planar.left[edges]], sides]), axis=0, return_inverse=True
        )
        parts = _parts(scene, layer, by)
        for at, (code, low, high) in enumerate(keys.tolist()):
            rows.append(
                {
                    "layer": names[layer],
                    "grid": code_of(scene, layer, code),
                    "by": names[by],
                    "one": code_of(scene, by, high),
                    "other": code_of(scene, by, low),
                    "length_m": scene.length_m[edges[of.ravel() == at]].sum(),
                    **parts(code, high, "one"),
                    **parts(code, low, "other"),
                    "geometry": _lines(scene, edges[of.ravel() == at]),
                }
            )
    columns = (
        "layer", "grid", "by", "one", "other", "length_m", "area_one_m2", "area_other_m2",
        "households_one", "households_other", "buildings_one", "buildings_other",
    )  # fmt: skip
    return _frame(scene, rows, columns).pipe(_gravest_first)


def _parts(scene: Scene, layer: int, by: int) -> Callable[[int, int, str], dict[str, object]]:
    """Return a function of two codes and a side: what their common part holds."""
    owner = scene.claims.owner
    keys, of = np.unique(np.column_stack([owner[layer], owner[by]]), axis=0, return_inverse=True)
    sums = scene.sums(of.ravel().astype(np.int64), len(keys))
    row = {tuple(key): at for at, key in enumerate(keys.tolist())}
    nobody = pd.NA if scene.households is None else 0

    def part(one: int, other: int, side: str) -> dict[str, object]:
        at = row.get((one, other))
        return {
            f"area_{side}_m2": 0.0 if at is None else sums["area_m2"][at],
            f"households_{side}": nobody if at is None else sums["households"][at],
            f"buildings_{side}": nobody if at is None else sums["buildings"][at],
        }

    return part


def _gravest_first(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    smaller = frame[["area_one_m2", "area_other_m2"]].min(axis=1)
    homes = frame[["households_one", "households_other"]].astype("Float64").min(axis=1).fillna(0)
    order = np.lexsort((-smaller.to_numpy(float), -homes.to_numpy(float)))
    return frame.iloc[order].reset_index(drop=True)


def hole_frame(scene: Scene) -> gpd.GeoDataFrame:
    """Return the places that one layer leaves out and another covers, or the region holds.

    Returns
    -------
    GeoDataFrame
        One row per connected place: columns layer (that leaves it out), covered_by (tuple of
        (layer, code) pairs, empty where nobody covers it), area_m2, width_m, households,
        buildings, lon, lat, geometry. The most lived-in first.
    """
    frames = []
    for layer, name in enumerate(scene.layers.names):
        is_open = scene.is_covered & (scene.claims.owner[layer] < 0)
        place = components(scene.planar, np.where(is_open, 0, -1))
        count = int(place.max(initial=-1)) + 1
        frame = scene.sums(place, count)
        frame.insert(0, "layer", name)
        frame.insert(1, "covered_by", _covered_by(scene, place, count))
        frame["geometry"] = scene.shapes(place).to_numpy() if count else np.zeros(0, object)
        frames.append(frame)
    table = pd.concat(frames, ignore_index=True)
    whole = gpd.GeoDataFrame(table, geometry="geometry", crs=scene.crs)
    shapes = whole.geometry.to_numpy()
    whole = placed(whole)
    point = zoom_points(shapes)
    metric = to_metres(shapes, point, metres_per_unit(point, scene.crs))
    whole.insert(3, "width_m", inscribed_width_m(metric) if len(shapes) else np.zeros(0))
    order = np.lexsort((-whole["area_m2"], -whole["households"].fillna(0).to_numpy(float)))
    return whole.iloc[order].reset_index(drop=True)


def _covered_by(scene: Scene, place: Integers, count: int) -> pd.Series:
    found: list[set[tuple[int, int]]] = [set() for _ in range(count)]
    claims = scene.claims
    held = place[claims.face] >= 0
    triples = np.column_stack([place[claims.face], claims.layer, claims.code])[held]
    for at, layer, code in np.unique(triples, axis=0).tolist():
        found[at].add((layer, code))
    names = scene.layers.names
    said = [
        tuple((names[layer], code_of(scene, layer, code)) for layer, code in sorted(one))
        for one in found
    ]
    return pd.Series(said, dtype=object)


def placed(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return a frame with lon and lat (WGS 84 degrees) of a point on each geometry."""
    shapes = np.asarray(frame.geometry.array, dtype=object)
    point = zoom_points(shapes) if len(shapes) else np.zeros((0, 2))
    degrees = lonlat(point, frame.crs) if len(shapes) else point
    at = list(frame.columns).index("geometry")
    result = frame.copy()
    result.insert(at, "lon", degrees[:, 0])
    result.insert(at + 1, "lat", degrees[:, 1])
    return result


def _frame(
    scene: Scene, rows: list[dict[str, object]], columns: tuple[str, ...]
) -> gpd.GeoDataFrame:
    table = pd.DataFrame(rows, columns=[*columns, "geometry"])
    for name in columns:
        if name.startswith(("households", "buildings")):
            table[name] = table[name].astype("Int64")
        elif name.endswith(("_m", "_m2")):
            table[name] = table[name].astype(np.float64)
    shapes = gpd.array.from_shapely(table["geometry"].to_numpy(), crs=scene.crs)
    return placed(gpd.GeoDataFrame(table.drop(columns="geometry"), geometry=shapes, crs=scene.crs))
