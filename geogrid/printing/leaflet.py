"""The leaflet for residents: your grid, who answers, where it ends, how to report."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import segno

from geogrid.errors import FieldError
from geogrid.findings import Finding
from geogrid.hierarchy import Hierarchy
from geogrid.i18n import mark as _
from geogrid.posts import who_answers
from geogrid.printing import style
from geogrid.printing.bounding import SIDES, bounds_in_words
from geogrid.printing.furniture import (
    arrow_box,
    draw_arrow,
    draw_marks,
    draw_scale_bar,
    draw_watermark,
    scale_bar_box,
)
from geogrid.printing.ground import lay_out
from geogrid.printing.map_drawing import draw_map
from geogrid.printing.paper import PAPERS, POINT_MM, Box
from geogrid.printing.request import Printed, Request
from geogrid.printing.sheet import Sheet
from geogrid.printing.subject import Subject, find_subject
from geogrid.printing.unprintable import unprintable_names
from geogrid.printing.words import plain, shortened, wrapped
from geogrid.vocabulary import label

__all__ = [
    "LONGEST_LINK",
    "MOST_LEAFLETS",
    "TOO_MANY_LEAFLETS",
    "leaflet_codes",
    "print_leaflet",
    "print_leaflets",
]

LONGEST_LINK = 300
MOST_LEAFLETS = 1_000
TOO_MANY_LEAFLETS = _(
    "{count} leaflets cannot be made at once (1 to {most} can). Choose a part of the plan."
)
_GRID = 3
_QUIET_ZONE = 4
_MOST_PEOPLE = 6
_SIDE_WORDS = {
    "east": _("East: {names}"),
    "south": _("South: {names}"),
    "west": _("West: {names}"),
    "north": _("North: {names}"),
}


def print_leaflet(request: Request) -> Printed:
    """Print a page for the residents of one grid, upright on A4 or A5.

    Raises
    ------
    FieldError
        There is no such grid, or the link is too long for a code that phones read.
    """
    return print_leaflets(request, {request.code: request.link})


def leaflet_codes(tree: Hierarchy, code: str = "") -> list[str]:
    """Return the grids that have a leaflet each: those of level 3, undivided ones above, sorted.

    Parameters
    ----------
    tree
        All grids of the plan.
    code
        Of the grid in which they are, which may be below level 3; ``""`` for the whole plan.
    """
    divided = {parent for own, parent in tree.parents.items() if tree.levels[own] <= _GRID}
    below = [own for own in tree.parents if not code or code in tree.chain(own)]
    finest = max(_GRID, tree.levels.get(code, 0))
    return sorted(own for own in below if own not in divided and tree.levels[own] <= finest)


def print_leaflets(
    request: Request, links: Mapping[str, str], *, tell: Callable[[float], None] | None = None
) -> Printed:
    """Print a page for the residents of each of several grids, as one document.

    Parameters
    ----------
    request
        Its code and link do not matter.
    links
        Code of a grid to where its code for phones leads, ``""`` for nowhere; in this order.
    tell
        Called with the share that is done, 0 to 1.

    Raises
    ------
    FieldError
        There is no such grid, there are none or more than 1,000, or a link is too long for a
        code that phones read.
    """
    if not 1 <= len(links) <= MOST_LEAFLETS:
        raise FieldError(
            TOO_MANY_LEAFLETS,
            count=len(links),
            most=f"{MOST_LEAFLETS:,}",
        )
    paper = PAPERS[request.paper]
    title = request.say(_("Leaflets for residents"))
    sheet = Sheet(paper.width, paper.height, title=title, language=request.language)
    scale, findings = 0, dict[tuple[str, str], Finding]()
    for at, (code, link) in enumerate(links.items()):
        if at:
            sheet.next_page()
        one = replace(request, code=code, link=link)
        subject = find_subject(one.grids, code)
        if not subject.code:
            raise FieldError(_("A leaflet is of one grid: choose one."))
        if len(links) == 1:
            sheet.rename(one.say(_("Your grid: {name}"), name=plain(subject.name)))
        scale = _draw_page(sheet, one, subject, paper.width / 210.0)
        for found in unprintable_names(subject, one):
            findings.setdefault((found.kind, found.text()), found)
        if tell is not None:
            tell((at + 1) / len(links))
    return Printed(
        sheet.finish(), paper.name, False, sheet.page, scale, [*findings.values()], sheet.texts
    )


def _draw_page(sheet: Sheet, request: Request, subject: Subject, large: float) -> int:
    """Draw a leaflet and return the scale of its map."""
    if len(request.link) > LONGEST_LINK:
        raise FieldError(
            _("The address for the code may have {most} characters at most."), most=LONGEST_LINK
        )
    page = sheet.box.inset(13 * large)
    top = _draw_head(sheet, request, subject, page, large)
    frame = Box(page.west, top - 118 * large, page.east, top)
    scale = _draw_ground(sheet, request, subject, frame, large)
    half = page.west + page.width * 0.56
    left = Box(page.west, page.south + 7 * large, half - 5 * large, frame.south - 5 * large)
    right = Box(half, left.south, page.east, left.north)
    below = _draw_people(sheet, request, subject, left, large)
    _draw_bounds(sheet, request, subject, left._replace(north=below), large)
    _draw_report(sheet, request, right, large)
    _draw_foot(sheet, request, page, large)
    return scale


def _draw_head(sheet: Sheet, request: Request, subject: Subject, page: Box, large: float) -> float:
    band = Box(0.0, page.north - 24 * large, sheet.width, sheet.height)
    sheet.rectangle(band, fill=style.ACCENT)
    small = 12 * large
    said = request.say(_("You live in this grid"))
    sheet.text(page.west, page.north - 2 * large, said, small, part="title", colour="#ffffff")
    name, size = plain(subject.name), 34 * large
    while size > 20 * large and len(wrapped(name, page.width, size, cut="bold", most=9)) > 1:
        size *= 0.94
    text = shortened(name, page.width, size, "bold")
    sheet.text(
        page.west, page.north - 15.5 * large, text, size, part="title", cut="bold",
        colour="#ffffff",
    )  # fmt: skip
    above = " › ".join(plain(each) for each in subject.tree.names_up(subject.code)[:0:-1])
    line = shortened(above, page.width, small)
    sheet.text(page.west, page.north - 21.8 * large, line, small, part="title", colour="#ffffff")
    return band.south - 5 * large


def _draw_ground(sheet: Sheet, request: Request, subject: Subject, frame: Box, large: float) -> int:
    factor = 0.72 * large
    ground = lay_out(subject.outline, frame, 9 * factor)
    bar = scale_bar_box(ground, subject.outline, factor)
    reserved = [arrow_box(frame, factor), bar]
    whole = subject.main.iloc[:0]
    own = request.grids[request.grids["code"] == subject.code].reset_index(drop=True)
    plain_subject = replace(subject, main=own, groups=own["code"], fine=whole)
    draw_map(sheet, plain_subject, request.streets, ground, factor=factor, reserved=reserved)
    draw_watermark(sheet, request, frame)
    draw_arrow(sheet, frame, request.language, factor)
    draw_scale_bar(sheet, bar, ground.scale, request.language, factor)
    return ground.scale


def _head(sheet: Sheet, text: str, x: float, y: float, width: float, large: float) -> float:
    size = 15 * large
    sheet.text(
        x, y - 5 * large, shortened(text, width, size, "bold"), size, part="head", cut="bold",
        colour=style.ACCENT,
    )  # fmt: skip
    sheet.line(
        [(x, y - 7 * large), (x + width, y - 7 * large)], line=style.ACCENT, width=0.5 * large
    )
    return y - 9 * large


def _draw_people(sheet: Sheet, request: Request, subject: Subject, box: Box, large: float) -> float:
    y = _head(sheet, request.say(_("Who answers")), box.west, box.north, box.width, large)
    chain = subject.tree.chain(subject.code)
    own = [
        one for one in who_answers(request.posts, chain) if one.grid == subject.code and one.name
    ]
    if not own:
        own = [one for one in who_answers(request.posts, chain) if one.name]
    size, em = 12.5 * large, 12.5 * large * POINT_MM
    for answer in own[:_MOST_PEOPLE]:
        post = plain(label("post", answer.post, request.language))
        phone = f"  {plain(answer.phone)}" if request.phones and answer.phone else ""
        name_width = box.width * 0.54
        sheet.text(
            box.west, y - em * 1.05, shortened(post, box.width - name_width - 2, size * 0.8),
            size * 0.8, part="people", colour=style.MUTED,
        )  # fmt: skip
        sheet.text(
            box.east - name_width, y - em * 1.05,
            shortened(plain(answer.name) + phone, name_width, size, "bold"), size,
            part="people", cut="bold",
        )  # fmt: skip
        y -= em * 1.62
    if len(own) > _MOST_PEOPLE:
        more = request.say(_("and {n} more people"), n=len(own) - _MOST_PEOPLE)
        sheet.text(box.west, y - em * 1.05, more, size * 0.8, part="people", colour=style.MUTED)
        y -= em * 1.4
    if not own:
        said = request.say(_("Nobody is named yet. Ask the office of your community."))
        for line in wrapped(said, box.width, size, most=3):
            sheet.text(box.west, y - em * 1.05, line, size, part="people")
            y -= em * 1.4
    return y - 5 * large


def _draw_bounds(sheet: Sheet, request: Request, subject: Subject, box: Box, large: float) -> None:
    y = _head(sheet, request.say(_("Where the grid ends")), box.west, box.north, box.width, large)
    words = bounds_in_words(request.grids, request.streets, subject.tree, subject.code)
    size, em = 12 * large, 12 * large * POINT_MM
    between = ", " if request.language == "en" else "、"
    for side in SIDES:
        names = between.join(plain(name) for name in words[side])
        said = request.say(_SIDE_WORDS[side], names=names or request.say(_("see the map")))
        for line in wrapped(said, box.width, size, most=2):
            if y - em * 1.4 < box.south:
                return
            sheet.text(box.west, y - em * 1.05, line, size, part="bounds")
            y -= em * 1.42


def _draw_report(sheet: Sheet, request: Request, box: Box, large: float) -> None:
    y = _head(sheet, request.say(_("How to report")), box.west, box.north, box.width, large)
    size, em = 11 * large, 11 * large * POINT_MM
    steps = [
        request.say(_("Tell one of the people on this page; each is there for you.")),
        request.say(_("Call 12345, the city's line, and name your grid.")),
        request.say(_("In danger call 110 (police), 119 (fire) or 120 (ambulance).")),
    ]
    side = 0.0
    if request.link:
        steps.insert(0, request.say(_("Scan the code with your phone.")))
        side = min(box.width * 0.62, 46 * large)
        _draw_code(sheet, request.link, Box(box.west, y - side - 1, box.west + side, y - 1))
        y -= side + 4 * large
    for at, step in enumerate(steps):
        for line_at, line in enumerate(wrapped(step, box.width - 6 * large, size, most=3)):
            if y - em * 1.4 < box.south:
                return
            if line_at == 0:
                number = str(at + 1)
                sheet.text(
                    box.west, y - em * 1.05, number, size, part="report", cut="bold",
                    colour=style.ACCENT,
                )  # fmt: skip
            sheet.text(box.west + 6 * large, y - em * 1.05, line, size, part="report")
            y -= em * 1.4


def _draw_code(sheet: Sheet, link: str, box: Box) -> None:
    """Draw a QR code with the quiet zone that the standard asks for."""
    matrix = list(segno.make(link, error="m", micro=False).matrix)
    count = len(matrix) + 2 * _QUIET_ZONE
    step = box.width / count
    sheet.rectangle(box, fill="#ffffff")
    for row, bits in enumerate(matrix):
        start = 0
        while start < len(bits):
            end = start
            while end < len(bits) and bits[end]:
                end += 1
            if end > start:
                west = box.west + (start + _QUIET_ZONE) * step
                north = box.north - (row + _QUIET_ZONE) * step
                dark = Box(west, north - step * 1.06, west + (end - start) * step, north)
                sheet.rectangle(dark, fill="#000000")
            start = end + 1


def _draw_foot(sheet: Sheet, request: Request, page: Box, large: float) -> None:
    size = 7.5 * large
    marks = [plain(each) for each in request.marks if each]
    parts = [
        plain(request.plan_name),
        plain(request.version),
        request.say(_("Printed on {date}"), date=request.today.isoformat()),
        plain(request.attribution),
    ]
    room = page.width * (0.72 if marks else 1.0)
    text = shortened("  ·  ".join(part for part in parts if part), room, size)
    sheet.text(page.west, page.south, text, size, part="foot", colour=style.MUTED)
    draw_marks(sheet, marks, page._replace(west=page.west + room + 2), large)
