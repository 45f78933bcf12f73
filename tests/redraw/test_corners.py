from __future__ import annotations

import geopandas as gpd
import pytest
import shapely
from redraw_plans import area, at, done, draft, path, require_seamless, shape, square

from geogrid.redraw import (
    RedrawError,
    build_graph,
    delete_vertex,
    insert_vertex,
    move_vertex,
    replay,
    undo,
)


def test_a_junction_of_four_moves_with_all_borders() -> None:
    graph = draft()
    record = done(graph, move_vertex(graph, at(1, 1), at(1.1, 1.2)))
    assert len(record.removed) == len(record.added) == 4
    areas = [area(graph, code) for code in ("11001", "11002", "12001", "12002", "12003")]
    assert areas == pytest.approx([1.15, 0.95, 1.01, 0.85, 0.04])
    corner = at(1.1, 1.2)
    for code in ("11001", "11002", "12001", "12002", "11", "12"):
        assert shapely.Point(corner).intersects(shape(graph, code).boundary)


def test_a_corner_of_one_border_moves() -> None:
    graph = draft()
    done(graph, insert_vertex(graph, at(1, 0.5), at(1.2, 0.5)))
    assert area(graph, "11001") == pytest.approx(1.1)
    done(graph, move_vertex(graph, at(1.2, 0.5), at(0.8, 0.5)))
    assert area(graph, "11001") == pytest.approx(0.9)
    done(graph, delete_vertex(graph, at(0.8, 0.5)))
    assert area(graph, "11001") == pytest.approx(1.0)


def test_the_corner_of_an_enclave_moves() -> None:
    graph = draft()
    done(graph, move_vertex(graph, at(1.4, 0.4), at(1.1, 0.1)))
    assert area(graph, "12003") == pytest.approx(0.04 + 0.06)
    done(graph, delete_vertex(graph, at(1.6, 0.6)))
    assert shape(graph, "12003").exterior.coords.__len__() == 4
    with pytest.raises(RedrawError, match="three corners") as error:
        delete_vertex(graph, at(1.1, 0.1))
    assert error.value.place == at(1.1, 0.1)


def test_an_enclave_may_be_turned_inside_out() -> None:
    graph = draft()
    done(graph, delete_vertex(graph, at(1.6, 0.6)))
    record = done(graph, move_vertex(graph, at(1.4, 0.4), at(1.8, 0.8)))  # across the far side
    assert area(graph, "12003") == pytest.approx(0.06)
    require_seamless(graph)
    done(graph, insert_vertex(graph, at(1.5, 0.5), at(1.7, 0.7)))  # an arrowhead
    done(graph, delete_vertex(graph, at(1.8, 0.8)))
    assert area(graph, "12003") == pytest.approx(0.04)
    require_seamless(graph)
    assert len(record.removed) == len(record.added) == 1


@pytest.mark.parametrize("to", [(1.8, 0.5), (1.6, 0.5), (0.9, 0.5), (1.0, 0.5), (1.0, 1.0)])
def test_borders_never_cross_or_touch(to: tuple[float, float]) -> None:
    graph = draft()
    before = graph.arcs.copy()
    with pytest.raises(RedrawError, match=r"cross or touch|fall together") as error:
        move_vertex(graph, at(1.4, 0.4), at(*to))
    assert error.value.place is not None
    assert graph.arcs == before


def test_touching_exactly_is_refused_and_a_unit_off_is_not() -> None:
    graph = draft()
    lon, lat = at(1.0, 0.4)
    with pytest.raises(RedrawError, match="cross or touch"):
        move_vertex(graph, at(1.4, 0.4), (lon, lat))
    done(graph, move_vertex(graph, at(1.4, 0.4), (lon + 1e-9, lat)))


def test_an_island_is_not_jumped_over() -> None:
    graph = draft()
    done(graph, insert_vertex(graph, at(1, 0.5)))
    with pytest.raises(RedrawError, match=r"12003.* other side") as error:
        move_vertex(graph, at(1, 0.5), at(1.95, 0.5))
    assert error.value.place is not None
    assert error.value.text("zh_CN").startswith("网格12001、网格12003")


def test_the_edge_of_the_region_stays_unless_it_may_move() -> None:
    graph = draft()
    for work in (
        lambda: move_vertex(graph, at(0, 0), at(0.1, 0.1)),
        lambda: move_vertex(graph, at(1, 0), at(1.2, 0.1)),
        lambda: insert_vertex(graph, at(0.5, 0), at(0.5, 0.1)),
        lambda: delete_vertex(graph, at(2, 2)),
    ):
        with pytest.raises(RedrawError, match="edge of the region") as error:
            work()
        assert error.value.place is not None
    done(graph, move_vertex(graph, at(1, 0), at(1.2, 0)))  # along the edge
    require_seamless(graph, square(0, 0, 2, 2))
    record = move_vertex(graph, at(0, 0), at(0.1, 0.1), moves_region=True)
    replay(graph, record)
    assert area(graph, "11001") == pytest.approx(1.0)
    undo(graph, record)
    assert shape(graph, "1").equals(square(0, 0, 2, 2))


def test_a_corner_can_be_put_on_the_edge_of_the_region() -> None:
    graph = draft()
    done(graph, insert_vertex(graph, at(0.5, 0)))
    require_seamless(graph, square(0, 0, 2, 2))


def test_a_junction_is_deleted_by_drawing_its_borders_to_the_next_corner() -> None:
    graph = draft()
    with pytest.raises(RedrawError, match="move this corner"):
        delete_vertex(graph, at(1, 1))
    done(graph, insert_vertex(graph, at(1, 1.3), at(1.1, 1.3)))
    done(graph, delete_vertex(graph, at(1, 1)))
    assert shapely.Point(at(1.1, 1.3)).intersects(shape(graph, "11001").boundary)


def test_there_must_be_a_corner_or_a_border() -> None:
    graph = draft()
    with pytest.raises(RedrawError, match="no corner"):
        move_vertex(graph, at(0.5, 0.5), at(0.6, 0.5))
    with pytest.raises(RedrawError, match="no border"):
        insert_vertex(graph, at(0.5, 0.5))
    with pytest.raises(RedrawError, match="corner here already"):
        insert_vertex(graph, at(1, 1))
    with pytest.raises(RedrawError, match="change nothing"):
        move_vertex(graph, at(1, 1), at(1, 1))


@pytest.mark.parametrize("place", [(float("nan"), 22.0), (114.0, 91.0), ("a", "b"), (114.0,)])
def test_places_are_degrees(place: object) -> None:
    with pytest.raises(Exception, match="longitude and a latitude"):
        move_vertex(draft(), at(1, 1), place)  # type: ignore[arg-type]


def test_a_corner_slides_along_an_edge_that_one_grid_has() -> None:
    lens = shapely.Polygon(path((1, 0), (1.4, 0.5), (0.6, 0.5)))
    whole = shapely.Polygon(path((0, 0), (1, 0), (2, 0), (2, 2), (0, 2)))
    rest = whole.difference(lens)
    frame = gpd.GeoDataFrame({"code": ["a", "b"]}, geometry=[rest, lens], crs=4326)
    graph = build_graph(frame)
    done(graph, move_vertex(graph, at(1, 0), at(1.2, 0)))
    assert area(graph, "b") == pytest.approx(0.2)
    require_seamless(graph, square(0, 0, 2, 2))
