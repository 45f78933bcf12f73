"""Land given between several grids in one operation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from geogrid.errors import InputError
from geogrid.i18n import mark as _
from geogrid.redraw.arc import Arc, Key
from geogrid.redraw.cutting import new_grid
from geogrid.redraw.graph import ArcGraph
from geogrid.redraw.merging import give_grids
from geogrid.redraw.names import change_parent
from geogrid.redraw.record import Record, exchange, inverse

__all__ = ["balance"]

_CUT_OFF = " moving "


def balance(graph: ArcGraph, steps: Sequence[Mapping[str, Any]]) -> Record:
    """Give land between grids as one operation, which undo takes back as a whole.

    All that moves is cut off first and given then, so what a grid gets is never passed on.
    Every step is checked as one of its own would be.

    Parameters
    ----------
    graph : the draft; it stays as it is
    steps : each with ``from``, code of a finest grid, and ``area``, as
        :func:`~geogrid.redraw.cutting.give_area` takes it: what of it is that of ``from`` goes to
        the finest grid ``to``. Without an area all of it comes below ``to``, a divided grid.

    Raises
    ------
    RedrawError
        Nothing in an area is its giver's, or nothing would be left of a grid.
    InputError
        There are no steps.
    """
    if not steps:
        raise InputError(_("Say which grid gives what to which."))
    parts = [step for step in steps if step.get("area") is not None]
    whole = [step for step in steps if step.get("area") is None]
    codes = list(dict.fromkeys(code for step in steps for code in _named(graph, step)))
    with _tried(graph) as put:
        for number, step in enumerate(parts):
            cut = [graph.code(graph.require_leaf(step["from"]))]
            graph.require_leaf(step["to"])
            put(new_grid(graph, step["area"], "-", sources=cut, code=f"{_CUT_OFF}{number}"))
        for step in whole:
            graph.require_leaf(step["from"])
            put(change_parent(graph, [step["from"]], step["to"]))
        for number, step in enumerate(parts):
            put(give_grids(graph, [f"{_CUT_OFF}{number}"], step["to"]))
        done = put.done
    removed, added = _net(done)
    rows = {}
    for step in whole:
        label = graph.label(step["from"])
        rows[label] = graph.rows[label], {**graph.rows[label], "parent": step["to"]}
    cuts = [record.parameters["area"] for record in done[: len(parts)]]
    written = [
        *({"from": step["from"], "to": step["to"], "area": area}
          for step, area in zip(parts, cuts, strict=True)),
        *({"from": step["from"], "to": step["to"]} for step in whole),
    ]  # fmt: skip
    return Record("balance", {"codes": codes, "steps": written}, removed, added, rows)


def _named(graph: ArcGraph, step: Mapping[str, Any]) -> list[str]:
    """Return the codes of the grids that a step is between: those above, where they differ."""
    above = str(graph.rows[graph.label(step["from"])]["parent"])
    if step.get("area") is None:
        return [above, step["to"]]
    other = str(graph.rows[graph.label(step["to"])]["parent"])
    return (
        [step["from"], step["to"]] if above == other or not above or not other else [above, other]
    )


class _Put:
    """Puts records in force and remembers them."""

    def __init__(self, graph: ArcGraph) -> None:
        self.graph = graph
        self.done: list[Record] = []

    def __call__(self, record: Record) -> None:
        exchange(self.graph, record)
        self.done.append(record)


@contextmanager
def _tried(graph: ArcGraph) -> Iterator[_Put]:
    """Let records be put in force one after the other, and take all back at the end."""
    put, used = _Put(graph), list(graph.used)
    try:
        yield put
    finally:
        for record in reversed(put.done):
            exchange(graph, inverse(record))
        graph.used[:] = used


def _net(records: Sequence[Record]) -> tuple[tuple[Arc, ...], tuple[Arc, ...]]:
    """Return the arcs that records change together, before and after."""
    gone: dict[Key, Arc] = {}
    come: dict[Key, Arc] = {}
    for record in records:
        for arc in record.removed:
            if come.pop(arc.key, None) is None:
                gone[arc.key] = arc
        for arc in record.added:
            if arc.same(gone.get(arc.key)):
                del gone[arc.key]
            else:
                come[arc.key] = arc
    return tuple(gone.values()), tuple(come.values())
