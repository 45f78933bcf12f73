"""Lines of the preview of a list: one for each row of data, with what becomes of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

from geogrid.findings import Finding
from geogrid.i18n import mark as _
from geogrid.offices.plain_cells import CELL_CHANGES
from geogrid.offices.previews import ListPreview
from geogrid.offices.row_fates import RowFate

__all__ = ["HEADERS", "Group", "Line", "Preview", "groups_of", "preview_of"]

HEADERS: Mapping[str, tuple[str, ...]] = {
    "posts": (_("Grid"), _("Post"), _("Person"), _("Deputy"), _("Phone")),
    "units": (_("Name"), _("Address"), _("Households"), _("Grid")),
    "addresses": (_("Name"), _("Address"), _("District"), _("Grid")),
    "unit_grids": (_("Building"), _("Address"), _("Grid until now"), _("Grid on this list")),
    "contacts": (_("Party member"), _("Phone"), _("Building"), _("Door"), _("Grid")),
}
"""Table to the names of the columns that a preview shows."""


@dataclass(frozen=True)
class Line:
    """One line of the preview.

    Attributes
    ----------
    place
        The row in the file, as Excel shows it, and its sheet.
    cells
        Texts, as many as :data:`HEADERS` has.
    fate
        ``"good"``, ``"warn"`` or ``"bad"``.
    words
        What becomes of it, a message key.
    changes
        What was changed in it, or could not be read.
    """

    place: RowFate
    cells: tuple[str, ...]
    fate: str
    words: str
    changes: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class Preview:
    """What a list would become.

    Attributes
    ----------
    rows
        Number of rows of data in the file.
    made
        The table that would be stored.
    lines
        One for each row of data, or for each post read from a row.
    left_out
        The rows that are no data: titles, headers, notes, sums, empty ones, other sheets.
    findings
        What was noticed; rows count as Excel shows them.
    is_usable
        Whether anything in the list can be used.
    is_doubtful
        Whether so much is odd that using the list should not be the first thing to do.
    other_datum
        The datum that puts more positions into the grids than the one named, or ``""``.
    """

    rows: int
    made: pd.DataFrame
    lines: Sequence[Line]
    left_out: Sequence[RowFate] = field(default_factory=tuple)
    findings: Sequence[Finding] = field(default_factory=tuple)
    is_usable: bool = True
    is_doubtful: bool = False
    other_datum: str = ""


@dataclass(frozen=True)
class Group:
    """The lines that have the same fate.

    Attributes
    ----------
    fate
        ``"bad"``, ``"warn"``, ``"good"``, or ``"out"`` for rows that are no data.
    words
        What becomes of them, a message key.
    lines
        In the order of the file.
    """

    fate: str
    words: str
    lines: Sequence[Line]


_RANKS = ("bad", "warn", "good", "out")


def groups_of(seen: Preview) -> list[Group]:
    """Return all rows of a file by their fate, what needs attention most first."""
    found: dict[tuple[str, str], list[Line]] = {}
    for line in seen.lines:
        found.setdefault((line.fate, line.words), []).append(line)
    for fate in seen.left_out:
        words = str(fate.reasons[0].message)
        found.setdefault(("out", words), []).append(Line(fate, (), "out", words))
    groups = [Group(*key, lines) for key, lines in found.items()]
    return sorted(groups, key=lambda group: (_RANKS.index(group.fate), -len(group.lines)))


def _no_data(fate: RowFate) -> str:
    """Return why a row is no data, ``""`` where it is."""
    return fate.reasons[0].kind if fate.fate == "left_out" and not fate.is_unread else ""


def preview_of(read: ListPreview, lines: Sequence[Line], **more: Any) -> Preview:
    """Return the preview with the lines in the order of the file."""
    order = {(fate.sheet, fate.row): at for at, fate in enumerate(read.fates)}
    marked = [_with_changes(line) for line in lines]
    return Preview(
        rows=sum(_no_data(fate) in ("", "sum", "note", "again") for fate in read.fates),
        made=read.made,
        lines=sorted(marked, key=lambda line: order[line.place.sheet, line.place.row]),
        left_out=[fate for fate in read.fates if _no_data(fate)],
        findings=more.pop("findings", read.findings),
        **more,
    )


def _with_changes(line: Line) -> Line:
    """Return the line with what was changed in its cells; a lost code needs a look."""
    changes = tuple(one for one in line.place.reasons if one.kind in CELL_CHANGES)
    fate = "warn" if changes and line.fate == "good" else line.fate
    return replace(line, changes=(*line.changes, *changes), fate=fate)
