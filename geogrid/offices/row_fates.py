"""What becomes of every row of every sheet of an office's list."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from geogrid.findings import Finding
from geogrid.i18n import mark as _
from geogrid.offices.plain_cells import CELL_CHANGES, plain_cells
from geogrid.tables import Table

__all__ = ["NOTHING_READ", "Fate", "ListSheet", "RowFate", "fates_of", "list_sheet"]

Fate = Literal["taken", "changed", "left_out"]

_NOTE = re.compile(
    r"[（(]?(?:注|备注|说明|填表|制表|填报|报送|审核|审批|复核|联系人|经办|负责人签|单位|盖章|日期|※|★|\*)"
    r".{0,4}[:：].*|[（(]?(?:注|备注|说明)[:：、]?.*|※.*|★.*"
)
_SUM = re.compile(r"(?:合|总|小|共)\s*计[:：]?|total", re.IGNORECASE)
_MOST_IN_NOTE = 2
_CHANGING = (CELL_CHANGES - {"digits_lost"}) | {
    "phone_zero",
    "duplicate_code",
    "unreadable_number",
    "bad_position",
    "unknown_unit_kind",
}
"""Kinds of findings that say that something of a row is not as it was written."""

_LEFT_OUT: Mapping[str, str] = {
    "title": _("Left out: a title above the table"),
    "header": _("Left out: the names of the columns"),
    "again": _("Left out: the names of the columns once more"),
    "empty": _("Left out: empty"),
    "note": _("Left out: a note under the table"),
    "sum": _("Left out: a sum of other rows"),
    "other_list": _("Left out: the sheet is no such list"),
}
"""Why a row is no data of such a list, as message keys."""

NOTHING_READ = _("Left out: nothing in this row could be read")
"""What is said of a row of data that nothing was made of, where nothing else was."""


@dataclass(frozen=True)
class RowFate:
    """What becomes of one row.

    Attributes
    ----------
    sheet, row
        Where it is: the worksheet (``""`` in a text file) and its number as Excel shows it.
    fate
        ``"taken"``, ``"changed"`` (taken, but not as it was written) or ``"left_out"``.
    reasons
        What was changed or noticed, or why it is left out, of this row only.
    """

    sheet: str
    row: int
    fate: Fate
    reasons: tuple[Finding, ...] = ()

    @property
    def is_unread(self) -> bool:
        """Whether it is a row of data that nothing was made of."""
        return self.fate == "left_out" and self.reasons[0].kind not in _LEFT_OUT


@dataclass(frozen=True, eq=False)
class ListSheet:
    """A sheet with its rows of data, plain; and what was said of rows on the way.

    Attributes
    ----------
    table
        As the office wrote it.
    frame
        The rows of data without notes and sums, cells made plain.
    positions : ndarray of int64, shape (n,)
        Of the rows of `frame` in ``table.frame``.
    changes
        Position in `frame` to what was changed in the row.
    left_out
        Position in ``table.frame`` to the reason, a key of the reasons known here.
    """

    table: Table
    frame: pd.DataFrame
    positions: npt.NDArray[np.int64]
    changes: Mapping[int, Sequence[Finding]]
    left_out: Mapping[int, str]

    @property
    def numbers(self) -> npt.NDArray[np.int64]:
        """Numbers of the rows of `frame` in the file."""
        return self.table.row_numbers[self.positions]


def list_sheet(table: Table) -> ListSheet:
    """Tell the rows of data from notes under the table, sums and repeated headers."""
    left_out = _no_data(table.frame)
    positions = np.array([at for at in range(len(table.frame)) if at not in left_out], np.int64)
    rows = table.frame.iloc[positions].reset_index(drop=True)
    frame, changes = plain_cells(rows)
    return ListSheet(table, frame, positions, changes, left_out)


def fates_of(
    sheet: ListSheet, findings: Iterable[Finding], taken: Iterable[int], *, is_list: bool = True
) -> list[RowFate]:
    """Return the fate of every row of a sheet, in the order of the file.

    Parameters
    ----------
    sheet
        What was read.
    findings
        About rows of ``sheet.frame``.
    taken
        Positions in ``sheet.frame`` of the rows that something was made of.
    is_list
        Whether the sheet is a list of the kind that was asked for.
    """
    name, numbers = sheet.table.sheet, sheet.table.row_numbers.tolist()
    fates = [_out(name, number, kind) for number, kind in sheet.table.other_rows]
    fates += [_out(name, numbers[at], kind) for at, kind in sheet.left_out.items()]
    said: dict[int, list[Finding]] = {at: list(each) for at, each in sheet.changes.items()}
    for finding in findings:
        for at in finding.rows:
            said.setdefault(at, []).append(finding)
    kept = set(taken)
    for at, number in enumerate(sheet.numbers.tolist()):
        if not is_list:
            fates.append(_out(name, number, "other_list"))
            continue
        reasons = tuple(replace(one, rows=(number - 1,)) for one in said.get(at, ()))
        fates.append(RowFate(name, number, *_fate(reasons, is_taken=at in kept)))
    return sorted(fates, key=lambda fate: fate.row)


def _fate(reasons: tuple[Finding, ...], *, is_taken: bool) -> tuple[Fate, tuple[Finding, ...]]:
    """Return what becomes of a row of data of which so much was said, and why."""
    if is_taken:
        is_changed = any(one.kind in _CHANGING for one in reasons)
        return "changed" if is_changed else "taken", reasons
    grave = (one for one in reasons if one.kind not in CELL_CHANGES and one.severity != "note")
    return "left_out", tuple(grave) or (Finding("nothing", NOTHING_READ, severity="note"),)


def _out(sheet: str, row: int, kind: str) -> RowFate:
    return RowFate(sheet, row, "left_out", (Finding(kind, _LEFT_OUT[kind], severity="note"),))


def _no_data(frame: pd.DataFrame) -> dict[int, str]:
    """Return the positions of notes at the end, sums and repeated headers, each with why."""
    rows = [[text for text in row if text] for row in frame.itertuples(index=False)]
    names = [str(name).split(" ")[-1] for name in frame.columns]
    found: dict[int, str] = {}
    for at, row in enumerate(frame.itertuples(index=False)):
        if _is_header(list(row), names):
            found[at] = "again"
        elif any(_SUM.fullmatch(text) for text in rows[at][:2]):
            found[at] = "sum"
    for at in range(len(rows) - 1, -1, -1):
        if at in found or not rows[at]:
            continue
        if len(rows[at]) > _MOST_IN_NOTE or not all(_NOTE.fullmatch(text) for text in rows[at]):
            break
        found[at] = "note"
    found |= {at: "empty" for at, row in enumerate(rows) if not row}
    return dict(sorted(found.items()))


def _is_header(row: Sequence[str], names: Sequence[str]) -> bool:
    pairs = [(text, name) for text, name in zip(row, names, strict=True) if text]
    return len(pairs) > 1 and all(text == name for text, name in pairs)
