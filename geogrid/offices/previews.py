"""Read the lists of an office without storing them: what is made of them, and every row's fate."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from geogrid.addresses import build_address_book
from geogrid.addresses.gazetteer import LEFT_OUT, read_gazetteer
from geogrid.fields import GAZETTEER_FIELDS, UNIT_FIELDS, Vocabulary, recognise_fields
from geogrid.findings import Finding
from geogrid.i18n import mark as _
from geogrid.offices.contact_lists import ContactReader, holds_contacts
from geogrid.offices.grid_lists import holds_grids, read_grid_list
from geogrid.offices.grid_names import build_grid_names
from geogrid.offices.lists import text_of
from geogrid.offices.roster_columns import recognise_roster
from geogrid.offices.rosters import read_roster
from geogrid.offices.row_fates import ListSheet, RowFate, fates_of, list_sheet
from geogrid.offices.stacked_rows import stack_rows
from geogrid.offices.unit_grids import match_unit_grids
from geogrid.offices.unit_lists import read_units
from geogrid.tables import Table

__all__ = [
    "ListPreview",
    "preview_address_list",
    "preview_contact_list",
    "preview_grid_list",
    "preview_roster",
    "preview_unit_list",
]

_PLACES = ("address", "name", "compound", "building", "street", "lon", "grid")
_COMMUNITY = "社区"
_NO_GRIDS = Finding(
    "no_grid_list",
    _(
        "No table here has a column for the grid and one for the building, its number or its "
        "address; name them 网格编码, 楼栋编码 or 详细地址."
    ),
    severity="error",
)


@dataclass(frozen=True, eq=False)
class ListPreview:
    """What would become of a file.

    Attributes
    ----------
    made
        The posts or units that would be stored.
    sources
        For each row of `made` the fate, by position in `fates`, of the row it was made from.
    fates
        One for every row of every sheet, sheet by sheet in the order of the file.
    findings
        What was noticed; rows count as in the file, in the sheet that ``params["sheet"]`` names.
    doubtful_phones
        Positions in `made` of posts whose phone number was changed or cannot be one.
    unread
        By sheet and number, name and address of rows that no entry was made of, in lists of
        addresses.
    """

    made: pd.DataFrame
    sources: Sequence[int]
    fates: Sequence[RowFate]
    findings: Sequence[Finding] = field(default_factory=tuple)
    doubtful_phones: frozenset[int] = frozenset()
    unread: Mapping[tuple[str, int], tuple[str, str]] = field(default_factory=dict)


def preview_roster(tables: Sequence[Table], grids: pd.DataFrame) -> ListPreview:
    """Read staff lists, one in each sheet.

    Parameters
    ----------
    tables
        The sheets; see :func:`geogrid.tables.read_tables`.
    grids
        Of the plan. A sheet that is called like a community is about that community.
    """
    sheets = [list_sheet(table) for table in tables]
    is_list = [recognise_roster(list(map(str, one.frame.columns)))[0] is not None for one in sheets]
    posts: list[pd.DataFrame] = []
    sources: list[int] = []
    fates: list[RowFate] = []
    findings: list[Finding] = []
    doubtful: list[int] = []
    for sheet, is_wanted in zip(sheets, is_list, strict=True):
        read, said = read_roster(_within(sheet, grids), grids)
        rows = read.attrs.get("rows", [])
        if is_wanted or not any(is_list):
            findings += _in_file(said, sheet)
        doubtful += [len(sources) + at for at in read.attrs.get("doubtful_phones", [])]
        own = fates_of(sheet, said, rows, is_list=is_wanted)
        sources += _places(own, sheet, rows, len(fates))
        fates += own
        posts.append(read.reset_index(drop=True))
    made = pd.concat(posts, ignore_index=True)
    made["post_id"] = [f"P{number:05d}" for number in range(1, len(made) + 1)]
    return ListPreview(made, sources, fates, findings, frozenset(doubtful))


def preview_unit_list(
    tables: Sequence[Table], grids: pd.DataFrame, datum: str | None
) -> ListPreview:
    """Read lists of buildings, one in each sheet.

    Raises
    ------
    CrsError
        There are positions and no `datum`.
    """
    joined = _join(tables, _holds_units, UNIT_FIELDS)
    made, said = read_units(joined.rows, datum, fields=joined.fields)
    made, unmatched = match_unit_grids(made, grids)
    return _told_apart(joined, made, [*said, *unmatched], range(len(joined.rows)))


def preview_address_list(
    tables: Sequence[Table], grids: pd.DataFrame, datum: str | None, *, source: str, dated: str
) -> ListPreview:
    """Read lists of addresses and places, one in each sheet.

    Parameters
    ----------
    tables, grids, datum
        As for lists of buildings.
    source, dated
        As for :func:`geogrid.addresses.gazetteer.read_gazetteer`.

    Returns
    -------
    ListPreview
        ``made`` has an entry for every row that is taken, duplicates as well.

    Raises
    ------
    CrsError
        There are positions and no `datum`.
    FieldError
        No sheet has a column of addresses or names.
    """
    joined = _join(tables, _holds_addresses, GAZETTEER_FIELDS)
    made, said = read_gazetteer(
        joined.rows, datum, source=source, dated=dated, fields=joined.fields
    )
    left = {row for each in said if each.kind in LEFT_OUT for row in each.rows}
    taken = [row for row in range(len(joined.rows)) if row not in left]
    made, unmatched = match_unit_grids(made, grids)
    of_rows = [replace(each, rows=tuple(taken[row] for row in each.rows)) for each in unmatched]
    read = _told_apart(joined, made, [*said, *of_rows], taken)
    return replace(read, unread=_called(joined, left))


@dataclass(frozen=True, eq=False)
class _Joined:
    """The sheets that are lists, one below the other: where each begins, the columns of fields."""

    sheets: Sequence[ListSheet]
    starts: Sequence[int | None]
    rows: pd.DataFrame
    fields: Mapping[str, str]


def _join(
    tables: Sequence[Table], is_list: Callable[[ListSheet], bool], vocabulary: Vocabulary
) -> _Joined:
    sheets = [list_sheet(table) for table in tables]
    wanted = [is_list(sheet) for sheet in sheets]
    if not any(wanted):
        wanted = [True] * len(sheets)
    starts: list[int | None] = []
    count = 0
    for sheet, is_one in zip(sheets, wanted, strict=True):
        starts.append(count if is_one else None)
        count += len(sheet.frame) if is_one else 0
    frames = [sheet.frame for sheet, is_one in zip(sheets, wanted, strict=True) if is_one]
    return _Joined(sheets, starts, *stack_rows(frames, vocabulary))


def _called(joined: _Joined, rows: Collection[int]) -> dict[tuple[str, int], tuple[str, str]]:
    """Return name and address of some rows by sheet and number."""
    places = [
        (sheet.table.sheet, number)
        for sheet, start in zip(joined.sheets, joined.starts, strict=True)
        if start is not None
        for number in sheet.numbers.tolist()
    ]
    name, address = (text_of(joined.rows, joined.fields, each) for each in ("name", "address"))
    return {places[row]: (name.iat[row], address.iat[row]) for row in sorted(rows)}


def _told_apart(
    joined: _Joined, made: pd.DataFrame, said: Sequence[Finding], taken: Sequence[int]
) -> ListPreview:
    """Return what was made of joined sheets; `taken` are the rows it was made of, in order."""
    sources: list[int] = []
    fates: list[RowFate] = []
    findings: list[Finding] = []
    for sheet, start in zip(joined.sheets, joined.starts, strict=True):
        count = len(sheet.frame)
        begin = start or 0
        own_said = [] if start is None else _of_sheet(said, begin, count)
        first, last = (np.searchsorted(taken, [begin, begin + count])).tolist()
        own_taken = [] if start is None else [row - begin for row in taken[first:last]]
        own = fates_of(sheet, own_said, own_taken, is_list=start is not None)
        if start is not None:
            findings += _in_file(own_said, sheet)
            sources += _places(own, sheet, own_taken, len(fates))
        fates += own
    general = [finding for finding in said if not finding.rows]
    return ListPreview(made, sources, fates, [*findings, *general])


def preview_contact_list(
    tables: Sequence[Table], grids: pd.DataFrame, units: pd.DataFrame
) -> ListPreview:
    """Read contact lists of party members, one in each sheet.

    Parameters
    ----------
    tables
        The sheets.
    grids
        Of the plan. A sheet that is called like a community is about that community.
    units
        The office's buildings.

    Returns
    -------
    ListPreview
        ``made`` has a row for every home that was read, those with a ``state`` are not taken;
        see :func:`geogrid.offices.contact_lists.read_contact_list`.
    """
    sheets = [list_sheet(table) for table in tables]
    is_list = [holds_contacts(sheet.frame) for sheet in sheets]
    reader = ContactReader(build_address_book(units), build_grid_names(grids))
    read: list[pd.DataFrame] = []
    sources: list[int] = []
    fates: list[RowFate] = []
    findings: list[Finding] = []
    for sheet, is_wanted in zip(sheets, is_list, strict=True):
        reader.begin(sheet.table.sheet)
        homes, said = reader.read(sheet.frame if is_wanted else sheet.frame.head(0))
        if is_wanted:
            findings += _in_file(said, sheet)
        rows = homes.attrs.pop("rows")  # which pandas would copy with every column
        own = fates_of(sheet, said, rows, is_list=is_wanted)
        sources += _places(own, sheet, rows, len(fates))
        fates += own
        read.append(homes.reset_index(drop=True))
    return ListPreview(pd.concat(read, ignore_index=True), sources, fates, findings)


def preview_grid_list(
    tables: Sequence[Table], grids: pd.DataFrame, units: pd.DataFrame
) -> ListPreview:
    """Read lists that say the grid of each building (网格—楼栋对照表), one in each sheet.

    Returns
    -------
    ListPreview
        ``made`` as of :func:`geogrid.offices.grid_lists.read_grid_list`, a row for each row.
    """
    sheets = [list_sheet(table) for table in tables]
    is_list = [holds_grids(sheet.frame) for sheet in sheets]
    wanted = [sheet.frame for sheet, is_one in zip(sheets, is_list, strict=True) if is_one]
    rows, fields = stack_rows(wanted or [sheets[0].frame.head(0)], UNIT_FIELDS)
    made, said = read_grid_list(rows, units, grids, fields=fields)
    sources: list[int] = []
    fates: list[RowFate] = []
    findings: list[Finding] = [] if wanted else [_NO_GRIDS]
    for sheet, is_one in zip(sheets, is_list, strict=True):
        taken = range(len(sheet.frame) if is_one else 0)
        own = fates_of(sheet, (), taken, is_list=is_one)
        sources += _places(own, sheet, taken, len(fates))
        fates += own
        findings += _in_file([], sheet) if is_one else []
    return ListPreview(made, sources, fates, [*findings, *said])


def _holds_units(sheet: ListSheet) -> bool:
    found = recognise_fields(map(str, sheet.frame.columns), UNIT_FIELDS)
    return sum(name in found for name in _PLACES) > 1 or "address" in found


def _holds_addresses(sheet: ListSheet) -> bool:
    found = recognise_fields(map(str, sheet.frame.columns), GAZETTEER_FIELDS)
    return bool({"address", "name"} & found.keys()) and {"lon", "lat"} <= found.keys()


def _within(sheet: ListSheet, grids: pd.DataFrame) -> pd.DataFrame:
    """Return the rows; those of a sheet called like a community say that they are in it."""
    columns, _notes = recognise_roster(list(map(str, sheet.frame.columns)))
    if columns is None or columns.community is not None:
        return sheet.frame
    if len(build_grid_names(grids).find(sheet.table.sheet)) != 1:
        return sheet.frame
    return sheet.frame.assign(**{_COMMUNITY: sheet.table.sheet})


def _places(
    fates: Sequence[RowFate], sheet: ListSheet, rows: Sequence[int], start: int
) -> list[int]:
    """Return the positions among all fates of rows of a sheet."""
    place = {fate.row: at for at, fate in enumerate(fates)}
    numbers = sheet.numbers.tolist()
    return [start + place[numbers[row]] for row in rows]


def _of_sheet(findings: Sequence[Finding], start: int, count: int) -> list[Finding]:
    """Return the findings about rows of one sheet, counted from its first row."""
    own = []
    for finding in findings:
        rows = tuple(row - start for row in finding.rows if start <= row < start + count)
        if rows:
            own.append(replace(finding, rows=rows))
    return own


def _in_file(findings: Sequence[Finding], sheet: ListSheet) -> list[Finding]:
    """Return findings whose rows count as Excel shows them, with those of the table itself."""

    def place(finding: Finding) -> dict[str, object]:
        return {**finding.params, "sheet": sheet.table.sheet}

    numbers = sheet.numbers.tolist()
    whole = sheet.table.row_numbers.tolist()
    own = [
        replace(finding, rows=tuple(whole[row] - 1 for row in finding.rows), params=place(finding))
        for finding in sheet.table.findings
        if finding.kind != "other_sheets"
    ]
    said = [
        replace(
            finding, rows=tuple(numbers[row] - 1 for row in finding.rows), params=place(finding)
        )
        for finding in findings
    ]
    return [*own, *said]
