"""Results as Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from benchmarks.coverage.contestant import CHECK, ONE_WORKER, RECHECK, TWO_WORKERS
from benchmarks.coverage.rows import Outcome
from benchmarks.races import Result
from benchmarks.report import size_text, time_text

BEGIN, END = "<!-- coverage: begin -->", "<!-- coverage: end -->"
HEADER = (
    "| what | geogrid | peer | peer's time | peer / geogrid | wanted | memory: geogrid | peer |\n"
    "|---|---:|---|---:|---:|---:|---:|---:|"
)


def race_lines(outcome: Outcome) -> Iterator[str]:
    """Yield one line of the table per peer, or one where there is none."""
    race, ours = outcome.race, outcome.ours
    what = race.what.format(count=f"{outcome.given.grids:,}")
    mine = f"| {what} | {time_text(ours)} |"
    if not race.peers:
        yield f"{mine} – | – | – | – | {size_text(ours.peak_bytes)} | – |"
    for peer, promised in race.peers:
        theirs = outcome.results[peer]
        wanted = promised if outcome.given.grids == race.grids else 0.0
        cells = (
            peer.label,
            time_text(theirs),
            _ratio(ours, theirs, wanted),
            f"≥ {wanted:g}" if wanted else "–",
            size_text(ours.peak_bytes),
            size_text(theirs.peak_bytes),
        )
        yield f"{mine} {' | '.join(cells)} |"


def _ratio(ours: Result, theirs: Result, wanted: float) -> str:
    if ours.median_s is None or theirs.median_s is None:
        return "–"
    ratio = theirs.median_s / ours.median_s
    return f"**{ratio:.2f}, missed**" if ratio < wanted else f"{ratio:.2f}"


def summary(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """Yield what else was wanted: growth, memory, right answers, edits, workers."""
    checks = [it for it in outcomes if it.race.ours is CHECK and it.ours.median_s]
    seamless = sorted(
        (it for it in checks if it.race.kind == "seamless"), key=lambda it: it.given.grids
    )
    for small, big in pairwise(seamless):
        yield _growth(small, big)
    for it in checks:
        yield from _right(it)
    edits = [it for it in outcomes if it.race.ours is RECHECK and it.ours.median_s]
    if edits:
        times = ", ".join(f"{it.given.grids:,}: {time_text(it.ours)}" for it in edits)
        yield f"Recheck after one moved vertex, by grids in the plan: {times} (wanted: < 20 ms)."
    workers = {it.race.ours: it.ours for it in outcomes if it.ours.median_s}
    if {ONE_WORKER, TWO_WORKERS} <= set(workers) and seamless:
        two = workers[TWO_WORKERS].median_s or 1.0
        times = (
            (workers[ONE_WORKER].median_s or 0.0) / two,
            (seamless[-1].ours.median_s or 0.0) / two,
        )
        yield (
            f"Two Dask workers, reading the files included, are {times[0]:.2f} times as fast as "
            f"one, and {times[1]:.2f} times as fast as one process with both cores and the frame "
            "loaded."
        )


def _growth(small: Outcome, big: Outcome) -> str:
    grids = big.given.grids / small.given.grids
    time = (big.ours.median_s or 0.0) / (small.ours.median_s or 1.0)
    return (
        f"{small.given.grids:,} → {big.given.grids:,} grids: {grids:.1f} times the grids take "
        f"{time:.1f} times the time."
    )


def _right(it: Outcome) -> Iterator[str]:
    told, count = it.ours.told, f"{it.given.grids:,}"
    if it.race.kind == "seamless":
        share = (it.ours.peak_bytes or 0) / it.given.array_bytes
        yield (
            f"{count} seamless: {'proven' if told['proven'] else 'NOT PROVEN'}; peak memory "
            f"{share:.1f} times the coordinate arrays (wanted: under 4)."
        )
    if it.race.kind == "unmatched":
        found, there = told["missing corners"], it.given.missing_corners
        is_right = told["errors"] == 0 and found == there
        yield (
            f"{count}, every edge unmatched: {'right' if is_right else 'WRONG'}: {found:,} of "
            f"{there:,} corners found, {told['errors']} errors; peak memory "
            f"{(it.ours.peak_bytes or 0) / 2**30:.1f} GiB (wanted: under 8)."
        )


def answers_table(found: dict[str, dict[str, bool]]) -> str:
    """Return a table of questions by contestants."""
    if not found:
        return ""
    questions = next(iter(found.values()))
    lines = ["| | " + " | ".join(found) + " |", "|---|" + ":---:|" * len(found)]
    for question in questions:
        cells = ["yes" if answer[question] else "–" for answer in found.values()]
        lines.append(f"| {question.split(' ', 1)[1]} | {' | '.join(cells)} |")
    return "\n".join(lines)
