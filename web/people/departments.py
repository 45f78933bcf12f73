"""``/people/departments``: departments with their duty lists, added, changed and ended."""

from __future__ import annotations

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

from geogrid.errors import GeogridError
from geogrid.store.departments import (
    Department,
    keep_department,
    list_departments,
    remove_department,
)
from geogrid.store.opening import reading
from web.auth import acting, requires
from web.errors import page_with_error
from web.v1.caller import database, now

__all__ = ["blueprint"]

blueprint = Blueprint("departments", __name__)
_NONE = Department(0, "", "", (), ())


@blueprint.get("/departments/new")
@requires("planner", scope="whole")
def new() -> str:
    """Offer to add a department."""
    return _page(_NONE)


@blueprint.get("/departments/<int:department_id>")
@requires("planner", scope="whole")
def one(department_id: int) -> str:
    """Show a department to change it."""
    found = _found(department_id)
    if found is None:
        abort(404)
    return _page(found)


def _found(department_id: int) -> Department | None:
    with reading(database()) as connection:
        every = list_departments(connection)
    return next((each for each in every if each.id == department_id), None)


def _page(department: Department, error: GeogridError | None = None) -> str:
    return render_template(
        "department.html", department=department, error=error, form=request.form if error else {}
    )


@blueprint.post("/departments")
@requires("planner", scope="whole")
def add() -> Response:
    """Add a department; a second click changes nothing."""
    return _keep(_NONE)


@blueprint.post("/departments/<int:department_id>")
@requires("planner", scope="whole")
def change(department_id: int) -> Response:
    """Change name, phone and duties of a department."""
    found = _found(department_id)
    if found is None:
        abort(404)
    return _keep(found)


def _keep(department: Department) -> Response:
    form = request.form
    try:
        keep_department(
            database(),
            form.get("name", ""),
            form.get("duties", "").splitlines(),
            phone=form.get("phone", ""),
            department_id=department.id or None,
            seen=form.get("seen", ""),
            at=now(),
            by=acting(),
        )
    except GeogridError as error:
        return page_with_error(_page(department, error), error)
    return _back()


def _back() -> Response:
    return make_response(redirect(url_for("people.page", _anchor="departments-title")))


@blueprint.post("/departments/<int:department_id>/end")
@requires("planner", scope="whole")
def end(department_id: int) -> Response:
    """Remove a department; that it is gone already is as good."""
    found = _found(department_id)
    if found is None:
        return _back()
    seen = request.form.get("seen", "")
    try:
        remove_department(database(), department_id, at=now(), by=acting(), seen=seen)
    except GeogridError as error:
        return page_with_error(_page(found, error), error)
    return _back()
