"""The page ``/cases``."""

from __future__ import annotations

from flask import Blueprint, render_template

from web.auth import requires

__all__ = ["blueprint"]

blueprint = Blueprint("cases", __name__)


@blueprint.get("/cases")
@requires("worker")
def page() -> str:
    """Show the page."""
    return render_template("cases.html")
