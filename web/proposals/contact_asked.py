"""What a request wants of contact lists, as far as the caller may have it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pandas as pd
from flask import abort, request

from geogrid.contacts import FEWEST, MOST
from geogrid.errors import FieldError
from geogrid.findings import Finding
from geogrid.hierarchy import Hierarchy
from geogrid.i18n import mark as _
from geogrid.propose import ContactProposal, contact_homes, divide_homes
from geogrid.store.opening import reading
from web.current import CurrentPlan, current_plan, plan_of_id
from web.grid_choices import first_own
from web.scope import in_scope
from web.v1.caller import database, plan_seen

__all__ = ["Asked", "ask", "made_lists"]

LARGEST_LIST = 100
MOST_HOUSEHOLDS = 100_000
_CONTACT = "party_contact"


@dataclass(frozen=True, eq=False)
class Asked:
    """What is to be divided.

    Attributes
    ----------
    current
        The plan.
    plan_id
        Its number where it is not simply the one that is shown.
    code
        Of the grid; ``""`` for the whole plan.
    fewest, most
        Households on a list.
    homes
        Of :func:`geogrid.propose.contact_homes`.
    """

    current: CurrentPlan
    plan_id: int | None
    code: str
    fewest: int
    most: int
    homes: pd.DataFrame

    @property
    def tree(self) -> Hierarchy:
        """The tree of the plan."""
        return self.current.plan.hierarchy

    @property
    def name(self) -> str:
        """What is divided, in words."""
        return self.tree.names.get(self.code) or self.code or self.current.plan.name

    @property
    def grids(self) -> list[str]:
        """The grids within which homes are divided."""
        return sorted(self.homes["grid"].unique())

    def query(self, **more: Any) -> dict[str, Any]:
        """Return what an address of another view of the same must say."""
        sizes = {"fewest": self.fewest, "most": self.most}
        return {"plan_id": self.plan_id, "grid": self.code, **sizes, **more}


def ask(plan_id: int | None) -> Asked:
    """Return what this request wants divided; who is limited gets their own grids only.

    Raises
    ------
    MissingError
        There is no such plan, or it is a draft and the caller no planner.
    FieldError
        There is no such grid, or a size is no number from 1 to 100.
    """
    current = _plan(plan_id)
    tree = current.plan.hierarchy
    code = request.args.get("grid", "").strip()
    if not code:
        own = first_own(tree)
        if own is None:
            abort(403)
        code = own
    if code and code not in tree.parents:
        raise FieldError(_("There is no grid {code} in this plan."), code=code[:60])
    if code and not in_scope(code, tree):
        abort(403)
    fewest, most = _size("fewest", FEWEST), _size("most", MOST)
    if fewest > most:
        raise FieldError(
            _("A list cannot have from {fewest} to {most} households."), fewest=fewest, most=most
        )
    homes = contact_homes(current.plan.units, current.unit_grids, tree, code)
    return Asked(current, plan_id, code, fewest, most, homes)


def _plan(plan_id: int | None) -> CurrentPlan:
    if plan_id is None:
        return current_plan()
    with reading(database()) as connection:
        record = plan_seen(connection, plan_id)
    return plan_of_id(record.id)


def _size(name: str, default: int) -> int:
    text = request.args.get(name, "").strip()
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= LARGEST_LIST):
        raise FieldError(
            _("The number of households on a list must be a whole number from 1 to {most}."),
            most=LARGEST_LIST,
        )
    return int(text)


def made_lists(asked: Asked) -> tuple[ContactProposal, dict[int, str]]:
    """Return the lists, and the names of those whom some of them are given to.

    Raises
    ------
    FieldError
        There are too many households to do at once.
    """
    households = int(asked.homes["households"].sum())
    if households > MOST_HOUSEHOLDS:
        raise FieldError(
            _("{count} households are too many at once ({most} at most). Choose a smaller grid."),
            count=f"{households:,}",
            most=f"{MOST_HOUSEHOLDS:,}",
        )
    members = _members(asked)
    made = divide_homes(
        asked.homes, members if len(members) else None, fewest=asked.fewest, most=asked.most
    )
    names = dict(zip(members["person_id"].tolist(), members["name"].tolist(), strict=True))
    return replace(made, findings=[_named(each, asked.tree) for each in made.findings]), names


def _members(asked: Asked) -> pd.DataFrame:
    """Return who holds a post as party contact in the grids, or below them."""
    posts, tree, grids = asked.current.plan.posts, asked.tree, set(asked.grids)
    held = posts[(posts["post"] == _CONTACT) & (posts["holder"] != "")]
    rows = [
        (number, next((code for code in tree.chain(row.grid) if code in grids), ""), row.holder)
        for number, row in enumerate(held.itertuples())
    ]
    found = pd.DataFrame(rows, columns=["person_id", "grid", "name"])
    return found[found["grid"] != ""]


def _named(finding: Finding, tree: Hierarchy) -> Finding:
    """Return a finding that calls its grid by name."""
    grid = str(finding.params.get("grid", ""))
    name = tree.names.get(grid) or grid
    return replace(finding, params={**finding.params, "grid": name} if grid else finding.params)
