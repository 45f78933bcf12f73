"""``/plans/new/trace/<token>/pages``: choose a page of a PDF; it is drawn beside requests."""

from __future__ import annotations

import os
from typing import Any

from flask import Blueprint, Response, abort, jsonify, redirect, render_template, request, url_for

from geogrid.errors import FieldError, FormatError
from geogrid.i18n import mark
from geogrid.store.errors import UploadMissingError
from geogrid.tracing.pdf_pages import draw_pages, page_as_picture
from web.auth import requires
from web.check.view import language
from web.jobs import Progress, Work, jobs, start_work
from web.trace.folder import TraceFolder, find_trace

__all__ = ["begin", "blueprint"]

blueprint = Blueprint("pages", __name__)
MOST_THUMBNAILS = 40
THUMBNAIL_PX = 320
_UNFINISHED = ("waiting", "running")


def begin(trace: TraceFolder) -> None:
    """Draw the only page of a PDF, or small pictures of the first pages to choose from."""
    pages = trace.read()["pages"]
    if pages == 1:
        start_work(trace, _drawing(trace, 1), "reading", chosen_page=1)
    else:
        jobs().start(_thumbnail_job(trace), _thumbnails(trace, min(pages, MOST_THUMBNAILS)))


def _thumbnail_job(trace: TraceFolder) -> str:
    return f"{trace.job}:pages"


def _thumbnails(trace: TraceFolder, count: int) -> Work:
    def work(progress: Progress) -> None:
        pages = range(1, count + 1)
        drawn = draw_pages(trace.source.read_bytes(), pages, longest=THUMBNAIL_PX)
        for page, picture in zip(pages, drawn, strict=True):
            path = trace.thumbnail(page)
            temporary = path.with_suffix(".new")
            temporary.write_bytes(picture)
            os.replace(temporary, path)
            progress(page / count)

    return work


def _drawing(trace: TraceFolder, page: int) -> Work:
    def work(progress: Progress) -> None:
        progress(0.1)
        state = trace.read()
        picture = page_as_picture(trace.source.read_bytes(), page, state["file"])
        trace.picture.write_bytes(picture.content)
        is_same = state.get("page") == page
        trace.write(
            kind="picture",
            stage="done",
            page=page,
            name=f"{state['file']} {page}/{state['pages']}"
            if state["pages"] > 1
            else state["file"],
            width=picture.width,
            height=picture.height,
            media_type=picture.media_type,
            bounds=[0, 0, picture.width, picture.height],
            placement=state.get("placement") if is_same else None,
        )

    return work


def _pdf(token: str) -> TraceFolder:
    trace = find_trace(token)
    if not trace.source.exists():
        abort(404)
    return trace


@blueprint.get("/plans/new/trace/<token>/pages")
@requires("planner", scope="whole")
def choose(token: str) -> str | Response:
    """Show the pages to choose from, or that the only one is being drawn."""
    try:
        trace = find_trace(token)
    except UploadMissingError:
        return redirect(url_for("trace.page"))  # type: ignore[return-value]
    if not trace.source.exists():
        return redirect(url_for("trace.show", token=token))  # type: ignore[return-value]
    state = trace.read()
    return render_template(
        "trace_pages.html",
        file=state["file"],
        pages=state["pages"],
        shown=[
            (page, url_for("trace.pages.thumbnail", token=token, page=page))
            for page in range(1, min(state["pages"], MOST_THUMBNAILS) + 1)
        ],
        page={
            "state": url_for("trace.pages.state", token=token),
            "work": url_for("trace.show", token=token),
        },
    )


@blueprint.get("/api/v1/trace/<token>/pages")
@requires("planner", scope="whole")
def state(token: str) -> Response:
    """Say how far the pages are: small pictures that are there, and the page that was chosen."""
    return jsonify(_told(_pdf(token)))


@blueprint.post("/api/v1/trace/<token>/pages")
@requires("planner", scope="whole")
def draw(token: str) -> Response:
    """Draw the page that was chosen as the picture to trace."""
    trace = _pdf(token)
    text, pages = request.form.get("page", "").strip(), trace.read()["pages"]
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:6]) <= pages):
        raise FieldError(mark("The page must be a whole number from 1 to {pages}."), pages=pages)
    start_work(trace, _drawing(trace, int(text)), "reading", chosen_page=int(text))
    return jsonify(_told(trace))


def _told(trace: TraceFolder) -> dict[str, Any]:
    kept, drawing = trace.read(), jobs().find(trace.job)
    small = jobs().find(_thumbnail_job(trace))
    stage, error = kept["stage"], None
    if stage == "reading":
        if drawing is None:
            broken = FormatError(mark("The server broke off. Choose the page once more."))
            stage, error = "failed", broken.text(language())
        elif drawing.error is not None:
            stage, error = "failed", drawing.error.text(language())
    ready = [
        page
        for page in range(1, min(kept["pages"], MOST_THUMBNAILS) + 1)
        if trace.thumbnail(page).exists()
    ]
    return {
        "stage": stage,
        "share": drawing.share if drawing is not None and stage == "reading" else None,
        "page": kept.get("chosen_page"),
        "pages": kept["pages"],
        "thumbnails": ready,
        "is_drawing_thumbnails": small is not None and small.state in _UNFINISHED,
        "error": error,
    }


@blueprint.get("/api/v1/trace/<token>/pages/<int:page>.png")
@requires("planner", scope="whole")
def thumbnail(token: str, page: int) -> Response:
    """Return a small picture of a page."""
    trace = _pdf(token)
    path = trace.thumbnail(page)
    content = path.read_bytes() if 1 <= page <= MOST_THUMBNAILS and path.exists() else b""
    if not content:
        abort(404)
    return Response(content, mimetype="image/png")
