"""Who answers for which grid, as tables that go on over columns and pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf

import pandas as pd

from geogrid.i18n import mark as _
from geogrid.printing import style
from geogrid.printing.paper import POINT_MM, Box
from geogrid.printing.request import Request
from geogrid.printing.sheet import Sheet
from geogrid.printing.subject import Subject
from geogrid.printing.words import plain, wrapped
from geogrid.vocabulary import LABELS, label

__all__ = ["Table", "draw_rows", "group_table", "main_table", "own_table", "rows_height"]

_NOBODY = "–"
_POSTS = ("leader", "full_time", "part_time")
ROW_PT, HEAD_PT = 8.5, 8.5
_PAD_MM = 0.7
_MOST_LINES = 3
_MOST_BESIDE = 800


@dataclass(frozen=True)
class Table:
    """A table.

    Attributes
    ----------
    title
        Above it.
    head
        Title of each column.
    widths
        Share of each column.
    rows
        Texts that can be drawn.
    """

    title: str
    head: Sequence[str]
    widths: Sequence[float]
    rows: Sequence[Sequence[str]]

    def without_empty(self, name_at: int, title: str) -> Table:
        """Return the table without columns of posts that nobody has; names get their room.

        Parameters
        ----------
        name_at
            The column with names.
        title
            Of the table where no post is left.
        """
        count = len(self.head)
        kept = [
            at
            for at in range(count)
            if at <= name_at or any(row[at] != _NOBODY for row in self.rows)
        ]
        if len(kept) == count:
            return self
        widths = [self.widths[at] for at in kept]
        widths[name_at] += 1.0 - sum(widths)
        has_posts = kept[-1] > name_at
        return Table(
            self.title if has_posts else title,
            [self.head[at] for at in kept],
            widths,
            [[row[at] for at in kept] for row in self.rows],
        )


def main_table(request: Request, subject: Subject) -> Table:
    """Return the grids of a map with their leader, full-time and part-time workers."""
    held = _by_grid(request.posts)
    head = [
        request.say(_("No.")), request.say(_("Grid")), request.say(_("Leader")),
        request.say(_("Full-time")), request.say(_("Part-time")),
    ]  # fmt: skip
    rows = [
        [str(at + 1), plain(name or code), *(_people(request, held, code, post) for post in _POSTS)]
        for at, (code, name) in enumerate(
            zip(subject.main["code"], subject.main["name"].fillna(""), strict=True)
        )
    ]
    is_micro = int(subject.main["level"].max()) > 3 and len(subject.main) > 0
    if is_micro:
        head = [head[0], request.say(_("Micro-grid")), request.say(_("Micro-grid leader"))]
        codes = subject.main["code"].tolist()
        rows = [
            [*row[:2], _people(request, held, code, "micro_leader", "leader")]
            for row, code in zip(rows, codes, strict=True)
        ]
        title = request.say(_("Micro-grids"))
        return Table(title, head, (0.12, 0.5, 0.38), rows).without_empty(1, title)
    number = 0.025 * max(len(str(len(rows))), 3)
    widths = (number, 0.34 - number, 0.2, 0.23, 0.23)
    table = Table(request.say(_("Staff of the grids")), head, widths, rows)
    return table.without_empty(1, request.say(_("Grids")))


def group_table(request: Request, subject: Subject) -> Table:
    """Return the groups of a map (communities) with leader, street cadre and number of grids."""
    held = _by_grid(request.posts)
    tree = subject.tree
    counts = subject.groups.value_counts()
    codes = sorted(code for code in counts.index if code in tree.names)
    level = tree.levels[codes[0]] if codes else 2
    head = [
        label("level", level, request.language), request.say(_("Leader")),
        request.say(_("Street cadre")), request.say(_("Grids")),
    ]  # fmt: skip
    rows = [
        [
            plain(tree.names[code] or code), _people(request, held, code, "leader"),
            _people(request, held, code, "street_cadre"), str(int(counts[code])),
        ]
        for code in codes
    ]  # fmt: skip
    title = request.say(_("Who leads"))
    table = Table(title, head, (0.32, 0.28, 0.28, 0.12), rows)
    return table.without_empty(0, label("level", level, request.language))


def own_table(request: Request, subject: Subject) -> Table:
    """Return every post of the grid that the map is of, and the leaders above it.

    Without rows for the map of a whole plan.
    """
    held = _by_grid(request.posts)
    chain = subject.tree.chain(subject.code) if subject.code else []
    rows: list[list[str]] = []
    for at, code in enumerate(chain):
        posts = held.get(code, {})
        known = [post for post in LABELS["post"] if post in posts]
        order = [*known, *sorted(set(posts) - set(known))] if at == 0 else ["leader"]
        name = plain(subject.tree.names[code] or code)
        rows += [
            [name, plain(label("post", post, request.language)), _people(request, held, code, post)]
            for post in order
            if post in posts
        ]
    head = [request.say(_("Grid")), request.say(_("Post")), request.say(_("Who"))]
    return Table(request.say(_("Who answers")), head, (0.33, 0.32, 0.35), rows)


_Held = Mapping[str, Mapping[str, Sequence[Mapping[str, str]]]]


def _by_grid(posts: pd.DataFrame) -> _Held:
    found: dict[str, dict[str, list[Mapping[str, str]]]] = {}
    for row in posts.fillna("").astype("str").to_dict("records"):
        found.setdefault(row["grid"], {}).setdefault(row["post"], []).append(row)
    return found


def _people(request: Request, held: _Held, code: str, *posts: str) -> str:
    """Return who holds a post, ``–`` where there is no such post."""
    rows = [row for post in posts for row in held.get(code, {}).get(post, ())]
    if not rows:
        return _NOBODY
    return (
        "、".join(_person(request, row) for row in rows)
        if request.language != "en"
        else ", ".join(_person(request, row) for row in rows)
    )


def _person(request: Request, row: Mapping[str, str]) -> str:
    name, phone = plain(row["holder"]), plain(row.get("phone", ""))
    if not name and row["deputy"]:
        deputy = plain(row["deputy"])
        name = request.say(_("{name} (deputy, post vacant)"), name=deputy)
        phone = plain(row.get("deputy_phone", "")) or phone
    elif not name:
        return request.say(_("vacant"))
    return f"{name} {phone}" if request.phones and phone else name


def _lines(
    table: Table, row: Sequence[str], width: float, size: float, *, is_head: bool = False
) -> list[list[str]]:
    return [
        wrapped(
            text, share * width - 2 * _PAD_MM, size,
            cut="bold" if is_head else "regular", most=_MOST_LINES,
        )
        for text, share in zip(row, table.widths, strict=True)
    ]  # fmt: skip


def _height(lines: list[list[str]], size: float) -> float:
    em = size * POINT_MM
    return max(len(each) for each in lines) * em * 1.18 + em * 0.55


def rows_height(table: Table, width: float, factor: float) -> float:
    """Return the height in mm of a whole table in one column of this width.

    Infinity for one that no sheet has room for beside a map, which is not worth measuring.
    """
    if len(table.rows) > _MOST_BESIDE:
        return inf
    size = ROW_PT * factor
    rows = sum(_height(_lines(table, row, width, size), size) for row in table.rows)
    return rows + _top_height(table, width, factor)


def _top_height(table: Table, width: float, factor: float) -> float:
    head = _lines(table, table.head, width, HEAD_PT * factor, is_head=True)
    return 8.0 * factor + _height(head, HEAD_PT * factor)


def draw_rows(
    sheet: Sheet, table: Table, box: Box, *, factor: float, begin: int = 0, title: str = ""
) -> int:
    """Draw the rows of a table from `begin` on into a box; return the first that had no room."""
    size, em = ROW_PT * factor, ROW_PT * factor * POINT_MM
    sheet.text(
        box.west, box.north - 5 * factor, title or table.title, 11 * factor, part="table",
        cut="bold", colour=style.ACCENT,
    )  # fmt: skip
    y = box.north - 8.0 * factor
    head = _lines(table, table.head, box.width, size, is_head=True)
    y = _draw_row(sheet, table, head, box, y, size, fill=style.HEAD_FILL)
    for at in range(begin, len(table.rows)):
        lines = _lines(table, table.rows[at], box.width, size)
        if y - _height(lines, size) < box.south:
            return at
        fill = style.STRIPE if at % 2 else ""
        y = _draw_row(sheet, table, lines, box, y, size, fill=fill)
    if not table.rows:
        sheet.text(box.west + _PAD_MM, y - em * 1.2, _NOBODY, size, part="table")
    return len(table.rows)


def _draw_row(
    sheet: Sheet, table: Table, lines: list[list[str]], box: Box, y: float, size: float,
    *, fill: str,
) -> float:  # fmt: skip
    em, height = size * POINT_MM, _height(lines, size)
    if fill:
        sheet.rectangle(Box(box.west, y - height, box.east, y), fill=fill)
    x = box.west
    for cell, share in zip(lines, table.widths, strict=True):
        for at, text in enumerate(cell):
            sheet.text(
                x + _PAD_MM, y - em * (0.28 + 0.86 + at * 1.18), text, size, part="table",
                cut="bold" if fill == style.HEAD_FILL else "regular",
            )  # fmt: skip
        x += share * box.width
    sheet.line([(box.west, y - height), (box.east, y - height)], line="#c9ccd3", width=0.12)
    return y - height
