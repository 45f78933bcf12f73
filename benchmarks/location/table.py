"""Results as Markdown."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.location.contestant import (
    BUILD,
    COPY,
    LOCATE,
    PEERS_OF_LOCATE,
    POSTGIS,
    WHOLE_JOINS,
    Entry,
)
from benchmarks.location.rows import Outcome
from benchmarks.races import Result
from benchmarks.report import size_text, time_text

BEGIN, END = "<!-- location: begin -->", "<!-- location: end -->"
_HEADER = (
    "| | time | million points/s | times geogrid | with its build | memory | "
    "several answers | other answers |\n|---|---:|---:|---:|---:|---:|---:|---:|"
)
_MEMORY_TIMES, _MEMORY_BYTES = 6, 64 << 20
_FIRST_S = 0.3


def table(outcome: Outcome) -> Iterator[str]:
    """Yield the lines of one race."""
    given = outcome.given
    what = outcome.race.what.format(points=f"{given.points:,}", grids=f"{given.grids:,}")
    yield f"\n**{what}**\n\n{_HEADER}"
    for entry in (COPY, LOCATE, *PEERS_OF_LOCATE):
        yield _line(outcome, entry)
    yield f"| {BUILD.label} | {time_text(outcome.results[BUILD])} | – | – | – | " + (
        f"{size_text(outcome.results[BUILD].peak_bytes)} | – | – |"
    )
    yield ""
    yield from (f"- {line}" for line in _summary(outcome))


def _line(outcome: Outcome, entry: Entry) -> str:
    result, ours = outcome.results[entry], outcome.results[LOCATE].median_s
    build = outcome.results[BUILD].median_s
    seconds = result.median_s
    rate = ratio = with_build = "–"
    if seconds:
        rate = f"{outcome.given.points / seconds / 1e6:,.2f}"
        ratio = f"{seconds / ours:.3g}" if ours else "–"
        with_build = f"{seconds / (ours + build):.3g}" if ours and build else "–"
    told = (
        f"{result.told[name]:,}" if name in result.told else "–" for name in ("twice", "differ")
    )
    cells = [time_text(result), rate, ratio, with_build, _memory_text(entry, result), *told]
    return f"| {entry.label} | {' | '.join(cells)} |"


def _memory_text(entry: Entry, result: Result) -> str:
    return "in its server" if entry == POSTGIS else size_text(result.peak_bytes)


def _summary(outcome: Outcome) -> Iterator[str]:
    results, given = outcome.results, outcome.given
    ours, build = results[LOCATE].median_s, results[BUILD]
    for peer in outcome.fastest if ours else ():
        seconds = results[peer].median_s
        yield (
            f"{_verdict(seconds / ours, outcome.wanted)} times as fast as {peer.label}, "
            f"{_rank(results[peer])} (wanted at full size: at least {outcome.race.wanted:g} times)."
        )
    joins = [results[entry].median_s for entry in WHOLE_JOINS]
    fastest_join = min((seconds for seconds in joins if seconds), default=None)
    if build.median_s and fastest_join:
        yield (
            f"Building the index takes {build.median_s / fastest_join:.2f} of the time of the "
            "fastest whole join (wanted over England & Wales at full size: under 1)."
        )
    copied = results[COPY].median_s
    if ours and copied:
        yield f"Copying the coordinates takes {copied / ours:.1%} of our time."
    yield from _memory(build, given.array_bytes)
    for name, first in outcome.first.items():
        wanted = f" (wanted: under {_FIRST_S:g} s)" if name.startswith("geogrid") else ""
        yield (
            f"{name} in a fresh process: import {first.importing:.2f} s, load {first.loading:.3f} "
            f"s, first look-up {first.first * 1e3:.1f} ms{wanted}, each more "
            f"{first.more * 1e6:.0f} µs."
        )


def _rank(result: Result) -> str:
    differing = result.told.get("differ", 0)
    return f"the fastest, with {differing:,} other answers" if differing else "the fastest alike"


def _memory(build: Result, array_bytes: int) -> Iterator[str]:
    limit = max(_MEMORY_TIMES * array_bytes, _MEMORY_BYTES)
    if build.peak_bytes is not None and "held" in build.told:
        later = (
            ""
            if build.later_peak_bytes is None
            else f", {_of(build.later_peak_bytes, limit)} later"
        )
        yield (
            f"Index: {size_text(build.told['held'])} pickled; at most while it is built "
            f"{_of(build.peak_bytes, limit)} the first time in a process{later}; "
            f"the coordinates are {size_text(array_bytes)} (wanted: under {size_text(limit)})."
        )


def _of(peak: int, limit: int) -> str:
    return f"{size_text(peak)}{'' if peak <= limit else ' (**missed**)'}"


def _verdict(ratio: float, wanted: float) -> str:
    return f"{ratio:.1f}" if ratio >= wanted else f"**{ratio:.1f}, missed:**"
