"""What two drafts differ in, and what a merge does, in JSON and in the caller's language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import shapely
from flask import json

from geogrid.redraw import ArcGraph, Conflict
from geogrid.store.redrawing.advice import figure_of, right_size
from geogrid.store.redrawing.bringing import Both
from geogrid.store.redrawing.differences import Area, Differences
from geogrid.store.redrawing.entries import Entry
from geogrid.store.redrawing.grounds import changed_ground, extent
from geogrid.store.redrawing.looks import figure_look
from geogrid.store.redrawing.merging import Clash, Merged
from geogrid.store.redrawing.opened import OpenDraft
from web.language import catalogue_language
from web.v1.redraw.said import changes, entry_data, profile

__all__ = ["differences_said", "merge_said"]

_AREA = ("one", "other", "one_name", "other_name", "changed_by", "households", "area_m2")


def differences_said(found: Differences) -> dict[str, Any]:
    """Return where two drafts differ, as GeoJSON with the grids that are not the same."""
    return {
        "type": "FeatureCollection",
        "features": [_area(each) for each in found.areas],
        "truncated": found.more_areas > 0,
        "is_related": found.is_related,
        "grids": [asdict(each) for each in found.grids],
        "more_grids": found.more_grids,
    }


def _area(area: Area) -> dict[str, Any]:
    return _feature(area.shape, {name: getattr(area, name) for name in _AREA})


def _feature(shape: shapely.Geometry | None, properties: Mapping[str, Any]) -> dict[str, Any]:
    geometry = None if shape is None else json.loads(shapely.to_geojson(shape))
    return {"type": "Feature", "geometry": geometry, "properties": dict(properties)}


def merge_said(draft: OpenDraft, merged: Merged) -> dict[str, Any]:
    """Return what a merge does or did, given the draft with it in force."""
    graph, bringing = draft.graph, merged.bringing
    found = changes(draft, merged.records)
    for label, figures in found["figures"].items():
        figures["before"] = _before(draft, merged, label)
    return found | {
        "version": merged.version,
        "from_version": merged.source_version,
        "applied": [_entry(entry, graph) for entry in merged.applied],
        "taken_back": [_entry(entry, graph) for entry in merged.taken_back],
        "there": [_entry(entry, graph) for entry in merged.there],
        "undone": [_entry(entry, graph) for entry in bringing.undone],
        "ours": [_entry(entry, graph) for entry in bringing.ours],
        "both": _features(_both(each, merged, graph) for each in merged.both),
        "conflicts": _features(_clash(each, graph) for each in merged.clashes),
    }


def _features(features: Iterable[dict[str, Any]]) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": list(features)}


def _before(draft: OpenDraft, merged: Merged, label: str) -> dict[str, Any] | None:
    """Return the figures of a grid before the first operation that touched it."""
    for record, step in zip(merged.records, merged.steps, strict=True):
        if label in record.rows and record.rows[label][0] is None:
            return None
        if label in step.before:
            row = next((r.rows[label][0] for r in merged.records if label in r.rows), None)
            row = row or draft.graph.rows[label]
            return figure_look(step.before[label], row, right_size(row, profile()))
    return figure_of(draft, label, profile())


def _entry(entry: Entry, graph: ArcGraph) -> dict[str, Any]:
    return entry_data(entry) | {"extent": extent(entry.record, graph)}


def _both(both: Both, merged: Merged, graph: ArcGraph) -> dict[str, Any]:
    failed = merged.failed.get(both.number)
    sides = [*both.theirs, *both.ours]
    return _feature(
        changed_ground(entry.record for entry in sides),
        {
            "number": both.number,
            "theirs": [_entry(entry, graph) for entry in both.theirs],
            "ours": [_entry(entry, graph) for entry in both.ours],
            "grids": _names(both.conflicts, graph),
            "failed": None if failed is None else failed.reason.text(catalogue_language()),
        },
    )


def _names(some: Sequence[Conflict], graph: ArcGraph) -> list[str]:
    """Return the names of the grids that conflicts are about."""
    codes = sorted({code for each in some for code in each.grids})
    labels = [graph.find(code) for code in codes]
    rows = [None if label is None else graph.rows.get(label) for label in labels]
    return [str((row or {}).get("name") or code) for code, row in zip(codes, rows, strict=True)]


def _clash(clash: Clash, graph: ArcGraph) -> dict[str, Any]:
    language = catalogue_language()
    reasons = [each.reason.text(language) for each in clash.conflicts]
    place = next((each.place for each in clash.conflicts if each.place), None)
    grids = sorted({code for each in clash.conflicts for code in each.grids})
    shape = changed_ground([clash.entry.record])
    properties = {"text": entry_data(clash.entry)["text"], "number": clash.entry.target}
    properties |= {"reasons": list(dict.fromkeys(reasons)), "grids": grids, "place": place}
    return _feature(shape, properties | {"entry": _entry(clash.entry, graph)})
