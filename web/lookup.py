"""The page ``/lookup``."""

from __future__ import annotations

from flask import Blueprint, render_template

from web.auth import requires

__all__ = ["blueprint"]

blueprint = Blueprint("lookup", __name__)


@blueprint.get("/lookup")
@requires("worker")
def page() -> str:
    """Show the page."""
    return render_template("lookup.html")
