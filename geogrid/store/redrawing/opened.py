"""Drafts in memory: each followed by its log, so that an operation costs what it touches."""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from sqlalchemy import Connection, Engine, select

from geogrid.errors import InputError
from geogrid.i18n import mark as _
from geogrid.locate import build_index, locate
from geogrid.redraw import ArcGraph, Record, RedrawError, build_graph, graph_frame, inverse
from geogrid.redraw.record import exchange
from geogrid.store.database.engine import reading, writing
from geogrid.store.database.frames import read_grids
from geogrid.store.database.tables import draft_grids, grids, plans
from geogrid.store.errors import ConflictError, PlanMissingError
from geogrid.store.plans import find_plan, plan_grids
from geogrid.store.redrawing.base import Base, lists_mark, read_base
from geogrid.store.redrawing.drawn import stored_gaps
from geogrid.store.redrawing.entries import (
    Entry,
    Redraw,
    entries_after,
    find_redraw,
    keep_snapshot,
    latest_snapshot,
    packed,
)
from geogrid.store.redrawing.tally import Step, Tally

__all__ = [
    "OpenDraft",
    "State",
    "build_draft",
    "draft_state",
    "follow",
    "open_draft",
    "require_draft",
    "write_snapshot",
]

_KEPT = 4
_CHANGING = ("draft", "review")


@dataclass(frozen=True)
class State:
    """A draft's row.

    Attributes
    ----------
    version, status, name
        As in :class:`~geogrid.store.plans.PlanRecord`.
    mark
        Tells it from a draft of the same id in a database that was restored.
    """

    version: int
    status: str
    name: str
    mark: str


def draft_state(connection: Connection, plan_id: int) -> State:
    """Return how a plan stands.

    Raises
    ------
    PlanMissingError
        There is none.
    """
    columns = (plans.c.version, plans.c.status, plans.c.name, plans.c.created_at)
    row = connection.execute(select(*columns).where(plans.c.id == plan_id)).first()
    if row is None:
        raise PlanMissingError(_("There is no plan {plan}."), plan=plan_id)
    return State(row.version, row.status, row.name, f"{row.created_at:%y%m%d%H%M%S%f}")


def require_draft(state: State) -> None:
    """Go on only with a draft.

    Raises
    ------
    ConflictError
        It is in review, in force or earlier.
    """
    if state.status != "draft":
        raise ConflictError(
            _("“{name}” is not a draft any more; only drafts are redrawn."),
            name=state.name,
            changed={"status": state.status, "version": state.version},
        )


@dataclass(eq=False)
class OpenDraft:
    """A draft in memory; whoever uses it holds its lock.

    Attributes
    ----------
    plan_id, mark
        Which draft.
    graph, number
        As it is after an entry of its log.
    tally, lists
        Figures of its grids, and the state of the lists that they were counted by.
    kept
        Number of the last snapshot that is known of.
    redraw
        What else is known of it.
    drawn
        What was derived from it for the map, by label, until the grid changes.
    """

    plan_id: int
    mark: str
    graph: ArcGraph
    number: int
    tally: Tally
    lists: int = 0
    kept: int = 0
    redraw: Redraw = field(default_factory=Redraw)
    drawn: dict[str, Any] = field(default_factory=dict)
    lock: threading.RLock = field(default_factory=threading.RLock)

    def advance(self, record: Record) -> Step:
        """Put a record in force in memory, with what it changes of the figures."""
        step = self.tally.start(record)
        exchange(self.graph, record)
        self.tally.finish(step)
        for label in step.labels:
            self.drawn.pop(label, None)
        return step

    def retreat(self, record: Record, used: frozenset[str]) -> None:
        """Take back a record that did not become real, with the codes that it alone used."""
        self.advance(inverse(record))
        for code in used:
            at = bisect_left(self.graph.used, code)
            if at < len(self.graph.used) and self.graph.used[at] == code:
                del self.graph.used[at]

    def fresh_codes(self, record: Record) -> frozenset[str]:
        """Return the codes that a record is the first to use."""
        names = {
            code
            for label, (_before, after) in record.rows.items()
            if after is not None
            for code in (label, str(after["code"]))
        }
        return frozenset(name for name in names if not self._is_used(name))

    def _is_used(self, code: str) -> bool:
        at = bisect_left(self.graph.used, code)
        return at < len(self.graph.used) and self.graph.used[at] == code

    @contextmanager
    def rewound(self, entries: list[Entry]) -> Iterator[ArcGraph]:
        """Give the draft as it was before its last entries."""
        records = [entry.record for entry in entries]
        for record in reversed(records):
            exchange(self.graph, inverse(record))
        try:
            yield self.graph
        finally:
            for record in records:
                exchange(self.graph, record)


class _Memory:
    """The drafts that were used last, of one database."""

    def __init__(self) -> None:
        self.guard = threading.Lock()
        self.drafts: OrderedDict[int, OpenDraft] = OrderedDict()
        self.opening: dict[int, threading.Lock] = {}


_memories: WeakKeyDictionary[Engine, _Memory] = WeakKeyDictionary()
_guard = threading.Lock()


def _memory(engine: Engine) -> _Memory:
    with _guard:
        return _memories.setdefault(engine, _Memory())


@contextmanager
def open_draft(
    engine: Engine, plan_id: int, *, counts_anew: bool = False
) -> Iterator[tuple[OpenDraft, State]]:
    """Give a draft as it is now, for nobody else of this process, and how it stands.

    Parameters
    ----------
    engine : of the database
    plan_id : of a draft, or of any other plan to be looked at: see :func:`require_draft`
    counts_anew : whether the figures must be by the lists of today, which may cost a second;
        else they are by the lists as they were when the draft was last shown

    Raises
    ------
    PlanMissingError
        There is no such plan.
    RedrawError
        It cannot be drawn as one sheet of borders, because it is not proven seamless.
    """
    memory = _memory(engine)
    with memory.guard:
        opening = memory.opening.setdefault(plan_id, threading.Lock())
        found = memory.drafts.get(plan_id)
    if found is None:
        with opening:
            with memory.guard:
                found = memory.drafts.get(plan_id)
            if found is None:
                found = _opened(engine, plan_id)
                _keep(memory, found)
    with found.lock:
        state = follow(engine, found)
        if state is None:
            _forget(memory, found)
        else:
            _keep(memory, found)
            if counts_anew:
                _count_anew(engine, found)
            try:
                yield found, state
            except Exception as error:
                if not isinstance(error, (InputError, ConflictError, PlanMissingError)):
                    _forget(memory, found)  # nobody knows how it is
                raise
            return
    with open_draft(engine, plan_id, counts_anew=counts_anew) as again:
        yield again


def _keep(memory: _Memory, draft: OpenDraft) -> None:
    with memory.guard:
        memory.drafts[draft.plan_id] = draft
        memory.drafts.move_to_end(draft.plan_id)
        while len(memory.drafts) > _KEPT:
            memory.drafts.popitem(last=False)


def _forget(memory: _Memory, draft: OpenDraft) -> None:
    with memory.guard:
        if memory.drafts.get(draft.plan_id) is draft:
            del memory.drafts[draft.plan_id]


def follow(engine: Engine, draft: OpenDraft) -> State | None:
    """Bring a draft to its newest entry; None where it is another one by now."""
    with reading(engine) as connection:
        state = draft_state(connection, draft.plan_id)
        if state.mark != draft.mark or state.version < draft.number:
            return None
        draft.redraw = find_redraw(connection, draft.plan_id)
        entries = (
            entries_after(connection, draft.plan_id, draft.number)
            if state.version > draft.number
            else []
        )
    for entry in entries:
        draft.advance(entry.record)
        draft.number = entry.number
    return state


def _opened(engine: Engine, plan_id: int) -> OpenDraft:
    with reading(engine) as connection:
        state = draft_state(connection, plan_id)
        found = latest_snapshot(connection, plan_id)
        base, lists = read_base(connection, plan_id), lists_mark(connection)
        graph = None if found else build_draft(connection, plan_id)
    if found is None:
        assert graph is not None
        if state.status in _CHANGING:  # what was published stays as it was written
            write_snapshot(engine, plan_id, state.version, graph)
        found = state.version, graph
    number, graph = found
    tally = Tally(graph, base, _located(graph, base))
    return OpenDraft(plan_id, state.mark, graph, number, tally, lists, kept=number)


def _count_anew(engine: Engine, draft: OpenDraft) -> None:
    """Count by the lists of today, where they changed."""
    with reading(engine) as connection:
        lists = lists_mark(connection)
        base = None if lists == draft.lists else read_base(connection, draft.plan_id)
    if base is not None:
        draft.tally = Tally(draft.graph, base, _located(draft.graph, base))
        draft.lists = lists


def write_snapshot(engine: Engine, plan_id: int, number: int, graph: ArcGraph) -> None:
    """Keep a draft whole as it is after an entry."""
    content = packed(graph)
    with writing(engine) as connection:
        # one process at a time, and nobody for a plan that is gone
        alone = select(plans.c.id).where(plans.c.id == plan_id).with_for_update()
        if connection.scalar(alone) is not None:
            keep_snapshot(connection, plan_id, number, content)


def build_draft(connection: Connection, plan_id: int) -> ArcGraph:
    """Return the draft that the rows of a plan make, which must be proven seamless.

    A plan that was published is drawn without its region where that has corners of its own: it
    was proven when it was published.
    """
    record = find_plan(connection, plan_id)
    if record.number is None:
        mine = draft_grids.c.plan_id == plan_id
        rows = read_grids(connection, draft_grids, mine, order=draft_grids.c.position)
    else:
        rows = plan_grids(connection, record)
    gaps = stored_gaps(connection, plan_id)
    used = connection.scalars(select(grids.c.code).distinct()).all()
    try:
        return build_graph(rows, record.region, approved_gaps=gaps, used=used)
    except RedrawError:
        if record.number is None or record.region is None:
            raise
        return build_graph(rows, approved_gaps=gaps, used=used)


def _located(graph: ArcGraph, base: Base) -> list[str]:
    """Return the label of the finest grid of each point."""
    if not len(base.lon):
        return []
    frame = graph_frame(graph)
    finest = [graph.is_leaf(graph.label(code)) for code in frame["code"]]
    some = frame[finest].reset_index(drop=True)
    at = locate(build_index(some), base.lon, base.lat)
    labels = np.array([*(graph.label(code) for code in some["code"]), ""], dtype=object)
    found: list[str] = labels[at].tolist()
    return found
