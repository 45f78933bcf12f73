"""``python -m benchmarks.location``: race the locator against its peers; prints Markdown."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from pathlib import Path

from benchmarks.location.contestant import THREADS_SETTING, threads
from benchmarks.location.postgis import programs
from benchmarks.location.rows import outcomes
from benchmarks.location.table import BEGIN, END, table
from benchmarks.location.tools import VERSIONS, Tools
from benchmarks.report import machine, print_report, race_arguments

_QUICK_SCALE = 0.004


def main() -> None:
    """Measure, print as results come in, and write them into the README where asked."""
    wanted = race_arguments(
        "benchmarks.location",
        __doc__,
        only="lattice, national, people or sample",
        quick=_QUICK_SCALE,
    )
    os.environ[THREADS_SETTING] = str(threads())
    print_report(lambda root: _report(root, wanted), write=wanted.write, marks=(BEGIN, END))


def _report(root: Path, wanted: argparse.Namespace) -> Iterator[str]:
    server = programs()
    peers = [f"{name} {version}" for name, version in VERSIONS.items()]
    yield machine(*peers, f"PostgreSQL {server.parent.name}" if server else "no PostGIS")
    yield f"Everybody had {threads()} threads."
    tools = Tools(offline=wanted.offline)
    options = {"runs": wanted.runs, "limit_s": wanted.limit, "only": wanted.only}
    for outcome in outcomes(root, tools, scale=wanted.scale, **options):
        if isinstance(outcome, str):
            yield f"\n- {outcome}"
        else:
            yield from table(outcome)


if __name__ == "__main__":
    main()
