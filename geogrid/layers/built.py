"""The built scripts and styles that a self-contained file carries inside.

They are built with the pages (``scripts/build_assets.py``) and lie beside the package of
the web app, in a checkout and in an installation alike; none of its code is needed.
"""

from __future__ import annotations

import json
from pathlib import Path

from geogrid.errors import InputError
from geogrid.i18n import mark as _

__all__ = ["built_text"]

DIST = Path(__file__).resolve().parents[2] / "web" / "static" / "dist"


def built_text(name: str) -> str:
    """Return the text of a built file by its logical name, such as ``"leaflet.js"``.

    Raises
    ------
    InputError
        Nothing has been built yet.
    """
    try:
        manifest = json.loads((DIST / "manifest.json").read_text(encoding="utf-8"))
        return (DIST / manifest[name]).read_text(encoding="utf-8")
    except (FileNotFoundError, KeyError):
        raise InputError(
            _("The front-end is not built; run: python scripts/build_assets.py (or make demo).")
        ) from None
