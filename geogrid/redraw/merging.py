"""Grids made one, or given to others as they are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from geogrid.i18n import mark as _
from geogrid.redraw._concluding import Draft, conclude
from geogrid.redraw._naming import named
from geogrid.redraw.arc import OUTSIDE, Arc, Point
from geogrid.redraw.errors import RedrawError
from geogrid.redraw.graph import ArcGraph, Row
from geogrid.redraw.names import change_parent
from geogrid.redraw.record import Record

__all__ = ["give_grids", "merge"]

_COUNTED = ("households", "people")


def merge(graph: ArcGraph, codes: Iterable[str], *, keep: str | None = None) -> Record:
    """Make neighbours of one level one grid.

    Divided grids get all the children; finest ones lose the border between them. Households and
    people are added up.

    Parameters
    ----------
    graph : the draft; it stays as it is
    codes : of two or more grids that hang together
    keep : whose code, name and parent stay; the first when left out

    Raises
    ------
    RedrawError
        They are of several levels, divided and undivided, or do not hang together; or a parent
        would have no grids left.
    """
    chosen = list(dict.fromkeys(codes))
    kept = chosen[0] if keep is None and chosen else keep or ""
    if len(chosen) < 2 or kept not in chosen:
        raise RedrawError(_("Name two or more grids to merge, and which of them stays."))
    labels = [graph.label(code) for code in chosen]
    _require_alike(graph, labels)
    _require_joined(graph, labels)
    heir = graph.label(kept)
    draft = _united(graph, labels, heir)
    return conclude(graph, "merge", {"codes": chosen, "keep": kept}, draft)


def give_grids(graph: ArcGraph, codes: Iterable[str], to: str) -> Record:
    """Give whole grids to another one.

    Parameters
    ----------
    graph : the draft; it stays as it is
    codes : of grids; finest ones, where `to` is one
    to : code of a divided grid, which they come below; or of a finest one, whose they become

    Raises
    ------
    RedrawError
        As :func:`merge` or :func:`~geogrid.redraw.names.change_parent`, but given grids need
        not be neighbours.
    """
    chosen = [*codes]
    if not graph.is_leaf(graph.label(to)):
        return change_parent(graph, chosen, to)
    labels = [graph.require_leaf(code) for code in (to, *chosen)]
    if len(set(labels)) < 2:
        raise RedrawError(_("Name grids to give that are not the one that gets them."))
    draft = _united(graph, list(dict.fromkeys(labels)), labels[0])
    return conclude(graph, "give_grids", {"codes": chosen, "to": to}, draft)


def _united(graph: ArcGraph, labels: Sequence[str], heir: str) -> Draft:
    """Return what makes grids one under the label of one of them."""
    others = [label for label in labels if label != heir]
    rows: dict[str, Row | None] = dict.fromkeys(others)
    rows[heir] = {**graph.rows[heir], **_added(graph, labels)}
    for label in others:
        for child in graph.below(label):
            rows[child] = {**graph.rows[child], "parent": graph.code(heir)}
    arcs = {arc.key: arc for label in others for arc in graph.beside(label)}
    lost = set(others)
    pieces = [
        Arc(
            arc.points,
            heir if arc.left in lost else arc.left,
            heir if arc.right in lost else arc.right,
        )
        for arc in arcs.values()
    ]
    heirs = {graph.code(label): graph.code(heir) for label in others}
    return Draft(removed=arcs.values(), pieces=pieces, rows=rows, heirs=heirs)


def _added(graph: ArcGraph, labels: Sequence[str]) -> dict[str, object]:
    """Return the counts of several grids added up, None where one is not known."""
    found: dict[str, object] = {}
    for name in _COUNTED:
        if all(name in graph.rows[label] for label in labels):
            counts = [graph.rows[label][name] for label in labels]
            found[name] = None if None in counts else sum(counts)
    return found


def _require_alike(graph: ArcGraph, labels: Sequence[str]) -> None:
    kinds = {(graph.rows[label]["level"], graph.is_leaf(label)) for label in labels}
    if len(kinds) > 1:
        raise RedrawError(
            _("{grids} are of several levels, or only some of them are divided; merge grids of one"
              " level."),
            grids=named(graph, labels),
        )  # fmt: skip


def _require_joined(graph: ArcGraph, labels: Sequence[str]) -> None:
    """Raise where grids do not hang together by borders."""
    owner = {leaf: label for label in labels for leaf in graph.leaves(label)}
    reached, waiting = {labels[0]}, [labels[0]]
    while waiting:
        here = waiting.pop()
        for leaf in graph.leaves(here):
            for arc in graph.beside(leaf):
                for side in (arc.left, arc.right):
                    beyond = owner.get(side) if side != OUTSIDE else None
                    if beyond is not None and beyond not in reached:
                        reached.add(beyond)
                        waiting.append(beyond)
    apart = [label for label in labels if label not in reached]
    if apart:
        raise RedrawError(
            _("{one} and {other} have no border in common; merge neighbours."),
            at=_somewhere(graph, apart[0]),
            one=named(graph, labels[:1]), other=named(graph, apart[:1]),
        )  # fmt: skip


def _somewhere(graph: ArcGraph, label: str) -> Point:
    leaf = graph.leaves(label)[0]
    return graph.beside(leaf)[0].ends[0]
