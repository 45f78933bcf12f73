"""A proposal as the grids of a plan, at all levels: what a draft is made of."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from geogrid.coverage import check_coverage
from geogrid.errors import FieldError, InputError
from geogrid.hierarchy import Hierarchy, build_hierarchy
from geogrid.i18n import mark as _
from geogrid.propose.children import follow_finer
from geogrid.propose.graph import UnitGraph
from geogrid.propose.outlines import grid_outlines
from geogrid.redraw.building import build_graph
from geogrid.redraw.codes import fresh_codes
from geogrid.redraw.graph import ArcGraph

__all__ = ["ProposedPlan", "proposal_frame"]

Texts = npt.NDArray[np.object_]


@dataclass(frozen=True, eq=False)
class ProposedPlan:
    """A proposal as a plan.

    Attributes
    ----------
    grids
        Every level, EPSG:4326, columns of the plan it was made for; proven seamless.
    region
        What the finest grids fill: the region as it was, with corners where new borders meet it.
    codes
        (n,) code of each unit's grid in it: those of the proposal, with codes for new grids.
    """

    grids: gpd.GeoDataFrame
    region: shapely.Geometry
    codes: Texts


def proposal_frame(
    plan: gpd.GeoDataFrame,
    units: gpd.GeoDataFrame,
    graph: UnitGraph,
    grids: Sequence[str] | Texts,
    *,
    used: Collection[str] = (),
) -> ProposedPlan:
    """Return a plan whose grids are as proposed.

    Grids of a proposal keep the row of the grid of today whose code they have; new ones get the
    next code below their parent. The parent of a grid is that of most of its homes, and parents
    are the unions of their grids. Finer grids follow
    (:func:`~geogrid.propose.children.follow_finer`).
    Households of what changed are those of its units; people are not known then.

    Parameters
    ----------
    plan
        Every level, EPSG:4326: what the units were made from.
    units, graph
        Of :func:`~geogrid.propose.unit_areas` and :func:`~geogrid.propose.build_unit_graph`.
    grids
        (n,) code of each unit's grid, of a :class:`~geogrid.propose.Proposal`.
    used
        Codes that were used once and that no new grid may have.

    Raises
    ------
    FieldError
        The proposal is not of these units, or a grid has no code today.
    InputError
        A level lies between the grids and the finest ones; or the result cannot be proven
        seamless: the plan is not, or the units are not its own.
    """
    if len(grids) != len(units) or len(graph.names) != len(units):
        raise FieldError(
            _("The proposal has {count} units and the plan {units}; make it anew."),
            count=len(grids), units=len(units),
        )  # fmt: skip
    tree = build_hierarchy(plan)
    finer = units["grid"].astype(str).to_numpy(dtype=object)
    _require_near(tree, graph.present, finer)
    draft = build_graph(plan, used=used)
    codes, parents = _coded(draft, tree, graph, np.asarray(grids, dtype=object))
    leaves = follow_finer(graph, finer, codes)
    leaves, more = _coded_finer(draft, tree, leaves, codes)
    parents |= more
    corners = shapely.get_coordinates(np.asarray(plan.geometry.array, dtype=object))
    shapes = grid_outlines(units, leaves, corners)
    above = _above(tree, parents, leaves)
    found = _frame(plan, graph, finer, (leaves, above, shapes), tree)
    region = shapely.coverage_union_all([*shapes.values()])
    report = check_coverage(found, region)
    if not report.is_proven:
        raise InputError(
            _("The proposal could not be proven seamless ({count} places); check and repair the"
              " plan first."),
            count=len(report.defects),
        )  # fmt: skip
    return ProposedPlan(found, region, codes)


def _require_near(tree: Hierarchy, present: Texts, finer: Texts) -> None:
    for now, leaf in sorted(set(zip(present.tolist(), finer.tolist(), strict=True))):
        line = tree.chain(leaf)
        if now not in line:
            raise FieldError(
                _("The unit lies in {leaf}, which is not in grid {grid} today; say the grid of each"
                  " unit."),
                leaf=leaf, grid=now or "–",
            )  # fmt: skip
        if line.index(now) > 1:
            raise InputError(
                _("Between {grid} and the finest grids there is another level; make proposals for"
                  " that one first."),
                grid=now,
            )  # fmt: skip


def _coded(
    draft: ArcGraph, tree: Hierarchy, graph: UnitGraph, grids: Texts
) -> tuple[Texts, dict[str, str]]:
    """Return grids with codes for new ones, and the parent of each."""
    rows = pd.DataFrame({
        "grid": grids, "parent": [tree.parents.get(code, "") for code in graph.present],
        "homes": graph.households, "area": graph.area_m2,
    })  # fmt: skip
    sums = rows.groupby(["grid", "parent"], as_index=False).sum()
    sums = sums.sort_values(
        ["grid", "homes", "area", "parent"], ascending=[True, False, False, True]
    )
    most = sums.drop_duplicates("grid")
    parents: dict[str, str] = dict(zip(most["grid"], most["parent"], strict=True))
    levels = {tree.parents.get(str(code), ""): tree.levels.get(str(code)) for code in graph.present}
    named: dict[str, str] = {}
    for parent in sorted(set(parents.values())):
        new = sorted((c for c in parents if c[:1] == "+" and parents[c] == parent), key=_number)
        if new:
            given = fresh_codes(
                draft, parent, levels[parent], len(new), root=parent, besides=[*named.values()]
            )
            named |= dict(zip(new, given, strict=True))
    codes = np.array([named.get(code, code) for code in grids], dtype=object)
    return codes, {named.get(code, code): parent for code, parent in parents.items()}


def _number(code: str) -> int:
    return int(code[1:])


def _coded_finer(
    draft: ArcGraph, tree: Hierarchy, leaves: Texts, codes: Texts
) -> tuple[Texts, dict[str, str]]:
    """Return finer grids with codes for new ones, and the parents of those that are finer."""
    found: dict[str, str] = dict(zip(leaves.tolist(), codes.tolist(), strict=True))
    named: dict[str, str] = {}
    for leaf, code in sorted(found.items()):
        if leaf[:1] == "+":
            model = next((c for c in leaves if c[:1] != "+" and c in tree.parents), "")
            level = tree.levels.get(model)
            named[str(leaf)] = fresh_codes(
                draft, code, level, 1, root=code, like=tree.parents.get(model, ""),
                besides=[*named.values()],
            )[0]  # fmt: skip
    parents = {named.get(leaf, leaf): code for leaf, code in found.items() if leaf != code}
    return np.array([named.get(leaf, leaf) for leaf in leaves], dtype=object), parents


def _above(tree: Hierarchy, parents: Mapping[str, str], leaves: Texts) -> dict[str, list[str]]:
    """Return each finest grid with those above it, finest first."""
    lines = {}
    for leaf in dict.fromkeys(leaves.tolist()):
        line = [leaf]
        while line[-1] in parents and parents[line[-1]]:
            line.append(parents[line[-1]])
        lines[leaf] = line + tree.chain(line[-1])[1:]
    return lines


def _frame(
    plan: gpd.GeoDataFrame, graph: UnitGraph, finer: Texts,
    made: tuple[Texts, dict[str, list[str]], dict[str, shapely.Geometry]], tree: Hierarchy,
) -> gpd.GeoDataFrame:  # fmt: skip
    leaves, above, shapes = made
    now = _members([tree.chain(leaf) for leaf in finer])
    members = _members([above[leaf] for leaf in leaves])
    parts: dict[str, list[str]] = {}
    parents: dict[str, str] = {}
    for leaf, line in above.items():
        for code, parent in zip(line, [*line[1:], ""], strict=True):
            parts.setdefault(code, []).append(leaf)
            parents[code] = parent
    rows = {
        str(row["code"]): row for row in plan.drop(columns=plan.geometry.name).to_dict("records")
    }
    levels = {parents[code]: rows[code] for code in members if code in rows}
    order = [code for code in rows if code in members] + sorted(set(members) - set(rows))
    table = [
        _row(rows.get(code) or _fresh(levels.get(parents[code]) or rows[order[0]], code),
             parents[code], members[code], now.get(code), graph)
        for code in order
    ]  # fmt: skip
    frame = pd.DataFrame(table, columns=[name for name in plan if name != plan.geometry.name])
    for name in ("level", "households", "people"):
        if name in frame:
            frame[name] = frame[name].astype("Int64")
    geometry = [
        shapes[code] if parts[code] == [code]
        else shapely.coverage_union_all([shapes[leaf] for leaf in parts[code]])
        for code in order
    ]  # fmt: skip
    return gpd.GeoDataFrame(frame, geometry=geometry, crs="EPSG:4326")


def _members(lines: Any) -> dict[str, list[int]]:
    """Return the units of each code, of lines of codes."""
    found: dict[str, list[int]] = {}
    for unit, line in enumerate(lines):
        for code in line:
            found.setdefault(code, []).append(unit)
    return found


def _fresh(model: Mapping[str, Any], code: str) -> dict[str, Any]:
    """Return the row of a new grid, as one beside it."""
    bare = dict.fromkeys(model)
    return {**bare, "code": code, "name": "", "level": model["level"], "kind": "community"}


def _row(
    row: Mapping[str, Any], parent: str, units: list[int], before: list[int] | None,
    graph: UnitGraph,
) -> dict[str, Any]:  # fmt: skip
    changed = {**row, "parent": parent}
    if units != before:
        changed["households"] = round(float(graph.households[units].sum()))
        changed["people"] = None
    return changed
