"""What is measured: which contestants race on which input, and what is wanted of us."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from benchmarks.coverage import contestant as who
from benchmarks.coverage.contestant import Entry
from benchmarks.coverage.inputs import Input, generated, national
from benchmarks.coverage.tools import Tools
from benchmarks.races import Result, race

_ATLEAST = 12


class Race(NamedTuple):
    """One race.

    Attributes
    ----------
    what : said of it in the table; ``{count}`` is the number of polygons
    kind : ``"seamless"``, ``"unmatched"``, ``"broken"`` or ``"national"``
    grids : how many at full scale
    ours : our side
    peers : each with how many times faster we want to be, 0 where nothing was promised
    """

    what: str
    kind: str
    grids: int
    ours: Entry
    peers: tuple[tuple[Entry, float], ...] = ()


class Outcome(NamedTuple):
    """A race that was run, on an input."""

    race: Race
    given: Input
    results: dict[Entry, Result]

    @property
    def ours(self) -> Result:
        """Our side's result."""
        return self.results[self.race.ours]


RECHECKED = (1_000, 10_000, 100_000)
RACES = (
    Race("full report, {count} seamless", "seamless", 50_000, who.CHECK, ((who.IS_VALID, 0),)),
    Race("full report, {count} seamless", "seamless", 500_000, who.CHECK, ((who.IS_VALID, 8),)),
    Race(
        "full report, England & Wales, {count} output areas",
        "national",
        181_408,
        who.CHECK,
        ((who.INVALID_EDGES, 3), (who.IS_VALID, 0)),
    ),
    Race(
        "full report, {count}, 1 % broken",
        "broken",
        100_000,
        who.CHECK,
        ((who.INVALID_EDGES, 2), (who.OVERLAY, 0)),
    ),
    Race("full report, {count}, 1 % broken", "broken", 10_000, who.CHECK, ((who.DOCTOR, 0),)),
    Race(
        "full report, {count}, every edge unmatched",
        "unmatched",
        500_000,
        who.CHECK,
        ((who.IS_VALID, 0),),
    ),
    Race(
        "repair, {count}, 1 % broken",
        "broken",
        100_000,
        who.REPAIR,
        ((who.CLEAN, 5), (who.MAPSHAPER, 0)),
    ),
    Race("repair, {count}, 1 % broken", "broken", 1_000, who.REPAIR, ((who.SMART_REPAIR, 0),)),
    *(
        Race("recheck after one moved vertex, {count}", "seamless", count, who.RECHECK)
        for count in RECHECKED
    ),
    Race("full report, {count} seamless, one worker", "seamless", 500_000, who.ONE_WORKER),
    Race("full report, {count} seamless, two workers", "seamless", 500_000, who.TWO_WORKERS),
)


def outcomes(
    root: Path, tools: Tools, *, scale: float, runs: int, limit_s: float, only: str = ""
) -> Iterator[Outcome | str]:
    """Run every race whose name has `only` in it; yield outcomes, or why one was left out."""
    made: dict[tuple[str, int], Input] = {}
    for one in RACES:
        if only not in one.what.format(count=f"{one.grids:,}"):
            continue
        if not one.ours.is_there:
            yield f"left out: {one.what.format(count=f'{one.grids:,}')}: no {one.ours.needs} yet"
            continue
        if one.kind == "national":
            given = national(root)
            if given is None:
                yield "left out: England & Wales: GEOGRID_BENCH_DATA names no folder"
                continue
        else:
            key = one.kind, max(round(one.grids * scale), _ATLEAST)
            given = made[key] = made.get(key) or generated(*key, root)
        entries = [one.ours, *(peer for peer, _ in one.peers)]
        yield Outcome(one, given, race(given, entries, tools, runs=runs, limit_s=limit_s))
