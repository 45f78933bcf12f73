"""The pages and requests of ``/lookup/batch``."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

from flask import (
    Blueprint,
    Response,
    current_app,
    jsonify,
    render_template,
    request,
    send_file,
    session,
    url_for,
)
from flask_babel import gettext as _

from geogrid.crs import DATUMS
from geogrid.errors import CrsError, FieldError, InputError
from geogrid.i18n import mark
from geogrid.store.errors import UploadMissingError
from web.auth import caller, requires
from web.current import current_plan, current_workspace
from web.jobs import BusyError, Job, jobs
from web.language import catalogue_language
from web.lookup_list.folder import AddressList, find_address_list
from web.lookup_list.remembering import remember_pick
from web.lookup_list.said import confirm_view, result_view, rows_answer, state_view
from web.lookup_list.working import read_list, search_list, suggested, write_answers
from web.uploads import take_upload

__all__ = ["blueprint"]

blueprint = Blueprint("lookup_list", __name__)

SUFFIXES = (".xlsx", ".xls", ".csv", ".tsv", ".txt")
PATIENCE_S = 1.0
"""So long a request waits for the background work before it answers that it goes on."""
WRITING_S = 300.0
"""So long a download waits for its file."""


@blueprint.get("/lookup/batch")
@requires("worker", scope="own")
def page() -> str:
    """Ask for a list."""
    last = None
    with suppress(UploadMissingError):
        last = find_address_list(session.get("addresses", "")).upload
    return render_template(
        "lookup_list.html",
        last=last,
        largest_mb=current_app.config["SETTINGS"].max_upload_mb,
        suffixes=SUFFIXES,
        has_addresses=current_plan().has_addresses,
    )


@blueprint.post("/api/v1/lookup/lists")
@requires("worker", scope="own")
def upload() -> Response:
    """Take a list and begin to read it."""
    addresses = AddressList(take_upload(request.files.get("file"), SUFFIXES))
    session["addresses"] = addresses.token
    return _begin_reading(addresses, None)


def _begin_reading(addresses: AddressList, sheet: str | None) -> Response:
    if addresses.stage()[0] in ("reading", "searching"):
        raise BusyError(mark("This list is being worked on already."))
    key = addresses.job_key("read")
    jobs().start(key, lambda progress: read_list(addresses, sheet, progress))
    jobs().wait(key, seconds=PATIENCE_S)
    return jsonify(state_view(addresses, catalogue_language()))


@blueprint.get("/api/v1/lookup/lists/<token>")
@requires("worker", scope="own")
def state(token: str) -> Response:
    """Say how far a list is."""
    return jsonify(state_view(find_address_list(token), catalogue_language()))


@blueprint.post("/api/v1/lookup/lists/<token>/read")
@requires("worker", scope="own")
def read(token: str) -> Response:
    """Read another sheet of the workbook."""
    return _begin_reading(find_address_list(token), request.form.get("sheet") or None)


@blueprint.post("/api/v1/lookup/lists/<token>/search")
@requires("worker", scope="own")
def search(token: str) -> Response:
    """Look the rows up, as confirmed in the form; a second click joins in."""
    addresses, current = find_address_list(token), current_plan()
    choice = _choice(addresses.need("preview"))
    stage = addresses.stage()[0]
    if stage == "reading" or (stage == "searching" and addresses.read("choice") != choice):
        raise BusyError(mark("This list is being worked on already."))
    key = addresses.job_key("search")
    if stage != "searching":
        addresses.forget_result()
        addresses.write("choice", choice)
        jobs().start(key, lambda progress: search_list(addresses, current, progress))
    jobs().wait(key, seconds=PATIENCE_S)
    return jsonify(state_view(addresses, catalogue_language()))


def _choice(preview: dict[str, Any]) -> dict[str, Any]:
    """Return the columns and the datum in the form."""
    columns = request.form.getlist("column")
    for column in columns:
        if column not in preview["columns"]:
            raise FieldError(
                mark("There is no column “{column}”; the columns are: {columns}."),
                column=column[:60],
                columns=", ".join(preview["columns"]),
            )
    if not columns:
        raise FieldError(mark("Choose the column that holds the address."))
    datum = request.form.get("datum", "wgs84")
    if datum not in DATUMS:
        raise CrsError(mark("Choose a coordinate system for the new columns."))
    return {"columns": columns, "datum": datum}


@blueprint.get("/lookup/batch/<token>")
@requires("worker", scope="own")
def show(token: str) -> str:
    """Show what comes next: the columns to confirm (``?change=1`` for again), or the result."""
    addresses = find_address_list(token)
    if not addresses.read("result") or "change" in request.args:
        shown = confirm_view(addresses, catalogue_language())
        return render_template("lookup_list_confirm.html", **shown)
    shown = result_view(addresses, current_plan(), catalogue_language())
    return render_template("lookup_list_result.html", **shown)


@blueprint.get("/api/v1/lookup/lists/<token>/rows")
@requires("worker", scope="own")
def rows(token: str) -> Response:
    """Return a page of the different texts of ``?group=``."""
    addresses = find_address_list(token)
    addresses.need("result")
    number = request.args.get("page", default=1, type=int)
    group = request.args.get("group", "")
    return jsonify(rows_answer(addresses, current_plan(), group, number, catalogue_language()))


@blueprint.post("/api/v1/lookup/lists/<token>/pick")
@requires("worker", scope="own")
def pick(token: str) -> Response:
    """Say which suggestion (``choice``, from 0) a text means, or with ``-1`` that none does."""
    addresses = find_address_list(token)
    addresses.need("result")
    text, choice = request.form.get("text", ""), request.form.get("choice", default=-1, type=int)
    if not addresses.has_text(text):
        raise FieldError(mark("The list has no row with this text. Look at the page again."))
    current = current_plan()
    found = suggested([text], current)[text] if choice >= 0 else []
    labels = [each.label for each in found]
    # another list may have come into the gazetteer since the page was drawn
    if choice >= len(found) or (
        choice >= 0 and request.form.get("label", labels[choice]) != labels[choice]
    ):
        raise FieldError(mark("There is no such suggestion any more. Look at the page again."))
    place = found[choice] if choice >= 0 else None
    if place is not None and not place.is_one:
        raise FieldError(
            mark("A whole street or compound is no one place: ask for a number or a building.")
        )
    addresses.pick(text, place)
    is_remembered = place is not None and remember_pick(text, place, current)
    return jsonify(picked=place.label if place else "", remembered=is_remembered)


def _begin_writing(addresses: AddressList, *, seconds: float) -> tuple[Path, Job | None]:
    """Make the download unless it is there; wait for it so long."""
    language, scope, current = catalogue_language(), caller().scope, current_plan()
    if addresses.need("result")["places"] != current.places:
        raise InputError(mark("The plan has changed since. Look the list up again first."))
    path = addresses.written(language, scope, current.plan.digest)
    key = addresses.job_key(path.name)
    if not path.exists():
        jobs().start(
            key, lambda progress: write_answers(addresses, current, language, scope, path, progress)
        )
    return path, jobs().wait(key, seconds=seconds)


@blueprint.post("/api/v1/lookup/lists/<token>/download")
@requires("worker", scope="own")
def prepare_download(token: str) -> Response:
    """Begin to make the download, or say how far it is."""
    path, job = _begin_writing(find_address_list(token), seconds=PATIENCE_S)
    error = job.error.text(catalogue_language()) if job and job.error else ""
    return jsonify(ready=path.exists(), share=job.share if job else 1.0, error=error)


@blueprint.get("/lookup/batch/<token>/file")
@requires("worker", scope="own")
def download(token: str) -> Response:
    """Download the list with the columns that were added."""
    addresses = find_address_list(token)
    path, job = _begin_writing(addresses, seconds=WRITING_S)
    if not path.exists():
        still = BusyError(mark("The file is still being made. Try again in a minute."))
        raise (job and job.error) or still
    name = _("%(name)s_grids", name=Path(addresses.upload.name).stem) + path.suffix
    return send_file(path.resolve(), as_attachment=True, download_name=name)


@blueprint.post("/api/v1/lookup/lists/<token>/discard")
@requires("worker", scope="own")
def discard(token: str) -> Response:
    """Throw the list away with everything made of it."""
    with suppress(UploadMissingError):
        current_workspace().uploads.discard(find_address_list(token).token)
    return jsonify(stage="gone", error="", url=url_for("lookup_list.page"))
