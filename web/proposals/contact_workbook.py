"""Contact lists as a workbook to print and to hand out: a sheet per grid, or one for all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from geogrid.hierarchy import Hierarchy
from geogrid.i18n import mark as _
from geogrid.i18n import translate
from geogrid.tabular.workbook import Sheet, workbook_bytes
from web.proposals.contact_words import ListInWords

__all__ = ["contact_workbook"]

MOST_SHEETS = 40
"""Grids that have a sheet each; of more, one sheet has all."""
_OVERVIEW = (
    (_("Grid"), 26), (_("List no."), 8), (_("Party contact"), 16), (_("Households"), 12),
    (_("Buildings"), 12), (_("Longest way (m)"), 16),
)  # fmt: skip
_HOMES = (
    (_("List no."), 8), (_("Party contact"), 16), (_("Building"), 26), (_("Address"), 34),
    (_("Which homes"), 24), (_("Households"), 12), (_("Remarks"), 20),
)  # fmt: skip


def contact_workbook(lists: Sequence[ListInWords], tree: Hierarchy, language: str) -> bytes:
    """Return an XLSX file: an overview, and the homes of every list.

    Parameters
    ----------
    lists
        In the order in which they are written.
    tree
        For the names of grids.
    language
        ``"zh_CN"`` or ``"en"``.
    """

    def name(code: str) -> str:
        return tree.names.get(code) or code

    grids = [(code, list(some)) for code, some in groupby(lists, key=lambda each: each.grid)]
    overview = [
        [name(each.grid), each.number, each.member, each.households, len(each.homes), each.walk_m]
        for each in lists
    ]
    sheets = [_sheet(translate(_("Overview"), language), _OVERVIEW, overview, language)]
    if len(grids) <= MOST_SHEETS:
        sheets += [_sheet(name(code), _HOMES, [*_rows(some)], language) for code, some in grids]
    else:
        rows = [[name(code), *row] for code, some in grids for row in _rows(some)]
        columns = ((_("Grid"), 26), *_HOMES)
        sheets.append(_sheet(translate(_("Homes"), language), columns, rows, language))
    return workbook_bytes(sheets)


def _rows(lists: Sequence[ListInWords]) -> Iterator[list[Any]]:
    for each in lists:
        for home in each.homes:
            yield [
                each.number, each.member, home["name"], home["address"], home["which"],
                home["households"], "",
            ]  # fmt: skip


def _sheet(
    title: str, columns: Sequence[tuple[str, int]], rows: Sequence[Sequence[Any]], language: str
) -> Sheet:
    heads = [translate(text, language) for text, _width in columns]
    return Sheet(title, [heads, *rows], tuple(width for _text, width in columns))
