"""Upload a list of an office: see what becomes of every row, then confirm."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from io import BytesIO
from typing import Any

import pandas as pd
from flask import (
    Blueprint,
    Response,
    abort,
    jsonify,
    render_template,
    request,
    send_file,
    url_for,
)
from flask_babel import gettext as _

from geogrid.crs import DATUMS
from geogrid.errors import CrsError, FormatError, GeogridError
from geogrid.i18n import mark
from geogrid.placing.datum_evidence import DatumName
from geogrid.store.contact_lists import last_listed, replace_contacts
from geogrid.store.errors import ConflictError
from geogrid.store.opening import reading
from geogrid.tables import Table, read_table, read_tables
from geogrid.tabular.sheets import sheet_names
from web.auth import acting, caller_id, requires
from web.check.view import language
from web.current import current_plan, current_workspace
from web.uploads import Upload, find_upload, first_time, take_upload
from web.v1.caller import database, now
from web.workspace.address_preview import preview_addresses
from web.workspace.address_sources import source_facts, told_of
from web.workspace.blank_forms import blank_form
from web.workspace.contact_preview import preview_contacts
from web.workspace.grid_list_preview import preview_grids_of_units
from web.workspace.office_preview import preview_posts, preview_units
from web.workspace.preview_lines import HEADERS, Group, Preview, groups_of

__all__ = ["blueprint"]

blueprint = Blueprint("tables", __name__)
SUFFIXES = (".xlsx", ".xls", ".csv", ".tsv", ".txt", ".ods", ".et", ".html", ".htm")
_POINTS = (".geojson", ".json")
_CHOICES = ("sheet", "datum", "source", "dated")
LINES_SHOWN = 25


def _known(table: str) -> str:
    if table not in HEADERS:
        abort(404)
    return table


def _require_place(table: str) -> None:
    """Refuse lists about buildings before there are any of the office."""
    if table == "unit_grids" and not len(current_workspace().current().units):
        raise ConflictError(mark("There is no list of buildings yet; upload that first."))
    if table == "contacts" and not current_workspace().is_in_force:
        raise ConflictError(
            mark("Contact lists are kept once a plan is in force; publish the plan first.")
        )


@blueprint.post("/api/v1/workspace/<table>")
@requires("planner", scope="whole")
def upload(table: str) -> Response:
    """Take the file; one that is no table is refused at once."""
    kind = _known(table)
    _require_place(kind)
    suffixes = (*SUFFIXES, *_POINTS) if kind == "addresses" else SUFFIXES
    taken = take_upload(request.files.get("file"), suffixes)
    try:
        read_table(taken.path, filename=taken.name)
    except GeogridError:
        current_workspace().uploads.discard(taken.token)
        raise
    return jsonify(url=url_for("workspace.tables.preview", table=kind, token=taken.token))


@blueprint.get("/workspace/<table>/<token>")
@requires("planner", scope="whole")
def preview(table: str, token: str) -> str:
    """Show what would become of every row."""
    _require_place(_known(table))
    taken = find_upload(token)
    sheet, datum = request.args.get("sheet", ""), request.args.get("datum", "")
    try:
        seen = _preview(table, taken, request.args)
    except CrsError:
        seen = None
    return render_template(
        "office_preview.html",
        table=table,
        upload=taken,
        seen=seen and _shown(seen),
        sheet=sheet,
        sheets=sheet_names(taken.path),
        datum=datum,
        asks_datum=table in ("units", "addresses"),
        sources=source_facts() if table == "addresses" else [],
        told=told_of(taken, request.args),
        headers=HEADERS[table],
        language=language(),
        plan=current_workspace().current(),
        in_force=current_workspace().is_in_force,
        use_url=url_for("workspace.tables.use", table=table, token=token),
    )


def _read(taken: Upload, sheet: str) -> list[Table]:
    """Read one sheet, or every visible one."""
    if sheet:
        return [read_table(taken.path, filename=taken.name, sheet=sheet)]
    return read_tables(taken.path, filename=taken.name)


def _preview(table: str, taken: Upload, asked: Mapping[str, str]) -> Preview:
    read, datum = _read(taken, asked.get("sheet", "")), asked.get("datum", "")
    known_datum = datum if datum in DATUMS else None
    if table == "contacts":
        with reading(database()) as connection:
            return preview_contacts(read, connection, now())
    if table == "unit_grids":
        return preview_grids_of_units(read, current_plan())
    grids = current_workspace().current().grids
    if table == "posts":
        return preview_posts(read, grids, language())
    if table == "addresses":
        told = told_of(taken, asked)
        return preview_addresses(read, grids, known_datum, source=told.source, dated=told.dated)
    return preview_units(read, grids, known_datum)


def _shown(seen: Preview) -> dict[str, Any]:
    """Return counts, notes, how many lines have which fate, and a page of those asked for."""
    lang = language()
    groups = groups_of(seen)
    fates = {
        fate: sum(line.fate == fate for line in seen.lines) for fate in ("good", "warn", "bad")
    }
    order = {"error": 0, "warning": 1, "note": 2}
    return {
        "rows": seen.rows,
        "made": len(seen.made) if seen.is_usable else 0,
        "is_doubtful": seen.is_doubtful,
        "other_datum": seen.other_datum,
        "other_name": DatumName(seen.other_datum).text(lang) if seen.other_datum else "",
        "fates": fates,
        "findings": [
            {
                "severity": each.severity,
                "text": each.text(lang),
                "sheet": each.params.get("sheet", "") if each.rows else "",
            }
            for each in sorted(seen.findings, key=lambda found: order[found.severity])
        ],
        "changed": sum(bool(line.changes) for line in seen.lines),
        "groups": [(group.fate, group.words, len(group.lines)) for group in groups],
        **_page_of(groups, seen),
    }


def _page_of(groups: list[Group], seen: Preview) -> dict[str, Any]:
    """Return one page of the lines with one fate, or of all, those that need a look first."""
    chosen = _number("show", len(groups))
    order = {"bad": 0, "warn": 1, "good": 2}
    some = groups[chosen - 1].lines if chosen else sorted(
        seen.lines, key=lambda line: order[line.fate]
    )  # fmt: skip
    pages = max(-(-len(some) // LINES_SHOWN), 1)
    page = _number("page", pages) or 1
    return {
        "show": chosen,
        "all": len(seen.lines),
        "has_cells": not chosen or groups[chosen - 1].fate != "out",
        "lines": some[LINES_SHOWN * (page - 1) : LINES_SHOWN * page],
        "page": page,
        "pages": pages,
    }


def _number(name: str, most: int) -> int:
    """Return a number from 1 to `most` of the address, 0 where it has none."""
    text = request.args.get(name, "")
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0
    return number if number <= most else 0


@blueprint.post("/api/v1/workspace/<table>/<token>/use")
@requires("planner", scope="whole")
def use(table: str, token: str) -> Response:
    """Replace the table of the current plan by the uploaded one; a second click changes nothing."""
    kind, taken = _known(table), find_upload(token)
    _require_place(kind)
    choice = "|".join((kind, *(request.form.get(name, "") for name in _CHOICES)))
    with first_time(taken, lambda: f"{choice}|{_in_use(kind)}") as is_first:
        if is_first:
            made = _made(kind, taken, request.form)
            _KEEP[kind](made)
    if kind == "contacts":
        return jsonify(url=url_for("people.page", _anchor="contacts-title"))
    if kind == "unit_grids":
        return jsonify(url=url_for("people.buildings.page", new=1))
    return jsonify(url=url_for("workspace.page", new=table))


def _in_use(kind: str) -> str:
    """Return what changes when a table of this kind is replaced, by whomever."""
    if kind != "contacts":
        return current_workspace().digest
    with reading(database()) as connection:
        return str(last_listed(connection))


def _keep_contacts(made: pd.DataFrame) -> None:
    replace_contacts(database(), made, at=now(), by=acting())


def _keep_unit_grids(made: pd.DataFrame) -> None:
    units = current_workspace().current().units
    said = units["unit_id"].map(dict(zip(made["unit_id"], made["grid"], strict=True)))
    current_workspace().add_units(
        units.assign(grid=said.where(said.notna(), units["grid"]).astype("str")), by=caller_id()
    )


_KEEP: Mapping[str, Callable[[pd.DataFrame], object]] = {
    "posts": lambda made: current_workspace().add_posts(made, by=caller_id()),
    "units": lambda made: current_workspace().add_units(made, by=caller_id()),
    "addresses": lambda made: current_workspace().add_addresses(made, by=caller_id()),
    "unit_grids": _keep_unit_grids,
    "contacts": _keep_contacts,
}


def _made(table: str, taken: Upload, form: Mapping[str, str]) -> pd.DataFrame:
    seen = _preview(table, taken, form)
    if not len(seen.made) or not seen.is_usable:
        raise FormatError(mark("Nothing in {file} could be read."), file=taken.name)
    return seen.made


@blueprint.get("/workspace/<table>/form.xlsx")
@requires("worker", scope="free")
def blank(table: str) -> Response:
    """Send a form to fill in, with the grids of the plan in it."""
    content = blank_form(_known(table), current_workspace().current(), language())
    name = {
        "posts": _("roster form"),
        "units": _("form for buildings"),
        "addresses": _("form for addresses"),
        "unit_grids": _("form for the grids of buildings"),
        "contacts": _("form for contact lists"),
    }[table]
    return send_file(BytesIO(content), as_attachment=True, download_name=f"{name}.xlsx", max_age=0)
