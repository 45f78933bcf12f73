"""``python -m benchmarks.coverage``: race the coverage engine against its peers.

Prints Markdown: a table of races, what else was wanted, and what each contestant answers.
"""

from __future__ import annotations

import argparse
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
from benchmarks.report import machine, print_report, race_arguments

_QUICK_SCALE = 0.004


def main() -> None:
    """Measure, print as results come in, and write them into the README where asked."""
    wanted = race_arguments(
        "benchmarks.coverage", __doc__, only="races with this in their name", quick=_QUICK_SCALE
    )
    tools = Tools(offline=wanted.offline)
    print_report(lambda root: _report(root, tools, wanted), write=wanted.write, marks=(BEGIN, END))


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


if __name__ == "__main__":
    main()
