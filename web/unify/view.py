"""What the pages of ``/unify`` are told."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import gettext as _

from geogrid.store.plan import Plan
from web.check.folder import CheckFolder
from web.check.page import download_rows, use_words
from web.check.result import map_summary, read_about
from web.check.view import said, shown_state
from web.jobs import jobs
from web.state import read_json
from web.unify.folder import UnifyFolder
from web.unify.settings import DEFAULTS

__all__ = ["empty_state", "map_data", "result_data", "shown_unify"]


def empty_state(plan: Plan) -> dict[str, Any]:
    """Return the state of a page that has no layers yet."""
    return {
        "token": "",
        "stage": "asking",
        "share": None,
        "error": None,
        "layers": [],
        "region": None,
        "settings": dict(DEFAULTS),
        **_plan_words(plan),
    }


def shown_unify(unify: UnifyFolder, plan: Plan) -> dict[str, Any]:
    """Return how far the layers are, in the language of the request."""
    state = unify.read()
    job = jobs().find(unify.job)
    stage, error = state["stage"], said(state.get("error"))
    if stage == "unifying" and (job is None or job.state in ("done", "failed")):
        state = unify.read()  # it may have ended between the two looks
        stage, error = state["stage"], said(state.get("error"))
        if stage == "unifying":
            stage, error = "asking", _("The server was restarted in between. Start again, please.")
    region = unify.region()
    return {
        "token": unify.token,
        "stage": stage,
        "share": job.share if job is not None else None,
        "error": error,
        "layers": [
            {"name": name, "check": shown_state(check, plan)} for name, check in unify.layers()
        ],
        "region": None if region is None else shown_state(region, plan),
        "settings": state["settings"],
        **_plan_words(plan),
    }


def _plan_words(plan: Plan) -> dict[str, Any]:
    has_region = plan.region is not None and not plan.is_sample
    return {"plan_name": plan.name, "plan_region": has_region}


def map_data(unify: UnifyFolder) -> dict[str, Any]:
    """Return what the map of the result needs: the unified grids, each layer, all of them."""
    about = read_json(unify.unified / "about.json")
    levels = [
        {
            "level": number,
            "label": said(each["label"]),
            "count": each["count"],
            "url": url_for("unify.drawn", token=unify.token, number=number),
        }
        for number, each in enumerate(about["maps"])
    ]
    shown = {"bounds": about["bounds"], "levels": levels, "shown_level": 0}
    return map_summary(unify.check, read_about(unify.check)) | shown


def result_data(unify: UnifyFolder, plan: Plan) -> dict[str, Any]:
    """Return what the page of the result is made of, apart from the map."""
    check: CheckFolder = unify.check
    state = check.read()
    return {
        "title": state["title"],
        "change": url_for("unify.show", token=unify.token, change=1),
        "check": url_for("check.show", token=unify.token),
        "data": url_for("unify.data", token=unify.token),
        "shapes": url_for("unify.shapes", token=unify.token),
        "downloads": _downloads(unify.token),
        "use": use_words(check, state, read_about(check), plan),
    }


def _downloads(token: str) -> list[dict[str, Any]]:
    gis, maps = _("for ArcGIS, QGIS and SuperMap"), _("for QGIS and other map programs")
    pieces = _("every piece with its codes; GeoPackage")
    files = [
        ("changes.xlsx", "table", _("All changes (Excel)"), _("one row each, with a sentence")),
        ("grids.gpkg", "layers", _("Unified grids (GeoPackage)"), gis),
        ("grids.geojson", "layers", _("Unified grids (GeoJSON)"), maps),
        ("refinement.gpkg", "layers", _("Layers laid over each other"), pieces),
        ("map.html", "map", _("Map of the changes"), _("one file, opens by double click")),
        ("unify.json", "layers", "JSON", _("for programs: everything that was found")),
    ]
    return download_rows("unify.download", token, files)
