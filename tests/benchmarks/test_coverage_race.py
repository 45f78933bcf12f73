"""The race of the coverage engine: inputs are what they claim, and the quick run ends well."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import shapely

import geogrid
from benchmarks.coverage import claims
from benchmarks.coverage.inputs import tiny
from benchmarks.coverage.lattice import Coverage, seamless, unmatched
from benchmarks.coverage.table import BEGIN, END
from benchmarks.coverage.tools import Tools
from benchmarks.coverage.voronoi import broken_voronoi, voronoi
from benchmarks.report import write_between

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("made", [seamless(60), voronoi(60)], ids=["lattice", "voronoi"])
def test_seamless_inputs_are_proven(made: Coverage) -> None:
    assert len(made.grids) == 60
    assert geogrid.check_coverage(made.grids, made.region).is_proven


def test_lattice_has_16_vertices_a_grid() -> None:
    counts = shapely.get_num_coordinates(seamless(60).grids.geometry.to_numpy())
    assert set(counts.tolist()) == {17}


def test_unmatched_input_has_no_edge_that_cancels() -> None:
    made = unmatched(60)
    report = geogrid.check_coverage(made.grids, made.region)
    corners = report.defects.geometry.to_numpy()
    assert report.matched_edges == 0
    assert set(report.defects["kind"]) == {"unmatched"}
    assert shapely.get_num_coordinates(corners).sum() == made.missing_corners


def test_one_percent_is_broken_and_the_same_each_time() -> None:
    fine, made = voronoi(400).grids.geometry, broken_voronoi(400).grids.geometry
    differs = ~shapely.equals_exact(fine.to_numpy(), made.to_numpy(), 0.0)
    assert differs.sum() == 4
    assert made.is_valid.all()
    again = broken_voronoi(400).grids.geometry
    assert np.array_equal(shapely.to_wkb(made.to_numpy()), shapely.to_wkb(again.to_numpy()))


def test_we_answer_every_question(tmp_path: Path) -> None:
    cases, tools = tiny(tmp_path), Tools(offline=True)
    checkers = {name: claims.CHECKERS[name] for name in ("geogrid.check_coverage",)}
    repairers = {name: claims.REPAIRERS[name] for name in ("geogrid.repair_coverage",)}
    for contestants, questions in ((checkers, claims.CHECKS), (repairers, claims.REPAIRS)):
        for name, found in claims.answers(contestants, questions, cases, tools):
            assert [text for text, is_answered in found.items() if not is_answered] == [], name


def test_yes_or_no_of_geos_overlooks_gaps(tmp_path: Path) -> None:
    chosen = {"coverage_is_valid": claims.CHECKERS["coverage_is_valid"]}
    answers = claims.answers(chosen, claims.CHECKS, tiny(tmp_path), Tools(offline=True))
    ((_, found),) = answers
    assert found["1 finds an overlap"]
    assert not found["4 finds a gap 5 m wide"]


def test_results_go_between_the_marks(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n", encoding="utf-8")
    write_between(page, "new", BEGIN, END)
    assert page.read_text(encoding="utf-8") == f"before\n{BEGIN}\nnew\n{END}\nafter\n"


@pytest.mark.slow
def test_quick_run_ends_with_all_races() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.coverage", "--quick", "--offline"],
        check=False,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    assert "every edge unmatched: right" in done.stdout
    assert "ended with code" not in done.stdout
    assert "NOT PROVEN" not in done.stdout
    assert "| geogrid.check_coverage |" in done.stdout
