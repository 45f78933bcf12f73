"""Small changes to the grids of today: some made even, one halved, homes taken from one."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from geogrid.errors import FieldError, InputError
from geogrid.i18n import mark as _
from geogrid.propose.aims import AIMS, Aim
from geogrid.propose.graph import UnitGraph
from geogrid.propose.proposing import Proposal, propose

__all__ = ["Transfer", "balance_grids", "halve_grid", "take_households"]

Texts = npt.NDArray[np.object_]

_EVEN = Aim(even=300.0, compact=1.0, streets=0.3, stay=0.5)
_HALVES = {"even": _EVEN, "compact": AIMS["compact"], "streets": AIMS["streets"]}
_BEAM = 48


@dataclass(frozen=True, eq=False)
class Transfer:
    """Homes given from one grid to a neighbour.

    Attributes
    ----------
    to
        Code of the grid that gets them.
    units
        Positions of the units that move; with them the taker is in one piece, and so is the giver
        without them.
    households
        How many homes that are.
    border_m
        How much longer the border between grids becomes; below 0 where it becomes shorter.
    giver, taker
        Weight of both afterwards.
    """

    to: str
    units: tuple[int, ...]
    households: float
    border_m: float
    giver: float
    taker: float

    def applied(self, grids: Sequence[str]) -> Texts:
        """Return the code of each unit's grid after the transfer."""
        found = np.array([*grids], dtype=object)
        found[[*self.units]] = self.to
        return found


def balance_grids(
    graph: UnitGraph, codes: Collection[str], *, tolerance: float = 0.1,
    pinned: Collection[int] = (), seed: int = 0,
) -> list[Proposal]:  # fmt: skip
    """Return proposals that make some grids of today alike in size and leave all others.

    Parameters
    ----------
    graph : with the grids of today
    codes : two or more grids that have borders in common
    tolerance, pinned, seed : as for :func:`~geogrid.propose.propose`

    Raises
    ------
    FieldError
        There are fewer than two grids, or one is not there.
    InputError
        They cannot be made even in one piece each.
    """
    chosen = list(dict.fromkeys(codes))
    if len(chosen) < 2:
        raise FieldError(_("Name two or more grids to balance."))
    _require(graph, chosen)
    aims = {"even": _EVEN, "stay": replace(AIMS["stay"], even=50.0), "compact": AIMS["compact"]}
    return propose(
        graph, tolerance=tolerance, aims=aims, pinned=pinned, seed=seed,
        locked=set(graph.present) - set(chosen),
    )  # fmt: skip


def halve_grid(graph: UnitGraph, code: str, *, seed: int = 0) -> list[Proposal]:
    """Return ways to divide a grid of today into two of equal size; the new half is ``"+1"``.

    Raises
    ------
    FieldError
        There is no such grid.
    InputError
        It is one unit, or more than two parts.
    """
    _require(graph, [code])
    return propose(
        graph, count=2, tolerance=0.1, aims=_HALVES, locked=set(graph.present) - {code}, seed=seed
    )


def take_households(
    graph: UnitGraph,
    code: str,
    households: float,
    *,
    to: Iterable[str] | None = None,
    pinned: Collection[int] = (),
) -> list[Transfer]:
    """Return ways to give about so many homes of a grid to one neighbour, the best of each first.

    Units along the common border are added one by one, the most promising sets side by side
    (beam search); a set counts only while both grids stay in one piece.

    Parameters
    ----------
    graph : with the grids of today
    code : of the grid that gives
    households : how many
    to : codes of neighbours that may get them; all when left out
    pinned : positions of units that stay

    Returns
    -------
    list of Transfer
        One per neighbour for whom there is one, by how near it comes to the number, those alike
        within a tenth by how short the borders become.

    Raises
    ------
    FieldError
        A grid is not there, or the number is not between 0 and what the grid has.
    InputError
        No neighbour can get any unit.
    """
    _require(graph, [code, *(to or ())])
    mine = np.flatnonzero(graph.present == code)
    has = float(graph.households[mine].sum())
    if not 0.0 < households < has:
        raise FieldError(
            _("Grid {grid} has {count} households; ask for more than 0 and fewer than that."),
            grid=code, count=round(has),
        )  # fmt: skip
    search = _Search(graph, code, set(mine.tolist()) - set(pinned), households)
    wanted = sorted(search.takers if to is None else set(to))
    found = [best for taker in wanted if (best := search.best(taker)) is not None]
    if not found:
        raise InputError(
            _("No whole unit of grid {grid} can go to a neighbour with both in one piece. Divide a"
              " unit, or unlock some."),
            grid=code,
        )  # fmt: skip
    return sorted(
        found, key=lambda one: (round(10 * abs(one.households - households) / households),
                                one.border_m, one.to)
    )  # fmt: skip


def _require(graph: UnitGraph, codes: Iterable[str]) -> None:
    for code in codes:
        if not code or code not in graph.present:
            raise FieldError(_("There is no grid {code} among those of today."), code=code or "–")


class _Search:
    """Sets of units that one grid could give away."""

    def __init__(self, graph: UnitGraph, code: str, movable: set[int], wanted: float) -> None:
        self.graph, self.code, self.movable, self.wanted = graph, code, movable, wanted
        self.mine = set(np.flatnonzero(graph.present == code).tolist())
        self.beside: dict[int, dict[int, float]] = {unit: {} for unit in self.mine}
        self.edge: dict[str, dict[int, float]] = {}
        open_ = graph.passable
        for one, other, length in zip(
            graph.one[open_].tolist(), graph.other[open_].tolist(),
            graph.length_m[open_].tolist(), strict=True,
        ):  # fmt: skip
            for here, there in ((one, other), (other, one)):
                if here not in self.mine:
                    continue
                if there in self.mine:
                    self.beside[here][there] = length
                elif graph.present[there]:
                    row = self.edge.setdefault(str(graph.present[there]), {})
                    row[here] = row.get(here, 0.0) + length

    @property
    def takers(self) -> set[str]:
        return set(self.edge)

    def best(self, taker: str) -> Transfer | None:
        """Return the best set for one neighbour."""
        edge = self.edge.get(taker, {})
        beam: list[frozenset[int]] = [frozenset()]
        seen: set[frozenset[int]] = set()
        best: tuple[tuple[float, float, tuple[int, ...]], frozenset[int]] | None = None
        while beam:
            grown = {larger for some in beam for larger in self._larger(some, edge)} - seen
            seen |= grown
            ranked = sorted((self._rank(some, edge), some) for some in grown)
            if ranked and (best is None or ranked[0][0] < best[0]):
                best = ranked[0]
            beam = [some for _rank, some in ranked if self._homes(some) < self.wanted][:_BEAM]
        return None if best is None else self._transfer(best[1], taker, edge)

    def _larger(self, some: frozenset[int], edge: dict[int, float]) -> Iterable[frozenset[int]]:
        reach = {unit for given in some for unit in self.beside[given]} | set(edge)
        for unit in sorted((reach - some) & self.movable):
            larger = some | {unit}
            if self._is_whole(self.mine - larger):
                yield larger

    def _is_whole(self, rest: set[int]) -> bool:
        if not rest:
            return False
        found, todo = set(), [min(rest)]
        while todo:
            unit = todo.pop()
            if unit not in found:
                found.add(unit)
                todo += [other for other in self.beside[unit] if other in rest]
        return len(found) == len(rest)

    def _homes(self, some: Iterable[int]) -> float:
        return float(sum(self.graph.households[unit] for unit in some))

    def _longer(self, some: frozenset[int], edge: dict[int, float]) -> float:
        inner = sum(
            length for unit in some for other, length in self.beside[unit].items()
            if other not in some
        )  # fmt: skip
        return float(inner - sum(edge.get(unit, 0.0) for unit in some))

    def _rank(
        self, some: frozenset[int], edge: dict[int, float]
    ) -> tuple[float, float, tuple[int, ...]]:
        miss = abs(self._homes(some) - self.wanted) / self.wanted
        # a home in fifty is worth a rounder border
        return round(50 * miss) / 50, self._longer(some, edge), tuple(sorted(some))

    def _transfer(self, some: frozenset[int], taker: str, edge: dict[int, float]) -> Transfer:
        rows = sorted(some)
        moved = float(self.graph.weight[rows].sum())
        weight = {
            code: float(self.graph.weight[self.graph.present == code].sum())
            for code in (self.code, taker)
        }
        return Transfer(
            taker, tuple(rows), self._homes(rows), self._longer(some, edge),
            weight[self.code] - moved, weight[taker] + moved,
        )  # fmt: skip
