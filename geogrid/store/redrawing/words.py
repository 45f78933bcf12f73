"""Entries of a log in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from geogrid.i18n import mark as _
from geogrid.i18n import translate
from geogrid.redraw import ArcGraph, Record
from geogrid.redraw.arc import OUTSIDE
from geogrid.store.redrawing.entries import Entry
from geogrid.vocabulary import label

__all__ = ["called", "entry_text", "names_for", "said"]

_MOST_NAMES = 4
_SAYS: Mapping[str, str] = {
    "move_vertex": _("Moved a corner of {grids}"),
    "insert_vertex": _("Put a corner into the border of {grids}"),
    "delete_vertex": _("Took a corner out of the border of {grids}"),
    "reshape": _("Drew the border of {grids} anew"),
    "snap_to_line": _("Laid the border of {grids} along a street"),
    "split": _("Split {grid} into {count}"),
    "merge": _("Merged {grids} into {to}"),
    "give_grids": _("Gave {grids} to {to}"),
    "give_area": _("Gave an area of {grids} to {to}"),
    "balance": _("Balanced {grids}"),
    "new_grid": _("Made the new grid {name} of land of {grids}"),
    "approve_gap": _("Approved a gap: {note}"),
    "rename": _("Renamed {grid} to {name}"),
    "change_kind": _("Made {grids} of the kind “{kind}”"),
    "change_parent": _("Put {grids} below {to}"),
    "renumber": _("Gave {count} grids new numbers"),
}
"""Kind of an operation to what it did, a key of translations."""

_AGAIN = {"undo": _("Undone: {what}"), "redo": _("Done again: {what}")}
_FROM = _("{what} (from “{branch}”)")
_FOR = _("Taken back for “{branch}”: {what}")
_NOWHERE = _("the top")


def names_for(graph: ArcGraph, record: Record) -> dict[str, Any]:
    """Return the names with which a record is said, before it is put in force."""
    given = record.parameters
    sides = [side for arc in record.removed for side in (arc.left, arc.right)]
    touched = dict.fromkeys([*sides, *record.rows])
    touched.pop(OUTSIDE, None)
    codes = given.get("codes") or given.get("sources")
    listed = [str(code) for code in codes] if codes else [graph.code(one) for one in touched]
    to = given.get("to")
    if record.kind == "merge":
        to = given.get("keep") or (codes or [""])[0]
    elif record.kind == "change_parent":
        to = given.get("parent")
    to = to if isinstance(to, str) else ""
    known = [code for code in listed if graph.find(code) and code != to]
    return {
        "grids": [called(graph, code) for code in known[:_MOST_NAMES]],
        "more": max(0, len(known) - _MOST_NAMES),
        "grid": called(graph, str(given.get("code") or "")),
        "to": called(graph, to),
        "name": str(given.get("name") or ""),
        "note": str(given.get("note") or ""),
        "kind": str(given.get("kind") or ""),
        "count": _count(record),
    }


def _count(record: Record) -> int:
    if record.kind == "split":
        return 1 + sum(before is None for before, _after in record.rows.values())
    pairs = record.rows.values()
    return sum(
        before is not None and after is not None and before["code"] != after["code"]
        for before, after in pairs
    )


def called(graph: ArcGraph, code: str) -> str:
    """Return the name of a grid; its code where it has none or is not there."""
    found = graph.find(code)
    return code if found is None else str(graph.rows[found]["name"] or code)


def entry_text(entry: Entry, language: str) -> str:
    """Return what an entry did, in a language."""
    what = said(entry.kind, entry.about, language)
    if entry.about.get("branch"):
        what = translate(_FROM, language, what=what, branch=entry.about["branch"])
    if entry.action == "undo" and entry.about.get("taken_for"):
        return translate(_FOR, language, what=what, branch=entry.about["taken_for"])
    again = _AGAIN.get(entry.action)
    return what if again is None else translate(again, language, what=what)


def said(kind: str, about: Mapping[str, Any], language: str) -> str:
    """Return what an operation did, in a language."""
    join = "、" if language == "zh_CN" else ", "
    grids = join.join(about["grids"]) or "–"
    grids += " …" if about["more"] else ""
    named = about["kind"] and label("kind", about["kind"], language)
    to = about["to"] or translate(_NOWHERE, language)
    shown = {**about, "grids": grids, "kind": named, "to": to}
    fields = ("grids", "grid", "to", "name", "note", "kind", "count")
    return translate(_SAYS[kind], language, **{name: shown[name] for name in fields})
