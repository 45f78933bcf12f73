"""What was done in a branch done in a draft: tried first, then all of it or nothing is kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Engine, update

from geogrid.i18n import mark as _
from geogrid.redraw import Conflict, Record, RedrawError, conflicts, inverse, rebase, record_json
from geogrid.store.audit import record as write_audit
from geogrid.store.database.engine import reading, writing
from geogrid.store.database.tables import plans
from geogrid.store.errors import ConflictError
from geogrid.store.redrawing.bringing import (
    Both,
    Bringing,
    Choice,
    find_both,
    is_in_force,
    read_bringing,
)
from geogrid.store.redrawing.desk import Who, keep_whole
from geogrid.store.redrawing.entries import Entry, find_entry, keep_redraw, write_entry
from geogrid.store.redrawing.locks import LockedError, require_unlocked
from geogrid.store.redrawing.opened import (
    OpenDraft,
    State,
    draft_state,
    open_draft,
    require_draft,
)
from geogrid.store.redrawing.tally import Step
from geogrid.store.redrawing.words import names_for

__all__ = ["Clash", "Merged", "merge_branch"]


@dataclass(frozen=True)
class Clash:
    """Something of a branch that is not brought over.

    Attributes
    ----------
    entry
        What was done in the branch.
    conflicts
        Why it does not fit.
    """

    entry: Entry
    conflicts: tuple[Conflict, ...]


@dataclass(eq=False)
class Merged:
    """What becomes of a branch in a draft.

    Attributes
    ----------
    version, source_version
        Of the draft, with what was appended to it, and of the branch.
    name, source_name
        Of both.
    bringing
        What there was to bring.
    applied, taken_back
        Entries that are done, and those of the draft that are undone for them: those that were
        appended or, where it was only tried, those they come from.
    there
        Entries of the branch that the draft has already, done in both alike.
    both
        What both changed.
    clashes
        Entries of the branch that are not done, with the reasons, in their order.
    failed
        Why the branch's side of something that both changed cannot count, by its number.
    records, steps
        All that changed in the draft, in order.
    """

    version: int
    source_version: int
    name: str
    source_name: str
    bringing: Bringing
    applied: list[Entry] = field(default_factory=list)
    taken_back: list[Entry] = field(default_factory=list)
    there: list[Entry] = field(default_factory=list)
    both: list[Both] = field(default_factory=list)
    clashes: list[Clash] = field(default_factory=list)
    failed: dict[int, Conflict] = field(default_factory=dict)
    records: list[Record] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)


Show = Callable[[OpenDraft, Merged], Any]


def merge_branch(
    engine: Engine, plan_id: int, source_id: int, who: Who | None, show: Show, *,
    choice: Choice | None = None, source_seen: int | None = None,
) -> Any:  # fmt: skip
    """Do in a draft what stands in a branch of it, in what it is a branch of, or in one beside it.

    Each operation is done, is there already, or is a clash; what was brought over before is not
    done again unless that is chosen. All of it is one step for others: it is kept in one
    transaction, as operations that can be undone one by one.

    Parameters
    ----------
    engine, plan_id, source_id : the draft, and where it comes from
    who : who, when, and the version that they saw; None to only try
    show : returns the answer, given the draft with everything in force and what was done
    choice : what to do where both changed something; the draft's own side counts by default
    source_seen : the version of the branch that was seen, if that must be the one of now

    Raises
    ------
    InputError
        The two do not come from one draft.
    ConflictError
        The draft, or the branch, was changed since it was seen, or is none any more.
    """
    with open_draft(engine, plan_id, counts_anew=who is None) as (draft, state):
        with reading(engine) as connection:
            bringing = read_bringing(connection, plan_id, source_id)
            source = draft_state(connection, source_id)
        require_draft(state)
        if who is not None:
            _require_seen(state, who.seen)
        if source_seen is not None:
            _require_seen(source, source_seen)
        merged = Merged(state.version, source.version, state.name, source.name, bringing)
        trial = _settled(draft, merged, choice or Choice())
        is_kept = False
        try:
            if who is not None:
                _append(engine, draft, state, trial, merged, who, source_id)
                is_kept = True
            return show(draft, merged)
        finally:
            if not is_kept:
                trial.take_back()
            elif merged.records:
                keep_whole(engine, draft)


def _require_seen(state: State, seen: int) -> None:
    if state.version != seen:
        raise ConflictError(
            _("The plan “{name}” was changed by somebody else. Load it again."),
            name=state.name, changed={"status": state.status, "version": state.version},
        )  # fmt: skip


@dataclass(frozen=True)
class _Made:
    """An entry in the making, in force in memory."""

    entry: Entry
    record: Record
    about: dict[str, Any]
    fresh: frozenset[str]
    step: Step
    is_taken_back: bool


class _Trial:
    """Operations in force in memory only."""

    def __init__(self, draft: OpenDraft) -> None:
        self.draft = draft
        self.made: list[_Made] = []

    def put(self, entry: Entry, *, takes_back: bool = False) -> list[Conflict]:
        """Put an entry, or what undoes it, in force, unless it does not fit: then say why."""
        draft, record = self.draft, entry.record
        record = inverse(record) if takes_back else record
        found = conflicts(record, draft.graph)
        if found:
            return found
        try:
            record = rebase(record, draft.graph)
        except RedrawError as error:
            return [Conflict("torn", (), error.place, error)]
        about = dict(entry.about) if takes_back else names_for(draft.graph, record)
        fresh = draft.fresh_codes(record)
        step = draft.advance(record)
        self.made.append(_Made(entry, record, about, fresh, step, takes_back))
        try:
            require_unlocked(draft, step)
        except LockedError as error:
            self._drop()
            return [Conflict("locked", (), error.place, error)]
        return []

    def _drop(self) -> None:
        last = self.made.pop()
        self.draft.retreat(last.record, last.fresh)

    def take_back(self) -> None:
        """Leave the draft as it was."""
        while self.made:
            self._drop()


def _settled(draft: OpenDraft, merged: Merged, choice: Choice) -> _Trial:
    """Put in force what is chosen and fits, and note the rest.

    A first run finds what both changed. In further ones the sides that were chosen count; one
    that cannot is noted as failed, and the draft's own side counts.
    """
    again = [one for one in merged.bringing.undone if one.target in choice.again]
    entries = sorted([*merged.bringing.theirs, *again], key=lambda one: one.number)
    trial = _Trial(draft)
    clashes = _run(trial, entries, [], merged)
    merged.both = find_both(clashes, merged.bringing.ours, draft.graph)
    taken = [both for both in merged.both if both.is_taken(choice)]
    while taken:
        trial.take_back()
        failed = _run_taken(trial, entries, taken, merged)
        if failed is None:
            break
        both, conflict = failed
        merged.failed[both.number] = conflict
        taken.remove(both)
    if not taken and merged.failed:
        trial.take_back()
        _run(trial, entries, [], merged)
    merged.applied = [made.entry for made in trial.made if not made.is_taken_back]
    merged.taken_back = [made.entry for made in trial.made if made.is_taken_back]
    merged.records = [made.record for made in trial.made]
    merged.steps = [made.step for made in trial.made]
    return trial


def _run_taken(
    trial: _Trial, entries: Sequence[Entry], taken: Sequence[Both], merged: Merged
) -> tuple[Both, Conflict] | None:
    """Run with some sides taken; return one that cannot be, with the reason."""
    back = sorted(
        ((one, both) for both in taken for one in both.ours), key=lambda pair: -pair[0].number
    )
    for one, both in back:
        found = trial.put(one, takes_back=True)
        if found:
            return both, found[0]
    clashes = _run(trial, entries, taken, merged)
    left = {entry.number: found for entry, found in clashes}
    for both in taken:
        for entry in both.theirs:
            if entry.number in left:
                return both, left[entry.number][0]
    return None


def _run(
    trial: _Trial, entries: Sequence[Entry], taken: Sequence[Both], merged: Merged
) -> list[tuple[Entry, list[Conflict]]]:
    """Put entries in force where they fit; return those that do not, with the reasons."""
    chosen = {entry.number for both in taken for entry in both.theirs}
    held = {entry.number for both in merged.both for entry in both.theirs} - chosen
    found: list[tuple[Entry, list[Conflict]]] = []
    merged.there = []
    for entry in entries:
        if is_in_force(entry.record, trial.draft.graph):
            merged.there.append(entry)
            continue
        if entry.number in held:
            reasons = conflicts(entry.record, trial.draft.graph)
            found.append((entry, reasons or _of(merged.both, entry)))
            continue
        reasons = trial.put(entry)
        if reasons:
            found.append((entry, reasons))
    merged.clashes = [Clash(entry, tuple(reasons)) for entry, reasons in found]
    return found


def _of(both: Sequence[Both], entry: Entry) -> list[Conflict]:
    return next(each.conflicts for each in both if entry in each.theirs)


def _append(
    engine: Engine, draft: OpenDraft, state: State, trial: _Trial, merged: Merged, who: Who,
    source_id: int,
) -> None:  # fmt: skip
    """Keep everything that is in force in memory, in one transaction."""
    if not trial.made:
        return
    plan_id, last = draft.plan_id, state.version + len(trial.made)
    made = {True: merged.taken_back, False: merged.applied}
    kept: dict[bool, list[Entry]] = {True: [], False: []}
    with writing(engine) as connection:
        mine = plans.c.id == plan_id, plans.c.version == state.version, plans.c.status == "draft"
        moved = connection.execute(update(plans).where(*mine).values(version=last))
        if moved.rowcount != 1:
            _require_seen(draft_state(connection, plan_id), who.seen)
        for number, each in enumerate(trial.made, start=state.version + 1):
            write_entry(
                connection, plan_id, _entry(each, number, merged, who, source_id), seen=who.seen
            )
            write_audit(
                connection, "plan.redrawn", plan_id, at=who.at, by="" if who.by is None else who.by,
                number=number, what="undo" if each.is_taken_back else "do", kind=each.entry.kind,
            )  # fmt: skip
            entry = find_entry(connection, plan_id, number)
            assert entry is not None
            kept[each.is_taken_back].append(entry)
        keep_redraw(connection, plan_id, number=last, grids=len(draft.graph.rows))
    for is_back, entries in made.items():
        entries[:] = kept[is_back]
    draft.number = merged.version = last


def _entry(made: _Made, number: int, merged: Merged, who: Who, source_id: int) -> Entry:
    text, kind = record_json(made.record), made.entry.kind
    if made.is_taken_back:
        about = made.about | {"taken_for": merged.source_name}
        target, action = made.entry.target, "undo"
    else:
        about = made.about | {
            "branch": merged.source_name, "branch_id": source_id,
            "branch_number": made.entry.target,
        }  # fmt: skip
        target, action = number, "do"
    return Entry(number, action, kind, target, False, number, about, text, who.at, who.by, "")
