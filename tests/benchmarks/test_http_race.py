"""The race over HTTP runs and says what it measured; what it measured is no matter here."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
def test_every_route_is_asked_and_every_kind_posted() -> None:
    command = [sys.executable, "-m", "benchmarks.http_locate", "--offline"]
    done = subprocess.run(
        [*command, "--rounds", "1", "--seconds", "0.3"],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    rates = re.findall(r"^\| geogrid \| ([\d,]+) \|", done.stdout, re.MULTILINE)
    assert len(rates) == 2
    assert done.stdout.count("a Flask route with a fixed answer | ") == 2
    assert (
        done.stdout.count("a Flask route that asks PostGIS | ")
        + 2 * ("PostGIS was left out" in done.stdout)
        == 2
    )
    for kind in ("JSON, two lists", "JSON, pairs", "GeoJSON", "CSV", "Parquet"):
        assert re.search(rf"^\| {kind} \| \d+\.\d\d \| \d+\.\d\d \|$", done.stdout, re.MULTILINE)
