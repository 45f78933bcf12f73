"""What tables of results have in common: the machine, times, bytes, where they are written."""

from __future__ import annotations

import os
import platform
import re
from datetime import date
from pathlib import Path

import geopandas
import numba
import numpy
import shapely

from benchmarks.races import Result

__all__ = ["machine", "size_text", "time_text", "write_between"]


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
