"""Areas given from grid to grid: units, pieces drawn freehand, new grids, gaps."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from geogrid.i18n import mark as _
from geogrid.redraw._carving import area_rings, carve
from geogrid.redraw._concluding import Draft, conclude
from geogrid.redraw._naming import named_codes
from geogrid.redraw._places import Place, place_point
from geogrid.redraw.arc import Arc, Integers, Point
from geogrid.redraw.codes import fresh_codes, require_unused
from geogrid.redraw.errors import RedrawError
from geogrid.redraw.graph import ArcGraph, Row
from geogrid.redraw.names import clean_name, new_row
from geogrid.redraw.record import Record
from geogrid.rules.codes import CodeScheme

__all__ = ["approve_gap", "give_area", "new_grid"]

_NEW = "new:"


def give_area(
    graph: ArcGraph, area: object, to: str, *, sources: Iterable[str] | None = None
) -> Record:
    """Give what lies in an area to a grid: units by their polygons, or a piece drawn freehand.

    Parameters
    ----------
    graph : the draft; it stays as it is
    area : a ring of (n, 2) degrees, a (Multi)Polygon or several. What of it lies outside the
        region or in an approved gap stays there.
    to : code of a finest grid. The piece need not touch it: a grid may have several parts.
    sources : codes of the grids that give; all when left out

    Raises
    ------
    RedrawError
        Nothing in the area is another grid's, or nothing would be left of a grid.
    """
    label, rings = graph.require_leaf(to), area_rings(area)
    given = None if sources is None else [*sources]
    takes = _takers(graph, given)
    parameters = {"area": _degrees(rings), "to": to, "sources": given}
    draft, _givers = carve(graph, rings, lambda one: label if takes(one) else one)
    draft.gaps = _filled(graph, draft.removed, draft.pieces)
    return conclude(graph, "give_area", parameters, draft)


def _takers(graph: ArcGraph, sources: Sequence[str] | None) -> Any:
    if sources is not None:
        chosen = {leaf for code in sources for leaf in graph.leaves(graph.label(code))}
        return chosen.__contains__
    return lambda one: (
        one in graph.rows or (one in graph.gaps and not graph.gaps[one]["is_approved"])
    )


def _filled(
    graph: ArcGraph, removed: Iterable[Arc], pieces: Iterable[Arc]
) -> dict[str, Row | None]:
    """Return the gaps that no border names any more."""
    held = {side for piece in pieces for side in (piece.left, piece.right)}
    gone = [arc.key for arc in removed]
    return {
        label: None
        for label in graph.gaps
        if label not in held and all(arc.key in gone for arc in graph.beside(label))
    }


def _degrees(rings: Sequence[Integers]) -> list[Any]:
    return [(ring / 10**9).tolist() for ring in rings]


def new_grid(
    graph: ArcGraph,
    area: object,
    name: str,
    *,
    parent: str | None = None,
    sources: Iterable[str] | None = None,
    code: str | None = None,
    scheme: CodeScheme | None = None,
) -> Record:
    """Make a finest grid of a drawn area.

    Parameters
    ----------
    graph : the draft; it stays as it is
    area, sources : as for :func:`give_area`
    name : of the new grid
    parent : code of the grid above; that of the grids that give when left out, if they have one
        in common. Level and kind are those of a grid there.
    code : one that was never used; the next one when left out
    scheme : how codes are made

    Raises
    ------
    RedrawError
        As :func:`give_area`; or the parent has no grids below it, or it is not clear which it is.
    """
    rings = area_rings(area)
    given = None if sources is None else [*sources]
    takes = _takers(graph, given)
    draft, givers = carve(graph, rings, lambda one: _NEW if takes(one) else one)
    model = _model(graph, givers, parent, _first(rings))
    above = str(model["parent"])
    label = require_unused(graph, code) if code else fresh_codes(
        graph, above, model["level"], 1, scheme, root=str(model["code"]))[0]  # fmt: skip
    draft.rows = {label: new_row(model, label, name)}
    draft.gaps = _filled(graph, draft.removed, draft.pieces)
    draft.pieces = [_named(piece, label) for piece in draft.pieces]
    parameters = {
        "area": _degrees(rings), "name": name, "parent": parent, "sources": given, "code": code
    }  # fmt: skip
    return conclude(graph, "new_grid", parameters, draft)


def _named(piece: Arc, label: str) -> Arc:
    left, right = (label if side == _NEW else side for side in (piece.left, piece.right))
    return Arc(piece.points, left, right)


def _first(rings: Sequence[Integers]) -> Point:
    x, y = rings[0][0].tolist()
    return x, y


def _model(graph: ArcGraph, givers: frozenset[str], parent: str | None, at: Point) -> Row:
    """Return the row that a new grid is like."""
    if parent is not None:
        below = graph.under(parent)
        if not below:
            raise RedrawError(
                _("{code} is not divided; split it instead of drawing a grid below it."),
                at=at, code=named_codes(graph, [parent]) if parent else "–",
            )  # fmt: skip
        return graph.rows[below[0]]
    grids = [graph.rows[giver] for giver in sorted(givers) if giver in graph.rows]
    if not grids:
        raise RedrawError(_("The drawn area takes nothing from another grid."), at=at)
    parents = sorted({str(row["parent"]) for row in grids})
    if len(parents) > 1:
        message = (
            _("The area takes from grids below {parents}; say below which the new one is.")
            if all(parents)
            else _(
                "The area takes from grids at the top and from grids below {parents}; say below"
                " which the new one is."
            )
        )
        raise RedrawError(message, at=at, parents=named_codes(graph, filter(None, parents)))
    return grids[0]


def approve_gap(
    graph: ArcGraph, note: str, *, at: Place | None = None, area: object = None
) -> Record:
    """Say that a place belongs to no grid, and why: a lake, a barracks.

    Parameters
    ----------
    graph : the draft; it stays as it is
    note : the reason
    at : (longitude, latitude) in a gap of the draft, or
    area : what is to be one, as for :func:`give_area`; grids lose what lies in it

    Raises
    ------
    RedrawError
        There is no gap at the place, or nothing would be left of a grid.
    """
    described = {"is_approved": True, "note": clean_name(note)}
    if area is None:
        if at is None:
            raise RedrawError(_("Point at a gap, or draw what is to be one."))
        x, y = place_point(at)
        label = graph.label_west_of((2 * x, 2 * y))
        if label not in graph.gaps:
            raise RedrawError(_("There is no gap here."), at=(x, y))
        draft, parameters = Draft(gaps={label: described}), {"at": list(at), "note": note}
        return conclude(graph, "approve_gap", parameters, draft)
    rings = area_rings(area)
    label = f"gap:{1 + max((int(one[4:]) for one in graph.gaps), default=0)}"
    draft, givers = carve(graph, rings, lambda one: label if one in graph.rows else one)
    if not givers:
        raise RedrawError(_("The drawn area takes nothing from another grid."), at=_first(rings))
    draft.gaps = {label: described}
    return conclude(graph, "approve_gap", {"area": _degrees(rings), "note": note}, draft)
