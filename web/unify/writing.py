"""Write unified layers as the files of their page, and as a check that is done."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from pathlib import Path
from typing import Any

import geopandas as gpd

from geogrid.boundaries import write_boundaries
from geogrid.drawing.map_shapes import defect_shapes, grid_shapes
from geogrid.hierarchy import leaves
from geogrid.i18n import LANGUAGES, translate
from geogrid.i18n import mark as _
from geogrid.layers.unify_map import write_unify_map
from geogrid.tables import write_table
from geogrid.unify import UnifiedLayers
from geogrid.unify.changes import layer_columns
from geogrid.unify.export import change_table
from geogrid.unify.places import places_data, unified_grids, with_places
from web.check.office import Office, map_notes
from web.check.writing import write_result
from web.state import fresh_folder, write_json
from web.unify.folder import UnifyFolder

__all__ = ["write_unified"]

MOST_SHOWN_GRIDS = 12_000


def write_unified(
    unify: UnifyFolder,
    unified: UnifiedLayers,
    layers: Mapping[str, gpd.GeoDataFrame],
    office: Office,
    *,
    is_sample: bool,
) -> None:
    """Write everything the page shows or gives away; the former result stays until then.

    Parameters
    ----------
    unify, unified, layers
        Where to, what came out, and what was given by name.
    office
        What must be said on a map.
    is_sample
        Whether one of the layers is sample data.
    """
    title = " + ".join(unified.names)
    origin = "example" if is_sample else "unify"
    with fresh_folder(unify.unified) as folder:
        for language in LANGUAGES:
            notes = map_notes(office, language, title=title, is_ours=is_sample)
            write_unify_map(unified, folder / f"map-{language}.html", language, notes=notes)
            changes = change_table(unified.changes, language)
            write_table(changes, folder / f"changes-{language}.xlsx")
            write_json(folder / f"data-{language}.json", _data(unified, language))
        places = with_places(unified, "en").defects
        (folder / "shapes.geojson").write_text(defect_shapes(places), encoding="utf-8")
        write_json(folder / "unify.json", unified.to_dict())
        write_json(folder / "about.json", _write_maps(folder, unified, layers))
        for name in ("grids.gpkg", "grids.geojson"):
            write_boundaries(unified.grids, folder / name)
        write_boundaries(unified.refinement, folder / "refinement.gpkg")
        unify.check.write(title=title, origin=origin, stage="checking", error=None)
        region = gpd.GeoDataFrame({"name": [title] * len(unified.region)}, geometry=unified.region)
        write_result(unify.check, unified.report, unified_grids(unified), region, office)
    unify.check.write(stage="done")


def _data(unified: UnifiedLayers, language: str) -> dict[str, Any]:
    """Return what the page says, in one language."""
    return places_data(unified, language) | {
        "alone": [
            {"name": name, "seamless": bool(report.is_seamless), "text": report.verdict(language)}
            for name, report in unified.layer_reports.items()
        ],
        "agreement": _agreement(unified),
        "counts": {
            "moved": len(unified.changes),
            "crossing": len(unified.crossings),
            "hole": len(unified.holes),
        },
    }


def _agreement(unified: UnifiedLayers) -> list[dict[str, Any]]:
    """Return for each two layers how much of their borders is one, and how many grids."""
    found = []
    for one, other in combinations(unified.names, 2):
        borders, same = (
            frame[(frame["one_layer"] == one) & (frame["other_layer"] == other)]
            for frame in (unified.agreement, unified.matches)
        )
        found.append(
            {
                "one": one,
                "other": other,
                "length_m": float(borders["length_m"].sum()),
                "identical_m": float(borders["identical_m"].sum()),
                "same": len(same),
            }
        )
    return found


def _write_maps(
    folder: Path, unified: UnifiedLayers, layers: Mapping[str, gpd.GeoDataFrame]
) -> dict[str, Any]:
    """Write what the map can show, numbered, and return what the page must know of it."""
    drawn = [(_words(_("Unified")), unified_grids(unified))]
    drawn += [(dict.fromkeys(LANGUAGES, name), _finest(layers[name])) for name in unified.names]
    drawn.append((_words(_("Laid over each other")), _refinement(unified)))
    for number, (_label, grids) in enumerate(drawn):
        text = grid_shapes(grids.head(MOST_SHOWN_GRIDS))
        (folder / f"map-{number}.geojson").write_text(text, encoding="utf-8")
    bounds = gpd.GeoSeries([unified.region.union_all()], crs=unified.region.crs).to_crs("EPSG:4326")
    return {
        "bounds": [float(edge) for edge in bounds.total_bounds],
        "maps": [{"label": label, "count": len(grids)} for label, grids in drawn],
    }


def _words(message: str) -> dict[str, str]:
    return {language: translate(message, language) for language in LANGUAGES}


def _finest(grids: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the grids of a layer that are unified: those of its finest level."""
    return grids[grids["code"].isin(leaves(grids)["code"])]


def _refinement(unified: UnifiedLayers) -> gpd.GeoDataFrame:
    """Return the layers laid over each other, each piece named by the codes it has."""
    pieces = unified.refinement
    columns = list(layer_columns(unified.names))
    names = [
        " · ".join("/".join(codes) or "—" for codes in row)
        for row in pieces[columns].itertuples(index=False, name=None)
    ]
    codes = pieces["piece"].astype("str")
    return gpd.GeoDataFrame(
        {"code": codes, "name": names, "kind": ""}, geometry=pieces.geometry, crs=pieces.crs
    )
