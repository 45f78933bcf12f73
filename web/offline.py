"""``/lookup`` without a network: an app to install, and a copy of one's own community.

Pages are offered by a service worker, which browsers run over HTTPS or on the server's own
computer only. It keeps a page without anybody's data (``/lookup/offline/<language>``) and the
files that page loads, all under one version; the data come from ``/api/v1/offline`` into the
browser's database (``web/js/offline/kept.js``).
"""

from __future__ import annotations

import hashlib
import re
from typing import Any

from flask import Blueprint, Response, abort, json, render_template, request, url_for
from flask_babel import force_locale, get_locale
from flask_babel import gettext as _

from geogrid.hierarchy import Hierarchy
from geogrid.i18n import mark
from web.assets import asset_text, asset_url
from web.auth import caller, caller_id, requires
from web.copy_owner import remember_owner
from web.current import CurrentPlan, current_plan
from web.described import answer as answered
from web.described import describe, query
from web.offline_data import area_name, offline_data
from web.scope import scope_key
from web.shell import page_map
from web.v1.caller import MissingError
from web.v1.versions import IF_NONE_MATCH, not_modified

__all__ = ["blueprint"]

blueprint = Blueprint("offline", __name__)
_LANGUAGES = ("zh", "en")
_COMMUNITY = 2
_FILE = re.compile(r'(?:src|href|data-icons)="(/[^"#]+\.(?:js|css|svg))["#]')


@blueprint.get("/lookup/offline/<language>")
@requires("resident", scope="free")
def page(language: str) -> str:
    """Show the page that works without a network; it holds no data."""
    return _page(_known(language))


def _page(language: str) -> str:
    with force_locale(language):
        return render_template("lookup_offline.html", map=page_map("lookup"))


def _known(language: str) -> str:
    return language if language in _LANGUAGES else abort(404)


@blueprint.get("/lookup/worker-<language>.js")
@requires("resident", scope="free")
def worker(language: str) -> Response:
    """Serve the service worker of a language, told what it has to keep.

    The text changes with any file that it keeps, so that browsers notice a new release.
    """
    text = _page(_known(language))
    kept = {
        "version": hashlib.sha256(text.encode()).hexdigest()[:12],
        "page": url_for("offline.page", language=language),
        "files": sorted(set(_FILE.findall(text))),
    }
    body = f"self.geogridKept = {json.dumps(kept)};\n{asset_text('lookup-worker.js')}"
    response = Response(body, mimetype="text/javascript")
    response.headers["Service-Worker-Allowed"] = url_for("lookup.page")
    return response


@blueprint.get("/lookup/app-<language>.webmanifest")
@requires("resident", scope="free")
def manifest(language: str) -> Response:
    """Serve what makes the page an app to install."""
    sizes = ((192, "any"), (512, "any"), (512, "maskable"))
    icons = [
        {
            "src": asset_url(f"app-{size}.png"),
            "sizes": f"{size}x{size}",
            "type": "image/png",
            "purpose": purpose,
        }
        for size, purpose in sizes
    ]
    with force_locale(_known(language)):
        told = {
            "id": url_for("lookup.page"),
            "name": _("Which grid is it, and who answers?"),
            "short_name": _("Look up grids"),
            "lang": "zh-CN" if language == "zh" else language,
            "start_url": url_for("lookup.page"),
            "scope": url_for("home.page"),
            "display": "standalone",
            "theme_color": "#0b4558",
            "background_color": "#f3f1ec",
            "icons": icons,
        }
    return Response(json.dumps(told), mimetype="application/manifest+json")


@blueprint.get("/api/v1/offline")
@requires("worker", scope="limited")
@describe(
    mark("Return a copy of one's own community to use without a network."),
    more=mark(
        "The grids with exact outlines, who answers, buildings and streets. Without grid: all "
        "that the caller's limits touch, in whole communities. Phone numbers only with phones=1, "
        "and those that the caller may see."
    ),
    parameters=(
        query("grid", {"type": "string"}, mark("Code of a grid within the caller's communities.")),
        query("phones", {"enum": ["0", "1"]}, mark("Whether phone numbers come along.")),
        IF_NONE_MATCH,
    ),
    answers={
        200: answered({"type": "object"}, headers={"ETag": mark("The version of the copy.")}),
        304: answered(said=mark("The copy is the same still.")),
    },
    problems=(404, 413),
)
def copy() -> Response:
    """Answer with the copy, or that it is the same still."""
    current = current_plan()
    areas = _asked_areas(current.plan.hierarchy, request.args.get("grid", ""))
    has_phones = request.args.get("phones") == "1"
    data = offline_data(current, areas, str(get_locale()), has_phones=has_phones)
    return _versioned({**data, "owner": _owner_key(), "language": str(get_locale())})


def _versioned(data: dict[str, Any]) -> Response:
    text = json.dumps(data, separators=(",", ":"))
    tag = hashlib.sha256(text.encode()).hexdigest()[:24]
    same = not_modified(tag)
    if same is None:
        same = Response(text, mimetype="application/json")
        same.set_etag(tag)
    remember_owner(same)
    return same


def _owner_key() -> str:
    """Return a text that changes when somebody else signs in, or the limits become others."""
    return hashlib.sha256(f"{caller_id()}|{scope_key()}".encode()).hexdigest()[:16]


def _asked_areas(tree: Hierarchy, grid: str) -> list[str]:
    """Return the grids that the copy is of.

    Raises
    ------
    MissingError
        The grid asked for is none of the plan, or outside the caller's communities; or there
        are none of these.
    """
    own = _own_areas(tree)
    if not own:
        raise MissingError(mark("None of the grids of your account is in this plan."))
    if not grid:
        return own
    if set(own).isdisjoint(tree.chain(grid)):
        raise MissingError(mark("There is no grid {code} in your area."), code=grid)
    return [grid]


def _own_areas(tree: Hierarchy) -> list[str]:
    """Return the communities that the caller's limits touch, or the tops of larger limits."""
    scope = caller().scope
    if scope is None:
        return [code for code, parent in tree.parents.items() if not parent]
    chains = [tree.chain(code) for code in sorted(scope) if code in tree.parents]
    areas = dict.fromkeys(_community(chain, tree) for chain in chains)
    return [code for code in areas if areas.keys().isdisjoint(tree.chain(code)[1:])]


def _community(chain: list[str], tree: Hierarchy) -> str:
    return next((code for code in chain if tree.levels[code] <= _COMMUNITY), chain[-1])


@blueprint.app_template_global()
def copy_box() -> dict[str, Any]:
    """Return what the box on ``/lookup`` needs to keep a copy."""
    current, language = current_plan(), str(get_locale())
    return {
        "choices": _choices(current),
        "data": {
            "url": url_for("offline.copy"),
            "worker": url_for("offline.worker", language=language),
            "scope": url_for("lookup.page"),
            "page": url_for("offline.page", language=language),
            "owner": _owner_key(),
            "language": language,
            "digest": current.plan.digest,
        },
    }


def _choices(current: CurrentPlan) -> list[tuple[str, str]]:
    """Return code and name of what the caller may keep: all, and each community of several."""
    tree = current.plan.hierarchy
    areas = _own_areas(tree)
    tops = set(areas)
    smaller = sorted(
        code
        for code, level in tree.levels.items()
        if level == _COMMUNITY and not tops.isdisjoint(tree.chain(code))
    )
    named = [(code, tree.names[code] or code) for code in (smaller if len(smaller) > 1 else [])]
    return [("", area_name(tree, areas)), *named]
