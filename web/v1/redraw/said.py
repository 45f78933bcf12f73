"""What a redrawn draft is in JSON, in the caller's language."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from flask import current_app

from geogrid.redraw import Record
from geogrid.rules import CodeScheme, Profile
from geogrid.store.redrawing.advice import Problem, figure_of, problems_of, right_size
from geogrid.store.redrawing.desk import Done, RedrawConflictError
from geogrid.store.redrawing.entries import Entry
from geogrid.store.redrawing.looks import (
    arc_look,
    figure_look,
    gap_look,
    grid_look,
    net_changes,
    touched_labels,
)
from geogrid.store.redrawing.opened import OpenDraft
from geogrid.store.redrawing.words import entry_text
from web.language import catalogue_language
from web.v1.moments import written

__all__ = ["changes", "conflict_said", "done", "entry_data", "problem_data", "profile", "scheme"]


def profile() -> Profile | None:
    """Return what the place expects of its grids, None where nothing is set."""
    found: Profile | None = current_app.config.get("RULES")
    return found


def scheme() -> CodeScheme | None:
    """Return how codes are made at the place."""
    known = profile()
    return None if known is None else known.codes.scheme


def entry_data(entry: Entry) -> dict[str, Any]:
    """Return an entry of the log."""
    return {
        "number": entry.number,
        "action": entry.action,
        "kind": entry.kind,
        "of": entry.target,
        "is_undone": entry.is_undone,
        "text": entry_text(entry, catalogue_language()),
        "by": entry.by,
        "at": written(entry.at),
    }


def problem_data(problem: Problem) -> dict[str, Any]:
    """Return something to look at."""
    return {
        "kind": problem.kind,
        "grid": problem.grid,
        "text": problem.said.text(catalogue_language()),
        "place": problem.place,
    }


def changes(draft: OpenDraft, records: Iterable[Record]) -> dict[str, Any]:
    """Return what records changed together, as the draft is after them."""
    graph, net = draft.graph, net_changes(records)
    labels = touched_labels(graph, net.labels)
    gaps = sorted(label for label in net.labels if label.startswith("gap:"))
    return {
        "arcs": {"gone": sorted(net.gone), "come": [arc_look(arc) for arc in net.come.values()]},
        "grids": {
            "gone": sorted(
                label for label in net.labels if label not in graph.rows and label not in gaps
            ),
            "come": [grid_look(draft, label) for label in labels],
        },
        "gaps": {
            "gone": [label for label in gaps if label not in graph.gaps],
            "come": [gap_look(graph, label) for label in gaps if label in graph.gaps],
        },
        "figures": {label: {"after": figure_of(draft, label, profile())} for label in labels},
    }


def done(draft: OpenDraft, outcome: Done) -> dict[str, Any]:
    """Return an operation with what it changed, and with it all that others did since."""
    records = [*(entry.record for entry in outcome.since), outcome.record]
    found = changes(draft, records)
    step, known = outcome.step, profile()
    for label in {*step.before, *found["figures"]}:
        row = outcome.record.rows[label][0] if label in outcome.record.rows else None
        row = row or draft.graph.rows.get(label)
        right = None if row is None else right_size(row, known)
        found["figures"].setdefault(label, {"after": None})
        if label in draft.graph.rows and found["figures"][label]["after"] is None:
            found["figures"][label]["after"] = figure_of(draft, label, known)
        found["figures"][label]["before"] = figure_look(step.before.get(label), row, right)
    touched = [*found["figures"], *(gap["id"] for gap in found["gaps"]["come"])]
    return found | {
        "version": outcome.version,
        "entry": None if outcome.entry is None else entry_data(outcome.entry),
        "since": [entry_data(entry) for entry in outcome.since],
        "problems": [problem_data(each) for each in problems_of(draft, touched, known)],
    }


def conflict_said(error: RedrawConflictError) -> dict[str, Any]:
    """Return what others did since, and where it does not agree."""
    language = catalogue_language()
    return {
        "version": error.version,
        "since": [_with_labels(entry) for entry in _relevant(error)],
        "conflicts": [
            {"kind": each.kind, "grids": list(each.grids), "place": each.place,
             "text": each.reason.text(language)}
            for each in error.conflicts
        ],
        "place": next((each.place for each in error.conflicts if each.place), None),
    }  # fmt: skip


def _relevant(error: RedrawConflictError) -> Sequence[Entry]:
    return error.since[-20:]


def _with_labels(entry: Entry) -> dict[str, Any]:
    record = entry.record
    net = net_changes([record])
    return entry_data(entry) | {
        "arcs": {"gone": sorted(net.gone), "come": [arc_look(arc) for arc in net.come.values()]},
        "grids": sorted(label for label in net.labels if not label.startswith("gap:")),
    }
