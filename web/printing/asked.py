"""What a request wants printed, as far as the caller may have it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pandas as pd
from flask import abort, current_app, request, url_for

from geogrid.errors import FieldError
from geogrid.hierarchy import Hierarchy
from geogrid.i18n import mark as _
from geogrid.i18n import translate
from geogrid.printing import PAPERS, Request
from geogrid.printing.leaflet import LONGEST_LINK, MOST_LEAFLETS, TOO_MANY_LEAFLETS, leaflet_codes
from geogrid.printing.request import Turn
from geogrid.store.opening import reading
from geogrid.store.plan import Plan
from web.auth import caller
from web.check.view import language
from web.current import current_workspace
from web.scope import in_scope, scope_key, sees_phones_of
from web.v1.caller import database, plan_seen

__all__ = ["TURNS", "WHAT", "Asked", "ask"]

WHAT = {"map": tuple(PAPERS)[:-1], "leaflet": ("A4", "A5"), "leaflets": ("A4", "A5")}
"""What can be printed, on which paper."""
TURNS = ("auto", "portrait", "landscape")


@dataclass(frozen=True)
class Asked:
    """What a request wants.

    Attributes
    ----------
    plan, plan_id
        The plan, and its number where it is not simply the one that is shown.
    what
        A key of :data:`WHAT`.
    sheet
        For the library.
    links
        Of several leaflets: code of each grid to where its code for phones leads.
    """

    plan: Plan
    plan_id: int | None
    what: str
    sheet: Request
    links: Mapping[str, str] = field(default_factory=dict)

    def key(self) -> tuple[Any, ...]:
        """Return what decides how the sheet looks."""
        kept = (
            "plan_name",
            "today",
            "status",
            "version",
            "code",
            "paper",
            "turn",
            "phones",
            "link",
        )
        values = tuple(getattr(self.sheet, name) for name in (*kept, "language"))
        return (self.plan.digest, self.what, scope_key(), tuple(self.sheet.marks), *values)


def ask(plan_id: int | None) -> Asked:
    """Return what this request wants printed; who is limited gets their own grids only.

    Raises
    ------
    MissingError
        There is no such plan, or it is a draft and the caller no planner.
    FieldError
        A choice is none of those there are.
    """
    plan, status, version = _plan(plan_id)
    what = _choice("what", tuple(WHAT))
    code = request.args.get("grid", "").strip() or _first_code(plan, what)
    if code and code not in plan.hierarchy.parents:
        raise FieldError(_("There is no grid {code} in this plan."), code=code[:60])
    if code and not in_scope(code, plan.hierarchy):
        abort(403)
    links = _links(what, code, plan.hierarchy)
    phones = request.args.get("phones") == "1"
    settings = current_app.config["SETTINGS"]
    marks = [settings.map_note or translate(_("For internal use"), language())]
    if plan.is_sample:
        marks.insert(0, translate(_("Sample data"), language()))
    sheet = Request(
        grids=plan.grids,
        streets=plan.streets,
        posts=_posts(plan, phones=phones),
        plan_name=plan.name,
        today=datetime.now(ZoneInfo(settings.timezone)).date(),
        status=status,
        version=version,
        code=code,
        paper=_paper(what),
        turn=cast("Turn", _choice("turn", TURNS)),
        phones=phones,
        marks=marks,
        attribution=plan.attribution,
        language=language(),
        link=next(iter(links.values()), ""),
    )
    return Asked(plan, plan_id, what, sheet, links)


def _plan(plan_id: int | None) -> tuple[Plan, str, str]:
    """Return a plan with its state and what tells it from others."""
    workspace = current_workspace()
    if plan_id is None:
        plan = workspace.current()
        kind, _colon, ident = plan.key.partition(":")
        if kind not in ("plan", "draft"):
            return plan, "", ""
        plan_id = int(ident.split(":")[0])
    with reading(database()) as connection:
        record = plan_seen(connection, plan_id)
    number = translate(_("Plan No. {number}"), language(), number=record.number)
    version = number if record.number else ""
    return workspace.find_plan(str(record.id)), record.status, version


def _first_code(plan: Plan, what: str) -> str:
    """Return what is printed while nothing was chosen: all of it, or the first own grid."""
    tree, scope = plan.hierarchy, caller().scope
    if scope is not None:
        own = sorted(code for code in scope if code in tree.parents)
        if not own:
            abort(403)
        return own[0]
    if what != "leaflet":
        return ""
    fine = [
        code for code, level in tree.levels.items() if level == min(3, max(tree.levels.values()))
    ]
    return min(fine or tree.levels)


def _choice(name: str, known: tuple[str, ...], default: str = "") -> str:
    value = request.args.get(name) or default or known[0]
    if value not in known:
        raise FieldError(_("“{value}” is not one of the choices."), value=value[:40])
    return value


def _paper(what: str) -> str:
    """Return the paper; one on which only the other kind is printed gives way to the usual one."""
    paper = _choice("paper", tuple(PAPERS), "A3")
    return paper if paper in WHAT[what] else "A3" if what == "map" else "A4"


def _posts(plan: Plan, *, phones: bool) -> pd.DataFrame:
    """Return the posts with the phone numbers that were asked for and the caller may see."""
    posts = plan.posts
    seen = {
        code: phones and sees_phones_of(code, plan.hierarchy) for code in posts["grid"].unique()
    }
    is_seen = posts["grid"].map(seen).astype(bool)
    hidden = {name: posts[name].where(is_seen, "") for name in ("phone", "deputy_phone")}
    return posts.assign(**hidden)


def _links(what: str, code: str, tree: Hierarchy) -> dict[str, str]:
    """Return the grids that have a leaflet each, with where their codes lead; none for a map."""
    if what == "map":
        return {}
    if what == "leaflet":
        return {code: _link(code)}
    codes = leaflet_codes(tree, code)
    if len(codes) > MOST_LEAFLETS:
        raise FieldError(
            TOO_MANY_LEAFLETS,
            count=len(codes),
            most=f"{MOST_LEAFLETS:,}",
        )
    return {own: _link(own) for own in codes}


def _link(code: str) -> str:
    """Return where the code on a leaflet leads: this server under the address that was given."""
    base = request.args.get("address", "").strip() or request.host_url
    parts = urlsplit(base)
    if parts.scheme not in ("http", "https") or not parts.netloc or not base.isprintable():
        raise FieldError(
            _("“{value}” is no address such as https://grid.example.cn."), value=base[:60]
        )
    link = base.rstrip("/") + url_for("printing.resident", code=code)
    if len(link) > LONGEST_LINK:
        raise FieldError(
            _("The address for the code may have {most} characters at most."), most=LONGEST_LINK
        )
    return link
