"""The lines above and below a map."""

from __future__ import annotations

from geogrid.i18n import mark as _
from geogrid.printing import style
from geogrid.printing.fonts import face
from geogrid.printing.furniture import draw_marks, status_word
from geogrid.printing.paper import Box
from geogrid.printing.request import Request
from geogrid.printing.sheet import Sheet
from geogrid.printing.subject import Subject
from geogrid.printing.words import plain, shortened

__all__ = ["draw_foot", "draw_title"]

_LEAST = 0.5
"""How much smaller a long title may be before it is cut."""


def draw_title(
    sheet: Sheet, request: Request, subject: Subject, box: Box, factor: float, title: str
) -> None:
    """Draw what the map is of, of which plan, and whether that is in force."""
    size = 30 * factor
    status = status_word(request)
    room = box.width - (36 * factor if status else 0.0)
    wide = face("bold").width(title, size)
    size *= min(1.0, max(room / wide, _LEAST)) if wide else 1.0  # rather small than cut
    text = shortened(title, room, size, "bold")
    sheet.text(
        box.west, box.north - 10.5 * factor, text, size, part="title", cut="bold",
        colour=style.ACCENT,
    )  # fmt: skip
    small = 10.5 * factor
    above = [plain(name) for name in subject.tree.names_up(subject.code)[1:][::-1] if subject.code]
    facts = [
        " › ".join(above),
        plain(request.plan_name),
        plain(request.version),
        _counts(request, subject),
    ]
    line = shortened("  ·  ".join(fact for fact in facts if fact), room, small)
    sheet.text(box.west, box.north - 17.2 * factor, line, small, part="title", colour=style.MUTED)
    if status:
        _draw_status(sheet, request, box, status, factor)


def _draw_status(sheet: Sheet, request: Request, box: Box, status: str, factor: float) -> None:
    colour = style.OUTER_LINE if request.status != "published" else style.ACCENT
    tag = Box(box.east - 34 * factor, box.north - 11 * factor, box.east, box.north)
    sheet.rectangle(tag, line=colour, width=0.6 * factor, round_mm=1.5 * factor)
    size = 13 * factor
    while size > 6 and face("bold").width(status, size) > tag.width - 2 * factor:
        size *= 0.92
    sheet.text(
        *(tag.middle[0], tag.middle[1] - size * 0.12), status, size, part="title", cut="bold",
        colour=colour, anchor="middle",
    )  # fmt: skip


def _counts(request: Request, subject: Subject) -> str:
    main = subject.main
    homes = main["households"].fillna(0) if "households" in main else main["level"] * 0
    is_micro = int(main["level"].max()) > 3
    words = _("{count} micro-grids") if is_micro else _("{count} grids")
    parts = [request.say(words, count=f"{len(main):,}")] if len(main) > 1 else []
    if homes.sum() > 0:
        parts.append(request.say(_("{count} households"), count=f"{int(homes.sum()):,}"))
    return (", " if request.language == "en" else "，").join(parts)


def draw_foot(sheet: Sheet, request: Request, box: Box, factor: float, unlabelled: int = 0) -> None:
    """Draw date, reference system, attribution and marks in one line.

    `unlabelled` grids have no name on the map for lack of room, which is said first.
    """
    size = 7.5 * factor
    parts = [
        request.say(_("{n} grids bear no name for lack of room"), n=unlabelled)
        if unlabelled
        else "",
        request.say(_("Printed on {date}"), date=request.today.isoformat()),
        request.say(_("Boundaries in WGS 84 (CGCS2000), north is up")),
        plain(request.attribution),
    ]
    marks = [plain(each) for each in request.marks if each]
    room = box.width * (0.7 if marks else 1.0)
    text = shortened("  ·  ".join(part for part in parts if part), room, size)
    sheet.text(box.west, box.south + 1.5 * factor, text, size, part="foot", colour=style.MUTED)
    right = Box(box.west + room + 2 * factor, box.south + 1.5 * factor, box.east, box.north)
    draw_marks(sheet, marks, right, factor)
