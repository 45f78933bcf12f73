"""The names of the grids on a map, and numbers for those that have no room."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely

from geogrid.printing import style
from geogrid.printing.ground import Ground
from geogrid.printing.labels import LINE, Form, Occupied, Placed, place, place_beside, places_inside
from geogrid.printing.paper import POINT_MM
from geogrid.printing.sheet import Sheet
from geogrid.printing.subject import Subject
from geogrid.printing.words import halves, is_beginning, plain, thirds

__all__ = ["CROWDED", "Drawn", "write_around_names", "write_fine_names", "write_names"]

NAME_PT, GROUP_PT, FINE_PT, AROUND_PT = 14.0, 18.0, 7.0, 8.0
CROWDED = 1_500
_LARGER = (1.7, 1.4, 1.2, 1.0)
_LEAST_PT = 5.5
_TIGHT = 0.86
_SMALLER = (0.86, 0.72)
"""Sizes of a name that cannot be broken into two lines, on A3 12 and 10 pt."""
_GROUP_SIZES = (1.0, 0.85, 0.7)
_ENDS = ("社区", "村", "街道", "网格")
_Places = Sequence[npt.NDArray[np.float64]]


@dataclass
class Drawn:
    """What became of the names of a map.

    Attributes
    ----------
    numbered
        Positions of main grids that stand on the map as a number only.
    left_out
        Positions of main grids for which not even a number has room.
    """

    numbered: list[int] = field(default_factory=list)
    left_out: list[int] = field(default_factory=list)


def write_names(
    sheet: Sheet,
    subject: Subject,
    main: npt.NDArray[np.object_],
    taken: Occupied,
    factor: float,
    tell: Callable[[float], None] | None = None,
) -> Drawn:
    """Write the names of the main grids and of their groups.

    The roomiest grids come first. A name is written whole on one line or two, then without what
    it shares with its group, then as its number in the list, then as a number beside it.

    Parameters
    ----------
    sheet, subject, factor, tell : see :func:`geogrid.printing.map_drawing.draw_map`
    main : the polygons of ``subject.main`` in mm
    taken : what names keep off
    """
    rows = zip(_names(subject.main), subject.main["code"], strict=True)
    names = [plain(name or code) for name, code in rows]
    is_crowded = len(main) > CROWDED
    places = [_first_place(shape) if is_crowded else places_inside(shape) for shape in main]
    size = NAME_PT * factor
    if not is_crowded:
        size *= _largest(main, names, subject, places, factor)
    if subject.is_grouped:
        _write_groups(sheet, subject, main, places, taken, factor)
    drawn = Drawn()
    for done, at in enumerate(np.argsort(-shapely.area(main), kind="stable").tolist()):
        found = None
        if tell is not None:
            tell(done / len(main))
        if not is_crowded:
            forms = _forms(names[at], _stems(subject, at), size, NAME_PT * factor)
            found = place(main[at], forms, taken, places=places[at], spill=-1.1 * factor) or place(
                main[at], forms, taken, places=places[at], spill=0.6 * factor
            )
        if found is not None:
            _write(sheet, found, part="grid", colour=style.INK)
        else:
            _number(sheet, drawn, main, at, places[at], taken, factor)
    return drawn


def _first_place(shape: shapely.Geometry) -> npt.NDArray[np.float64]:
    return shapely.get_coordinates(shapely.point_on_surface(shape))


def _number(
    sheet: Sheet,
    drawn: Drawn,
    main: npt.NDArray[np.object_],
    at: int,
    places: npt.NDArray[np.float64],
    taken: Occupied,
    factor: float,
) -> None:
    forms = [Form((str(at + 1),), size, "bold") for size in _number_sizes(len(main), factor)]
    found = place(main[at], forms, taken, places=places, spill=0.4 * factor)
    if found is None and len(main) <= CROWDED:
        found = place_beside(main[at], forms[-1], taken, step=4.0 * factor)
    if found is None:
        drawn.left_out.append(at)
        return
    drawn.numbered.append(at)
    _write_number(sheet, found, factor)


def _names(rows: gpd.GeoDataFrame) -> list[str]:
    return [str(name) for name in rows["name"].fillna("")]


def _stems(subject: Subject, at: int) -> list[str]:
    """Return the beginnings that the name of a grid may share with those above it."""
    code, tree = subject.main["code"].iloc[at], subject.tree
    above = {
        plain(tree.names.get(one, "")) for one in (tree.parents[code], subject.groups.iloc[at])
    }
    above -= {"", plain(tree.names.get(code, ""))}
    shorter = {name.removesuffix(end) for name in above for end in _ENDS}
    return sorted(above | shorter, key=len, reverse=True)


def _forms(name: str, stems: list[str], size: float, least: float) -> list[Form]:
    """Return how a name may be written, the best first: whole, on two lines, without its stem.

    A word is never broken: a name of several words may take three lines, and what is long is
    written a little smaller before it becomes a number.
    """
    two, three = tuple(halves(name, stems)), tuple(thirds(name))
    ways = [(name,), two, three] if three else [(name,), two]
    forms = [Form(lines, size) for lines in ways]
    if size > least:
        forms += [Form(lines, least) for lines in ways]
    short = next((name[len(stem) :] for stem in stems if is_beginning(stem, name)), "").strip()
    if len(short) > 1:
        tight = tuple(halves(short, []))
        forms += [Form((short,), least), Form(tight, least), Form(tight, least * _TIGHT)]
    if len(two) == 1 or three:
        forms += [Form(ways[-1], least * step) for step in _SMALLER]
    return list(dict.fromkeys(forms))


def _largest(
    main: npt.NDArray[np.object_],
    names: list[str],
    subject: Subject,
    places: _Places,
    factor: float,
) -> float:
    """Return how much larger than the least size names can be, for most of the grids."""
    for larger in _LARGER:
        size = NAME_PT * factor * larger
        fit = 0
        for at, name in enumerate(names):
            if not len(places[at]):
                continue
            x, y = places[at][0]
            box = Form(tuple(halves(name, _stems(subject, at))), size).around(x, y, 0.5 * factor)
            fit += bool(shapely.contains(main[at], shapely.box(*box)))
        if fit >= 0.75 * len(names):
            return larger
    return 1.0


def _number_sizes(count: int, factor: float) -> list[float]:
    """Return the sizes in points in which a number is tried, none too small to read."""
    steps = (1.0, 0.85, 0.72, 0.6) if count <= CROWDED else (0.6, 0.45, 0.3, 0.2)
    sizes = [NAME_PT * factor * step for step in steps]
    return [size for size in sizes if size >= _LEAST_PT] or sizes[-1:]


def _write_groups(
    sheet: Sheet,
    subject: Subject,
    main: npt.NDArray[np.object_],
    places: _Places,
    taken: Occupied,
    factor: float,
) -> None:
    """Write the names of the groups where they cover the fewest middles of their grids."""
    groups = subject.groups.to_numpy()
    middles = {at: each[0] for at, each in enumerate(places) if len(each)}
    for code in sorted(set(groups)):
        own = np.flatnonzero(groups == code)
        if len(own) == 1 and subject.main["code"].iloc[own[0]] == code:
            continue  # an undivided one is named as a grid
        name = plain(subject.tree.names.get(code) or code)
        shape = shapely.union_all(main[own])
        found = places_inside(shape)
        near = np.array([middles[at] for at in own.tolist() if at in middles])
        for size in (GROUP_PT * factor * step for step in _GROUP_SIZES):
            form = Form((name,), size, "bold")
            if len(near) and len(found):
                off = np.abs(found[:, None, :] - near[None, :, :]) / (
                    form.width / 2 + 9 * factor, form.height / 2 + 6 * factor,
                )  # fmt: skip
                covered = (np.clip(1 - off.max(axis=2), 0, 1)).sum(axis=1)
                order = np.argsort(covered + np.arange(len(found)) * 0.004, kind="stable")
                found = found[order]
            placed = place(shape, [form], taken, places=found, spill=1.0 * factor)
            if placed is not None:
                _write(sheet, placed, part="group", colour=style.GROUP_LINE)
                break


def _write(sheet: Sheet, placed: Placed, *, part: str, colour: str) -> None:
    form = placed.form
    em = form.size * POINT_MM
    top = placed.y + form.height / 2
    for at, line in enumerate(form.lines):
        y = top - em * (0.86 + at * LINE)
        sheet.text(
            placed.x, y, line, form.size, part=part, cut=form.cut, colour=colour,
            anchor="middle", halo="#ffffff",
        )  # fmt: skip


def _write_number(sheet: Sheet, placed: Placed, factor: float) -> None:
    if placed.anchor is not None:
        sheet.line([placed.anchor, (placed.x, placed.y)], line=style.INK, width=0.25 * factor)
        sheet.circle(*placed.anchor, 0.5 * factor, fill=style.INK, line="", width=0.0)
    box = placed.form.around(placed.x, placed.y, 0.25)
    sheet.rectangle(
        box, fill="#ffffff", line=style.INK, width=0.18 * factor, round_mm=box.height / 3
    )
    _write(sheet, placed, part="number", colour=style.INK)


def write_fine_names(
    sheet: Sheet, subject: Subject, ground: Ground, taken: Occupied, factor: float
) -> None:
    """Write the names of the grids below, as far as there is room; the last part is enough."""
    if subject.fine.empty:
        return
    shapes = ground.to_paper(subject.fine.geometry.to_numpy())
    for shape, code, name in zip(shapes, subject.fine["code"], _names(subject.fine), strict=True):
        above = plain(subject.tree.names.get(subject.tree.parents[code], ""))
        whole = plain(name or code)
        short = whole.removeprefix(above) or whole
        form = Form((short,), FINE_PT * factor)
        placed = place(shape, [form], taken)
        if placed is not None:
            _write(sheet, placed, part="fine", colour=style.MUTED)


def write_around_names(
    sheet: Sheet,
    subject: Subject,
    shapes: npt.NDArray[np.object_],
    taken: Occupied,
    factor: float,
) -> None:
    """Write the names of the grids beside the ground, where they are seen and there is room."""
    for shape, code, name in zip(
        shapes, subject.around["code"], _names(subject.around), strict=True
    ):
        if shape is None:
            continue
        seen = shapely.intersection(shape, shapely.box(*taken.bounds))
        form = Form((plain(name or code),), AROUND_PT * factor)
        if shapely.get_dimensions(seen) < 2:
            continue
        placed = place(seen, [form], taken, margin=1.0)
        if placed is not None:
            _write(sheet, placed, part="around", colour=style.FAINT)
