"""What each contestant answers and what not, asked of all of them on the tiny cases.

Nothing here is taken from a manual: a cell says yes only where the contestant, run just now,
gave the right answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np
import shapely

import geogrid
from benchmarks.coverage import contestant as who
from benchmarks.coverage.contestant import MAUP, NODE, PYTHON, Entry
from benchmarks.coverage.inputs import Input, read_input
from benchmarks.coverage.tiny import GAP_M2, OVERLAP_M2
from benchmarks.coverage.tools import Tools
from benchmarks.races import ContestantError, Runner

Told = dict[str, Any]
_FLAWED = ("overlap", "gap", "border gap", "spill", "crossed ring", "twice", "contained")
_LIMIT_S = 60.0


class Question(NamedTuple):
    """A question, and how it is answered from what a contestant told of a case."""

    text: str
    is_answered: Callable[[Asked], bool]


class Asked:
    """A contestant that is asked about cases; each case is run once."""

    def __init__(self, variants: dict[str, Entry], cases: dict[str, Input], tools: Tools) -> None:
        self._variants = variants
        self._cases = cases
        self._tools = tools
        self._known: dict[tuple[str, str], Told] = {}

    def told(self, case: str, variant: str = "all") -> Told:
        """Return what was told of a case; a contestant that fails on it told nothing."""
        key = (case, variant if variant in self._variants else "all")
        if key not in self._known:
            self._known[key] = _told(self._variants[key[1]], self._cases[case], self._tools)
        return self._known[key]

    def finds(self, case: str) -> bool:
        """Whether anything was found in a case."""
        return bool(self.told(case).get("kinds"))

    def result(self, case: str, variant: str = "all") -> Any:
        """Return the polygons after repair, and the coverage before."""
        told = self.told(case, variant)
        if "geojson" in told:
            shapes = [
                None if one == "null" else shapely.from_geojson(one) for one in told["geojson"]
            ]
        else:
            shapes = shapely.from_wkb(told.get("polygons", []))
        return np.asarray(shapes, dtype=object), read_input(self._cases[case].folder)


def _told(entry: Entry, given: Input, tools: Tools) -> Told:
    if entry.runtime == PYTHON:
        contestant = who.load(entry.target)
        return contestant.tell(contestant.prepare(read_input(given.folder))())
    command = tools.command(entry, given)
    if isinstance(command, str):
        return {}
    try:
        with Runner(command, _LIMIT_S) as runner:
            runner.answer()
            runner.run()
            return runner.ask("tell")
    except ContestantError as failed:
        return {"failure": str(failed)}


def _has_area(told: Told, area_m2: float) -> bool:
    return any(abs(area / area_m2 - 1.0) < 2e-3 for area in told.get("areas", []))


def _names_pair(told: Told) -> bool:
    return ["A", "B"] in told.get("grids", []) or [0, 1] in told.get("pairs", [])


def _tells_corner_apart(asked: Asked) -> bool:
    corner = asked.told("missing corner").get("kinds")
    return bool(corner) and corner != asked.told("overlap").get("kinds")


def _says_why_crossed(asked: Asked) -> bool:
    reasons = " ".join(asked.told("crossed ring").get("reasons", []))
    return "crosses itself" in reasons or "elf-intersection" in reasons


CHECKS = (
    Question("finds an overlap", lambda asked: asked.finds("overlap")),
    Question("names its two grids", lambda asked: _names_pair(asked.told("overlap"))),
    Question("gives its area", lambda asked: _has_area(asked.told("overlap"), OVERLAP_M2)),
    Question("finds a gap 5 m wide", lambda asked: asked.finds("gap")),
    Question("gives its area", lambda asked: _has_area(asked.told("gap"), GAP_M2)),
    Question("finds a gap 30 m wide", lambda asked: asked.finds("wide gap")),
    Question("finds a gap along the region's border", lambda asked: asked.finds("border gap")),
    Question("finds a spill over the region's border", lambda asked: asked.finds("spill")),
    Question("finds a ring that crosses itself", lambda asked: asked.finds("crossed ring")),
    Question("says why it is broken", _says_why_crossed),
    Question("finds a grid drawn twice", lambda asked: asked.finds("twice")),
    Question(
        "finds a corner that the neighbour lacks", lambda asked: asked.finds("missing corner")
    ),
    Question("tells it apart from an overlap", _tells_corner_apart),
    Question(
        "silent only where each point has one grid",
        lambda asked: not asked.finds("seamless") and all(map(asked.finds, _FLAWED)),
    ),
    Question("says that it is proven", lambda asked: bool(asked.told("seamless").get("proven"))),
)


def _is_mended(asked: Asked, case: str, variant: str = "all") -> bool:
    cells, before = asked.result(case, variant)
    if len(cells) != len(before.grids):
        return False
    grids = before.grids.set_geometry(cells, crs=before.grids.crs)
    return bool(geogrid.check_coverage(grids, before.region).is_seamless)


def _is_left(asked: Asked, case: str) -> bool:
    """Return whether what is over the limit is left exactly as it was."""
    cells, before = asked.result(case, "limit")
    return len(cells) == len(before.grids) and all(
        _same(cell, was) for cell, was in zip(cells, before.grids.geometry, strict=True)
    )


def _keeps(asked: Asked, row: int, variant: str) -> bool:
    cells, before = asked.result("gap", variant)
    return len(cells) > row and _same(cells[row], before.grids.geometry.iloc[row])


def _same(one: shapely.Geometry, other: shapely.Geometry) -> bool:
    """Return whether two polygons have the same corners bit by bit, wherever they begin."""
    return one is not None and one.normalize().equals_exact(other.normalize(), 0.0)


def _empties_nothing(asked: Asked) -> bool:
    cells, before = asked.result("contained")
    gone = shapely.is_missing(cells) | shapely.is_empty(cells)
    return len(cells) == len(before.grids) and not gone.any()


def _minds_no_order(asked: Asked) -> bool:
    forward, before = asked.result("even overlap")
    backward, after = asked.result("even overlap, reversed")
    if not len(forward) == len(backward) == len(before.grids):
        return False
    by_code = dict(zip(after.grids["code"], backward, strict=True))
    pairs = zip(before.grids["code"], forward, strict=True)
    return all(_same(cell, by_code[code]) for code, cell in pairs)


REPAIRS = (
    Question("mends an overlap", lambda asked: _is_mended(asked, "overlap")),
    Question("mends a gap", lambda asked: _is_mended(asked, "gap")),
    Question("mends a gap along the region's border", lambda a: _is_mended(a, "border gap")),
    Question("mends a spill", lambda asked: _is_mended(asked, "spill")),
    Question("leaves a gap over a limit as it is", lambda asked: _is_left(asked, "wide gap")),
    Question("leaves an overlap over it", lambda asked: _is_left(asked, "wide overlap")),
    Question("leaves untouched grids bit by bit", lambda asked: _keeps(asked, 3, "all")),
    Question("keeps a locked grid", lambda asked: _keeps(asked, 0, "locked")),
    Question("empties no grid (one inside another)", _empties_nothing),
    Question("gives the same in any order", _minds_no_order),
    Question("says what each grid gained and lost", lambda a: bool(a.told("gap").get("changes"))),
)

CHECKERS = {
    "geogrid.check_coverage": {"all": who.CHECK},
    "coverage_is_valid": {"all": who.IS_VALID},
    "coverage_is_valid, gap_width=10": {"all": Entry("", "geos:is_valid_to_limit")},
    "coverage_invalid_edges": {"all": who.INVALID_EDGES},
    "overlay with itself": {"all": who.OVERLAY},
    "maup.doctor": {"all": who.DOCTOR},
}
REPAIRERS = {
    "geogrid.repair_coverage": {
        "all": who.REPAIR,
        "limit": Entry("", "ours:repair_to_limit"),
        "locked": Entry("", "ours:repair_a_locked"),
    },
    "coverage_clean": {"all": who.CLEAN, "limit": Entry("", "geos:clean_to_limit")},
    "mapshaper -clean": {
        "all": Entry("", '{"gap_width": "500", "close_outer_gaps": true}', NODE),
        "limit": Entry("", '{"gap_width": "10"}', NODE),
    },
    "maup.smart_repair": {
        "all": Entry("", "maup_peer:smart_repair_all", MAUP),
        "limit": who.SMART_REPAIR,
    },
}


def answers(
    contestants: dict[str, dict[str, Entry]],
    questions: tuple[Question, ...],
    cases: dict[str, Input],
    tools: Tools,
) -> Iterator[tuple[str, dict[str, bool]]]:
    """Yield each contestant that can be run, and its answer to each question."""
    for name, variants in contestants.items():
        entry = variants["all"]
        if entry.is_there and not isinstance(tools.command(entry, cases["seamless"]), str):
            asked = Asked(variants, cases, tools)
            yield (
                name,
                {
                    f"{number} {question.text}": question.is_answered(asked)
                    for number, question in enumerate(questions, 1)
                },
            )
