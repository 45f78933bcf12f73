"""The page ``/workspace``."""

from __future__ import annotations

from flask import Blueprint, render_template

from web.auth import requires

__all__ = ["blueprint"]

blueprint = Blueprint("workspace", __name__)


@blueprint.get("/workspace")
@requires("worker")
def page() -> str:
    """Show the page."""
    return render_template("workspace.html")
