"""The page ``/check``."""

from __future__ import annotations

from flask import Blueprint, render_template

from web.auth import requires

__all__ = ["blueprint"]

blueprint = Blueprint("check", __name__)


@blueprint.get("/check")
@requires("worker")
def page() -> str:
    """Show the page."""
    return render_template("check.html")
