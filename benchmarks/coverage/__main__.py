"""``python -m benchmarks.coverage``: race the coverage engine against its peers.

Prints Markdown: a table of races, what else was wanted, and what each contestant answers.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.coverage.claims import CHECKERS, CHECKS, REPAIRERS, REPAIRS, answers
from benchmarks.coverage.inputs import tiny
from benchmarks.coverage.rows import Outcome, outcomes
from benchmarks.coverage.table import (
    BEGIN,
    END,
    HEADER,
    answers_table,
    race_lines,
    summary,
)
from benchmarks.coverage.tools import MAPSHAPER_VERSION, MAUP_VERSION, Tools
from benchmarks.fetching import ROOT
from benchmarks.report import machine, write_between

_QUICK_SCALE = 0.004


def main() -> None:
    """Measure, print as results come in, and write them into the README where asked."""
    wanted = _arguments()
    tools = Tools(offline=wanted.offline)
    lines = []
    with tempfile.TemporaryDirectory(prefix="geogrid-bench-") as folder:
        for line in _report(Path(folder), tools, wanted):
            print(line, flush=True)
            lines.append(line)
    if wanted.write:
        write_between(ROOT / "benchmarks" / "README.md", "\n".join(lines), BEGIN, END)


def _report(root: Path, tools: Tools, wanted: argparse.Namespace) -> Iterator[str]:
    yield machine(f"mapshaper {MAPSHAPER_VERSION}", f"maup {MAUP_VERSION}") + "\n"
    yield HEADER
    done: list[Outcome] = []
    left_out = []
    options = {"runs": wanted.runs, "limit_s": wanted.limit, "only": wanted.only}
    for outcome in outcomes(root, tools, scale=wanted.scale, **options):
        if isinstance(outcome, str):
            left_out.append(f"- {outcome}")
        else:
            done.append(outcome)
            yield from race_lines(outcome)
    yield ""
    yield from [f"- {line}" for line in summary(done)] + left_out
    if not wanted.only:
        cases = tiny(root / "tiny")
        yield "\nWhat each says of small cases whose answer is known:\n"
        yield answers_table(dict(answers(CHECKERS, CHECKS, cases, tools)))
        yield "\nWhat each does to them:\n"
        yield answers_table(dict(answers(REPAIRERS, REPAIRS, cases, tools)))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.coverage", description=__doc__)
    default = float(os.environ.get("GEOGRID_BENCH_SCALE", "1"))
    parser.add_argument("--scale", type=float, default=default, help="share of the full sizes")
    parser.add_argument("--runs", type=int, default=5, help="of which the median counts")
    parser.add_argument("--limit", type=float, default=600.0, help="seconds for one run")
    parser.add_argument("--only", default="", help="races with this in their name")
    parser.add_argument("--offline", action="store_true", help="leave out peers that are fetched")
    parser.add_argument("--quick", action="store_true", help="small sizes, one run")
    parser.add_argument("--write", action="store_true", help="into benchmarks/README.md")
    wanted = parser.parse_args()
    if wanted.quick:
        wanted.scale, wanted.runs = _QUICK_SCALE, 1
    return wanted


if __name__ == "__main__":
    main()
