"""Addresses of built files: a logical name to its content-hashed file."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from flask import Flask, Response, current_app, request, url_for

from geogrid.errors import InputError
from geogrid.i18n import mark as _

__all__ = [
    "asset_path",
    "asset_text",
    "asset_url",
    "cache_forever",
    "check_assets",
    "init_app",
]

DIST = Path(__file__).parent / "static" / "dist"


@cache
def _manifest() -> dict[str, str]:
    try:
        manifest: dict[str, str] = json.loads((DIST / "manifest.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputError(
            _("The front-end is not built; run: python scripts/build_assets.py (or make demo).")
        ) from None
    return manifest


def check_assets() -> None:
    """Require that the files that pages load are there.

    Raises
    ------
    InputError
        The front-end is not built, or a file of it is missing.
    """
    missing = [name for name in _manifest().values() if not (DIST / name).is_file()]
    if missing:
        raise InputError(
            _("These files of the pages are missing: {files}. Install geogrid again."),
            files=", ".join(missing[:5]),
        )


def asset_path(name: str) -> Path:
    """Return the built file of `name` (``"leaflet.js"``)."""
    return DIST / _manifest()[name]


def asset_text(name: str) -> str:
    """Return the text of the built file of `name`."""
    return asset_path(name).read_text(encoding="utf-8")


def asset_url(name: str) -> str:
    """Return the address of the built file of `name`."""
    return url_for("static", filename=f"dist/{_manifest()[name]}")


def cache_forever(response: Response, *, by: str = "public") -> Response:
    """Let browsers keep `response`: its address changes when its content does.

    Parameters
    ----------
    response
        The answer.
    by
        ``"private"`` for what not everybody may see: proxies keep it not.
    """
    response.headers["Cache-Control"] = f"{by}, max-age=31536000, immutable"
    return response


def _cache_static(response: Response) -> Response:
    if request.endpoint == "static" and "/dist/" in request.path and response.status_code == 200:
        return cache_forever(response)
    return response


def _send_static(filename: str) -> Response:
    """Send a built file whole: compressing it in pieces would leave the file open."""
    response = current_app.send_static_file(filename)
    response.direct_passthrough = False
    response.make_sequence()
    return response


def init_app(app: Flask) -> None:
    """Offer ``asset_url`` to templates and cache built files for ever."""
    app.view_functions["static"] = _send_static
    app.jinja_env.globals["asset_url"] = asset_url
    app.after_request(_cache_static)
