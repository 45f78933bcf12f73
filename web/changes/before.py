"""``/plans/…/review``: a draft or a plan in review against the plan in force, to publish it."""

from __future__ import annotations

from flask import (
    Blueprint,
    Response,
    abort,
    jsonify,
    redirect,
    render_template,
    request,
    url_for,
)
from werkzeug.wrappers import Response as AnyResponse

from geogrid.compare.lists import (
    FILE_KINDS,
    LIST_WORDS,
    list_file,
    list_length,
    list_rows,
    moved_totals,
)
from geogrid.compare.tables import THING_WORDS
from geogrid.errors import FieldError
from geogrid.i18n import mark, translate
from geogrid.layers.comparison_data import map_data
from geogrid.store.opening import reading
from web.auth import requires
from web.changes.reviewed import Reviewed, reviewed
from web.changes.told import proof_data, rules_data
from web.current import current_plan
from web.described import answer, describe, query
from web.language import catalogue_language
from web.shell import page_map
from web.table_files import file_answer
from web.v1.caller import DRAFTS, database, plan_seen
from web.v1.versions import plan_tag
from web.workspace.comparing import FILES

__all__ = ["blueprint"]

blueprint = Blueprint("plan_review", __name__)
ROWS = 50
_LISTS = ("grids", *THING_WORDS)
_PAGE = "/plans/<int:plan_id>/review"


@blueprint.get(_PAGE)
@requires("planner", scope="whole")
def page(plan_id: int) -> str | AnyResponse:
    """Show what a plan would change; its script asks for what takes long."""
    with reading(database()) as connection:
        plan = plan_seen(connection, plan_id)
    if plan.status not in DRAFTS:
        return redirect(url_for("plan_changes.page", plan_id=plan_id))
    return render_template(
        "plan_review.html",
        map=page_map("compare"),
        entry="plan-review.js",
        plan={"is_sample": plan.is_sample, "streets": _streets(), "attribution": ""},
        record=plan,
        page={
            "data": url_for("plan_review.data", plan_id=plan_id),
            "list": url_for("plan_review.rows", plan_id=plan_id, what="WHAT"),
            "file": url_for("plan_review.download", plan_id=plan_id, what="WHAT", kind="KIND"),
            "plan": f"/api/v1/plans/{plan_id}",
            "tag": f'"{plan_tag(plan)}"',
            "status": plan.status,
            "name": plan.name,
            "note": plan.note,
            "plans": url_for("plan_list.page"),
            "repair": url_for("check.start_plan", plan_id=plan_id),
            "published": url_for("plan_changes.page", plan_id=plan_id),
        },
    )


def _streets() -> str | None:
    """Return where the streets of the plan that is shown are, None where it has none."""
    plan = current_plan().plan
    return url_for("api.streets", digest=plan.digest) if len(plan.streets) else None


@blueprint.get(f"/api/v1{_PAGE}")
@requires("planner", scope="whole")
@describe(
    mark("Return what a plan would change of the plan in force, its proof and what rules say."),
    answers={200: answer({"type": "object"})},
)
def data(plan_id: int) -> Response:
    """Return what the page shows."""
    found = _asked(plan_id)
    record = found.record
    return jsonify(
        map_data(record)
        | {
            "tag": f'"{plan_tag(found.plan)}"',
            "is_first": found.before is None,
            "is_behind": found.is_behind,
            "is_same": found.before is not None and found.review.comparison.is_same,
            "totals": [] if found.before is None else moved_totals(record),
            "lists": [
                [what, record.say(_list_words(what)), list_length(record, what)]
                for what in _LISTS
                if what == "grids" or list_length(record, what)
            ],
            "files": [] if found.before is None else _files(found),
            "proof": proof_data(found.review.report, record),
            "advice": rules_data(found, catalogue_language()),
        }
    )


def _list_words(what: str) -> str:
    return str(mark("Grid by grid")) if what == "grids" else LIST_WORDS[what]


def _files(found: Reviewed) -> list[dict[str, str]]:
    language = catalogue_language()
    return [
        {
            "url": url_for("workspace.comparing.download", plan_id=found.plan.id, kind=kind),
            "icon": file.icon,
            "words": translate(file.words, language),
            "hint": translate(file.hint, language),
        }
        for kind, file in FILES.items()
    ]


def _asked(plan_id: int) -> Reviewed:
    """Return what is reviewed; what was published is no more to be reviewed: 404."""
    with reading(database()) as connection:
        if plan_seen(connection, plan_id).status not in DRAFTS:
            abort(404)
    return reviewed(plan_id)


@blueprint.get(f"/api/v1{_PAGE}/<what>")
@requires("planner", scope="whole")
@describe(
    mark("Return a page of what would change hands: grids, or units, addresses, cases, posts."),
    parameters=(query("page", {"type": "integer", "minimum": 1}, mark("Which page, from 1.")),),
    answers={200: answer({"type": "object"})},
    problems=(422,),
)
def rows(plan_id: int, what: str) -> Response:
    """Return some rows of a list."""
    if what not in _LISTS:
        abort(404)
    number = page_asked()
    record = _asked(plan_id).record
    total = list_length(record, what)
    listed = list_rows(record, what, first=(number - 1) * ROWS, most=ROWS)
    pages = max(1, -(-total // ROWS))
    return jsonify(rows=listed, total=total, page=number, pages=pages)


def page_asked() -> int:
    """Return ``?page=``, 1 by default."""
    text = request.args.get("page", "1")
    if not (text.isascii() and text.isdigit() and 0 < len(text) < 8 and int(text)):
        raise FieldError(mark("page= must be a number from 1."))
    return int(text)


@blueprint.get(f"{_PAGE}/<what>.<kind>")
@requires("planner", scope="whole")
def download(plan_id: int, what: str, kind: str) -> Response:
    """Send a list with all its rows as a file."""
    if what not in LIST_WORDS or kind not in FILE_KINDS:
        abort(404)
    record = _asked(plan_id).record
    return file_answer(list_file(record, what, kind), record.say(LIST_WORDS[what]), kind)
