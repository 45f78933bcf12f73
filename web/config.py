"""Settings of the web app: those of the place."""

from __future__ import annotations

from geogrid.settings import Settings

__all__ = ["Settings"]
