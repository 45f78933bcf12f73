"""The page ``/heatmap``."""

from __future__ import annotations

from flask import Blueprint, render_template

from web.auth import requires

__all__ = ["blueprint"]

blueprint = Blueprint("heatmap", __name__)


@blueprint.get("/heatmap")
@requires("worker")
def page() -> str:
    """Show the page."""
    return render_template("heatmap.html")
