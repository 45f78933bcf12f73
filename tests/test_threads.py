"""Work in threads gives what one call gives, row by row."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from geogrid._threads import by_rows, chunks, query_tree


@pytest.mark.parametrize("count", [0, 1, 255, 256, 1000])
def test_by_rows_gives_what_one_call_gives(count: int) -> None:
    rng = np.random.default_rng(count)
    shapes, by = shapely.points(rng.random((count, 2))), rng.random(count)
    assert (by_rows(shapely.buffer, shapes, by) == shapely.buffer(shapes, by)).all()


@pytest.mark.parametrize("count", [0, 255, 1000])
def test_query_tree_gives_what_one_query_gives(count: int) -> None:
    rng = np.random.default_rng(count)
    tree = shapely.STRtree(shapely.points(rng.random((500, 2))))
    shapes, reach = shapely.points(rng.random((count, 2))), 0.1 * rng.random(count)
    pairs = tree.query(shapes, predicate="dwithin", distance=reach)
    assert (query_tree(tree, shapes, "dwithin", reach) == pairs).all()


def test_an_error_in_a_thread_comes_out() -> None:
    with pytest.raises(TypeError):
        by_rows(shapely.area, np.full(1000, "no shape", dtype=object))


@pytest.mark.parametrize("count", [0, 1, 7, 100])
def test_chunks_cover_everything_once(count: int) -> None:
    rows = [row for begin, stop in chunks(count, parts=8) for row in range(begin, stop)]
    assert rows == list(range(count))
