"""Small changes to a draft as operations that can be done on it: halve, balance, take homes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from geogrid.errors import FieldError, InputError
from geogrid.i18n import mark as _
from geogrid.propose.adjusting import balance_grids, halve_grid, take_households
from geogrid.propose.cutting_lines import halving_line, line_between
from geogrid.propose.shifting import shifted_borders
from geogrid.propose.stepping import DraftUnits, Homes, strip_steps, unit_steps, units_of
from geogrid.redraw import ArcGraph, RedrawError, grid_polygon, split

__all__ = ["Homes", "Suggestion", "suggest_balance", "suggest_halves", "suggest_transfer"]

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Suggestion:
    """An operation that makes a small change.

    Attributes
    ----------
    operation, parameters
        Name of an operation of :mod:`geogrid.redraw` and its parameters, as JSON holds them.
    measure
        ``"households"`` or ``"area"``: by what it was made even.
    """

    operation: str
    parameters: Mapping[str, Any]
    measure: str


def _homes_of(homes: Homes | None) -> str:
    return "area" if homes is None else "households"


def suggest_halves(graph: ArcGraph, code: str, homes: Homes | None) -> Suggestion:
    """Return how to split a grid into two of equal households, or of equal area.

    Homes of a building stay together where that can be (:func:`~geogrid.propose.halve_grid`);
    else, for divided grids and by area, the cut is one straight line.

    Parameters
    ----------
    graph : the draft
    code : of a grid of any level
    homes : in it; None where nobody knows of any: then by area

    Raises
    ------
    FieldError
        There is no such grid.
    InputError
        No line cuts it in two.
    """
    shape, is_divided = grid_polygon(graph, code), not graph.is_leaf(graph.label(code))
    line = None
    for units in [] if homes is None else units_of(graph, [code], homes):
        line = _line_of_units(units, code) if line is None else line
    if line is None or not _can_split(graph, code, line):
        some = _places(homes) if homes is not None and len(homes.lon) > 1 else (None, None)
        line = halving_line(shape, *some)
    parameters = {"code": code, "line": _path(line), "cut_children": is_divided}
    return Suggestion("split", parameters, _homes_of(homes))


def _places(homes: Homes) -> tuple[Floats, Floats]:
    return np.column_stack([homes.lon, homes.lat]), homes.households


def _can_split(graph: ArcGraph, code: str, line: Floats) -> bool:
    try:
        split(graph, code, line, cut_children=True)
    except RedrawError:
        return False
    return True


def _line_of_units(units: DraftUnits, code: str) -> Floats | None:
    """Return the best border between halves made of whole units, None where there is none."""
    try:
        proposals = halve_grid(units.graph, code)
    except InputError:
        return None
    ranked, grid = [], shapely.coverage_union_all([*units.shapes.values()])
    for number, proposal in enumerate(proposals):
        parts = units.parts(code, np.asarray(proposal.grids != code))
        if not all(shapely.get_num_geometries(part) == 1 for part in parts):
            continue
        lines = shapely.get_parts(line_between(*parts, grid))
        if len(lines) == 1 and not shapely.is_closed(lines[0]):
            rank = round(proposal.scores.worst / 0.02), shapely.length(lines[0]), number
            ranked.append((rank, proposal.scores.outside, lines[0]))
    if not ranked or min(ranked, key=lambda one: one[0])[1]:
        return None
    return shapely.get_coordinates(min(ranked, key=lambda one: one[0])[2])


def suggest_balance(graph: ArcGraph, codes: Sequence[str], homes: Homes | None) -> Suggestion:
    """Return how to make some finest grids alike, as one operation (:func:`balance`).

    Parameters
    ----------
    graph : the draft
    codes : of two or more finest grids that hang together
    homes : in them; None where nobody knows of any: then by area

    Raises
    ------
    FieldError, RedrawError
        There are fewer than two, one is not there or divided.
    InputError
        They are alike already, or cannot be made so by what lies on their borders.
    """
    chosen = list(dict.fromkeys(codes))
    if len(chosen) < 2:
        raise FieldError(_("Name two or more grids to balance."))
    _require_alike(graph, chosen)
    if homes is None:
        shapes = {code: grid_polygon(graph, code) for code in chosen}
        steps = [
            step
            for giver, taker, area in shifted_borders(shapes)
            for step in strip_steps(graph, giver, taker, area)
        ]
        return Suggestion("balance", {"steps": steps}, "area")
    for units in units_of(graph, chosen, homes):
        found = _balanced(units, chosen)
        if found is not None:
            return Suggestion("balance", {"steps": unit_steps(graph, units, found)}, "households")
    raise InputError(_("No better balance was found: they are alike already, as buildings go."))


def _require_alike(graph: ArcGraph, codes: Sequence[str]) -> None:
    """Raise where only some grids are divided, or one is divided twice."""
    labels = [graph.label(code) for code in codes]
    deep = any(not graph.is_leaf(child) for label in labels for child in graph.below(label))
    if deep or len({graph.is_leaf(label) for label in labels}) > 1:
        raise InputError(
            _("Choose grids that are the finest, or all directly above the finest ones.")
        )


def _balanced(units: DraftUnits, codes: Sequence[str]) -> npt.NDArray[np.object_] | None:
    """Return the best balance of units, None where it is no better or, of many, not even."""
    present = units.graph.present
    try:
        proposals = balance_grids(units.graph, codes)
    except InputError:
        return None
    kept = [each for each in proposals if set(present[present == each.grids]) == set(present)]
    if not kept:
        return None
    best = min(kept, key=lambda one: (one.scores.outside, one.scores.moved))
    weight = np.array([units.graph.weight[present == code].sum() for code in codes])
    was = float(np.abs(weight / weight.mean() - 1.0).max())
    is_even = best.scores.outside == 0 or not units.is_whole
    return best.grids if is_even and best.scores.moved and best.scores.worst < was else None


def suggest_transfer(
    graph: ArcGraph, code: str, households: float, homes: Homes | None, *,
    to: str | None = None, takers: Sequence[str] = (),
) -> Suggestion:  # fmt: skip
    """Return how to give about so many households of a finest grid to a neighbour.

    Parameters
    ----------
    graph : the draft
    code : of the grid that gives
    households : how many
    homes : in the grid and its neighbours; None where nobody knows of any
    to : code of the neighbour that gets them; the best of `takers` when left out
    takers : codes of finest grids beside it that may

    Raises
    ------
    FieldError, RedrawError
        A grid is not there, divided or no neighbour, or the number is not below what it has.
    InputError
        Nothing is known of households, or no neighbour can get any.
    """
    if homes is None:
        raise InputError(
            _("Nobody knows how many households are where; halve or balance the grids by area.")
        )
    chosen = [to] if to else list(takers)
    if code in chosen or not chosen:
        raise InputError(_("Choose a neighbour that gets the households."))
    _require_alike(graph, [code, *chosen])
    units = units_of(graph, [code, *chosen], homes)[-1]
    best = take_households(units.graph, code, households, to=[to] if to else None)[0]
    steps = unit_steps(graph, units, best.applied(units.graph.present.tolist()))
    if len(steps) == 1 and "area" in steps[0]:
        step = steps[0]
        parameters = {"area": step["area"], "to": step["to"], "sources": [step["from"]]}
        return Suggestion("give_area", parameters, "households")
    return Suggestion("balance", {"steps": steps}, "households")


def _path(points: Floats) -> list[list[float]]:
    found: list[list[float]] = np.round(points, 9).tolist()
    return found
