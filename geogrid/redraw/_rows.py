"""Whether every grid has its place, its parent and its children when a record is in force."""

from __future__ import annotations

from collections import Counter

from geogrid.i18n import mark as _
from geogrid.redraw._naming import named_codes
from geogrid.redraw.arc import OUTSIDE, Point
from geogrid.redraw.errors import RedrawError
from geogrid.redraw.graph import ArcGraph
from geogrid.redraw.record import Record

__all__ = ["check_rows"]


def check_rows(graph: ArcGraph, record: Record) -> None:
    """Raise where a record would leave a grid without place, or a place without grid.

    Raises
    ------
    RedrawError
        A grid would have no place or no grids below it, a border would name a grid that is
        not there, or a grid would be below one that is not there.
    """
    _check_parents(graph, record)
    count: Counter[str] = Counter()
    for sign, arcs in ((-1, record.removed), (1, record.added)):
        for arc in arcs:
            count[arc.left] += sign
            count[arc.right] += sign
    for label in {*count, *record.rows, *record.gaps, *_parents(graph, record)} - {OUTSIDE}:
        _check_place(graph, record, label, graph.count_beside(label) + count[label])


def _parents(graph: ArcGraph, record: Record) -> set[str]:
    codes = {str(row["parent"]) for pair in record.rows.values() for row in pair if row is not None}
    return {label for label in map(graph.find, codes) if label is not None}


def _check_place(graph: ArcGraph, record: Record, label: str, arcs: int) -> None:
    before, after = record.rows.get(label, (graph.rows.get(label),) * 2)
    _gap, gap = record.gaps.get(label, (graph.gaps.get(label),) * 2)
    code = str((after or before or {"code": label})["code"])
    if after is None and gap is None:
        if arcs:
            raise RedrawError(
                _("{code} is not in this draft any more."),
                at=_at(record),
                code=named_codes(graph, [code]),
            )
        return
    has_children = after is not None and bool(_children(graph, record, code))
    if not arcs and not has_children:
        raise RedrawError(
            _("Nothing would be left of {code}; merge it with a neighbour instead."),
            at=_at(record), code=named_codes(graph, [code]),
        )  # fmt: skip
    if arcs and has_children:
        raise RedrawError(
            _("{code} has a place of its own and grids below it; divide it first."),
            at=_at(record), code=named_codes(graph, [code]),
        )  # fmt: skip


def _children(graph: ArcGraph, record: Record, code: str) -> set[str]:
    """Return the labels below a code when the record is in force."""
    found = {label for label in graph.under(code) if label not in record.rows}
    for label, (_before, after) in record.rows.items():
        if after is not None and after["parent"] == code:
            found.add(label)
    return found


def _check_parents(graph: ArcGraph, record: Record) -> None:
    """Raise where a grid would be below one that is no more, or below itself."""
    codes = {str(after["code"]) for _before, after in record.rows.values() if after is not None}
    lost = {str(before["code"]) for before, _after in record.rows.values() if before is not None}
    for code in lost - codes:
        if _children(graph, record, code):
            raise RedrawError(
                _("{code} still has grids below it; merge it with another instead."),
                at=_at(record), code=named_codes(graph, [code]),
            )  # fmt: skip
    for label, (before, after) in record.rows.items():
        if after is None or (before is not None and before["parent"] == after["parent"]):
            continue
        parent = str(after["parent"])
        if parent and parent not in codes and (parent in lost or graph.find(parent) is None):
            raise RedrawError(
                _("{code} is not in this draft any more."),
                at=_at(record),
                code=named_codes(graph, [parent]),
            )
        if parent and label in graph.above(graph.find(parent) or ""):
            raise RedrawError(
                _("{code} cannot be below itself."),
                at=_at(record),
                code=named_codes(graph, [parent]),
            )


def _at(record: Record) -> Point | None:
    return record.place
