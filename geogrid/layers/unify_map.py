"""The map of unified layers as one file: the new grids, and what crosses, is left out, moves."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import geopandas as gpd

from geogrid.i18n import mark as _
from geogrid.i18n import translate
from geogrid.layers.defects_map import MapNotes, write_defects_map
from geogrid.unify import UnifiedLayers
from geogrid.unify.places import places_data, unified_grids, with_places

__all__ = ["write_unify_map"]


def write_unify_map(
    unified: UnifiedLayers,
    path: str | Path,
    language: str = "zh_CN",
    *,
    notes: MapNotes | None = None,
) -> None:
    """Write a map of the unified grids with every change, crossing and hole.

    Parameters
    ----------
    unified
        From :func:`geogrid.unify.unify_layers`.
    path
        HTML file; replaced if it exists.
    language
        ``"zh_CN"`` or ``"en"``.
    notes
        What stands around the map; the names of the layers as its title when left out.

    Raises
    ------
    InputError
        The front-end is not built.
    """
    notes = notes or MapNotes(title=" + ".join(unified.names))
    notes = replace(notes, heading=translate(_("Unified layers"), language))
    region = gpd.GeoDataFrame(geometry=unified.region)
    write_defects_map(
        with_places(unified, language),
        unified_grids(unified),
        path,
        language,
        region=region,
        notes=notes,
        data=places_data(unified, language),
    )
