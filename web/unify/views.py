"""``/unify``: choose the layers, say what they are, see what becomes one, take it away, use it."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    jsonify,
    redirect,
    render_template,
    request,
    send_file,
    session,
    url_for,
)
from flask_babel import gettext as _

from geogrid.errors import LimitError
from geogrid.i18n import mark
from geogrid.store.errors import UploadMissingError
from web.auth import requires
from web.check.folder import CheckFolder
from web.check.start import office_now, take_check, take_plan
from web.check.view import language
from web.current import current_workspace
from web.jobs import start_work
from web.shell import page_map
from web.unify.folder import UnifyFolder, find_unify, new_unify
from web.unify.run import choose, unifying
from web.unify.settings import clean_name, parse_settings
from web.unify.view import empty_state, map_data, result_data, shown_unify

__all__ = ["blueprint"]

blueprint = Blueprint("unify", __name__)
MOST_LAYERS = 8
FILES = ("grids.gpkg", "grids.geojson", "refinement.gpkg", "unify.json")
FILES_BY_LANGUAGE = ("changes.xlsx", "map.html")


def _state(unify: UnifyFolder) -> Response:
    return jsonify(shown_unify(unify, current_workspace().current()))


def _done(token: str) -> UnifyFolder:
    """Return layers that have a result."""
    unify = find_unify(token)
    if not unify.unified.is_dir():
        abort(404)
    return unify


def _save(unify: UnifyFolder) -> None:
    """Keep what the form says of the layers."""
    form = request.form

    def settled(state: dict[str, Any]) -> dict[str, Any]:
        said = parse_settings(form, [each["token"] for each in state["layers"]])
        layers = [
            each | {"name": said["names"].get(each["token"], each["name"])}
            for each in state["layers"]
        ]
        return state | {"layers": layers, "settings": state["settings"] | said["settings"]}

    unify.change(settled)


@blueprint.get("/unify")
@requires("worker", scope="free")
def page() -> str:
    """Ask for the first layers."""
    return _asking(empty_state(current_workspace().current()), _last())


def _asking(state: dict[str, Any], last: str | None = None) -> str:
    largest = current_app.config["SETTINGS"].max_upload_mb
    return render_template("unify.html", unify=state, last=last, largest_mb=largest)


def _last() -> str | None:
    """Return the token of the layers of this browser, if they are still there."""
    try:
        return find_unify(session.get("unify", "")).token
    except UploadMissingError:
        return None


@blueprint.get("/unify/<token>")
@requires("worker", scope="free")
def show(token: str) -> str | Response:
    """Show the layers, or what came of them."""
    try:
        unify = find_unify(token)
    except UploadMissingError:
        return redirect(url_for("unify.page"))  # type: ignore[return-value]
    session["unify"] = token
    plan = current_workspace().current()
    state = shown_unify(unify, plan)
    if state["stage"] != "done" or "change" in request.args:
        return _asking(state)
    return render_template(
        "unify_result.html",
        map=page_map("check"),
        entry="unify-result.js",
        plan=map_data(unify),
        unify=result_data(unify, plan),
    )


@blueprint.get("/api/v1/unify/<token>")
@requires("worker", scope="free")
def state(token: str) -> Response:
    """Return how far the layers are."""
    return _state(find_unify(token))


@blueprint.post("/api/v1/unify")
@requires("planner", scope="free")
def start() -> Response:
    """Make a place for layers."""
    unify = new_unify()
    session["unify"] = unify.token
    return jsonify(token=unify.token, url=url_for("unify.show", token=unify.token))


@blueprint.post("/api/v1/unify/<token>/layers")
@requires("planner", scope="free")
def add(token: str) -> Response:
    """Take the file of one more layer, or the current plan as one."""
    unify = find_unify(token)
    if len(unify.layers()) >= MOST_LAYERS:
        raise LimitError(mark("At most {limit} layers can be unified at once."), limit=MOST_LAYERS)
    if request.form.get("current"):
        layer = take_plan(current_workspace().current())
    else:
        layer = take_check(request.files.getlist("files"))
    named = {"token": layer.token, "name": _name_of(layer)}
    unify.change(lambda state: state | {"layers": [*state["layers"], named]})
    return _state(unify)


def _name_of(layer: CheckFolder) -> str:
    """Return the name of a layer to begin with: that of its file without the ending."""
    title = str(layer.read()["title"])
    return clean_name(title.rsplit(".", 1)[0] if layer.read()["origin"] == "upload" else title)


def _without(layers: list[dict[str, str]], token: str) -> list[dict[str, str]]:
    return [each for each in layers if each["token"] != token]


@blueprint.post("/api/v1/unify/<token>/layers/<layer>/remove")
@requires("planner", scope="free")
def remove(token: str, layer: str) -> Response:
    """Take a layer away."""
    unify = find_unify(token)
    _save(unify)
    if layer in [each["token"] for each in unify.read()["layers"]]:
        unify.change(lambda state: state | {"layers": _without(state["layers"], layer)})
        current_workspace().uploads.discard(layer)
    return _state(unify)


@blueprint.post("/api/v1/unify/<token>/region")
@requires("planner", scope="free")
def region(token: str) -> Response:
    """Take the file of the outline that the unified grids must fill."""
    unify = find_unify(token)
    outline = take_check(request.files.getlist("files"))
    current_workspace().uploads.discard(unify.read()["region_token"])
    found = {"region_token": outline.token}
    unify.change(lambda now: now | found | {"settings": now["settings"] | {"region": "file"}})
    return _state(unify)


@blueprint.post("/api/v1/unify/<token>/settings")
@requires("planner", scope="free")
def settings(token: str) -> Response:
    """Keep names and rules, so that a reload or a second tab has them."""
    unify = find_unify(token)
    _save(unify)
    return _state(unify)


@blueprint.post("/api/v1/unify/<token>/run")
@requires("planner", scope="free")
def run(token: str) -> Response:
    """Start unifying; a second click joins in."""
    unify = find_unify(token)
    _save(unify)
    start_work(unify, unifying(unify, choose(unify), office_now()), "unifying")
    return _state(unify)


@blueprint.get("/api/v1/unify/<token>/data")
@requires("worker", scope="free")
def data(token: str) -> Response:
    """Return what came out, in the language of the request."""
    path = _done(token).unified / f"data-{language()}.json"
    return Response(path.read_bytes(), mimetype="application/json")


@blueprint.get("/api/v1/unify/<token>/shapes.geojson")
@requires("worker", scope="free")
def shapes(token: str) -> Response:
    """Return the shapes of what moves, crosses or is left out."""
    path = _done(token).unified / "shapes.geojson"
    return Response(path.read_bytes(), mimetype="application/geo+json")


@blueprint.get("/api/v1/unify/<token>/maps/<int:number>.geojson")
@requires("worker", scope="free")
def drawn(token: str, number: int) -> Response:
    """Return the unified grids, one layer as it was, or all laid over each other."""
    path = _done(token).unified / f"map-{number}.geojson"
    if not path.exists():
        abort(404)
    return Response(path.read_bytes(), mimetype="application/geo+json")


@blueprint.get("/unify/<token>/download/<name>")
@requires("worker", scope="free")
def download(token: str, name: str) -> Response:
    """Send one of the files to take away."""
    unify = _done(token)
    stem, ending = name.rsplit(".", 1) if "." in name else (name, "")
    if name in FILES_BY_LANGUAGE:
        path = unify.unified / f"{stem}-{language()}.{ending}"
    elif name in FILES:
        path = unify.unified / name
    else:
        abort(404)
    words = {
        "changes": _("list of changes"),
        "map": _("map of the changes"),
        "refinement": _("laid over each other"),
        "grids": _("unified"),
        "unify": _("what was found"),
    }
    title = unify.check.read()["title"]
    return send_file(
        BytesIO(path.read_bytes()),
        as_attachment=True,
        download_name=f"{title}-{words[stem]}.{ending}",
    )
