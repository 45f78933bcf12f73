"""What planners do to a draft: operations, undo, redo, each kept before it is answered."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, func, select, update

from geogrid.errors import InputError
from geogrid.i18n import mark as _
from geogrid.redraw import (
    ArcGraph,
    Conflict,
    Record,
    RedrawError,
    conflicts,
    inverse,
    rebase,
    record_json,
)
from geogrid.store.audit import record as write_audit
from geogrid.store.database.engine import reading, writing
from geogrid.store.database.tables import draft_snapshots, plans
from geogrid.store.errors import ConflictError
from geogrid.store.redrawing.entries import (
    Entry,
    entries_after,
    find_entry,
    keep_redraw,
    to_redo,
    to_undo,
    write_entry,
)
from geogrid.store.redrawing.locks import require_unlocked
from geogrid.store.redrawing.opened import (
    OpenDraft,
    State,
    follow,
    open_draft,
    require_draft,
    write_snapshot,
)
from geogrid.store.redrawing.tally import Step
from geogrid.store.redrawing.words import names_for

__all__ = [
    "SNAPSHOT_EVERY",
    "Done",
    "RedrawConflictError",
    "keep_whole",
    "operate",
    "redo",
    "undo",
]

SNAPSHOT_EVERY = 200
_ATTEMPTS = 20
_MOST_SINCE = 2_000

Ask = Callable[[ArcGraph], Record]
Show = Callable[[OpenDraft, "Done"], Any]


class RedrawConflictError(ConflictError):
    """What others did since does not agree with an operation; nothing was changed.

    Attributes
    ----------
    version
        Of the draft as it is.
    since
        What was done since the version that the planner saw.
    conflicts
        What does not agree.
    """

    version: int = 0
    since: Sequence[Entry] = ()
    conflicts: Sequence[Conflict] = ()


@dataclass(eq=False)
class Done:
    """An operation, as it is or would be in force.

    Attributes
    ----------
    version
        Of the draft with it; that without it, if it was only tried.
    entry
        What was appended to the log, None if it was only tried.
    record, step
        What it changes, and with it of the figures.
    since
        What others did since the version that the planner saw.
    """

    version: int
    entry: Entry | None
    record: Record
    step: Step
    since: list[Entry] = field(default_factory=list)


@dataclass(frozen=True)
class Who:
    """Who does something and when; `seen` is the version that they saw."""

    seen: int
    at: datetime
    by: int | None = None


def operate(
    engine: Engine, plan_id: int, ask: Ask, who: Who, show: Show, *, dry: bool = False,
    about: dict[str, Any] | None = None,
) -> Any:  # fmt: skip
    """Do an operation on a draft as a planner saw it, and keep it.

    Where others changed the draft since, it is done on what the planner saw and then brought to
    what is there, unless that does not agree.

    Parameters
    ----------
    engine, plan_id : the draft
    ask : returns the record, given the draft as the planner saw it
    who : who, when, and the version that they saw
    show : returns the answer, given the draft with the operation in force and what was done
    dry : only try
    about : what else to keep with the entry

    Raises
    ------
    RedrawError
        The operation is refused, or changes the outline of a locked grid.
    RedrawConflictError
        It does not agree with what was done since.
    ConflictError
        It is not a draft any more.
    """
    with open_draft(engine, plan_id) as (draft, state):
        since = _since(engine, draft, state, who.seen)
        with draft.rewound(since) as graph:
            record = ask(graph)
        made = _Made("do", record, about=about or {})
        return _finish(engine, draft, state, made, who, show, since, dry=dry)


def undo(engine: Engine, plan_id: int, who: Who, show: Show, *, number: int | None = None) -> Any:
    """Take back the last operation of somebody that stands, or the one of a number.

    Raises
    ------
    RedrawError
        There is nothing to undo.
    RedrawConflictError
        What it did has changed since.
    ConflictError
        It is not a draft any more.
    """
    with open_draft(engine, plan_id) as (draft, state):
        since = _since(engine, draft, state, who.seen)
        with reading(engine) as connection:
            found = _of_number(connection, plan_id, number) or to_undo(connection, plan_id, who.by)
            latest = found and find_entry(connection, plan_id, found.latest)
        if found is None or latest is None or (number is not None and found.is_undone):
            raise RedrawError(_("There is nothing to undo."))
        made = _Made("undo", inverse(latest.record), found, is_next=latest.number == draft.number)
        return _finish(engine, draft, state, made, who, show, since)


def redo(engine: Engine, plan_id: int, who: Who, show: Show, *, number: int | None = None) -> Any:
    """Do again what somebody undid last, unless they did something else since; or one of a number.

    Raises
    ------
    RedrawError
        There is nothing to redo.
    RedrawConflictError, ConflictError
        As for :func:`undo`.
    """
    with open_draft(engine, plan_id) as (draft, state):
        since = _since(engine, draft, state, who.seen)
        with reading(engine) as connection:
            found = _of_number(connection, plan_id, number) or to_redo(connection, plan_id, who.by)
            latest = found and find_entry(connection, plan_id, found.latest)
        if found is None or latest is None or not found.is_undone:
            raise RedrawError(_("There is nothing to redo."))
        made = _Made("redo", inverse(latest.record), found, is_next=latest.number == draft.number)
        return _finish(engine, draft, state, made, who, show, since)


def _of_number(connection: Connection, plan_id: int, number: int | None) -> Entry | None:
    if number is None:
        return None
    found = find_entry(connection, plan_id, number)
    if found is None or found.action != "do":
        raise InputError(_("There is no operation {number} in this draft."), number=number)
    return found


@dataclass
class _Made:
    """An entry in the making."""

    action: str
    record: Record
    of: Entry | None = None
    is_next: bool = False  # it takes the last entry back: nothing can be in its way
    about: dict[str, Any] = field(default_factory=dict)


def _since(engine: Engine, draft: OpenDraft, state: State, seen: int) -> list[Entry]:
    require_draft(state)
    if seen > state.version or seen < 1:
        raise _late(state, _("The draft has no version {version}; load it again."), version=seen)
    if seen >= draft.number:
        return []
    with reading(engine) as connection:
        found = entries_after(connection, draft.plan_id, seen)
    found = [entry for entry in found if entry.number <= draft.number]
    if len(found) > _MOST_SINCE:
        raise _late(state, _("The draft changed too much since; load it again."))
    return found


def _late(state: State, message: str, **params: Any) -> ConflictError:
    changed = {"status": state.status, "version": state.version}
    return ConflictError(message, changed=changed, **params)


def _finish(
    engine: Engine, draft: OpenDraft, state: State, made: _Made, who: Who, show: Show,
    since: list[Entry], *, dry: bool = False,
) -> Any:  # fmt: skip
    """Bring a record to the draft as it is and keep it; again where others were faster."""
    is_sure = made.is_next or (made.action == "do" and not since)
    for _attempt in range(_ATTEMPTS):
        record = made.record if is_sure else _rebased(draft, state, made.record, since)
        about = made.about | (dict(made.of.about) if made.of else names_for(draft.graph, record))
        fresh = draft.fresh_codes(record)
        step = draft.advance(record)
        try:
            require_unlocked(draft, step)
            if dry:
                answer = show(draft, Done(state.version, None, record, step, since))
                draft.retreat(record, fresh)
                return answer
            entry = _entry(state, made, record, about, who)
            kept = _append(engine, draft, state, entry, who)
        except BaseException:
            draft.retreat(record, fresh)
            raise
        if kept is not None:
            draft.number = kept.number
            answer = show(draft, Done(kept.number, kept, record, step, since))
            keep_whole(engine, draft)
            return answer
        draft.retreat(record, fresh)
        before = draft.number
        now = follow(engine, draft)
        if now is None:
            break
        require_draft(now)
        state, is_sure = now, False
        with reading(engine) as connection:
            more = entries_after(connection, draft.plan_id, before)
        since = [*since, *(entry for entry in more if entry.number <= draft.number)]
    raise _late(state, _("The draft changed too much since; load it again."))


def _rebased(draft: OpenDraft, state: State, record: Record, since: list[Entry]) -> Record:
    found = conflicts(record, draft.graph)
    if not found:
        return rebase(record, draft.graph)
    reason = found[0].reason
    error = RedrawConflictError(reason.message, **reason.params)
    error.version, error.since, error.conflicts = state.version, since, found
    raise error


def _entry(state: State, made: _Made, record: Record, about: dict[str, Any], who: Who) -> Entry:
    number = state.version + 1
    target = made.of.number if made.of else number
    kind = made.of.kind if made.of else record.kind
    text = record_json(record)
    return Entry(number, made.action, kind, target, False, number, about, text, who.at, who.by, "")


def _append(engine: Engine, draft: OpenDraft, state: State, entry: Entry, who: Who) -> Entry | None:
    """Write an entry; None where somebody else was faster."""
    plan_id = draft.plan_id
    with writing(engine) as connection:
        mine = plans.c.id == plan_id, plans.c.version == state.version, plans.c.status == "draft"
        moved = connection.execute(update(plans).where(*mine).values(version=entry.number))
        if moved.rowcount != 1:
            return None
        write_entry(connection, plan_id, entry, seen=who.seen)
        keep_redraw(connection, plan_id, number=entry.number, grids=len(draft.graph.rows))
        write_audit(
            connection, "plan.redrawn", plan_id, at=who.at, by="" if who.by is None else who.by,
            number=entry.number, what=entry.action, kind=entry.kind,
        )  # fmt: skip
        return find_entry(connection, plan_id, entry.number)


def keep_whole(engine: Engine, draft: OpenDraft) -> None:
    """Keep a snapshot when the log has grown long since the last one."""
    if draft.number - draft.kept < SNAPSHOT_EVERY:
        return
    with reading(engine) as connection:
        mine = draft_snapshots.c.plan_id == draft.plan_id
        last = connection.scalar(select(func.max(draft_snapshots.c.number)).where(mine)) or 0
    draft.kept = int(last)  # another process may have been faster
    if draft.number - draft.kept >= SNAPSHOT_EVERY:
        write_snapshot(engine, draft.plan_id, draft.number, draft.graph)
        draft.kept = draft.number
