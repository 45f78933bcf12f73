"""What the workbench computes in the browser: which grid is at a place, outlines, right angles."""

from __future__ import annotations

from random import Random
from typing import Any

import numpy as np
import pytest
import shapely
from redraw_plans import draft, plan
from web_js import run_js

from geogrid.redraw.arc import UNITS

ENVIRONMENT = (
    "globalThis.window = globalThis;"
    "globalThis.document = { documentElement: { lang: 'en' } };"
    "const load = (name) => import('./web/js/edit/' + name + '.js');"
    "const { Model } = await load('model');"
    "const { onSquare, squareLines, toDegrees, toWorld } = await load('geometry');"
)


def view() -> dict[str, Any]:
    graph = draft()
    names = ("code", "name", "level", "kind", "parent")
    return {
        "version": 1,
        "editable": True,
        "arcs": [
            {"id": str(at), "left": arc.left, "right": arc.right,
             "line": (arc.points / UNITS).tolist()}
            for at, arc in enumerate(graph.arcs.values())
        ],
        "grids": [
            {"id": label, "is_finest": graph.is_leaf(label), "locked": False, "label_at": None}
            | {name: row[name] for name in names}
            for label, row in graph.rows.items()
        ],
        "gaps": [],
    }  # fmt: skip


def answered(script: str, data: object) -> Any:
    return run_js(ENVIRONMENT + script, data)


def test_the_grid_at_a_place_is_the_one_that_holds_it() -> None:
    rng = Random(1)
    places = [[rng.uniform(113.998, 114.022), rng.uniform(21.998, 22.022)] for _ in range(400)]
    found = answered(
        "const model = new Model(); model.replace(data.view);"
        "answer(data.places.map((place) => model.leafAt(toWorld(place))));",
        {"view": view(), "places": places},
    )
    finest = plan().query("level == 3")
    expected = []
    for lon, lat in places:
        inside = finest["code"][finest.geometry.contains(shapely.Point(lon, lat)).to_numpy()]
        expected.append(inside.iloc[0] if len(inside) else "")
    assert found == expected
    assert len(set(found)) == len(finest) + 1


@pytest.mark.parametrize("code", plan()["code"].tolist())
def test_outlines_are_those_of_the_grids_at_every_level(code: str) -> None:
    rings, is_whole = answered(
        "const model = new Model(); model.replace(data.view);"
        "const { rings, is_whole } = model.outline(data.code);"
        "answer([rings.map((ring) => Array.from({ length: ring.length / 2 },"
        " (_, at) => toDegrees([ring[at * 2], ring[at * 2 + 1]]))), is_whole]);",
        {"view": view(), "code": code},
    )
    assert is_whole
    lines = [shapely.linearrings(ring) for ring in rings]
    drawn = shapely.get_parts(shapely.polygonize(lines))
    shape = plan().set_index("code").geometry[code]
    outer = max(drawn, key=shapely.area)
    assert shapely.equals(shapely.Polygon(outer.exterior), shapely.Polygon(shape.exterior))
    assert len(lines) == 1 + len(shape.interiors)


def test_a_view_that_cuts_a_grid_says_that_its_outline_is_not_whole() -> None:
    part = view()
    part["arcs"] = [arc for arc in part["arcs"] if "11001" not in (arc["left"], arc["right"])]
    assert answered(
        "const model = new Model(); model.replace(data);"
        "answer(['11002', '12002'].map((id) => model.outline(id).is_whole));",
        part,
    ) == [False, True]


def test_places_come_back_to_the_bit() -> None:
    rng = np.random.default_rng(2)
    places = np.column_stack([rng.integers(-180e9, 180e9, 500), rng.integers(-80e9, 80e9, 500)])
    degrees = (places / UNITS).tolist()
    assert answered("answer(data.map((one) => toDegrees(toWorld(one))));", degrees) == degrees


def test_right_angles_catch_only_what_is_near() -> None:
    neighbours = [{"at": [0, 0], "before": [-4, -3]}, {"at": [10, 0], "before": [10, -5]}]
    square = (
        "const lines = squareLines(data.neighbours);"
        "answer(data.places.map((place) => onSquare(place, lines, 0.3)));"
    )
    # (-3, 4) is square to the first; (10, 7.5) goes on from both; (5, 9) does neither
    found = answered(
        square, {"neighbours": neighbours, "places": [[-2.9, 4.1], [9.9, 7.4], [5, 9]]}
    )
    assert np.allclose(found[0]["place"], [-2.98, 3.98], atol=0.08)
    assert np.dot(found[0]["place"], [4, 3]) == pytest.approx(0, abs=1e-9)
    assert found[1]["place"] == pytest.approx([10, 7.5])
    assert len(found[1]["lines"]) == 2
    assert found[2] is None


def test_a_change_takes_the_place_of_what_was() -> None:
    before = view()
    arc = next(arc for arc in before["arcs"] if arc["left"] == "12003" or arc["right"] == "12003")
    merged = {
        "version": 2,
        "arcs": {"gone": [arc["id"]], "come": []},
        "grids": {"gone": ["12003"], "come": []},
        "gaps": {"gone": [], "come": []},
    }
    script = (
        "const model = new Model(); model.replace(data.before); let drawn = 0;"
        "model.changed = () => { drawn += 1; };"
        "model.exchange(data.merged); model.exchange(data.merged);"  # heard twice: once by polling
        "answer([model.version, model.leafAt(toWorld([114.015, 22.005])), drawn]);"
    )
    assert answered(script, {"before": before, "merged": merged}) == [2, "12001", 1]
