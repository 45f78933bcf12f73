"""Files that ``scripts/build_assets.py`` makes: scripts, styles, and the fonts of printed maps.

They are built with the pages and lie beside the package of the web app, in a checkout and in an
installation alike; none of its code is needed.
"""

from __future__ import annotations

import json
from pathlib import Path

from geogrid.errors import InputError
from geogrid.i18n import mark as _

__all__ = ["built_path", "built_text"]

DIST = Path(__file__).resolve().parents[1] / "web" / "static" / "dist"


def built_path(name: str) -> Path:
    """Return where a built file is, by its logical name, such as ``"leaflet.js"``.

    Raises
    ------
    InputError
        Nothing has been built yet.
    """
    try:
        manifest = json.loads((DIST / "manifest.json").read_text(encoding="utf-8"))
        path = DIST / manifest[name]
    except (FileNotFoundError, KeyError):
        path = DIST / name
    if not path.is_file():
        raise InputError(
            _("The front-end is not built; run: python scripts/build_assets.py (or make demo).")
        )
    return path


def built_text(name: str) -> str:
    """Return the text of such a file; see :func:`built_path`."""
    return built_path(name).read_text(encoding="utf-8")
