"""The sources of the gazetteer: what a list says of itself, sending entries, removing a source."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import pandas as pd
from flask import Blueprint, Response, abort, current_app, jsonify, request, url_for
from flask_babel import gettext as _

from geogrid.errors import FieldError
from geogrid.i18n import mark
from geogrid.store.addresses import list_sources, read_entries, stored_entries
from geogrid.store.opening import is_there, reading
from geogrid.tabular.workbook import Sheet
from web.auth import caller_id, requires
from web.check.view import language
from web.current import current_workspace
from web.table_files import table_answer
from web.uploads import Upload
from web.v1.caller import MissingError, database

__all__ = ["Told", "blueprint", "source_facts", "told_of"]

blueprint = Blueprint("gazetteer", __name__)
LONGEST_SOURCE = 60
_HEADERS = {
    "zh_CN": "地址 名称 行政区 类型 别名 来源 日期 楼栋编码 网格编码",
    "en": "address name region kind aliases source dated unit_id grid_code",
}
"""Words that reading recognises, so that a list that was sent can be taken back."""
_COLUMNS = ("address", "name", "region", "kind", "aliases", "source", "dated", "unit_id", "grid")


class Told(NamedTuple):
    """Where a list is from, and its date as ``YYYY-MM-DD``."""

    source: str
    dated: str


def told_of(upload: Upload, asked: Mapping[str, str]) -> Told:
    """Return what was said of an uploaded list; its file's name and today where nothing was.

    Raises
    ------
    FieldError
        The date is none.
    """
    source = " ".join(asked.get("source", "").split()) or Path(upload.name).stem
    zone = ZoneInfo(current_app.config["SETTINGS"].timezone)
    dated = asked.get("dated", "").strip() or f"{datetime.now(zone):%Y-%m-%d}"
    try:
        day = date.fromisoformat(dated)
    except ValueError as error:
        raise FieldError(
            mark("“{value}” is no date; write it like 2026-03-01."), value=dated[:40]
        ) from error
    return Told(source[:LONGEST_SOURCE], day.isoformat())


def source_facts() -> list[dict[str, Any]]:
    """Return the sources of the gazetteer as the page of the data lists them."""
    if not is_there(current_workspace().engine):
        return []
    with reading(database()) as connection:
        found = list_sources(connection)
    return [
        {
            "name": each.name,
            "dated": each.dated,
            "count": each.entries,
            "url": url_for("workspace.gazetteer.download", kind="xlsx", source=each.name),
        }
        for each in found
    ]


@blueprint.post("/api/v1/workspace/addresses/remove")
@requires("planner", scope="whole")
def remove() -> Response:
    """Remove all that a source says."""
    source = request.form.get("source", "")
    if not current_workspace().remove_addresses(source, by=caller_id()):
        raise MissingError(
            mark("No entry of the gazetteer is from “{source}”."), source=source[:60]
        )
    return jsonify(url=url_for("workspace.page"))


@blueprint.get("/workspace/addresses.<kind>")
@requires("planner", scope="whole")
def download(kind: str) -> Response:
    """Send what ``?source=`` says, or the whole gazetteer, merged and corrected."""
    if kind not in ("xlsx", "csv"):
        abort(404)
    source = request.args.get("source", "")
    with reading(database()) as connection:
        entries = stored_entries(connection, source) if source else read_entries(connection)
    if entries is None or not len(entries):
        raise MissingError(mark("There are no addresses to send."))
    table = _written(entries)
    rows = [list(table.columns), *table.to_numpy(dtype=object).tolist()]
    name = source or _("gazetteer")
    return table_answer(name, [Sheet(_("Gazetteer"), rows, [18] * len(rows[0]))], kind)


def _written(entries: pd.DataFrame) -> pd.DataFrame:
    names = _HEADERS["en" if language().startswith("en") else "zh_CN"].split()
    said = entries[list(_COLUMNS)].set_axis(names, axis=1)
    said[names[4]] = said[names[4]].str.replace("\n", ";")
    return said.assign(wgs84_lon=entries["lon"], wgs84_lat=entries["lat"])
