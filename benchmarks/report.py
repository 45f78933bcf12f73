"""What runs of races have in common: options, the machine, times, bytes, where they are written."""

from __future__ import annotations

import argparse
import os
import platform
import re
import tempfile
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import geopandas
import numba
import numpy
import shapely

from benchmarks.fetching import ROOT
from benchmarks.races import Result

__all__ = ["machine", "print_report", "race_arguments", "size_text", "time_text", "write_between"]


def machine(*peers: str) -> str:
    """Return the machine and the versions in one paragraph; `peers` are named at the end."""
    versions = [
        f"Python {platform.python_version()}, NumPy {numpy.__version__}, numba "
        f"{numba.__version__}, Shapely {shapely.__version__} (GEOS "
        f"{shapely.geos_version_string}), GeoPandas {geopandas.__version__}",
        *peers,
    ]
    where = f"Measured {date.today().isoformat()} on {_processor()}, {os.cpu_count()} cores"
    return f"{where}; {', '.join(versions)}."


def _processor() -> str:
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return platform.processor() or platform.machine()
    found = re.search(r"^model name\s*:\s*(.+)$", text, re.MULTILINE)
    return found[1] if found else platform.machine()


def time_text(result: Result) -> str:
    """Return the median time, or why there is none."""
    if result.median_s is None:
        return result.failure
    return f"{result.median_s:.2f} s" if result.median_s >= 1 else f"{result.median_s * 1e3:.1f} ms"


def size_text(value: int | None) -> str:
    """Return bytes in MB."""
    return "–" if value is None else f"{value / 1e6:,.0f} MB"


def write_between(path: Path, text: str, begin: str, end: str) -> None:
    """Put a text between two marks of a Markdown file."""
    before, rest = path.read_text(encoding="utf-8").split(begin)
    _, after = rest.split(end)
    path.write_text(f"{before}{begin}\n{text}\n{end}{after}", encoding="utf-8")


def race_arguments(name: str, about: str | None, *, only: str, quick: float) -> argparse.Namespace:
    """Return the options that a run of races was given; `quick` is the scale of ``--quick``."""
    parser = argparse.ArgumentParser(prog=f"python -m {name}", description=about)
    default = float(os.environ.get("GEOGRID_BENCH_SCALE", "1"))
    parser.add_argument("--scale", type=float, default=default, help="share of the full sizes")
    parser.add_argument("--runs", type=int, default=5, help="of which the median counts")
    parser.add_argument("--limit", type=float, default=600.0, help="seconds for one run")
    parser.add_argument("--only", default="", help=only)
    parser.add_argument("--offline", action="store_true", help="leave out peers that are fetched")
    parser.add_argument("--quick", action="store_true", help="small sizes, one run")
    parser.add_argument("--write", action="store_true", help="into benchmarks/README.md")
    wanted = parser.parse_args()
    if wanted.quick:
        wanted.scale, wanted.runs = quick, 1
    return wanted


def print_report(
    report: Callable[[Path], Iterator[str]], *, write: bool, marks: tuple[str, str]
) -> None:
    """Print the lines of a report, made in a temporary folder; write them between the marks."""
    lines = []
    with tempfile.TemporaryDirectory(prefix="geogrid-bench-") as folder:
        for line in report(Path(folder)):
            print(line, flush=True)
            lines.append(line)
    if write:
        write_between(ROOT / "benchmarks" / "README.md", "\n".join(lines), *marks)
