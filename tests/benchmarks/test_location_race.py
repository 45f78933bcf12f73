"""The race of the locator: answers are compared rightly, and the quick run ends well."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from benchmarks.coverage.lattice import seamless
from benchmarks.location import geos, ours
from benchmarks.location.contestant import Pairs
from benchmarks.location.inputs import Layer, made_input, read_layer
from benchmarks.location.table import BEGIN, END
from benchmarks.location.worker import compared

ROOT = Path(__file__).resolve().parents[2]


def test_answers_are_compared_point_by_point() -> None:
    owner = np.array([0, 1, -1, -1, 2])
    pairs = Pairs(np.array([0, 0, 1, 3, 4]), np.array([5, 0, 7, 0, 2]))
    assert compared(pairs, owner) == {"answered": 4, "twice": 1, "differ": 2}


def test_contestants_with_us_agree_and_the_tree_gives_two_on_borders(tmp_path: Path) -> None:
    grids = seamless(100).grids
    corners = grids.geometry.iloc[55].exterior.coords.xy
    layer = Layer(grids, np.array(corners[0]), np.array(corners[1]), tmp_path)
    found = {}
    for made in (ours.locate(), geos.tree(), geos.sjoin()):
        assert made.pairs is not None
        found[made] = made.pairs(made.prepare(layer)())
    mine, *theirs = found.values()
    owner = np.full(len(layer.x), -1)
    owner[mine.point] = mine.grid
    assert compared(mine, owner) == {"answered": 17, "twice": 0, "differ": 0}
    for pairs in theirs:
        assert compared(pairs, owner) == {"answered": 17, "twice": 17, "differ": 0}


def test_inputs_are_what_they_claim(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GEOGRID_BENCH_DATA", raising=False)
    made = made_input("sample", tmp_path, scale=0.0001)
    assert made is not None
    assert (made.grids, made.points) == (581, 500)
    assert len(read_layer(made.folder).x) == 500
    assert made_input("national", tmp_path, scale=0.0001) is None


def test_copying_copies(tmp_path: Path) -> None:
    layer = Layer(seamless(12).grids, np.arange(7.0), np.arange(7.0), tmp_path)
    assert len(ours.copy().prepare(layer)()) >= 1


def test_the_page_has_a_place_for_results() -> None:
    page = (ROOT / "benchmarks" / "README.md").read_text(encoding="utf-8")
    assert page.index(BEGIN) < page.index(END)


@pytest.mark.slow
def test_quick_run_ends_with_all_races() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.location", "--quick", "--offline"],
        check=False,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    assert "ended with code" not in done.stdout
    assert done.stdout.count("| geogrid.locate |") >= 2
    assert "left out (offline)" in done.stdout
    assert "Copying the coordinates takes" in done.stdout


@pytest.mark.slow
def test_a_killed_run_over_a_large_file_ends_identical() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.location.large_file", "--rows", "1200000"],
        check=False,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    assert "outputs identical: yes" in done.stdout


@pytest.mark.slow
def test_hard_points_are_answered_as_by_the_plain_rule() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.locate_exact", "--quick"],
        check=False,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "sample: 581 grids, 15,000 points, 0 differ" in done.stdout
    assert "in all 17,000 points, 0 differences" in done.stdout
