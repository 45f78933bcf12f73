"""The page with the choices, the sheets, and the page that a leaflet's code leads to."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, abort, jsonify, render_template, request, url_for
from flask_babel import gettext as _

from geogrid.errors import FieldError
from geogrid.i18n import mark
from geogrid.printing import PAPERS, page_picture
from geogrid.vocabulary import label
from web.auth import requires
from web.check.view import language
from web.current import current_plan, current_workspace
from web.grid_choices import grid_choices
from web.printing.asked import TURNS, WHAT, Asked, ask
from web.printing.made import Made, begin, made_of, state_of

__all__ = ["blueprint"]

blueprint = Blueprint("printing", __name__)
LONGEST_LIST = 600
PREVIEW_PX = 1_400
_KEPT = ("what", "grid", "paper", "turn", "phones", "address")


@blueprint.get("/print")
@blueprint.get("/plans/<int:plan_id>/print")
@requires("worker", scope="limited")
def page(plan_id: int | None = None) -> str:
    """Show the choices, how the sheet looks, and what it cannot show."""
    asked = ask(plan_id)
    printed = begin(asked)
    grids = grid_choices(asked.plan.hierarchy, _("The whole plan"))
    return render_template(
        "print.html",
        asked=asked,
        sheet=asked.sheet,
        printed=printed,
        state=_state_url(asked),
        grids=grids if len(grids) <= LONGEST_LIST else [],
        papers=WHAT[asked.what],
        turns=_turns(),
        width=_width(printed) if printed else (0, 0),
        address=request.args.get("address", "") or request.host_url.rstrip("/"),
        preview=_url(asked, "png", preview=1),
        downloads=_downloads(asked, printed) if printed else [],
    )


def _turns() -> list[tuple[str, str]]:
    words = {
        "auto": _("as the shape needs"), "portrait": _("Portrait"), "landscape": _("Landscape"),
    }  # fmt: skip
    return [(turn, words[turn]) for turn in TURNS]


def _width(printed: Made) -> tuple[int, int]:
    """Return the size of the preview, so that the page does not jump when it comes."""
    width, height = PAPERS[printed.paper].turned(printed.is_landscape)
    scale = PREVIEW_PX / max(width, height)
    return round(width * scale), round(height * scale)


def _url(asked: Asked, kind: str, **more: Any) -> str:
    return url_for("printing.sheet", plan_id=asked.plan_id, kind=kind) + _query(asked, **more)


def _state_url(asked: Asked) -> str:
    return url_for("printing.state", plan_id=asked.plan_id) + _query(asked)


def _query(asked: Asked, **more: Any) -> str:
    values = {name: request.args[name] for name in _KEPT if request.args.get(name)}
    return "?" + urlencode(values | {"grid": asked.sheet.code} | more)


def _downloads(asked: Asked, printed: Made) -> list[tuple[str, str]]:
    found = [("PDF", _url(asked, "pdf"))]
    if asked.what == "leaflets":
        return found
    for number in range(1, printed.pages + 1):
        words = "PNG" if printed.pages == 1 else _("PNG, page %(page)s", page=number)
        found.append((words, _url(asked, "png", page=number)))
    return found[:9]


@blueprint.get("/print/state")
@blueprint.get("/plans/<int:plan_id>/print/state")
@requires("worker", scope="limited")
def state(plan_id: int | None = None) -> Response:
    """Say how far a sheet is that is being made."""
    answer = jsonify(state_of(ask(plan_id)))
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.get("/print/sheet.<kind>")
@blueprint.get("/plans/<int:plan_id>/print/sheet.<kind>")
@requires("worker", scope="limited")
def sheet(kind: str, plan_id: int | None = None) -> Response:
    """Send a sheet as PDF, or a page of it as PNG."""
    if kind not in ("pdf", "png"):
        abort(404)
    asked = ask(plan_id)
    printed = made_of(asked)
    is_preview = "preview" in request.args
    if kind == "pdf":
        answer = Response(printed.pdf, mimetype="application/pdf")
    else:
        longest = PREVIEW_PX if is_preview else None
        dpi = PAPERS[printed.paper].dpi
        picture = page_picture(printed.pdf, dpi=dpi, page=_page(), longest=longest)
        answer = Response(picture, mimetype="image/png")
    if not is_preview:
        name = _file_name(asked, kind)
        answer.headers.set("Content-Disposition", "attachment", filename=name)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _page() -> int:
    text = request.args.get("page", "1")
    if not (text.isascii() and text.isdigit() and len(text) <= 4):
        raise FieldError(mark("page= must be a whole number."))
    return int(text)


def _file_name(asked: Asked, kind: str) -> str:
    code = "".join(sign for sign in asked.sheet.code if sign.isascii() and sign.isalnum())
    day = asked.sheet.today.isoformat()
    return f"{asked.what}-{code or 'plan'}-{asked.sheet.paper}-{day}.{kind}"


@blueprint.get("/g/<code>")
@requires("resident", scope="free")
def resident(code: str) -> str:
    """Tell whoever scans the code of a leaflet which grid it is and how to report; no people."""
    tree = current_plan().plan.hierarchy
    if code not in tree.parents or current_workspace().digest.startswith("draft:"):
        abort(404)
    chain = tree.chain(code)
    return render_template(
        "grid_for_residents.html",
        name=tree.names[code] or code,
        above=[
            (label("level", tree.levels[each], language()), tree.names[each] or each)
            for each in chain[1:]
        ],
    )
