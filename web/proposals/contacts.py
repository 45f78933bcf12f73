"""``/contacts``, ``/plans/<plan>/contacts``: contact lists of 10 to 15 homes, proposed."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, current_app, render_template, send_file, url_for
from flask_babel import gettext as _

from geogrid.errors import InputError
from geogrid.i18n import mark
from geogrid.propose import list_count
from web.auth import caller as who
from web.auth import may_call, requires
from web.check.view import language
from web.grid_choices import FINEST_CHOSEN, grid_choices
from web.proposals.contact_asked import Asked, ask, made_lists
from web.proposals.contact_picture import COLOURS, contact_picture
from web.proposals.contact_words import lists_in_words
from web.proposals.contact_workbook import contact_workbook

__all__ = ["blueprint"]

blueprint = Blueprint("contacting", __name__)
LONGEST_CHOICE = 600
LONGEST_OVERVIEW = 600
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@blueprint.get("/contacts")
@blueprint.get("/plans/<int:plan_id>/contacts")
@requires("worker", scope="limited")
def page(plan_id: int | None = None) -> str:
    """Show the lists of a grid; of a larger one how many lists each grid in it has."""
    asked = ask(plan_id)
    choices = grid_choices(asked.tree, _("The whole plan"))
    is_one = len(asked.grids) == 1 and (
        asked.tree.levels.get(asked.code, 0) >= FINEST_CHOSEN or asked.code == asked.grids[0]
    )
    return render_template(
        "contacts.html",
        asked=asked,
        choices=choices if len(choices) <= LONGEST_CHOICE else [],
        above=_above(asked),
        households=int(asked.homes["households"].sum()),
        uncounted=_uncounted(asked),
        overview=[] if is_one else _overview(asked),
        longest=LONGEST_OVERVIEW,
        made=_made(asked) if is_one else None,
        download=url_for("contacting.workbook", **asked.query()),
        may_upload=may_call(who(), "planner", "whole"),
    )


def _above(asked: Asked) -> list[str]:
    return asked.tree.names_up(asked.code)[:0:-1] if asked.code else []


def _uncounted(asked: Asked) -> int:
    """Return how many buildings of the grid nobody says the households of."""
    units = asked.current.plan.units
    rows = units[(units["kind"] == "building") & units["households"].isna()]
    grids = asked.current.unit_grids[rows.index]
    tree = asked.tree
    inside = {
        code: code in tree.parents and (not asked.code or asked.code in tree.chain(code))
        for code in grids.unique()
    }
    return int(grids.map(inside).sum()) if len(grids) else 0


def _overview(asked: Asked) -> list[dict[str, Any]]:
    homes = asked.homes.groupby("grid", sort=True)["households"].agg(["sum", "size"])
    rows = []
    for code, households, buildings in homes.itertuples():
        lists = list_count(int(households), asked.fewest, asked.most)
        rows.append(
            {
                "code": code,
                "name": asked.tree.names.get(code) or code,
                "above": " › ".join(asked.tree.names_up(code)[:0:-1][-1:]),
                "households": int(households),
                "buildings": int(buildings),
                "lists": lists,
                "is_odd": not lists * asked.fewest <= households <= lists * asked.most,
                "url": url_for("contacting.page", **asked.query(grid=code)),
            }
        )
    return rows


def _made(asked: Asked) -> dict[str, Any]:
    """Return the lists of one grid with their map."""
    proposal, names = made_lists(asked)
    lists = lists_in_words(proposal, names, asked.homes, language())
    numbers = {at: each.number for at, each in enumerate(lists, start=1)}
    outline = asked.current.by_code.geometry.get(asked.grids[0])
    picture = None
    if lists and outline is not None and not outline.is_empty:
        picture = contact_picture(
            proposal.lists, numbers, outline, asked.current.plan.streets.to_crs("EPSG:4326")
        )
    return {
        "lists": lists,
        "colours": {each.number: COLOURS[(each.number - 1) % len(COLOURS)] for each in lists},
        "picture": picture,
        "findings": [each.text(language()) for each in proposal.findings],
        "sizes": sorted(Counter(each.households for each in lists)),
        "walk": max((each.walk_m for each in lists), default=0),
    }


@blueprint.get("/contacts.xlsx")
@blueprint.get("/plans/<int:plan_id>/contacts.xlsx")
@requires("worker", scope="limited")
def workbook(plan_id: int | None = None) -> Response:
    """Send the lists as a workbook."""
    asked = ask(plan_id)
    proposal, names = made_lists(asked)
    lists = lists_in_words(proposal, names, asked.homes, language())
    if not lists:
        raise InputError(mark("No households are known here, so there is nothing to divide."))
    answer = send_file(
        BytesIO(contact_workbook(lists, asked.tree, language())),
        mimetype=_XLSX,
        as_attachment=True,
        download_name=_file_name(asked),
        max_age=0,
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _file_name(asked: Asked) -> str:
    zone = ZoneInfo(current_app.config["SETTINGS"].timezone)
    plain = "".join(sign if sign.isalnum() or sign in " -_" else " " for sign in asked.name)
    words = [_("Contact lists"), " ".join(plain.split())[:60], f"{datetime.now(zone):%Y-%m-%d}"]
    return " ".join(words) + ".xlsx"
