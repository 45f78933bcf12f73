"""What an operation did, as data: the arcs and attributes it touched, before and after.

The inverse of a record is the record with before and after exchanged. Replaying puts what is
written there in its place: no geometry is computed, so an old log gives the same plan for ever.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from geogrid.errors import FormatError
from geogrid.i18n import mark as _
from geogrid.redraw.arc import OUTSIDE, Arc, Point
from geogrid.redraw.graph import ArcGraph, Row

__all__ = ["Record", "inverse", "record_from_json", "record_json"]

Rows = Mapping[str, Row | None]


@dataclass(frozen=True)
class Record:
    """One operation on a draft.

    Attributes
    ----------
    kind
        Name of the operation: ``"move_vertex"``, ``"split"`` …
    parameters
        As they were given, as JSON holds them.
    removed, added
        The arcs before and after; what stays the same is in neither.
    rows
        Attributes (before, after) of each grid they changed of, by label; None for none.
    gaps
        The same of places that belong to no grid.
    heirs
        Code of each grid that is no more to the code of the one that has its place or, where
        that is several, most of it.
    is_undo
        Whether before and after were exchanged.
    """

    kind: str
    parameters: Mapping[str, Any]
    removed: tuple[Arc, ...] = ()
    added: tuple[Arc, ...] = ()
    rows: Mapping[str, tuple[Row | None, Row | None]] = field(default_factory=dict)
    gaps: Mapping[str, tuple[Row | None, Row | None]] = field(default_factory=dict)
    heirs: Mapping[str, str] = field(default_factory=dict)
    is_undo: bool = False

    @property
    def labels(self) -> frozenset[str]:
        """Labels of the finest grids, gaps and other grids that it touched."""
        sides = {side for arc in (*self.removed, *self.added) for side in (arc.left, arc.right)}
        return frozenset({*sides, *self.rows, *self.gaps} - {OUTSIDE})

    @property
    def place(self) -> Point | None:
        """A vertex that it touched, in units of 1e-9°."""
        arc = next(iter((*self.added, *self.removed)), None)
        return None if arc is None else arc.ends[0]


def inverse(record: Record) -> Record:
    """Return the record that undoes another."""
    return replace(
        record,
        removed=record.added,
        added=record.removed,
        rows={label: (after, before) for label, (before, after) in record.rows.items()},
        gaps={label: (after, before) for label, (before, after) in record.gaps.items()},
        is_undo=not record.is_undo,
    )


def exchange(graph: ArcGraph, record: Record) -> None:
    """Put what a record says in its place; nothing is compared."""
    before = {label: pair[0] for label, pair in record.rows.items()}
    after = {label: pair[1] for label, pair in record.rows.items()}
    graph.exchange(record.removed, record.added, before, after)
    for label, (_before, now) in record.gaps.items():
        if now is None:
            del graph.gaps[label]
        else:
            graph.gaps[label] = now


def record_json(record: Record) -> str:
    """Return a record as JSON, one object.

    ``arcs`` has ``before`` and ``after``, lists of ``[left, right, [x, y, x, y, …]]`` in units
    of 1e-9°; ``grids`` and ``gaps`` have ``{label: [before, after]}``.
    """
    return json.dumps(
        {
            "kind": record.kind,
            "parameters": record.parameters,
            "arcs": {"before": _arcs(record.removed), "after": _arcs(record.added)},
            "grids": record.rows,
            "gaps": record.gaps,
            "heirs": record.heirs,
            "undo": record.is_undo,
        },
        ensure_ascii=False,
        separators=(",", ":"),
    )


def _arcs(arcs: Iterable[Arc]) -> list[Any]:
    return [[arc.left, arc.right, arc.points.ravel().tolist()] for arc in arcs]


def record_from_json(text: str) -> Record:
    """Read what :func:`record_json` wrote.

    Raises
    ------
    FormatError
        The text is no record.
    """
    try:
        said = json.loads(text)
        return Record(
            kind=str(said["kind"]),
            parameters=said["parameters"],
            removed=_read_arcs(said["arcs"]["before"]),
            added=_read_arcs(said["arcs"]["after"]),
            rows={label: (pair[0], pair[1]) for label, pair in said["grids"].items()},
            gaps={label: (pair[0], pair[1]) for label, pair in said["gaps"].items()},
            heirs=said["heirs"],
            is_undo=bool(said["undo"]),
        )
    except (ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
        raise FormatError(
            _("This is no record of an operation ({reason})."), reason=error
        ) from error


def _read_arcs(arcs: Iterable[Any]) -> tuple[Arc, ...]:
    found = []
    for left, right, flat in arcs:
        points = np.array(flat, dtype=np.int64).reshape(-1, 2)
        points.flags.writeable = False
        found.append(Arc(points, left, right))
    return tuple(found)
