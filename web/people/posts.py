"""``/people/posts``: add a post, give it to somebody else, leave it vacant, give it up."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from secrets import token_hex
from typing import Any

from flask import (
    Blueprint,
    Response,
    abort,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from sqlalchemy import Connection

from geogrid.errors import FieldError, GeogridError, InputError
from geogrid.hierarchy import Hierarchy
from geogrid.i18n import mark as _
from geogrid.store import PlanMissingError
from geogrid.store.opening import reading
from geogrid.store.people import GridMissingError
from geogrid.store.placed import placed_plan
from geogrid.store.plans import plan_at
from geogrid.store.tenures import (
    Person,
    Tenure,
    change_post,
    end_post,
    open_post,
    tenures_of,
)
from geogrid.vocabulary import LABELS, code_of, label
from web.auth import acting, requires
from web.errors import page_with_error
from web.language import catalogue_language
from web.people.days import day_of, first_moment, last_moment
from web.v1.caller import database, now

__all__ = ["blueprint"]

blueprint = Blueprint("posts", __name__)
DONE = {
    "opened": _("The post is there now."),
    "changed": _("The change is saved."),
    "ended": _("The end of the post is saved."),
}
_NEW_ID = re.compile(r"N[0-9a-f]{10}")


@blueprint.get("/posts/new")
@requires("planner", scope="whole")
def new() -> str:
    """Offer to add a post."""
    return _new()


def _new(error: GeogridError | None = None) -> str:
    with reading(database()) as connection:
        tree = _tree(connection)
    grid = request.values.get("grid", "")
    return render_template(
        "post_new.html",
        error=error,
        form=request.form,
        grid=grid,
        grid_name=" · ".join(tree.names_up(grid)[::-1]),
        kinds=[label("post", post, catalogue_language()) for post in LABELS["post"]],
        post_id=request.form.get("post_id") or f"N{token_hex(5)}",
    )


def _tree(connection: Connection) -> Hierarchy:
    """Return the tree of the plan in force.

    Raises
    ------
    InputError
        There is none: posts of a draft come with its roster.
    """
    try:
        return placed_plan(connection, plan_at(connection)).tree
    except PlanMissingError as error:
        raise InputError(
            _("Posts are changed one by one once a plan is in force; publish the plan first.")
        ) from error


@blueprint.post("/posts")
@requires("planner", scope="whole")
def add() -> Response:
    """Add a post; a second click adds no second one."""
    form, at = request.form, now()
    try:
        if not _NEW_ID.fullmatch(form.get("post_id", "")):
            raise FieldError(_("The form is damaged. Load the page again."))
        word = form.get("post", "").strip()
        with _as_input():
            post_id = open_post(
                database(),
                form.get("grid", "").strip(),
                code_of("post", word) or word,
                _held(at),
                at=at,
                by=acting(),
                post_id=form["post_id"],
            )
    except GeogridError as error:
        return page_with_error(_new(error), error)
    return _done(post_id, "opened")


@contextmanager
def _as_input() -> Iterator[None]:
    """Say of a day without a plan, or of a grid that is not there, that the form is wrong."""
    try:
        yield
    except (PlanMissingError, GridMissingError) as error:
        raise InputError(error.message, **error.params) from error


def _held(at: datetime) -> Tenure:
    """Return what the form says: without a name the post is vacant."""
    form = request.form
    holder, deputy = (
        Person(form.get(name, ""), form.get(phone, "")) if form.get(name, "").strip() else None
        for name, phone in (("name", "phone"), ("deputy", "deputy_phone"))
    )
    if "vacant" in form:
        holder = None
    return Tenure(holder, deputy, begins=first_moment(form.get("begins", ""), at))


def _done(post_id: str, said: str) -> Response:
    return make_response(redirect(url_for("people.posts.one", post_id=post_id, done=said)))


@blueprint.get("/posts/<post_id>")
@requires("planner", scope="whole")
def one(post_id: str) -> str:
    """Show a post with everybody who held it, to be changed."""
    return _one(post_id)


def _one(post_id: str, error: GeogridError | None = None) -> str:
    at = now()
    with reading(database()) as connection:
        rows = tenures_of(connection, post_id)
        if not rows:
            abort(404)
        tree = _tree(connection)
    last = rows[-1]
    ends = last.valid_until
    return render_template(
        "post.html",
        error=error,
        form=request.form if error else {},
        done=DONE.get(request.args.get("done", "")),
        last=last,
        post=label("post", last.post, catalogue_language()),
        grid=" · ".join(tree.names_up(last.grid)[::-1]) or last.grid,
        has_ended=ends is not None and ends <= at,
        ends=day_of(ends, is_end=True),
        today=day_of(at),
        history=[_tenure(row) for row in reversed(rows)],
    )


def _tenure(row: Any) -> dict[str, str]:
    return {
        "holder": row.holder or "",
        "phone": row.phone or "",
        "deputy": row.deputy or "",
        "deputy_phone": row.deputy_phone or "",
        "since": day_of(row.valid_from),
        "until": day_of(row.valid_until, is_end=True),
    }


@blueprint.post("/posts/<post_id>")
@requires("planner", scope="whole")
def change(post_id: str) -> Response:
    """Give a post to somebody, with or without a deputy, or leave it vacant."""
    at = now()
    with reading(database()) as connection:
        rows = tenures_of(connection, post_id)
    ends = rows[-1].valid_until if rows else None
    try:
        held = _held(at)
        if ends is not None and ends > at:  # a post that is to end ends, whoever holds it
            held = replace(held, ends=ends)
        with _as_input():
            change_post(database(), post_id, held, at=at, by=acting(), seen=_seen())
    except GeogridError as error:
        return page_with_error(_one(post_id, error), error)
    return _done(post_id, "changed")


@blueprint.post("/posts/<post_id>/end")
@requires("planner", scope="whole")
def end(post_id: str) -> Response:
    """Give a post up, at once or with a day."""
    at = now()
    try:
        ends = last_moment(request.form.get("ends", ""), at)
        end_post(database(), post_id, ends=ends, at=at, by=acting(), seen=_seen())
    except GeogridError as error:
        return page_with_error(_one(post_id, error), error)
    return _done(post_id, "ended")


def _seen() -> int:
    """Return the tenure that the form was made of.

    Raises
    ------
    FieldError
        It names none.
    """
    text = request.form.get("seen", "")
    if not (text.isascii() and text.isdigit() and len(text) < 12):
        raise FieldError(_("The form is damaged. Load the page again."))
    return int(text)
