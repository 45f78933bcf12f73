"""``/workspace``: which plan is in use, putting in one's own data, going back."""

from __future__ import annotations

from typing import Any

from flask import (
    Blueprint,
    Response,
    abort,
    jsonify,
    render_template,
    request,
    url_for,
)
from flask_babel import get_locale
from flask_babel import gettext as _

from geogrid.errors import FieldError, GeogridError
from geogrid.i18n import mark
from geogrid.store.old_files import bring_in as bring_in_files
from geogrid.store.old_files import has_old_files
from web.auth import caller_id, requires
from web.current import current_plan, current_workspace
from web.workspace import address_sources, comparing, exporting, office_tables
from web.workspace.plan_facts import SAMPLES, former_plans, plan_facts, sample_plans

__all__ = ["blueprint"]

blueprint = Blueprint("workspace", __name__)
LONGEST_NAME = 60


@blueprint.get("/workspace")
@requires("worker", scope="limited")
def page() -> str:
    """Show the page; a damaged plan can be left for another one."""
    damaged, facts = "", None
    try:
        facts = plan_facts(current_plan(), str(get_locale()))
    except GeogridError as error:
        damaged = error.text(str(get_locale()))
    return render_template(
        "workspace.html",
        plan=facts,
        damaged=damaged,
        done=_done(request.args.get("new", "")),
        tables=_tables(facts) if facts else [],
        sources=address_sources.source_facts() if facts else [],
        samples=sample_plans(current_workspace()),
        formers=former_plans(current_workspace()),
        in_force=current_workspace().is_in_force,
        has_old_files=has_old_files(current_workspace()),
    )


def _done(what: str) -> str:
    """Return what to say after a change, and what comes next."""
    said: dict[str, str] = {
        "grids": _("These grids are in use now on every page. Next: upload your roster."),
        "posts": _("The roster is in use now. Next: upload your buildings."),
        "units": _("The buildings are in use now: look one up, or upload your cases."),
        "addresses": _("The addresses are in use now: look one up."),
    }
    return said.get(what, "")


def _tables(facts: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what the page says of the two tables that are uploaded here."""
    return [
        {
            "icon": "users",
            "title": _("2. Staff"),
            "text": _("Who holds which post in which grid: one row per person or per grid."),
            "button": _("Upload the roster"),
            "count": facts["posts"],
            "url": url_for("workspace.tables.upload", table="posts"),
            "template": url_for("workspace.tables.blank", table="posts"),
        },
        {
            "icon": "building-2",
            "title": _("3. Buildings and addresses"),
            "text": _("Which buildings there are, with address, position and households."),
            "button": _("Upload the list of buildings"),
            "count": facts["units"],
            "url": url_for("workspace.tables.upload", table="units"),
            "template": url_for("workspace.tables.blank", table="units"),
        },
    ]


def _here() -> Response:
    return jsonify(url=url_for("workspace.page"))


@blueprint.post("/api/v1/workspace/sample/<name>")
@requires("planner", scope="whole")
def use_sample(name: str) -> Response:
    """Make a sample the current plan."""
    if name not in SAMPLES:
        raise FieldError(mark("“{value}” is not one of the choices."), value=name[:40])
    current_workspace().use_sample(name)
    return _here()


@blueprint.post("/api/v1/workspace/former/<plan_id>")
@requires("planner", scope="whole")
def use_former(plan_id: str) -> Response:
    """Make a former plan current again."""
    if plan_id not in {former.plan_id for former in current_workspace().former()}:
        abort(404)
    current_workspace().use_former(plan_id)
    return _here()


@blueprint.post("/api/v1/workspace/draft")
@requires("planner", scope="whole")
def keep_sample() -> Response:
    """Make a draft of the sample that is shown."""
    current_workspace().keep_sample(by=caller_id())
    return jsonify(url=url_for("plan_list.page"))


@blueprint.post("/api/v1/workspace/files")
@requires("planner", scope="whole")
def bring_in() -> Response:
    """Make drafts of the plans that an earlier release kept as files."""
    bring_in_files(current_workspace(), by=caller_id())
    return _here()


@blueprint.post("/api/v1/workspace/name")
@requires("planner", scope="whole")
def rename() -> Response:
    """Give the current plan another name."""
    name = " ".join(request.form.get("name", "").split())[:LONGEST_NAME]
    if not name:
        raise FieldError(mark("Give the plan a name."))
    current_workspace().rename(name, by=caller_id())
    return _here()


blueprint.register_blueprint(address_sources.blueprint)
blueprint.register_blueprint(office_tables.blueprint)
blueprint.register_blueprint(exporting.blueprint)
blueprint.register_blueprint(comparing.blueprint)
