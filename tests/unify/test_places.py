"""What a map lists of unified layers: so many of each kind, tiny moves apart, a few words each."""

from __future__ import annotations

import pytest
from shapely import box

from geogrid.unify import UnifiedLayers, places, unify_layers
from tests.hand_drawn import grids


def unified() -> UnifiedLayers:
    """Return two layers with one crossing both ways, a hole, a sliver and a move of 300 m²."""
    police = grids(
        [box(0, 0, 100, 100), box(100, 0, 200, 100), box(200, 0, 300, 100)], code=["P1", "P2", "P3"]
    )
    city = grids(
        [box(0, 0, 103, 100), box(103, 0, 150, 100), box(150, 0, 200.005, 100)],
        code=["C1", "C2", "C3"],
    )
    return unify_layers({"police": police, "city": city})


def test_rows_say_what_moves_crosses_and_is_left_out() -> None:
    rows = places.with_places(unified(), "en").defects.set_index("id")
    assert set(rows["kind"]) == set(places.PLACES)
    moved = rows[rows["kind"] == "moved"]
    assert sorted(zip(moved["area_m2"].round(1), moved["severity"], strict=True)) == [
        (0.5, "noise"),
        (300.0, "advice"),
    ]
    crossing = rows[rows["kind"] == "crossing"].iloc[0]
    assert crossing["grids"] == ("P2-1", "P2-2")
    assert crossing["detail"].text("en").startswith("police P2 is cut over 100")
    assert crossing["area_m2"] == pytest.approx(4700.0, rel=1e-3)  # the smaller side, as drawn
    hole = rows[rows["kind"] == "hole"].iloc[0]
    assert hole["grids"] == ()
    assert hole["area_m2"] == pytest.approx(9999.5, rel=1e-5)  # P3 without the sliver


def test_a_page_gets_words_figures_and_labels() -> None:
    data = places.places_data(unified(), "en")
    assert data["headline"].startswith("police, city become one layer of 4 grids")
    assert data["notes"][0] == "Grids of police that stay as one: 2"
    assert data["total"] == len(data["rows"])
    assert {row["label"] for row in data["rows"]} >= {
        "city: C1 → C2",
        "police P2, cut by city",
        "city has no grid here",
    }


def test_rows_that_are_taken_as_one_grid_are_said() -> None:
    halves = [box(0, 0, 100, 100), box(100, 0, 200, 100)]
    city = grids([box(0, 0, 200, 100)], code=["C1"])
    layers = {"police": grids(halves, code=["P1", "P1"]), "city": city}
    notes = places.places_data(unify_layers(layers), "en")["notes"]
    assert notes[-1] == "police: rows with the same code are taken as one grid: P1"


def test_every_kind_is_listed_however_many_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "MOST_OF_A_KIND", 1)
    data = places.places_data(unified(), "zh_CN")
    assert [row["kind"] for row in data["rows"]] == list(places.PLACES)
    assert data["total"] > len(data["rows"])


def test_layers_that_agree_have_no_rows() -> None:
    same = grids([box(0, 0, 100, 100)], code=["A"])
    both = unify_layers({"police": same, "city": same.assign(code=["B"])})
    assert places.places_data(both, "en")["rows"] == []
    assert places.unified_grids(both)["level"].tolist() == [3]
