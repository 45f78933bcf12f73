"""What became of each grid: told by its code and by the ground that grids have in common.

A code is the same grid in both plans as long as they have a place in common that is wider
than the tolerance. A grid whose code is gone leads on to the one that took more than half of
its ground, and a grid with a new code comes from the one that more than half of its ground
was taken from. Grids that lead to each other make one change; how many there were and are says
which kind it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geogrid.topology import Floats, Integers, connected_components

__all__ = ["KINDS", "Change", "Shares", "find_changes"]

Flags = npt.NDArray[np.bool_]

KINDS = (
    "split",
    "merged",
    "regrouped",
    "added",
    "removed",
    "reshaped",
    "renamed",
    "amended",
    "unchanged",
)
"""What can happen to grids: one became several; several became one; several became others;
there was none before; there is none now; its border moved; its code or name changed; only
something else that is said of it changed; nothing."""

_MOST = 0.5


@dataclass(frozen=True)
class Shares:
    """The ground that grids before and after have in common, without noise.

    Attributes
    ----------
    before, after
        (k,) positions of the grids, no pair twice, −1 for nobody.
    area_m2
        (k,) of what they have in common.
    """

    before: Integers
    after: Integers
    area_m2: Floats

    def by_pair(self) -> Mapping[tuple[int, int], float]:
        """Return the areas by (before, after)."""
        pairs = zip(self.before.tolist(), self.after.tolist(), strict=True)
        return dict(zip(pairs, self.area_m2.tolist(), strict=True))


@dataclass(frozen=True)
class Change:
    """Grids before and after that lead to each other.

    Attributes
    ----------
    before, after
        Their positions.
    kind
        One of ``"split"``, ``"merged"``, ``"regrouped"``, ``"added"``, ``"removed"``, and
        ``"same"`` where one grid became one.
    """

    before: tuple[int, ...]
    after: tuple[int, ...]
    kind: str


def find_changes(
    shares: Shares, area_before: Floats, area_after: Floats, lasting: Integers
) -> list[Change]:
    """Group grids by what became of them.

    Parameters
    ----------
    shares : what they have in common
    area_before, area_after : (n,) and (m,) m²
    lasting : (c, 2) positions before and after of grids that kept their code

    Returns
    -------
    list of Change
        Every grid is in exactly one, in the order of the grids before, then after.
    """
    count, later = len(area_before), len(area_after)
    is_gone, is_new = np.ones(count, dtype=bool), np.ones(later, dtype=bool)
    is_gone[lasting[:, 0]] = False
    is_new[lasting[:, 1]] = False
    real = (shares.before >= 0) & (shares.after >= 0)
    before, after, area = shares.before[real], shares.after[real], shares.area_m2[real]
    leads = is_gone[before] & (area > _MOST * area_before[before])
    comes = is_new[after] & (area > _MOST * area_after[after])
    linked = leads | comes
    one = np.concatenate([lasting[:, 0], before[linked]])
    other = np.concatenate([lasting[:, 1], after[linked]])
    label = connected_components(count + later, one, other + count)
    members: dict[int, tuple[list[int], list[int]]] = {}
    for node, own in enumerate(label.tolist()):
        sides = members.setdefault(own, ([], []))
        sides[node >= count].append(node - count if node >= count else node)
    return [Change(tuple(were), tuple(are), _kind(were, are)) for were, are in members.values()]


def _kind(were: Sequence[int], are: Sequence[int]) -> str:
    if not were:
        return "added"
    if not are:
        return "removed"
    if len(were) == len(are) == 1:
        return "same"
    if len(were) == 1:
        return "split"
    return "merged" if len(are) == 1 else "regrouped"
