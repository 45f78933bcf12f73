"""Legend and tables beside or below a map, and the pages on which a long table goes on."""

from __future__ import annotations

from geogrid.i18n import mark as _
from geogrid.printing import style
from geogrid.printing.furniture import draw_legend, legend_height
from geogrid.printing.layout import GAP, Layout, columns_of
from geogrid.printing.paper import Box
from geogrid.printing.request import Request
from geogrid.printing.sheet import Sheet
from geogrid.printing.staff_table import (
    ROW_PT,
    Table,
    draw_rows,
    group_table,
    main_table,
    own_table,
    rows_height,
)
from geogrid.printing.subject import Subject
from geogrid.printing.titles import draw_foot
from geogrid.printing.words import shortened

__all__ = ["Rest", "draw_index", "draw_panel"]

Rest = tuple[Table, int]
"""A table and its first row that has not been drawn."""
_INDEX_COLUMN_MM, _SIDE_COLUMN_MM = 118.0, 90.0
_SMALLER, _LEAST_PT = (1.0, 0.9, 0.8, 0.7), 7.5


def draw_panel(
    sheet: Sheet,
    request: Request,
    subject: Subject,
    layout: Layout,
    factor: float,
    is_numbered: bool,
) -> list[Rest]:
    """Draw legend and tables; return those that go on, each with its first row without room."""
    panel = layout.panel
    columns = 1 if layout.is_beside and panel.width < 150 * factor else 2
    if layout.is_beside:
        height = legend_height(request, subject, factor, columns)
        legend = panel._replace(south=panel.north - height)
        room = panel._replace(north=legend.south - 2 * factor)
        small = _size_that_fits(request, subject, room, factor)
        rooms = _side_by_side(room, small)
    else:
        boxes = columns_of(panel, factor)
        legend, rooms, columns, small = boxes[-1], boxes[:-1], 1, factor
    draw_legend(
        sheet, request, subject, legend, factor=factor, columns=columns, is_numbered=is_numbered
    )
    return _fill(sheet, request, subject, rooms, small)


def _size_that_fits(request: Request, subject: Subject, room: Box, factor: float) -> float:
    """Return the factor at which the whole list has room beside the map, else `factor`."""
    table, own = main_table(request, subject), own_table(request, subject)
    for step in _SMALLER:
        small = factor * step
        if step < 1 and ROW_PT * small < _LEAST_PT:
            break
        boxes = _side_by_side(room, small)
        width, spare = boxes[0].width, 18 * small * len(boxes)
        rows = rows_height(table, width, small) + rows_height(own, width, small)
        if rows + spare <= room.height * len(boxes):
            return small
    return factor


def _side_by_side(box: Box, factor: float) -> list[Box]:
    """Return a wide box as columns for a table."""
    gap = GAP * factor
    count = max(int((box.width + gap) // (_SIDE_COLUMN_MM * factor)), 1)
    width = (box.width + gap) / count
    wests = [box.west + at * width for at in range(count)]
    return [box._replace(west=west, east=west + width - gap) for west in wests]


def _fill(
    sheet: Sheet, request: Request, subject: Subject, rooms: list[Box], factor: float
) -> list[Rest]:
    """Draw the tables beside a map, the shorter one where the long one has no room."""
    table = main_table(request, subject)
    width = rooms[0].width
    room = sum(each.height for each in rooms) - 14 * factor * (len(rooms) - 1)
    first = own_table(request, subject)
    needed, rest = 0.0, list[Rest]()
    if first.rows:
        needed = min(rows_height(first, width, factor) + 4 * factor, rooms[0].height)
        rest = _unless_done(first, draw_rows(sheet, first, rooms[0], factor=factor))
        rooms = [rooms[0]._replace(north=rooms[0].north - needed), *rooms[1:]]
    if subject.code and len(subject.main) == 1 and subject.main["code"].iloc[0] == subject.code:
        return rest
    is_long = rows_height(table, width, factor) > room - needed
    if is_long and subject.is_grouped:
        groups = group_table(request, subject)
        begin = _run(sheet, groups, rooms, factor, request)
        return [*rest, *_unless_done(groups, begin), (table, 0)]
    begin = _run(sheet, table, rooms, factor, request)
    return [*rest, *_unless_done(table, begin)]


def _unless_done(table: Table, begin: int) -> list[Rest]:
    return [(table, begin)] if begin < len(table.rows) else []


def _run(sheet: Sheet, table: Table, rooms: list[Box], factor: float, request: Request) -> int:
    """Draw a table through several boxes; return the first row that had no room."""
    begin = 0
    for at, room in enumerate(rooms):
        if at and begin >= len(table.rows):
            break
        if room.height < 24 * factor:
            continue
        more = request.say(_("{title} (continued)"), title=table.title) if begin else ""
        begin = draw_rows(sheet, table, room, factor=factor, begin=begin, title=more)
    return begin


def draw_index(
    sheet: Sheet,
    request: Request,
    table: Table,
    begin: int,
    layout: Layout,
    factor: float,
    title: str,
) -> None:
    """Draw the list of grids on pages of its own."""
    more = request.say(_("{title} (continued)"), title=table.title)
    first = begin == 0
    while begin < len(table.rows):
        sheet.next_page()
        head = shortened(f"{title}  ·  {table.title}", layout.title.width, 18 * factor, "bold")
        sheet.text(
            layout.title.west, layout.title.north - 8 * factor, head, 18 * factor, part="title",
            cut="bold", colour=style.ACCENT,
        )  # fmt: skip
        body = Box(
            layout.title.west,
            layout.foot.north + 2 * factor,
            layout.title.east,
            layout.title.north - 11 * factor,
        )
        count = max(int(body.width // (_INDEX_COLUMN_MM * factor)), 1)
        width = (body.width - GAP * 1.5 * factor * (count - 1)) / count
        for at in range(count):
            if begin >= len(table.rows):
                break
            west = body.west + at * (width + GAP * 1.5 * factor)
            room = body._replace(west=west, east=west + width)
            begin = draw_rows(
                sheet, table, room, factor=factor, begin=begin, title="" if first else more
            )
            first = False
        draw_foot(sheet, request, layout.foot, factor)
