"""导出一张图: the map as one file that needs no server."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import quote
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, current_app
from flask_babel import format_date, get_locale
from flask_babel import gettext as _

from geogrid.layers.base import StreetsLayer
from geogrid.layers.grids import GridsLayer
from geogrid.layers.lookup import LookupLayer
from geogrid.layers.onefile import OneFile, compose_onefile
from geogrid.layers.shell import compose_shell
from web.assets import asset_text
from web.auth import requires
from web.config import Settings
from web.current import CurrentPlan, current_plan
from web.share_data import onefile_data

__all__ = ["blueprint"]

blueprint = Blueprint("share", __name__)


@blueprint.get("/share/map.html")
@requires("worker", scope="free")
def download() -> Response:
    """Send the file."""
    text = one_file(current_plan(), current_app.config["SETTINGS"], str(get_locale()))
    name = quote(_("One-file grid map") + ".html")
    response = Response(text, mimetype="text/html")
    response.headers["Content-Disposition"] = (
        f"attachment; filename=grid-map.html; filename*=UTF-8''{name}"
    )
    return response


def one_file(current: CurrentPlan, settings: Settings, language: str) -> str:
    """Return the whole page."""
    scripts = [asset_text("leaflet.js"), asset_text("onefile.js")]
    if language != "en":
        scripts.insert(1, asset_text(f"strings-{language}.js"))
    return compose_onefile(
        _words(current, settings, language),
        shell=compose_shell([StreetsLayer(), GridsLayer(), LookupLayer()]),
        scripts=scripts,
        style=asset_text("style.css"),
        icons=asset_text("icons.svg"),
        data=onefile_data(current, language),
    )


def _words(current: CurrentPlan, settings: Settings, language: str) -> OneFile:
    today = datetime.now(ZoneInfo(settings.timezone)).date()
    marks = [settings.map_note or _("For internal use")]
    if current.plan.is_sample:
        marks.insert(0, _("Sample data"))
    return OneFile(
        language="zh-CN" if language.startswith("zh") else "en",
        title=current.plan.name,
        heading=_("One-file grid map"),
        date=_("made on %(date)s", date=format_date(today, "long")),
        marks=marks,
        search=_("Grid, building or address"),
        levels=_("Level"),
        fold=_("Show or hide the panel"),
        noscript=_("This map needs JavaScript. Open it in Chrome, Edge or another browser."),
    )
