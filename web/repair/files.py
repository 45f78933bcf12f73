"""The repaired boundaries as a file to take away."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd

from geogrid.boundaries import write_boundaries

__all__ = ["repaired_file"]


def repaired_file(folder: Path, path: Path, language: str) -> bytes:
    """Write the grids in `folder` to `path`, the format by its extension, and return the bytes."""
    write_boundaries(gpd.read_parquet(folder / "grids.parquet"), path, language=language)
    return path.read_bytes()
