"""The page of posts and people."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
from flask import Blueprint, current_app, render_template, request
from sqlalchemy import Connection

from geogrid.contacts import FEWEST, MOST, ContactReport
from geogrid.hierarchy import Hierarchy
from geogrid.i18n import mark as _
from geogrid.i18n import translate
from geogrid.store import PlanMissingError
from geogrid.store.contacts import contact_report
from geogrid.store.departments import list_departments
from geogrid.store.opening import reading
from geogrid.store.people import posts_at
from geogrid.store.placed import placed_plan
from geogrid.store.plans import PlanRecord, plan_at
from geogrid.store.units import placed_units
from geogrid.unit_grids import DISAGREEMENTS
from web.auth import caller, requires
from web.language import catalogue_language
from web.people import buildings, coverage
from web.people import departments as department_forms
from web.people import posts as post_forms
from web.people.staff import Staff
from web.scope import in_scope
from web.v1.caller import database, now
from web.v1.moments import parse_moment

__all__ = ["blueprint"]

blueprint = Blueprint("people", __name__, url_prefix="/people")
GRIDS_SHOWN = 20
ROWS_SHOWN = 50
_CHOSEN_FROM = 2
"""Finest level by which the page can be narrowed."""
STATES = {
    "nobody": _("nobody answers"),
    "vacant": _("vacant"),
    "deputised": _("deputy answers"),
    "no_posts": _("no posts"),
    "filled": _("filled"),
}
LISTS = {
    "few": _("fewer than {fewest} households"),
    "many": _("more than {most} households"),
    "no_post": _("holds no post as party contact"),
    "": "",
}


@blueprint.get("")
@requires("worker", scope="limited")
def page() -> str:
    """Show posts, contact lists and lists of buildings, of now or of a day."""
    at = _at() or now()
    with reading(database()) as connection:
        try:
            plan = plan_at(connection, at)
        except PlanMissingError:
            return render_template("people.html", plan=None, asked=request.args)
        return render_template("people.html", **_shown(connection, plan, at))


def _at() -> datetime | None:
    text = request.args.get("at", "")
    return parse_moment(text, current_app.config["SETTINGS"].timezone) if text else None


def _shown(connection: Connection, plan: PlanRecord, at: datetime) -> dict[str, Any]:
    tree = placed_plan(connection, plan).tree
    mine = [code for code in tree.parents if in_scope(code, tree)]
    chosen = request.args.get("grid", "")
    codes = {code for code in mine if not chosen or chosen in tree.chain(code)}
    is_whole = caller().scope is None and not chosen
    zone = ZoneInfo(current_app.config["SETTINGS"].timezone)
    staff = Staff(posts_at(connection, at), tree, catalogue_language(), zone)
    states = staff.states(codes)
    units = placed_units(connection, at)
    report = contact_report(connection, at, units)
    if not is_whole:
        report = report.within(codes)
        units = units[units["grid"].isin(codes) | units["drawn"].isin(codes)]
    begin, divided = GRIDS_SHOWN * (_page() - 1), set(tree.parents.values())
    return {
        "plan": plan,
        "asked": request.args,
        "choices": [
            (code, tree.names_up(code)[::-1])
            for code in sorted(mine)
            if tree.levels[code] <= _CHOSEN_FROM and code in divided
        ],
        "states": {name: translate(text, catalogue_language()) for name, text in STATES.items()},
        "counts": Counter(states.values()),
        "grids": [staff.grid(code) for code in [*states][begin : begin + GRIDS_SHOWN]],
        "total": len(states),
        "following": _page() + 1 if begin + GRIDS_SHOWN < len(states) else None,
        "elsewhere": staff.elsewhere() if is_whole else [],
        "contacts": _contacts(report, tree),
        "units": _units(units, tree),
        "departments": list_departments(connection),
        "rows_shown": ROWS_SHOWN,
    }


def _page() -> int:
    text = request.args.get("page", "1")
    return max(int(text), 1) if text.isascii() and text.isdigit() and len(text) < 7 else 1


def _contacts(report: ContactReport, tree: Hierarchy) -> dict[str, Any]:
    language = catalogue_language()
    wrong = report.members[(report.members["state"] != "") | (report.members["far"] > 0)]
    said = {
        state: translate(text, language, fewest=FEWEST, most=MOST) for state, text in LISTS.items()
    }
    return {
        "households": report.households,
        "covered": report.covered,
        "members": len(report.members),
        "gaps": _named(report.gaps.head(ROWS_SHOWN), tree),
        "doubled": _named(report.doubled.head(ROWS_SHOWN), tree),
        "counts": {"gaps": len(report.gaps), "doubled": len(report.doubled)},
        "uncounted": len(report.uncounted),
        "wrong": [row | {"said": said[row["state"]]} for row in wrong.to_dict("records")],
    }


def _units(units: pd.DataFrame, tree: Hierarchy) -> dict[str, Any]:
    rows = units[units["disagreement"] != ""]
    order = rows["disagreement"].map({kind: rank for rank, kind in enumerate(DISAGREEMENTS)})
    rows = rows.assign(order=order).sort_values(["order", "unit_id"])
    said = {kind: translate(text, catalogue_language()) for kind, text in DISAGREEMENTS.items()}
    shown = [
        row
        | {name: tree.names.get(row[name]) or row[name] for name in ("listed", "drawn")}
        | {"said": said[row["disagreement"]]}
        for row in rows[["unit_id", "name", "address", "listed", "drawn", "disagreement"]].to_dict(
            "records"
        )
    ]
    return {"total": len(units), "rows": shown}


def _named(rows: pd.DataFrame, tree: Hierarchy) -> list[dict[str, Any]]:
    return [
        row | {"grid": tree.names.get(row["grid"]) or row["grid"]}
        for row in rows.to_dict("records")
    ]


blueprint.register_blueprint(coverage.blueprint)
blueprint.register_blueprint(buildings.blueprint)
blueprint.register_blueprint(post_forms.blueprint)
blueprint.register_blueprint(department_forms.blueprint)
