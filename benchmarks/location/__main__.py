"""``python -m benchmarks.location``: race the locator against its peers; prints Markdown."""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.fetching import ROOT
from benchmarks.location.contestant import THREADS_SETTING, threads
from benchmarks.location.postgis import programs
from benchmarks.location.rows import outcomes
from benchmarks.location.table import BEGIN, END, table
from benchmarks.location.tools import VERSIONS, Tools
from benchmarks.report import machine, write_between

_QUICK_SCALE = 0.004


def main() -> None:
    """Measure, print as results come in, and write them into the README where asked."""
    wanted = _arguments()
    os.environ[THREADS_SETTING] = str(threads())
    lines = []
    with tempfile.TemporaryDirectory(prefix="geogrid-bench-") as folder:
        for line in _report(Path(folder), wanted):
            print(line, flush=True)
            lines.append(line)
    if wanted.write:
        write_between(ROOT / "benchmarks" / "README.md", "\n".join(lines), BEGIN, END)


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


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.location", description=__doc__)
    default = float(os.environ.get("GEOGRID_BENCH_SCALE", "1"))
    parser.add_argument("--scale", type=float, default=default, help="share of the full sizes")
    parser.add_argument("--runs", type=int, default=5, help="of which the median counts")
    parser.add_argument("--limit", type=float, default=600.0, help="seconds for one run")
    parser.add_argument("--only", default="", help="lattice, national, people or sample")
    parser.add_argument("--offline", action="store_true", help="leave out peers that are fetched")
    parser.add_argument("--quick", action="store_true", help="small sizes, one run")
    parser.add_argument("--write", action="store_true", help="into benchmarks/README.md")
    wanted = parser.parse_args()
    if wanted.quick:
        wanted.scale, wanted.runs = _QUICK_SCALE, 1
    return wanted


if __name__ == "__main__":
    main()
