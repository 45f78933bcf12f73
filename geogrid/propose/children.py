"""Finer grids that follow: what becomes of micro-grids when the grids above them change."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from geogrid.propose.graph import UnitGraph

__all__ = ["follow_finer"]

Texts = npt.NDArray[np.object_]


def follow_finer(
    graph: UnitGraph, finer: Sequence[str] | Texts, grids: Sequence[str] | Texts
) -> Texts:
    """Return the finer grid of each unit, each within one grid.

    Parameters
    ----------
    graph : of the units
    finer : (n,) code of each unit's finer grid now; that of its grid where that is not divided
    grids : (n,) code of each unit's grid from now on

    Returns
    -------
    (n,) codes. A finer grid stays where most of its homes are, or of its area where nobody lives;
    what is elsewhere joins the neighbour with the longest common border in the same grid. Where
    there is none, ``"+1:CODE"`` stands for a new finer grid below the grid CODE. A grid that was
    not divided stays so, and so does a new one made of such grids only.
    """
    own, above = np.asarray(finer, dtype=object), np.asarray(grids, dtype=object)
    undivided = {code for code, now in zip(own, graph.present, strict=True) if code == now}
    found = np.full(len(own), "", dtype=object)
    divided = {code for code, line in zip(above, own, strict=True) if line not in undivided}
    divided |= set(graph.present) - undivided
    is_plain = np.array([code in undivided or code not in divided for code in above], dtype=bool)
    found[is_plain] = above[is_plain]
    rows = pd.DataFrame({"own": own, "above": above, "homes": graph.households})
    rows["area"] = graph.area_m2
    rows = rows[~is_plain & ~np.isin(own.astype(str), [*map(str, undivided)])]
    pieces = rows.groupby(["own", "above"], as_index=False)[["homes", "area"]].sum()
    pieces = pieces.sort_values(
        ["own", "homes", "area", "above"], ascending=[True, False, False, True]
    )
    kept = pieces.drop_duplicates("own")
    stays = pd.MultiIndex.from_frame(rows[["own", "above"]]).isin(
        pd.MultiIndex.from_frame(kept[["own", "above"]])
    )
    chosen = rows.index[stays]
    found[chosen] = own[chosen]
    _join_rest(graph, found, above)
    return found


def _join_rest(graph: UnitGraph, found: Texts, above: Texts) -> None:
    number = 0
    same = above[graph.one] == above[graph.other]
    one, other, length = graph.one[same], graph.other[same], graph.length_m[same]
    while (found == "").any():
        is_open = found == ""
        edge = np.flatnonzero(is_open[one] != is_open[other])
        if not len(edge):
            first = int(is_open.argmax())
            kept = found[(above == above[first]) & ~is_open]
            if len(kept):  # a part across a gap
                found[first] = kept[0]
            else:
                number += 1
                found[first] = f"+{number}:{above[first]}"
            continue
        lone = np.where(is_open[one[edge]], one[edge], other[edge])
        taker = np.where(is_open[one[edge]], other[edge], one[edge])
        sums = pd.DataFrame({"lone": lone, "to": found[taker].astype(str), "length": length[edge]})
        best = sums.groupby(["lone", "to"], as_index=False)["length"].sum()
        best = best.sort_values(["lone", "length", "to"], ascending=[True, False, True])
        best = best.drop_duplicates("lone")
        found[best["lone"].to_numpy()] = best["to"].to_numpy(dtype=object)
