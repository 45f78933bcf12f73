"""The grids, houses and figures of the country town."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt
import shapely

from sample.addresses import Site, Unit, units_of_site
from sample.coding import Grid, dissolve, number_in_order, ordinal
from sample.homes import building_sizes, split_entrances
from sample.landscape import Landscape
from sample.numbering import compound_name, number_houses
from sample.projection import RURAL
from sample.rural_levels import RuralGrid, RuralParent, draft_rural
from sample.sites import lay_out, survey

__all__ = ["TOWN", "build_rural_grids", "build_rural_units"]

TOWN = ("410821190", "云溪示例镇")
"""Code and name; 410821 is Xiuwu County, the town, its number and all of its map are invented."""

_COMMUNITIES = (
    "西环", "桃园", "文昌", "新华", "育才", "建设", "中山", "人民", "和平", "迎宾", "东风", "振兴",
    "青年", "东环",
)  # fmt: skip
_VILLAGES = (
    "西河", "石桥", "大槐树", "柳湾", "上庄", "下庄", "杨树坡", "南庄", "北岭", "东沟", "赵屯",
    "清水", "马坊", "后营", "枣园", "东岭",
)  # fmt: skip
_SMOOTHING_M = 4.0
_HOMES = {"community": (225, 420), "village": (52, 190), "dedicated": (4, 60)}


def _polygons(land: Landscape, grids: Sequence[RuralGrid]) -> npt.NDArray[np.object_]:
    """Return the grids on the lattice of degrees, every vertex shared."""
    shapes = [shapely.coverage_union_all(land.atoms[grid.atoms]) for grid in grids]
    smooth = shapely.coverage_simplify(np.array(shapes, dtype=object), _SMOOTHING_M)
    return RURAL.shapes_to_degrees(smooth)


def build_rural_grids(land: Landscape, seed: Sequence[int]) -> list[Grid]:
    """Return the town, its communities and villages, and their grids, with households."""
    parents = draft_rural(land)
    drafted = [(number, grid) for number, parent in enumerate(parents) for grid in parent.grids]
    finest = _polygons(land, [grid for _, grid in drafted])
    owner = np.array([number for number, _ in drafted])
    code, name = TOWN
    grids = [Grid(code, name, "", 1, "community", dissolve(list(finest)))]
    shapes = np.array([dissolve(finest[owner == k]) for k in range(len(parents))], dtype=object)
    numbers = number_in_order(shapes)
    names = _names(parents, numbers)
    for k, parent in enumerate(parents):
        here = Grid(f"{code}{numbers[k]:03d}", names[k], code, 2, parent.kind, shapes[k])
        grids.append(here)
        grids.extend(_below(here, parent, finest[owner == k]))
    grids.sort(key=lambda grid: (grid.level, grid.code))
    _populate(grids, np.random.Generator(np.random.PCG64(list(seed))))
    return grids


def _names(parents: Sequence[RuralParent], numbers: npt.NDArray[np.intp]) -> list[str]:
    """Return names of communities and villages in the order of their numbers."""
    names = [""] * len(parents)
    stock = {"community": iter(_COMMUNITIES), "village": iter(_VILLAGES)}
    for k in np.argsort(numbers):
        kind = parents[k].kind
        names[k] = next(stock[kind]) + ("社区" if kind == "community" else "村")
    return names


def _below(parent: Grid, draft: RuralParent, polygons: npt.NDArray[np.object_]) -> Iterator[Grid]:
    """Yield the grids of one community or village."""
    stem = parent.name.removesuffix("社区")
    numbers = number_in_order(polygons)
    for grid, polygon, number in zip(draft.grids, polygons, numbers, strict=True):
        name = f"{grid.name}专属网格" if grid.use else f"{stem}第{ordinal(int(number))}网格"
        kind = "dedicated" if grid.use else draft.kind
        code = f"{parent.code}{number:03d}"
        yield Grid(code, name, parent.code, 3, kind, dissolve([polygon]), use=grid.use)


def _populate(grids: Sequence[Grid], rng: np.random.Generator) -> None:
    """Set households and people of the grids of level 3 and add them up."""
    by_code = {grid.code: grid for grid in grids}
    for grid in grids:
        if grid.level < 3:
            continue
        homes = int(rng.integers(*_HOMES[grid.kind]))
        people = round(homes * (2.6 + 0.01 * int(rng.integers(0, 80))))
        here: Grid | None = grid
        while here is not None:
            here.households += homes
            here.people += people
            here = by_code.get(here.parent)


def build_rural_units(grids: Sequence[Grid], land: Landscape, seed: Sequence[int]) -> list[Unit]:
    """Return some houses of every village grid and some compounds of every town grid."""
    rng = np.random.Generator(np.random.PCG64(list(seed)))
    parents = {grid.code: grid for grid in grids}
    sites: list[tuple[Site, str]] = []
    for grid in (grid for grid in grids if grid.level == 3):
        parent = parents[grid.parent]
        group = "" if parent.kind == "community" else f"{parent.name}{int(grid.code[-3:])}组"
        sites.extend((site, group) for site in _sites(grid, group, rng))
    in_town = [site for site, group in sites if not group]
    numbered = number_houses(np.array([site.gate for site in in_town]), land.streets, rng)
    doors = iter(zip(numbered.street, numbered.number, strict=True))
    used: set[str] = set()
    in_group: dict[str, int] = {}
    units: list[Unit] = []
    for site, group in sites:
        if group:
            in_group[group] = in_group.get(group, 0) + 1
            units.extend(units_of_site(site, group, in_group[group], "", len(units)))
        else:
            street, number = next(doors)
            name = compound_name(street, site.style, used, rng) if site.is_compound else ""
            units.extend(units_of_site(site, street, number, name, len(units)))
    return units


def _sites(grid: Grid, group: str, rng: np.random.Generator) -> Iterator[Site]:
    """Yield a compound of three buildings, or houses in every part of a village grid."""
    parts = shapely.get_parts(grid.geometry)
    style = grid.use or ("village" if group else "estate")
    for part in RURAL.shapes_to_metres(parts):
        plot = survey(part)
        count = 4 if group else 3
        sizes = building_sizes(28, "park", rng)[:count] if group else [24, 36, 44]
        places = lay_out(plot, len(sizes), float(rng.integers(0, 100)) / 100)
        houses = tuple(split_entrances(size, style, rng) for size in sizes)
        if style == "estate":
            gate = np.round(shapely.get_coordinates(shapely.point_on_surface(plot.inside))[0], 2)
            codes = (grid.code,) * len(houses)
            yield Site(RURAL, style, True, codes, places, plot.along, gate, houses)
            continue
        for k in range(len(houses)):
            place = places[k : k + 1]
            yield Site(
                RURAL, style, False, (grid.code,), place, plot.along, place[0], houses[k : k + 1]
            )
