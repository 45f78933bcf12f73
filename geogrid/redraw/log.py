"""Records put in force, taken back, and compared with what others did since."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from geogrid.i18n import mark as _
from geogrid.redraw._checking import check_exchange
from geogrid.redraw._joining import join
from geogrid.redraw._naming import named
from geogrid.redraw._rows import check_rows
from geogrid.redraw.arc import OUTSIDE, UNITS, Point
from geogrid.redraw.errors import RedrawError
from geogrid.redraw.graph import ArcGraph
from geogrid.redraw.record import Record, exchange, inverse

__all__ = ["Conflict", "conflicts", "rebase", "replay", "undo"]


@dataclass(frozen=True)
class Conflict:
    """Something a record relies on that is not so any more.

    Attributes
    ----------
    kind
        ``"border"``: a border it touched has changed; ``"grid"``: attributes have;
        ``"code"``: a code it gives is another grid's; ``"torn"``: around it so much has changed
        that it would tear the plan.
    grids
        Codes of the grids concerned, sorted.
    place
        (longitude, latitude) in degrees, None where it has none.
    reason
        What to say of it; has ``text(language)``.
    """

    kind: str
    grids: tuple[str, ...]
    place: tuple[float, float] | None
    reason: RedrawError


def replay(graph: ArcGraph, record: Record) -> None:
    """Put a record in force on the draft that it was made on, without computing any geometry.

    Raises
    ------
    RedrawError
        What it touches is not as it was then; nothing is changed.
    """
    changed = _changed(graph, record)
    if changed:
        raise changed[0].reason
    exchange(graph, record)


def undo(graph: ArcGraph, record: Record) -> None:
    """Take a record back on the draft that it led to.

    Raises
    ------
    RedrawError
        What it touched has changed since; nothing is changed.
    """
    replay(graph, inverse(record))


def conflicts(record: Record, graph: ArcGraph) -> list[Conflict]:
    """Return why a record cannot be put in force on a draft that has changed since it was made.

    For a second planner's operation, for undoing an older one (``conflicts(inverse(record),
    graph)``) and for bringing branches together. Without conflict :func:`rebase` gives the record
    that keeps this draft seamless: where all that it touched is as it was, what lies around it
    is checked exactly.

    Parameters
    ----------
    record : made on an earlier or another state of the draft
    graph : the draft as it is
    """
    found = _changed(graph, record)
    if found:
        return found
    try:
        check_exchange(graph, record.removed, record.added)
        check_rows(graph, record)
    except RedrawError as error:
        codes = tuple(sorted({graph.code(label) for label in record.labels}))
        return [Conflict("torn", codes, error.place, error)]
    return []


def rebase(record: Record, graph: ArcGraph) -> Record:
    """Return a record as it is to be replayed on a draft that has changed since it was made.

    Borders that meet no others any more, because of both changes, are joined.

    Raises
    ------
    RedrawError
        There are :func:`conflicts`; the first one.
    """
    found = conflicts(record, graph)
    if found:
        raise found[0].reason
    removed, added = join(graph, record.removed, record.added)
    return replace(record, removed=tuple(removed), added=tuple(added))


def _changed(graph: ArcGraph, record: Record) -> list[Conflict]:
    found = [
        _conflict(graph, "border", (arc.left, arc.right), arc.ends[0])
        for arc in record.removed
        if not arc.same(graph.arcs.get(arc.key))
    ]
    gone = {arc.key for arc in record.removed}
    found += [
        _conflict(graph, "border", (arc.left, arc.right), arc.ends[0])
        for arc in record.added
        if arc.key in graph.arcs and arc.key not in gone
    ]
    found += [
        _conflict(graph, "grid", (label,), record.place)
        for label, (before, _after) in record.rows.items()
        if graph.rows.get(label) != before
    ]
    found += [
        _conflict(graph, "grid", (label,), record.place)
        for label, (before, _after) in record.gaps.items()
        if graph.gaps.get(label) != before
    ]
    if found:
        return found
    return [
        _conflict(graph, "code", (label,), record.place)
        for label, (_before, after) in record.rows.items()
        if after is not None and _is_taken(graph, record, str(after["code"]))
    ]


def _is_taken(graph: ArcGraph, record: Record, code: str) -> bool:
    label = graph.find(code)
    return label is not None and label not in record.rows


def _conflict(graph: ArcGraph, kind: str, labels: Iterable[str], place: Point | None) -> Conflict:
    labels = [label for label in labels if label != OUTSIDE]
    codes = tuple(sorted({graph.code(label) for label in labels}))
    message = _("{grids} changed in the meantime; look at the change and do it again.")
    degrees = None if place is None else (place[0] / UNITS, place[1] / UNITS)
    reason = RedrawError(message, at=place, grids=named(graph, labels))
    return Conflict(kind, codes, degrees, reason)
