"""What was done in one draft brought into another: what fits, what both changed, what is chosen."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection

from geogrid.errors import InputError
from geogrid.i18n import mark as _
from geogrid.redraw import ArcGraph, Conflict, Record
from geogrid.store.redrawing.entries import (
    Entry,
    Redraw,
    find_redraw,
    first_entries,
    standing_entries,
)

__all__ = ["Both", "Bringing", "Choice", "find_both", "is_in_force", "kinship", "read_bringing"]


@dataclass(frozen=True)
class Choice:
    """What a planner chose.

    Attributes
    ----------
    take
        Numbers of operations of the other draft that count where both changed something; what
        the receiving draft did there is taken back for them.
    again
        Numbers of operations that were brought over before and undone since, to be done again.
    """

    take: frozenset[int] = frozenset()
    again: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Bringing:
    """What two drafts did since they parted.

    Attributes
    ----------
    theirs
        Entries that stand in the other draft and were never brought over.
    undone
        Those that were brought over and are undone in the receiving draft.
    ours
        Entries that stand in the receiving draft and are its own.
    """

    theirs: list[Entry]
    undone: list[Entry]
    ours: list[Entry]


def read_bringing(connection: Connection, plan_id: int, source_id: int) -> Bringing:
    """Return what there is to bring from one draft into another.

    Raises
    ------
    InputError
        The two do not come from one draft.
    """
    here, there = (find_redraw(connection, each) for each in (plan_id, source_id))
    after = _parted(plan_id, here, source_id, there)
    came: dict[int, bool] = {}  # number of an operation to whether it is undone here
    for entry in first_entries(connection, plan_id):
        if entry.about.get("branch_id") == source_id:
            number = int(entry.about["branch_number"])
            came[number] = came.get(number, True) and entry.is_undone
    theirs = [
        entry
        for entry in standing_entries(connection, source_id, after)
        if entry.about.get("branch_id") != plan_id
    ]
    ours = standing_entries(connection, plan_id, _parted(source_id, there, plan_id, here))
    return Bringing(
        [entry for entry in theirs if entry.target not in came],
        [entry for entry in theirs if came.get(entry.target, False)],
        [entry for entry in ours if entry.about.get("branch_id") != source_id],
    )


def kinship(connection: Connection, plan_id: int, other_id: int) -> str:
    """Return what another draft is to a draft.

    ``"copy"``: it is a branch of it; ``"origin"``: the draft is a branch of it; ``"beside"``: both
    are branches of one, made at the same state; ``""``: they cannot be brought together.
    """
    here, there = (find_redraw(connection, each) for each in (plan_id, other_id))
    return _kin(plan_id, here, other_id, there)


def _kin(plan_id: int, here: Redraw, other_id: int, there: Redraw) -> str:
    if there.origin_id == plan_id:
        return "copy"
    if here.origin_id == other_id:
        return "origin"
    is_beside = here.origin_id is not None and here.origin_id == there.origin_id
    return "beside" if is_beside and here.origin_number == there.origin_number else ""


def _parted(plan_id: int, here: Redraw, source_id: int, there: Redraw) -> int:
    """Return the last entry of the source that the draft has from the beginning."""
    kin = _kin(plan_id, here, source_id, there)
    if not kin:
        raise InputError(_("These two drafts are not branches of one."))
    return here.origin_number or 0 if kin == "origin" else 0


@dataclass(eq=False)
class Both:
    """Something that both drafts changed, so that only one of the two can count.

    Attributes
    ----------
    theirs, ours
        Entries of the other draft that do not fit, and those of the receiving one in their way.
    conflicts
        What the first of them does not agree with.
    """

    theirs: list[Entry]
    ours: list[Entry]
    conflicts: list[Conflict] = field(default_factory=list)

    @property
    def number(self) -> int:
        """The first operation of the other draft, by which it is known."""
        return self.theirs[0].target

    def is_taken(self, choice: Choice) -> bool:
        """Return whether the other draft's side was chosen."""
        return any(entry.target in choice.take for entry in self.theirs)


def find_both(
    clashes: Sequence[tuple[Entry, Sequence[Conflict]]], ours: Sequence[Entry], graph: ArcGraph
) -> list[Both]:
    """Return what both drafts changed, each with all entries that hang together.

    An entry of the other draft that does not fit and that nothing of the receiving one stands in
    the way of is in none of them: it cannot be brought over.

    Parameters
    ----------
    clashes : entries of the other draft that do not fit, with the reasons, in their order
    ours : entries of the receiving draft since the two parted, in their order
    graph : the receiving draft
    """
    own = {entry.number: entry.record for entry in ours}
    marks = {number: _marks(record) for number, record in own.items()}
    found: list[Both] = []
    for entry, reasons in clashes:
        record = entry.record
        if any(each.kind == "locked" for each in reasons):
            continue
        met = _marks(record)
        if all(each.kind == "torn" for each in reasons):
            met |= _around(record, graph)
            near = {n for n, each in own.items() if met & (marks[n] | _around(each, graph))}
        else:
            near = {number for number in own if met & marks[number]}
        near = _with_later(near, marks)
        hang = [
            each for each in found
            if near & {one.number for one in each.ours}
            or any(met & _marks(one.record) for one in each.theirs)
        ]  # fmt: skip
        if near or hang:
            found = [each for each in found if each not in hang]
            found.append(_joined(hang, entry, near, ours, reasons))
    return sorted(found, key=lambda both: both.number)


def _joined(
    some: Sequence[Both], entry: Entry, near: Collection[int], ours: Iterable[Entry],
    reasons: Sequence[Conflict],
) -> Both:  # fmt: skip
    """Return several as one, with one entry more."""
    theirs = [one for each in some for one in each.theirs]
    numbers = {one.number for each in some for one in each.ours} | set(near)
    conflicts = [one for each in some for one in each.conflicts] or list(reasons)
    return Both(
        sorted([*theirs, entry], key=lambda one: one.number),
        [one for one in ours if one.number in numbers],
        conflicts,
    )


def _with_later(numbers: set[int], marks: dict[int, set[object]]) -> set[int]:
    """Return entries with the later ones that go on from them."""
    found = set(numbers)
    for number in sorted(marks):
        if any(each < number and marks[each] & marks[number] for each in found):
            found.add(number)
    return found


def _marks(record: Record) -> set[object]:
    """Return what an operation took away or put there: borders, attributes, codes."""
    found: set[object] = {arc.key for arc in (*record.removed, *record.added)}
    for label, (before, after) in (*record.rows.items(), *record.gaps.items()):
        found.add(label)
        codes = {str(row["code"]) for row in (before, after) if row is not None and "code" in row}
        if len(codes) > 1 or before is None or after is None:
            found |= codes
    return found


def _around(record: Record, graph: ArcGraph) -> set[object]:
    """Return the grids that an operation lies in, and those above them."""
    rows = [row for pair in record.rows.values() for row in pair if row is not None]
    above = {graph.find(str(row["parent"])) for row in rows if row.get("parent")}
    return {*record.labels, *(label for label in above if label)}


def is_in_force(record: Record, graph: ArcGraph) -> bool:
    """Return whether a draft already is as an operation makes it."""
    kept = {arc.key for arc in record.added}
    return (
        all(arc.same(graph.arcs.get(arc.key)) for arc in record.added)
        and not any(arc.key in graph.arcs for arc in record.removed if arc.key not in kept)
        and all(graph.rows.get(label) == after for label, (_, after) in record.rows.items())
        and all(graph.gaps.get(label) == after for label, (_, after) in record.gaps.items())
    )
