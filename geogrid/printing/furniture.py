"""What stands around a map: scale bar, arrow to the north, legend, watermark."""

from __future__ import annotations

from collections.abc import Sequence
from math import atan2, degrees, hypot

import shapely

from geogrid.i18n import mark as _
from geogrid.printing import style
from geogrid.printing.fonts import face
from geogrid.printing.ground import Ground
from geogrid.printing.paper import POINT_MM, Box
from geogrid.printing.request import Request
from geogrid.printing.sheet import Sheet
from geogrid.printing.subject import Subject
from geogrid.printing.words import shortened
from geogrid.vocabulary import label

__all__ = [
    "arrow_box",
    "draw_arrow",
    "draw_legend",
    "draw_scale_bar",
    "draw_watermark",
    "legend_height",
    "scale_bar_box",
    "status_word",
]

SMALL_PT = 8.5
_BAR_STEPS = (1, 2, 5)


def status_word(request: Request) -> str:
    """Return what a plan is, as it stands on paper."""
    words = {
        "draft": _("Draft"),
        "review": _("Draft in review"),
        "published": _("In force"),
        "archived": _("No longer in force"),
    }
    return request.say(words[request.status]) if request.status in words else ""


def draw_watermark(sheet: Sheet, request: Request, box: Box) -> None:
    """Write across a map that its plan is not in force."""
    words = {"draft": _("Draft"), "review": _("Draft"), "archived": _("No longer in force")}
    if request.status not in words:
        return
    text = request.say(words[request.status])
    if not request.language.startswith("en") and request.is_draft:
        text = f"{text} DRAFT"
    slope = degrees(atan2(box.height, box.width))
    wide = face("bold").width(text, 100.0) / 100.0
    size = min(hypot(box.width, box.height) * 0.62 / wide, box.height * 0.3 / POINT_MM)
    x, y = box.middle
    with sheet.inside(box):
        sheet.text(
            x, y - size * POINT_MM * 0.35, text, size, part="watermark", cut="bold",
            colour=style.WATERMARK, anchor="middle", angle=slope, opacity=0.24,
        )  # fmt: skip


def arrow_box(frame: Box, factor: float) -> Box:
    """Return where the arrow stands: in the upper right corner of the map."""
    return Box(frame.east - 17 * factor, frame.north - 25 * factor, frame.east, frame.north)


def draw_arrow(sheet: Sheet, frame: Box, language: str, factor: float) -> None:
    """Draw the arrow to the north."""
    box = arrow_box(frame, factor).inset(2.5 * factor)
    x = box.middle[0]
    top, low = box.north - 5.5 * factor, box.south
    notch = low + 3.6 * factor
    sheet.polygon([(x, top), (x - 4.2 * factor, low), (x, notch)], fill=style.INK, line=style.INK)
    sheet.polygon([(x, top), (x + 4.2 * factor, low), (x, notch)], fill="#ffffff", line=style.INK)
    sheet.text(
        x, top + 1.2 * factor, "N" if language == "en" else "北", 12 * factor, part="arrow",
        cut="bold", anchor="middle", halo="#ffffff",
    )  # fmt: skip


def _bar(scale: int, factor: float) -> tuple[int, float]:
    """Return the metres of one of four parts of the scale bar, and their length in mm."""
    best = 1
    for ten in (10**power for power in range(7)):
        for step in _BAR_STEPS:
            if step * ten * 4 * 1000 / scale <= 62 * factor:
                best = step * ten
    return best, best * 1000 / scale


def scale_bar_box(ground: Ground, outline: shapely.Geometry, factor: float) -> Box:
    """Return where the scale bar stands: in the corner of the map that has least of the ground.

    Parameters
    ----------
    ground : the map
    outline : of what it is of, in degrees
    factor : of the paper
    """
    frame, high = ground.frame, 17 * factor
    wide = 4 * _bar(ground.scale, factor)[1] + 21 * factor
    corners = [
        Box(frame.west, frame.south, frame.west + wide, frame.south + high),
        Box(frame.east - wide, frame.south, frame.east, frame.south + high),
        Box(frame.west, frame.north - high, frame.west + wide, frame.north),
    ]
    shape = ground.to_paper(outline)[0]
    covered = [shapely.intersection(shape, shapely.box(*box)).area for box in corners]
    return corners[covered.index(min(covered))]


def draw_scale_bar(sheet: Sheet, box: Box, scale: int, language: str, factor: float) -> None:
    """Draw the scale, as a number and as a bar, in the box of :func:`scale_bar_box`."""
    room = box.inset(1.6 * factor)
    sheet.rectangle(room, fill="#ffffff", line=style.FAINT, width=0.15 * factor)
    metres, part = _bar(scale, factor)
    x, y, high = room.west + 5 * factor, room.south + 2.2 * factor, 1.5 * factor
    for at in range(4):
        fill = style.INK if at % 2 == 0 else "#ffffff"
        piece = Box(x + at * part, y, x + (at + 1) * part, y + high)
        sheet.rectangle(piece, fill=fill, line=style.INK, width=0.2 * factor)
    is_far = metres * 4 >= 2_000
    unit = {True: ("千米", "km"), False: ("米", "m")}[is_far][language == "en"]
    for at in (0, 1, 2, 4):
        value = metres * at / (1000 if is_far else 1)
        text = f"{value:g}" + (f" {unit}" if at == 4 else "")
        sheet.text(
            x + at * part, y + high + 1.1 * factor, text, SMALL_PT * 0.85 * factor,
            part="scale", anchor="middle",
        )  # fmt: skip
    sheet.text(
        x - 1.5 * factor, room.north - 3.8 * factor, f"1 : {scale:,}", SMALL_PT * 1.15 * factor,
        part="scale", cut="bold",
    )  # fmt: skip


def _entries(request: Request, subject: Subject, is_numbered: bool) -> list[tuple[str, str]]:
    """Return kind and words of each line of the legend."""
    lang = request.language
    own = _word(subject.level, lang) if subject.code else ""
    main = _word(int(subject.main["level"].max()), lang)
    found = [
        (
            "outer",
            request.say(_("Border of the {level}"), level=own)
            if own
            else request.say(_("Outer border")),
        )
    ]
    if subject.is_grouped:
        codes = subject.groups[subject.groups != subject.main["code"]]
        group = _word(max(subject.tree.levels[code] for code in codes), lang)
        found.append(("group", request.say(_("Border of a {level}"), level=group)))
    if len(subject.main) > 1:
        found.append(("grid", request.say(_("Border of a {level}"), level=main)))
    if len(subject.fine):
        fine = _word(int(subject.fine["level"].max()), lang)
        found.append(("fine", request.say(_("Border of a {level}"), level=fine)))
    if len(request.streets):
        found.append(("street", request.say(_("Street"))))
    if len(subject.around):
        found.append(("around", request.say(_("Grid outside this map"))))
    if is_numbered:
        found.append(("number", request.say(_("Number of a grid in the list"))))
    return found


def _word(level: int, language: str) -> str:
    word = label("level", level, language) if 0 <= level <= 4 else ""
    return word.lower() if language == "en" else word


def legend_height(request: Request, subject: Subject, factor: float, columns: int) -> float:
    """Return the height in mm of the legend."""
    rows = -(-len(_entries(request, subject, is_numbered=True)) // columns)
    return (9.0 + rows * 6.2) * factor


def draw_legend(
    sheet: Sheet,
    request: Request,
    subject: Subject,
    box: Box,
    *,
    factor: float,
    columns: int,
    is_numbered: bool,
) -> None:
    """Draw the legend from the top of a box downward."""
    head = request.say(_("Legend"))
    sheet.text(
        box.west, box.north - 5 * factor, head, 11 * factor, part="legend", cut="bold",
        colour=style.ACCENT,
    )  # fmt: skip
    entries = _entries(request, subject, is_numbered)
    rows = -(-len(entries) // columns)
    width = box.width / columns
    for at, (kind, words) in enumerate(entries):
        x = box.west + (at // rows) * width
        y = box.north - (11.5 + (at % rows) * 6.2) * factor
        _draw_sample(sheet, kind, x, y, factor)
        size = SMALL_PT * factor
        text = shortened(words, width - 17 * factor, size)
        sheet.text(x + 16 * factor, y - 1.0 * factor, text, size, part="legend")


def _draw_sample(sheet: Sheet, kind: str, x: float, y: float, factor: float) -> None:
    end = x + 13 * factor
    line = [(x, y), (end, y)]
    if kind == "outer":
        glow = shapely.linestrings(line)
        sheet.lines(glow, line=style.OUTER_GLOW, width=4 * factor, opacity=0.28)
        sheet.line(line, line=style.OUTER_LINE, width=1.9 * factor)
    elif kind == "group":
        sheet.line(line, line=style.GROUP_LINE, width=1.05 * factor)
    elif kind == "grid":
        sheet.line(line, line=style.GRID_LINE, width=0.45 * factor)
    elif kind == "fine":
        sheet.line(line, line=style.FINE_LINE, width=0.22 * factor, dash=(1.6, 1.0))
    elif kind == "around":
        dash = (2 * factor, 1.2 * factor)
        sheet.line(line, line=style.AROUND_LINE, width=0.3 * factor, dash=dash)
    elif kind == "street":
        sheet.line(line, line=style.STREET_EDGE, width=1.9 * factor)
        sheet.line(line, line=style.STREET_FILL, width=1.5 * factor)
    else:
        box = Box(x + 3.5 * factor, y - 2.0 * factor, x + 9.5 * factor, y + 2.0 * factor)
        sheet.rectangle(box, fill="#ffffff", line=style.INK, width=0.18, round_mm=1.2 * factor)
        sheet.text(
            *(box.middle[0], y - 1.1 * factor), "12", 9 * factor, part="legend", cut="bold",
            anchor="middle",
        )  # fmt: skip


def draw_marks(sheet: Sheet, marks: Sequence[str], box: Box, factor: float) -> None:
    """Write what must stand on a map, right above its lower edge."""
    text = " · ".join(marks)
    if text:
        size = SMALL_PT * factor
        text = shortened(text, box.width, size, "bold")
        sheet.text(
            box.east, box.south, text, size, part="mark", cut="bold", anchor="end",
            colour=style.OUTER_LINE,
        )  # fmt: skip
