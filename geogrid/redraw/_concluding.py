"""The end of every operation: borders joined, the outcome checked, the record written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from geogrid.i18n import mark as _
from geogrid.redraw._checking import check_exchange, check_region_border
from geogrid.redraw._exactly import doubled_area
from geogrid.redraw._joining import join
from geogrid.redraw._rows import check_rows
from geogrid.redraw.arc import Arc, Integers
from geogrid.redraw.errors import RedrawError
from geogrid.redraw.graph import ArcGraph, Row
from geogrid.redraw.record import Record

__all__ = ["Draft", "conclude", "redrawn"]


@dataclass
class Draft:
    """What an operation is about to do.

    Attributes
    ----------
    removed, pieces
        Arcs to take away, and stretches instead of them.
    rows, gaps
        Attributes afterwards by label, None for what is no more; unchanged ones may be here.
    heirs
        As in :class:`~geogrid.redraw.record.Record`.
    """

    removed: Iterable[Arc] = ()
    pieces: Iterable[Arc] = ()
    rows: dict[str, Row | None] = field(default_factory=dict)
    gaps: dict[str, Row | None] = field(default_factory=dict)
    heirs: dict[str, str] = field(default_factory=dict)


def redrawn(arc: Arc, points: Integers) -> Arc:
    """Return an arc with other vertices; a ring that is turned inside out has its sides swapped."""
    if arc.is_closed and doubled_area(points) * doubled_area(arc.points) < 0:
        return Arc(points, arc.right, arc.left)
    return Arc(points, arc.left, arc.right)


def conclude(
    graph: ArcGraph,
    kind: str,
    parameters: Mapping[str, Any],
    draft: Draft,
    *,
    moves_region: bool = False,
) -> Record:
    """Return the record of an operation, or refuse it.

    Raises
    ------
    RedrawError
        The plan would tear, the edge of the region would move, a grid would lose its
        place, or nothing would change.
    """
    removed, added = join(graph, draft.removed, draft.pieces)
    record = Record(
        kind=kind,
        parameters=dict(parameters),
        removed=tuple(removed),
        added=tuple(added),
        rows=_pairs(graph.rows, draft.rows),
        gaps=_pairs(graph.gaps, draft.gaps),
        heirs=draft.heirs,
    )
    if not (record.removed or record.added or record.rows or record.gaps):
        raise RedrawError(_("That would change nothing."))
    check_exchange(graph, removed, added)
    if not moves_region:
        check_region_border(removed, added)
    check_rows(graph, record)
    return record


def _pairs(
    now: Mapping[str, Row], after: Mapping[str, Row | None]
) -> dict[str, tuple[Row | None, Row | None]]:
    return {label: (now.get(label), row) for label, row in after.items() if now.get(label) != row}
