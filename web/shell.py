"""Map shells: composed by Folium once per kind of map, served under the hash of their script."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cache
from typing import NamedTuple

from branca.element import Element
from flask import Blueprint, Response, abort, url_for
from markupsafe import Markup

from geogrid.layers.base import StreetsLayer
from geogrid.layers.choropleth import ChoroplethLayer
from geogrid.layers.defects import DefectsLayer
from geogrid.layers.editor import EditorLayer
from geogrid.layers.grids import GridsLayer
from geogrid.layers.heatmap import BinnedHeatMap
from geogrid.layers.lookup import LookupLayer
from geogrid.layers.shell import Shell, compose_shell
from geogrid.layers.swipe import SwipeLayer
from web.assets import asset_url, cache_forever
from web.auth import requires

__all__ = ["MAPS", "PageMap", "blueprint", "page_map"]

MAPS: dict[str, Callable[[], list[Element]]] = {
    "home": lambda: [StreetsLayer(), GridsLayer()],
    "check": lambda: [StreetsLayer(), GridsLayer(), DefectsLayer()],
    "compare": lambda: [StreetsLayer(), SwipeLayer()],
    "cases": lambda: [StreetsLayer(), GridsLayer(), LookupLayer()],
    "edit": lambda: [StreetsLayer(), EditorLayer()],
    "heatmap": lambda: [StreetsLayer(), ChoroplethLayer(), BinnedHeatMap()],
    "lookup": lambda: [StreetsLayer(), GridsLayer(), LookupLayer()],
}
"""Kind of map to its layers, in drawing order."""

blueprint = Blueprint("shell", __name__)


class PageMap(NamedTuple):
    """What a template needs: the map's element and its scripts, in order."""

    body: Markup
    scripts: list[str]


@cache
def _compose(kind: str) -> tuple[Shell, str]:
    shell = compose_shell(MAPS[kind]())
    return shell, hashlib.sha256(shell.script.encode()).hexdigest()[:12]


def page_map(kind: str) -> PageMap:
    """Return the composed map of `kind` for a template."""
    shell, digest = _compose(kind)
    scripts = [asset_url(name) for name in shell.files]
    scripts.append(url_for("shell.script", kind=kind, digest=digest))
    return PageMap(Markup(shell.body), scripts)  # noqa: S704 - composed by us, holds no data


@blueprint.get("/shell/<kind>-<digest>.js")
@requires("resident", scope="free")
def script(kind: str, digest: str) -> Response:
    """Serve the script Folium composed."""
    if kind not in MAPS or _compose(kind)[1] != digest:
        abort(404)
    return cache_forever(Response(_compose(kind)[0].script, mimetype="text/javascript"))
