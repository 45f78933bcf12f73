"""Where title, map, tables and the rest stand on a sheet, and which way it lies."""

from __future__ import annotations

from dataclasses import dataclass

from geogrid.printing.furniture import legend_height
from geogrid.printing.ground import height_on_paper, scale_that_fits
from geogrid.printing.paper import Box, Paper, table_factor
from geogrid.printing.request import Request
from geogrid.printing.staff_table import group_table, main_table, own_table, rows_height
from geogrid.printing.subject import Subject

__all__ = ["GAP", "MAP_MARGIN", "Layout", "choose_layout", "columns_of"]

MARGIN, TITLE, FOOT, GAP = 10.0, 21.0, 8.0, 4.0
MAP_MARGIN = 7.0
_COLUMN_MM, _LEGEND_MM = 98.0, 54.0


@dataclass(frozen=True)
class Layout:
    """Where everything is on a sheet, in mm."""

    is_landscape: bool
    page: Box
    title: Box
    foot: Box
    frame: Box
    panel: Box
    is_beside: bool


def choose_layout(request: Request, subject: Subject, paper: Paper) -> Layout:
    """Return the way of laying sheet and panel at which the map is largest."""
    ways = {"auto": (True, False), "landscape": (True,), "portrait": (False,)}[request.turn]
    tried = [
        _layout(request, subject, paper, is_landscape=is_landscape, is_beside=is_beside)
        for is_landscape in ways
        for is_beside in (True, False)
        if is_beside or not is_landscape or request.turn == "auto"
    ]
    margin = 2 * MAP_MARGIN * paper.factor

    def worth(layout: Layout) -> tuple[float, float]:
        frame = layout.frame
        scale = scale_that_fits(subject.outline, frame.width - margin, frame.height - margin)
        return scale, -frame.width * frame.height

    return min(tried, key=worth)


def _layout(
    request: Request, subject: Subject, paper: Paper, *, is_landscape: bool, is_beside: bool
) -> Layout:
    factor = paper.factor
    page = Box(0.0, 0.0, *paper.turned(is_landscape))
    inner = page.inset(MARGIN * factor)
    title = Box(inner.west, inner.north - TITLE * factor, inner.east, inner.north)
    foot = Box(inner.west, inner.south, inner.east, inner.south + FOOT * factor)
    body = Box(inner.west, foot.north + 1.5 * factor, inner.east, title.south)
    small = table_factor(factor)
    if is_beside:
        panel_width = max(0.24 * body.width, min(104.0 * small, 0.36 * body.width))
        panel = body._replace(west=body.east - panel_width)
        frame = body._replace(east=panel.west - GAP * factor)
    else:
        panel_height = _height_below(request, subject, body, small)
        panel = body._replace(north=body.south + panel_height)
        frame = body._replace(south=panel.north + GAP * factor)
    return Layout(is_landscape, page, title, foot, frame, panel, is_beside)


def columns_of(panel: Box, factor: float) -> list[Box]:
    """Return the columns of a panel below the map: tables, and the legend in the last."""
    gap, legend = GAP * factor, _LEGEND_MM * factor
    room = panel.width - legend
    count = max(int(room // (_COLUMN_MM * factor)), 1)
    width = room / count
    wests = [panel.west + at * width for at in range(count)]
    boxes = [panel._replace(west=west, east=west + width - gap) for west in wests]
    return [*boxes, panel._replace(west=panel.east - legend)]


def _height_below(request: Request, subject: Subject, body: Box, factor: float) -> float:
    """Return how high the panel below a map must be: what is in it, as far as there is room.

    There is room for what the map leaves free when it is as wide as the sheet, and for three
    tenths of the sheet at least.
    """
    boxes = columns_of(body, factor)
    margin = 3 * MAP_MARGIN * factor
    scale = scale_that_fits(subject.outline, body.width - margin, 1e9)
    free = body.height - height_on_paper(subject.outline, scale) - margin - GAP * factor
    most = max(0.3 * body.height, free)
    width, count = boxes[0].width, len(boxes) - 1
    own = own_table(request, subject)
    first = rows_height(own, width, factor) + 4 * factor if own.rows else 0.0
    needed = [
        (rows_height(table, width, factor) + first) / count + 16 * factor
        for table in (main_table(request, subject), group_table(request, subject))
    ]
    fits = needed[0] <= most or not subject.is_grouped
    legend = legend_height(request, subject, factor, 1)
    return min(most, max(legend, first, needed[0] if fits else needed[1]))
