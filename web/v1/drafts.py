"""``POST /api/v1/plans``: a boundary file becomes a draft."""

from __future__ import annotations

from pathlib import Path

from flask import Blueprint, Response, current_app, request

from geogrid.crs import DATUMS
from geogrid.i18n import mark as _
from geogrid.store import Uploads
from geogrid.store.plan_jobs import IMPORT
from web.auth import requires
from web.described import describe, query
from web.parameters import known_datum
from web.security import for_programs
from web.uploads import expire_uploads
from web.v1.bodies import FILES, save_body
from web.v1.caller import text_of
from web.v1.jobs import ACCEPTED, start_job

__all__ = ["blueprint"]

blueprint = Blueprint("drafts", __name__, url_prefix="/api/v1/plans")
_FILE = "grids"
_TEXTS = {"name": 120, "file": 120, "layer": 200, "crs": 200, "note": 2_000}


def _text(name: str, said: str, *, required: bool = False) -> dict[str, object]:
    schema = {"type": "string", "maxLength": _TEXTS[name], "minLength": int(required)}
    return query(name, schema, said, required=required)


@blueprint.post("")
@for_programs
@requires("planner", scope="whole")
@describe(
    _("Read a boundary file into a new draft: a job."),
    more=_(
        "The body is the file: GeoJSON, GeoPackage, zipped Shapefile, GeoParquet, KML, DXF, CSV or "
        "XLSX with WKT, told apart by its content. The result names the plan."
    ),
    parameters=(
        _text("name", _("Of the plan."), required=True),
        _text("file", _("Name of the file, to be said in messages.")),
        _text("layer", _("Which layer, sheet or Shapefile, where there are several.")),
        query("datum", {"enum": list(DATUMS)}, _("What the coordinates are in; never guessed.")),
        _text("crs", _("Reference system such as EPSG:4547, where the file does not say it.")),
        _text("note", _("In words.")),
    ),
    body={kind: {"type": "string", "format": "binary"} for kind in FILES},
    answers=ACCEPTED,
    problems=(413, 415, 422, 503),
)
def add() -> Response:
    """Start to read a boundary file into a new draft."""
    given = {
        name: text_of(request.args.get(name, ""), name, longest, needed=name == "name")
        for name, longest in _TEXTS.items()
    }
    if request.args.get("datum"):
        given["datum"] = known_datum(request.args["datum"])
    expire_uploads()
    uploads: Uploads = current_app.config["WORKSPACE"].uploads
    token, folder = uploads.new()
    try:
        save_body(str(folder / _FILE))
        source = Path(given.pop("file")).name
        return start_job(IMPORT, given | {"upload": token, "file": _FILE, "source": source})
    except Exception:
        uploads.discard(token)
        raise
