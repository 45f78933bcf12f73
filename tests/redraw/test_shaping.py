from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely
from redraw_plans import area, at, done, draft, path, require_seamless, shape, square

from geogrid.redraw import RedrawError, build_graph, graph_frame, reshape, snap_to_line


def test_a_stretch_is_drawn_anew() -> None:
    graph = draft()
    done(graph, reshape(graph, path((1, 0.2), (1.2, 0.2), (1.2, 0.8), (1, 0.8))))
    assert area(graph, "11001") == pytest.approx(1.12)
    assert area(graph, "11") == pytest.approx(2.12)
    done(graph, reshape(graph, path((1.2, 0.2), (0.9, 0.5), (1.2, 0.8))))
    assert area(graph, "11001") == pytest.approx(1 + 0.12 - 0.3 * 0.6 / 2)


def test_a_whole_border_is_drawn_anew_from_junction_to_junction() -> None:
    graph = draft()
    done(graph, reshape(graph, path((1, 1), (1.3, 0.5), (1, 0))))
    assert area(graph, "11001") == pytest.approx(1.15)


def test_the_line_may_cross_the_stretch_that_it_replaces() -> None:
    graph = draft()
    done(graph, reshape(graph, path((1, 0.1), (1.2, 0.3), (0.8, 0.6), (1.1, 0.8), (1, 0.9))))
    require_seamless(graph, square(0, 0, 2, 2))


def test_of_a_ring_the_nearer_stretch_is_replaced() -> None:
    graph = draft()
    done(graph, reshape(graph, path((1.4, 0.4), (1.5, 0.3), (1.6, 0.4))))
    assert area(graph, "12003") == pytest.approx(0.05)
    done(graph, reshape(graph, path((1.6, 0.45), (1.8, 0.5), (1.6, 0.55))))
    assert area(graph, "12003") == pytest.approx(0.06)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ([(1, 0.2), (1.5, 0.5), (1, 0.8)], "cross or touch"),  # into the enclave
        ([(1, 0.2), (0.5, 1.5), (1, 0.8)], "cross or touch"),  # over the neighbour's border
        ([(1, 0.2), (1.9, 0.1), (1.9, 0.9), (1, 0.8)], "12003.* other side"),
        ([(1, 0.2), (1.2, 0.6), (1.2, 0.2), (1, 0.8)], "touch itself"),
        ([(1, 0.5), (1.2, 1.2), (1, 1.5)], "same border"),
        ([(0.5, 0.5), (1, 0.8)], "no border"),
        ([(1, 0.5), (1.1, 0.6), (1, 0.5)], "same place"),
        ([(1, 0.2), (1, 0.8)], "change nothing"),
        ([(0, 0.5), (0.1, 0.6), (0, 0.7)], "edge of the region"),
    ],
)
def test_lines_that_are_refused(line: list[tuple[float, float]], reason: str) -> None:
    graph = draft()
    before = dict(graph.arcs)
    if reason == "change nothing":
        done(graph, reshape(graph, path((1, 0.1), (1.1, 0.15), (1, 0.2))))
        done(graph, reshape(graph, path((1, 0.8), (1.1, 0.85), (1, 0.9))))
        before = dict(graph.arcs)
    with pytest.raises(RedrawError, match=reason) as error:
        reshape(graph, path(*line))
    assert graph.arcs == before
    if reason != "change nothing":
        assert error.value.place is not None


def test_the_edge_moves_with_the_region() -> None:
    graph = draft()
    record = reshape(graph, path((0, 0.5), (0.1, 0.6), (0, 0.7)), moves_region=True)
    done(graph, record)
    assert area(graph, "1") == pytest.approx(4 - 0.01)


def test_a_border_is_laid_along_a_street() -> None:
    graph = draft()
    street = path((1.05, 0.1), (1.1, 0.5), (1.05, 0.9))
    done(graph, snap_to_line(graph, at(1, 0.5), street))
    assert shapely.Point(at(1.1, 0.5)).intersects(shape(graph, "11001").boundary)
    assert shapely.Point(at(1, 1)).intersects(shape(graph, "11001").boundary)


def test_junctions_move_onto_the_street_with_all_borders() -> None:
    graph = draft()
    street = path((0.2, 1.05), (0.5, 1.1), (1.05, 1.05), (1.8, 0.95))
    done(graph, snap_to_line(graph, at(1.5, 1), street, moves_junctions=True))
    corner = shapely.Point(shape(graph, "11001").exterior.coords[2])
    assert corner.distance(shapely.LineString(street)) < 1e-9
    assert all(
        corner.intersects(shape(graph, code).boundary) for code in ("11001", "11002", "12001", "12")
    )
    assert shapely.Point(at(2, 1)).intersects(shape(graph, "12002").boundary)  # on the edge
    require_seamless(graph, square(0, 0, 2, 2))


def test_streets_that_are_refused() -> None:
    graph = draft()
    with pytest.raises(RedrawError, match="all around"):
        snap_to_line(graph, at(1.4, 0.5), path((1.3, 0.2), (1.3, 0.8)))
    with pytest.raises(RedrawError, match="not run beside"):
        snap_to_line(graph, at(1, 0.5), path((1.5, 1.5), (1.9, 1.9)))
    with pytest.raises(RedrawError, match="cross or touch"):
        snap_to_line(graph, at(1, 0.5), path((1.5, 0.0), (1.5, 1.0)))


def test_long_borders_cost_what_is_seen_of_them() -> None:
    turns = np.linspace(0, 1, 5001)
    wavy = np.column_stack([1 + 0.05 * np.sin(turns * 300), turns])
    places = [at(x, y) for x, y in wavy.tolist()]
    left = shapely.Polygon([at(0, 0), *places, at(0, 1)])
    right = shapely.Polygon([at(2, 0), at(2, 1), *places[::-1]])
    frame = graph_frame(draft()).iloc[:2].assign(code=["a", "b"], parent="", level=3)
    graph = build_graph(frame.set_geometry([left, right], crs=4326))
    arc = next(arc for arc in graph.arcs.values() if arc.left and arc.right)
    assert len(arc.points) == 5001
    done(graph, reshape(graph, [places[2000], at(1.0, 0.45), places[2600]]))
    record = reshape(graph, [places[100], at(1.3, 0.021), places[110]])
    done(graph, record)
    assert area(graph, "a") + area(graph, "b") == pytest.approx(2)


def test_a_line_that_runs_to_and_fro_is_refused() -> None:
    graph = draft()
    for line in ([(1, 1), (1, 0), (1, 1), (1, 0)], [(1, 1), (1.1, 0.5), (1, 1), (1, 0)]):
        with pytest.raises(RedrawError, match="touch itself"):
            reshape(graph, path(*line))
    done(graph, reshape(graph, path((1, 1), (1.1, 0.5), (1, 0))))
    with pytest.raises(RedrawError, match="touch itself"):
        reshape(graph, path((1, 1), (1.1, 0.5), (1, 0), (1.1, 0.5), (1, 0)))


def test_of_borders_between_the_same_junctions_the_nearer_one_is_meant() -> None:
    cells = [
        shapely.Polygon(path((0, 0), (1, 0), (1, 0.4), (0.8, 1), (1, 1.6), (1, 2), (0, 2))),
        shapely.Polygon(path((1, 0), (2, 0), (2, 2), (1, 2), (1, 1.6), (1.2, 1), (1, 0.4))),
        shapely.Polygon(path((1, 0.4), (1.2, 1), (1, 1.6), (0.8, 1))),
    ]
    frame = gpd.GeoDataFrame({"code": ["a", "b", "c"]}, geometry=cells, crs=4326)
    graph = build_graph(frame)
    done(graph, reshape(graph, path((1, 0.4), (1.3, 1), (1, 1.6))))
    assert area(graph, "c") == pytest.approx(0.24 + 0.06)
    done(graph, reshape(graph, path((1, 0.4), (0.7, 1), (1, 1.6))))
    assert area(graph, "c") == pytest.approx(0.36)
