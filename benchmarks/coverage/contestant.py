"""What a contestant is, and who there is; nothing here imports what it measures."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import shapely

from benchmarks.coverage.lattice import Coverage, unmatched
from benchmarks.coverage.voronoi import broken_voronoi

_FEW = 10
PYTHON, MAUP, NODE = "python", "maup", "node"


def _small() -> Iterable[Coverage]:
    return broken_voronoi(300), unmatched(12)


class Contestant(NamedTuple):
    """One measured thing.

    Attributes
    ----------
    prepare
        Takes a coverage and returns the action whose time counts; its own time does not.
    tell
        Takes what the action returned and says in plain values what was found.
    warm_ups
        Makes the coverages on which it is run once before anything is measured.
    """

    prepare: Callable[[Coverage], Callable[[], Any]]
    tell: Callable[[Any], dict[str, Any]]
    warm_ups: Callable[[], Iterable[Coverage]] = _small


class Entry(NamedTuple):
    """A contestant by name.

    Attributes
    ----------
    label : as the table calls it
    target : ``"module:function"`` in this package; the function returns a `Contestant`; for
        node, options as JSON
    runtime : whose interpreter runs it
    needs : ``"module:name"`` without which the entry is left out
    """

    label: str
    target: str
    runtime: str = PYTHON
    needs: str = ""

    @property
    def is_there(self) -> bool:
        """Whether what the entry needs can be imported."""
        if not self.needs:
            return True
        module, name = self.needs.split(":")
        try:
            return hasattr(importlib.import_module(module), name)
        except ModuleNotFoundError:
            return False


def polygons_told(polygons: Any) -> dict[str, Any]:
    """Return what there is to say of cleaned polygons; a few of them as they are."""
    return {
        "emptied": int((shapely.is_missing(polygons) | shapely.is_empty(polygons)).sum()),
        "polygons": shapely.to_wkb(polygons, hex=True).tolist() if len(polygons) <= _FEW else [],
    }


def load(target: str) -> Contestant:
    """Return the contestant that ``"module:function"`` names."""
    module, name = target.split(":")
    made: Contestant = getattr(importlib.import_module(f"benchmarks.coverage.{module}"), name)()
    return made


CHECK = Entry("geogrid.check_coverage", "ours:check")
REPAIR = Entry("geogrid.repair_coverage", "ours:repair", needs="geogrid:repair_coverage")
RECHECK = Entry("geogrid.recheck", "ours:recheck", needs="geogrid:recheck")
ONE_WORKER = Entry("geogrid.scale, one worker", "ours_scale:one_worker")
TWO_WORKERS = Entry("geogrid.scale, two workers", "ours_scale:two_workers")
IS_VALID = Entry("shapely.coverage_is_valid", "geos:is_valid")
INVALID_EDGES = Entry("shapely.coverage_invalid_edges", "geos:invalid_edges")
CLEAN = Entry("shapely.coverage_clean", "geos:clean")
OVERLAY = Entry("geopandas.overlay with itself", "geos:overlay")
DOCTOR = Entry("maup.doctor", "maup_peer:doctor", MAUP)
SMART_REPAIR = Entry("maup.smart_repair", "maup_peer:smart_repair", MAUP)
# For node, the target is the options of -clean.
MAPSHAPER = Entry("mapshaper -clean", '{"gap_width": "500m", "close_outer_gaps": true}', NODE)
