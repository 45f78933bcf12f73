"""The map itself: ground, streets, borders and names, inside its frame."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely

from geogrid.printing import style
from geogrid.printing.ground import Ground
from geogrid.printing.labels import Occupied
from geogrid.printing.names import (
    CROWDED,
    Drawn,
    write_around_names,
    write_fine_names,
    write_names,
)
from geogrid.printing.paper import Box
from geogrid.printing.sheet import Sheet
from geogrid.printing.streets import Streets
from geogrid.printing.subject import Subject, colours_of

__all__ = ["draw_map"]


def draw_map(
    sheet: Sheet,
    subject: Subject,
    streets: gpd.GeoDataFrame,
    ground: Ground,
    *,
    factor: float,
    reserved: Sequence[Box] = (),
    tell: Callable[[float], None] | None = None,
) -> Drawn:
    """Draw the map in its frame.

    Parameters
    ----------
    sheet : to draw on
    subject : what is shown
    streets : lines with name and highway, in degrees
    ground : from degrees to mm
    factor : of the paper, see :class:`geogrid.printing.paper.Paper`
    reserved : boxes in the frame that names keep off
    tell : called with the share of the names that are done, 0 to 1
    """
    taken = Occupied(ground.frame.inset(0.8))
    for box in reserved:
        taken.take(box)
    main = ground.to_paper(subject.main.geometry.to_numpy())
    lines = Streets(streets, ground, factor)
    with sheet.inside(ground.frame):
        sheet.rectangle(ground.frame, fill=style.OUTSIDE)
        around = _draw_around(sheet, subject, ground, factor)
        _draw_ground(sheet, subject, main, ground, factor)
        lines.draw(sheet)
        _draw_borders(sheet, subject, main, ground, factor)
        drawn = write_names(sheet, subject, main, taken, factor, tell)
        _keep_off_borders(subject, main, ground, taken, factor)
        lines.write(sheet, taken)
        write_fine_names(sheet, subject, ground, taken, factor)
        write_around_names(sheet, subject, around, taken, factor)
    sheet.rectangle(ground.frame, line=style.INK, width=0.5 * factor)
    return drawn


def _draw_around(
    sheet: Sheet, subject: Subject, ground: Ground, factor: float
) -> npt.NDArray[np.object_]:
    if subject.around.empty:
        return np.empty(0, dtype=object)
    shapes = ground.to_paper(subject.around.geometry.to_numpy())
    shapes[~shapely.intersects(shapes, ground.seen())] = None
    sheet.lines(
        shapes[shapes != None],  # noqa: E711 - element by element
        line=style.AROUND_LINE, width=0.25 * factor, dash=(2 * factor, 1.2 * factor),
    )  # fmt: skip
    return shapes


def _draw_ground(
    sheet: Sheet,
    subject: Subject,
    main: npt.NDArray[np.object_],
    ground: Ground,
    factor: float,
) -> None:
    outline = ground.to_paper(subject.outline)
    sheet.lines(outline, line=style.OUTER_GLOW, width=7.0 * factor, opacity=0.28)
    groups = subject.groups.to_numpy()
    codes = sorted(set(groups))
    together = np.array([shapely.union_all(main[groups == code]) for code in codes], dtype=object)
    colours = dict(zip(codes, colours_of(together, 4), strict=True))
    for colour in sorted(set(colours.values())):
        shapes = [
            shape for shape, code in zip(main, groups, strict=True) if colours[code] == colour
        ]
        sheet.fills(np.array(shapes), fill=style.FILLS[colour % len(style.FILLS)])


def _draw_borders(
    sheet: Sheet,
    subject: Subject,
    main: npt.NDArray[np.object_],
    ground: Ground,
    factor: float,
) -> None:
    if len(subject.fine):
        fine = ground.to_paper(subject.fine.geometry.to_numpy())
        sheet.lines(fine, line=style.FINE_LINE, width=0.22 * factor, dash=(1.6, 1.0))
    many = max(min(1.0, 14.0 / max(float(np.median(np.sqrt(shapely.area(main)))), 1.0)), 0.0)
    width = (0.5 - 0.15 * many) * factor
    sheet.lines(main, line="#ffffff", width=width * 2.2, opacity=0.7)
    sheet.lines(main, line=style.GRID_LINE, width=width)
    if subject.is_grouped:
        groups = subject.groups.to_numpy()
        together = [shapely.union_all(main[groups == code]) for code in sorted(set(groups))]
        sheet.lines(np.array(together), line="#ffffff", width=2.0 * factor, opacity=0.8)
        sheet.lines(np.array(together), line=style.GROUP_LINE, width=1.05 * factor)
    outline = ground.to_paper(subject.outline)
    sheet.lines(outline, line="#ffffff", width=3.0 * factor, opacity=0.8)
    sheet.lines(outline, line=style.OUTER_LINE, width=1.9 * factor)


def _keep_off_borders(
    subject: Subject,
    main: npt.NDArray[np.object_],
    ground: Ground,
    taken: Occupied,
    factor: float,
) -> None:
    """Take the thick borders, so that no street's name lies on them."""
    taken.take_along(shapely.boundary(ground.to_paper(subject.outline)), 2.4 * factor)
    if subject.is_grouped and len(main) <= CROWDED:
        groups = subject.groups.to_numpy()
        for code in sorted(set(groups)):
            taken.take_along(
                shapely.boundary(shapely.union_all(main[groups == code])), 1.4 * factor
            )
