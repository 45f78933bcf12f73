"""Upload a list of an office: see what becomes of every row, then confirm."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from hashlib import sha256
from importlib.metadata import version
from io import BytesIO
from pathlib import Path
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
from geogrid.errors import FormatError, GeogridError
from geogrid.i18n import mark
from geogrid.store.contact_lists import last_listed, replace_contacts
from geogrid.store.errors import ConflictError
from geogrid.store.opening import reading
from geogrid.tables import Table, read_table, read_tables
from geogrid.tabular.sheets import sheet_names
from web.auth import acting, caller_id, requires
from web.check.view import language
from web.current import current_plan, current_workspace
from web.jobs import Progress
from web.uploads import Upload, find_upload, first_time, take_upload
from web.v1.caller import database, now
from web.workspace.address_preview import preview_addresses
from web.workspace.address_sources import source_facts, told_of
from web.workspace.blank_forms import blank_form
from web.workspace.contact_preview import preview_contacts
from web.workspace.grid_list_preview import preview_grids_of_units
from web.workspace.kept_preview import (
    Kept,
    begin,
    followed_preview,
    kept_of,
    page_of,
    state_of,
)
from web.workspace.office_preview import preview_posts, preview_units
from web.workspace.preview_lines import HEADERS, Preview

__all__ = ["blueprint"]

blueprint = Blueprint("tables", __name__)
SUFFIXES = (".xlsx", ".xls", ".csv", ".tsv", ".txt", ".ods", ".et", ".html", ".htm")
_POINTS = (".geojson", ".json")
_CHOICES = ("sheet", "datum", "source", "dated")


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
    """Show what would become of every row, once a long list is read."""
    _require_place(_known(table))
    taken, asked = find_upload(token), request.args
    kept = _kept(table, taken, asked)
    return render_template(
        "office_preview.html",
        table=table,
        upload=taken,
        is_made=kept is not None,
        seen=kept and page_of(kept, _number("show"), _number("page"), language()),
        state=_state_url(table, taken, asked),
        sheet=asked.get("sheet", ""),
        sheets=sheet_names(taken.path),
        datum=asked.get("datum", ""),
        asks_datum=table in ("units", "addresses"),
        sources=source_facts() if table == "addresses" else [],
        told=told_of(taken, asked),
        headers=HEADERS[table],
        plan=current_workspace().current(),
        in_force=current_workspace().is_in_force,
        use_url=url_for("workspace.tables.use", table=table, token=token),
    )


@blueprint.get("/workspace/<table>/<token>/state")
@requires("planner", scope="whole")
def state(table: str, token: str) -> Response:
    """Say how far reading is."""
    folder = _folder(_known(table), find_upload(token), request.args)
    answer = jsonify(state_of(folder, language()))
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _choices(asked: Mapping[str, str]) -> dict[str, Any]:
    return {name: asked[name] for name in _CHOICES if asked.get(name)}


def _kept(table: str, taken: Upload, asked: Mapping[str, str]) -> Kept | None:
    """Return what the page shows, None while it is made beside the requests."""
    preview = _previewing(table, taken, asked)
    if table == "contacts":  # who holds a post may change with every day
        return kept_of(preview(lambda _share: None))
    return begin(_folder(table, taken, asked), preview)


def _state_url(table: str, taken: Upload, asked: Mapping[str, str]) -> str:
    made = _folder(table, taken, asked).name
    choices = _choices(asked) | {"made": made}
    return url_for("workspace.tables.state", table=table, token=taken.token, **choices)


def _folder(table: str, taken: Upload, asked: Mapping[str, str]) -> Path:
    """Return where the preview is kept that depends on all of these, or is waited for."""
    plans = (current_workspace().digest, current_plan().plan.digest)
    spoken = language() if table == "posts" else ""
    about = (version("geogrid"), table, *told_of(taken, asked), _choices(asked), *plans, spoken)
    folder = taken.folder / f"preview-{sha256(repr(about).encode()).hexdigest()[:16]}"
    return followed_preview(folder, asked.get("made", ""))


def _read(taken: Upload, sheet: str) -> list[Table]:
    """Read one sheet, or every visible one."""
    if sheet:
        return [read_table(taken.path, filename=taken.name, sheet=sheet)]
    return read_tables(taken.path, filename=taken.name)


def _previewing(
    table: str, taken: Upload, asked: Mapping[str, str]
) -> Callable[[Progress], Preview]:
    """Return what reads a list, for another thread as well."""
    make = _maker(table, taken, asked)

    def preview(progress: Progress) -> Preview:
        progress(0.05)
        read = _read(taken, asked.get("sheet", ""))
        progress(0.4)
        seen = make(read)
        progress(0.9)
        return seen

    return preview


def _maker(
    table: str, taken: Upload, asked: Mapping[str, str]
) -> Callable[[Sequence[Table]], Preview]:
    grids, lang = current_workspace().current().grids, language()
    datum = asked.get("datum", "")
    known_datum = datum if datum in DATUMS else None
    if table == "contacts":
        return _preview_contacts
    if table == "unit_grids":
        return partial(preview_grids_of_units, current=current_plan())
    if table == "posts":
        return partial(preview_posts, grids=grids, language=lang)
    if table == "addresses":
        told = told_of(taken, asked)._asdict()
        return partial(preview_addresses, grids=grids, datum=known_datum, **told)
    return partial(preview_units, grids=grids, datum=known_datum)


def _preview_contacts(read: Sequence[Table]) -> Preview:
    with reading(database()) as connection:
        return preview_contacts(read, connection, now())


def _number(name: str) -> int:
    """Return a whole number of the address, 0 where it has none."""
    text = request.args.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0


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
    seen = _previewing(table, taken, form)(lambda _share: None)
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
