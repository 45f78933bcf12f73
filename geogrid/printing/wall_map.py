"""The wall map: a title, the map as large as it goes, with legend and staff beside or below."""

from __future__ import annotations

from collections.abc import Callable

from geogrid.errors import FieldError
from geogrid.findings import Finding
from geogrid.i18n import mark as _
from geogrid.printing.furniture import (
    arrow_box,
    draw_arrow,
    draw_scale_bar,
    draw_watermark,
    scale_bar_box,
)
from geogrid.printing.ground import lay_out
from geogrid.printing.layout import MAP_MARGIN, Layout, choose_layout
from geogrid.printing.map_drawing import draw_map
from geogrid.printing.names import Drawn
from geogrid.printing.panel import draw_index, draw_panel
from geogrid.printing.paper import PAPERS, table_factor
from geogrid.printing.request import Printed, Request
from geogrid.printing.sheet import Sheet
from geogrid.printing.subject import Subject, find_subject
from geogrid.printing.titles import draw_foot, draw_title
from geogrid.printing.unprintable import unprintable_names
from geogrid.printing.words import plain

__all__ = ["print_map"]

_NUMBERED = _("{n} grids are too small for their names on {paper} and bear numbers of the list.")
_ONE_NUMBERED = _("One grid is too small for its name on {paper} and bears a number of the list.")
_LEFT_OUT = _(
    "{n} grids are too small on {paper} even for a number. "
    "Take larger paper, or print the parts one by one."
)
_ONE_LEFT_OUT = _(
    "One grid is too small on {paper} even for a number. "
    "Take larger paper, or print the parts one by one."
)

MOST_GRIDS = 20_000


def print_map(request: Request, *, tell: Callable[[float], None] | None = None) -> Printed:
    """Print a wall map (网格图上墙).

    Parameters
    ----------
    request
        What is to be printed.
    tell
        Called with the share that is done, 0 to 1.

    Returns
    -------
    Printed
        One page with the map, and pages with the list of grids where it does not fit beside it.

    Raises
    ------
    FieldError
        There is no such grid, or the plan is too large for paper.
    InputError
        The fonts have not been built.
    """
    paper = PAPERS[request.paper]
    subject = find_subject(request.grids, request.code)
    if len(subject.main) > MOST_GRIDS:
        raise FieldError(
            _(
                "{count} grids are too many for one sheet ({most} at most). "
                "Print parts of the plan."
            ),
            count=len(subject.main),
            most=MOST_GRIDS,
        )
    name = plain(subject.name or request.plan_name)
    layout = choose_layout(request, subject, paper)
    is_one = subject.level >= 3 and bool(subject.code)
    title = request.say(_("Map of {name}") if is_one else _("Grid map of {name}"), name=name)
    sheet = Sheet(layout.page.width, layout.page.height, title=title, language=request.language)
    scale, drawn = _draw_first(sheet, request, subject, layout, paper.factor, title, tell)
    findings = [*unprintable_names(subject, request), *_unseen(drawn, request)]
    return Printed(
        sheet.finish(), paper.name, layout.is_landscape, sheet.page, scale, findings, sheet.texts
    )


def _draw_first(
    sheet: Sheet,
    request: Request,
    subject: Subject,
    layout: Layout,
    factor: float,
    title: str,
    tell: Callable[[float], None] | None,
) -> tuple[int, Drawn]:
    draw_title(sheet, request, subject, layout.title, factor, title)
    ground = lay_out(subject.outline, layout.frame, MAP_MARGIN * factor)
    bar = scale_bar_box(ground, subject.outline, factor)
    reserved = [arrow_box(layout.frame, factor), bar]
    drawn = draw_map(
        sheet, subject, request.streets, ground, factor=factor, reserved=reserved, tell=tell
    )
    draw_watermark(sheet, request, layout.frame)
    draw_arrow(sheet, layout.frame, request.language, factor)
    draw_scale_bar(sheet, bar, ground.scale, request.language, factor)
    draw_foot(sheet, request, layout.foot, factor, len(drawn.left_out))
    small = table_factor(factor)
    left = draw_panel(sheet, request, subject, layout, small, bool(drawn.numbered))
    for table, begin in left:
        draw_index(sheet, request, table, begin, layout, small, title)
    return ground.scale, drawn


def _unseen(drawn: Drawn, request: Request) -> list[Finding]:
    """Return what is said of grids that a reader does not find by name."""
    found: list[Finding] = []
    if drawn.numbered:
        n = len(drawn.numbered)
        said = {"n": n, "paper": request.paper}
        found.append(Finding("numbered", _ONE_NUMBERED if n == 1 else _NUMBERED, said, (), "note"))
    if drawn.left_out:
        n = len(drawn.left_out)
        said = {"n": n, "paper": request.paper}
        found.append(Finding("unlabelled", _ONE_LEFT_OUT if n == 1 else _LEFT_OUT, said))
    return found
