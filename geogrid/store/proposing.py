"""Proposals for a plan: made in a job, shown side by side, one made a draft."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection, select

from geogrid.errors import FieldError
from geogrid.hierarchy import finest_level
from geogrid.i18n import LANGUAGES
from geogrid.i18n import mark as _
from geogrid.propose import (
    ProposedPlan,
    UnitGraph,
    build_unit_graph,
    proposal_frame,
    propose,
    unit_areas,
)
from geogrid.store.database.tables import grids
from geogrid.store.drafting import parts_of
from geogrid.store.errors import ConflictError
from geogrid.store.plan import Plan, PlanParts
from geogrid.store.runner import Finish, Task, Work

__all__ = [
    "PROPOSE",
    "PlanUnits",
    "plan_units",
    "proposal_works",
    "proposed_grids",
    "proposed_parts",
    "require_same",
    "used_codes",
]

PROPOSE = "propose"
_MICRO = 4


@dataclass(frozen=True, eq=False)
class PlanUnits:
    """The units of a plan.

    Attributes
    ----------
    areas, graph
        Of :mod:`geogrid.propose`; the graph knows grids of today and communities.
    dedicated
        Codes of grids of today that are dedicated (a campus, a market): they stay by default.
    left_out
        How many buildings with households have no place.
    """

    areas: gpd.GeoDataFrame
    graph: UnitGraph
    dedicated: Sequence[str]
    left_out: int


@lru_cache(maxsize=2)
def plan_units(plan: Plan, keeps_parents: bool) -> PlanUnits:
    """Return the units of a plan, for grids of the level above micro-grids.

    Raises
    ------
    FieldError, CrsError, InputError
        Its grids cannot be divided, or nobody lives there.
    """
    found = unit_areas(plan.grids, plan.units)
    finest = finest_level(plan.grids)
    shown = plan.hierarchy.shown_at(finest - 1 if finest >= _MICRO else finest)
    present = [shown[leaf] for leaf in found.frame["grid"]]
    parents = [plan.hierarchy.parents.get(code, "") for code in present]
    graph = build_unit_graph(
        found.frame, streets=plan.streets, present=present,
        within=parents if keeps_parents else None,
    )  # fmt: skip
    kinds = dict(zip(plan.grids["code"], plan.grids["kind"], strict=True))
    dedicated = sorted({code for code in present if kinds.get(code) == "dedicated"})
    return PlanUnits(found.frame, graph, dedicated, len(found.left_out))


def proposal_works(find: Callable[[str], Plan]) -> Mapping[str, Work]:
    """Return what a :class:`~geogrid.store.runner.Runner` does to make proposals.

    Parameters
    ----------
    find : returns a plan with its data by its number
    """

    def make(task: Task) -> Finish:
        return _propose(task, find)

    return {PROPOSE: make}


def _propose(task: Task, find: Callable[[str], Plan]) -> Finish:
    """``plan``, ``count`` or ``target``, ``tolerance``, what is kept, ``seed``: all proposals."""
    given = task.job.given
    task.tell(0.0, _("Reading the grids"))
    plan = find(str(given["plan"]))
    task.tell(0.1, _("Dividing the ground among the buildings"))
    units = plan_units(plan, bool(given["keeps_parents"]))
    locked = units.dedicated if given["keeps_dedicated"] else ()
    task.tell(0.2, _("Making proposals"))
    found = propose(
        units.graph, count=_free(given.get("count"), len(locked)), target=given.get("target"),
        tolerance=float(given["tolerance"]), locked=locked, seed=int(given["seed"]),
    )  # fmt: skip
    proposals = [
        {
            "aim": each.aim,
            "scores": each.scores.to_dict(),
            "findings": [
                {language: finding.text(language) for language in LANGUAGES}
                for finding in each.findings
            ],
            **_packed(each.grids),
        }
        for each in found
    ]
    result = {"plan": plan_number(plan), "digest": plan.digest, "units": len(units.areas),
              "left_out": units.left_out, "locked": [*locked], "proposals": proposals}  # fmt: skip
    return lambda _connection: result


def _free(count: int | None, locked: int) -> int | None:
    """Return how many grids are to be made besides the locked ones."""
    if count is not None and count <= locked:
        raise FieldError(
            _("{locked} dedicated grids stay as they are; ask for more than {count} grids."),
            locked=locked, count=count,
        )  # fmt: skip
    return None if count is None else count - locked


def used_codes(connection: Connection) -> list[str]:
    """Return all codes that grids of published plans have or had."""
    return [str(code) for code in connection.scalars(select(grids.c.code).distinct())]


def plan_number(plan: Plan) -> int:
    """Return the number of a plan that is kept in the database."""
    return int(plan.key.split(":")[1])


def _packed(grids: npt.NDArray[np.object_]) -> dict[str, Any]:
    codes, labels = np.unique(grids.astype(str), return_inverse=True)
    return {"codes": codes.tolist(), "labels": labels.ravel().tolist()}


def proposed_grids(proposal: Mapping[str, Any]) -> npt.NDArray[np.object_]:
    """Return the code of each unit's grid, of a proposal in a job's result."""
    return np.array(proposal["codes"], dtype=object)[np.array(proposal["labels"], dtype=np.int64)]


def require_same(plan: Plan, result: Mapping[str, Any]) -> None:
    """Refuse proposals of a plan that is another one now.

    Raises
    ------
    ConflictError
        The plan, or its buildings, changed since.
    """
    if plan.digest != result["digest"]:
        raise ConflictError(
            _("The plan has changed since these proposals were made; make them anew."), changed=[]
        )


def proposed_parts(
    plan: Plan, result: Mapping[str, Any], aim: str, name: str, *, used: Sequence[str] = ()
) -> PlanParts:
    """Return the parts of a plan of a proposal, with the lists of the plan that it was made for.

    Parameters
    ----------
    plan : that it was made for
    result, aim : of the job, and which of its proposals
    name : of the draft
    used : codes that were used once

    Raises
    ------
    ConflictError
        The plan changed since.
    FieldError
        There is no such proposal.
    """
    require_same(plan, result)
    chosen = next((each for each in result["proposals"] if each["aim"] == aim), None)
    if chosen is None:
        raise FieldError(_("“{value}” is not one of the choices."), value=aim[:40])
    units = plan_units(plan, keeps_parents=False)
    made: ProposedPlan = proposal_frame(
        plan.grids, units.areas, units.graph, proposed_grids(chosen), used=used
    )
    region = gpd.GeoDataFrame(geometry=[made.region], crs="EPSG:4326")
    return parts_of(plan, grids=made.grids, region=region, name=name)
