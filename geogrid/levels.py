"""A point's grids at all levels at once: the finest by location, the others by descent."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from geogrid.hierarchy import Hierarchy

__all__ = ["codes_by_level"]


def codes_by_level(
    positions: npt.NDArray[np.int32], codes: Sequence[str], tree: Hierarchy
) -> dict[int, npt.NDArray[np.object_]]:
    """Return the code of each point's grid at every level, without any more geometry.

    Parameters
    ----------
    positions : (n,) from :func:`geogrid.locate` in the undivided grids of a plan
    codes : (g,) codes of those grids
    tree : of the plan, see :func:`geogrid.hierarchy.build_hierarchy`

    Returns
    -------
    Level to (n,) codes, the coarsest level first; ``""`` outside, and where the point's grid
    is not divided down to that level or has nothing above it there.

    Examples
    --------
    >>> tree = Hierarchy({"1": "", "11": "1"}, {"1": "街", "11": "社"}, {"1": 1, "11": 2})
    >>> found = codes_by_level(np.array([0, -1], np.int32), ["11"], tree)
    >>> {level: each.tolist() for level, each in found.items()}
    {1: ['1', ''], 2: ['11', '']}
    """
    chains = [{tree.levels[step]: step for step in tree.chain(code)} for code in map(str, codes)]
    found = {}
    for level in sorted(set(tree.levels.values())):
        above = np.array([*(chain.get(level, "") for chain in chains), ""], dtype=object)
        found[level] = above[positions]
    return found
