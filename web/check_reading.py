"""Look at an uploaded boundary file: what a person is then asked to confirm."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj

from geogrid.boundaries import list_layers, read_boundaries
from geogrid.crs import geodesic_m, is_in_china
from geogrid.errors import CrsError, FormatError, GeogridError
from geogrid.findings import Finding
from geogrid.hierarchy import fill_levels
from geogrid.i18n import mark as _
from geogrid.survey_systems import guess_meridian
from geogrid.thumbnail import fit_frame, path_data
from web.check_answers import reading_options
from web.check_folder import CheckFolder, in_languages
from web.check_upload import boundary_path

__all__ = ["look_at", "read_grids", "read_region"]

# Metres without a place: any numbers can be read in it, so that a person sees the columns
# of a file before saying what its coordinates are.
_NOWHERE = "EPSG:3857"
_SAMPLES = 3
_LONGEST_SAMPLE = 24
_CLOSE_M = 50_000.0


def look_at(check: CheckFolder, answers: Mapping[str, Any], near: list[float] | None) -> None:
    """Read the file with `answers` and write what was seen into the state.

    Parameters
    ----------
    check
        The check; its stage becomes ``asking``.
    answers
        See :func:`web.check_answers.parse_answers`.
    near
        West, south, east, north of the office's own plan, if it has one.

    Raises
    ------
    GeogridError
        The file cannot be read, whatever is answered.
    """
    path = boundary_path(check.files)
    layers = list_layers(path)
    x_max = float((check.read().get("seen") or {}).get("x_max", 0.0))
    try:
        frame, problem = _read(check, answers, x_max)
    except FormatError as error:
        if answers.get("layer") or len(layers) < 2:
            raise
        check.write(stage="asking", seen=_unread(layers), error=in_languages(error), answers={})
        return
    seen = _seen(frame, answers, is_placed=problem is None)
    seen |= {"layers": layers, "layer": answers.get("layer", "")}
    seen["findings"] = _findings(frame, problem)
    if problem is None:
        seen["place"] = _place(frame, near, is_chosen=bool(answers.get("system")))
    seen["region"] = _look_at_region(check, frame, answers)
    seen["ready"] = problem is None
    check.write(stage="asking", seen=seen, error=None, answers=dict(answers))


def read_grids(check: CheckFolder, answers: Mapping[str, Any], x_max: float) -> gpd.GeoDataFrame:
    """Read the boundary file as confirmed; every row gets its level."""
    frame = read_boundaries(boundary_path(check.files), **reading_options(answers, x_max=x_max))
    if answers.get("level") and _is_flat(frame):
        frame["level"] = pd.Series(int(answers["level"]), index=frame.index, dtype="Int64")
    said = frame.attrs
    frame = fill_levels(frame)
    frame.attrs = said
    return frame


def read_region(
    check: CheckFolder, grids: gpd.GeoDataFrame, answers: Mapping[str, Any], x_max: float
) -> gpd.GeoDataFrame:
    """Read the file of the region; where it says no CRS, the one of the grids holds."""
    path = boundary_path(check.region)
    try:
        return read_boundaries(path)
    except CrsError:
        options = reading_options(answers, x_max=x_max)
        placed = {name: options[name] for name in ("crs", "datum") if name in options}
        return read_boundaries(path, **(placed or {"crs": grids.crs}))


def _read(
    check: CheckFolder, answers: Mapping[str, Any], x_max: float
) -> tuple[gpd.GeoDataFrame, CrsError | None]:
    """Return the grids, and the error when nobody knows yet where on earth they are."""
    try:
        return read_grids(check, answers, x_max), None
    except CrsError as error:
        blind = {name: answers[name] for name in ("layer", "fields") if answers.get(name)}
        frame = read_boundaries(boundary_path(check.files), crs=_NOWHERE, **blind)
        frame.attrs["findings"] = []
        return frame, error


def _is_flat(frame: gpd.GeoDataFrame) -> bool:
    """Return whether nothing in the file tells its rows apart by level."""
    has_parents = frame["parent"].isin(set(frame["code"]) - {""}).any()
    return bool(frame["level"].isna().all() and not has_parents)


def _seen(
    frame: gpd.GeoDataFrame, answers: Mapping[str, Any], *, is_placed: bool
) -> dict[str, Any]:
    left_out = {
        row for each in frame.attrs["findings"] if each.severity == "error" for row in each.rows
    }
    x_max = float(frame.total_bounds[2])
    bounds = frame.total_bounds
    picture = fit_frame(
        bounds, width=480, height=360, is_geographic=is_placed and frame.crs.is_geographic
    )
    levels = fill_levels(frame)["level"].value_counts().sort_index()
    return {
        "x_max": x_max,
        "meridian": guess_meridian(x_max),
        "grids": len(frame),
        "left_out": len(left_out),
        "fields": frame.attrs["fields"],
        "columns": _columns(frame),
        "levels": [{"level": int(level), "count": int(n)} for level, n in levels.items()],
        "asks_level": bool(answers.get("level")) or _is_flat(frame),
        "crs": {"known": is_placed, "text": _crs_name(frame.crs) if is_placed else ""},
        "outline": {
            "width": picture.width,
            "height": picture.height,
            "path": path_data(frame.geometry.to_numpy(), picture),
        },
    }


def _crs_name(crs: pyproj.CRS) -> str:
    code = crs.to_epsg()
    return f"{crs.name} (EPSG:{code})" if code else str(crs.name)


def _columns(frame: gpd.GeoDataFrame) -> list[dict[str, Any]]:
    """Return the columns of the file with a few of their values."""
    read_as = {source: field for field, source in frame.attrs["fields"].items()}
    made = {"code", "name", "parent", "level", "kind", "households", "people", "geometry"}
    names = [*read_as, *(str(name) for name in frame.columns if name not in made)]
    return [
        {"name": name, "samples": _samples(frame[read_as.get(name, name)])}
        for name in dict.fromkeys(names)
    ]


def _samples(values: pd.Series) -> list[str]:
    known = values.dropna().astype("str")
    texts = list(known[known != ""].drop_duplicates().head(_SAMPLES))
    return [text[:_LONGEST_SAMPLE] + ("…" if len(text) > _LONGEST_SAMPLE else "") for text in texts]


def _unread(layers: list[str]) -> dict[str, Any]:
    """Return what is known of a file whose layer must be chosen first."""
    return {
        "layers": layers,
        "layer": "",
        "grids": 0,
        "left_out": 0,
        "fields": {},
        "columns": [],
        "levels": [],
        "findings": [],
        "crs": {"known": False, "text": ""},
        "ready": False,
    }


def _findings(frame: gpd.GeoDataFrame, problem: CrsError | None) -> list[dict[str, Any]]:
    found: list[Finding] = list(frame.attrs["findings"])
    said = [{"severity": each.severity, "text": in_languages(each)} for each in found]
    if problem is None:
        return said
    hint: Any = problem.params.get("hint")
    if _says_nothing(problem):
        said = [{"severity": "note", "text": in_languages(hint)}] if hasattr(hint, "text") else []
    else:
        said = [{"severity": "error", "text": in_languages(problem)}]
    return said


def _says_nothing(problem: CrsError) -> bool:
    """Return whether the file simply lacks a CRS, which the page says in its own words."""
    return problem.message.startswith("{file} does not say its coordinate reference system")


def _place(frame: gpd.GeoDataFrame, near: list[float] | None, *, is_chosen: bool) -> dict[str, Any]:
    """Say where on earth the grids lie, and how far from the office's own."""
    west, south, east, north = frame.to_crs("EPSG:4326").total_bounds
    lon, lat = (west + east) / 2, (south + north) / 2
    params: dict[str, object] = {"lon": f"{lon:.2f}", "lat": f"{lat:.2f}"}
    if near is not None:
        away = _away_m((west, south, east, north), near)
        params["km"] = f"{away / 1000:,.0f}"
        if away > _CLOSE_M:
            message = _(
                "They lie at {lon}°E {lat}°N, {km} km from the current plan. Is that right?"
            )
        else:
            message = _("They lie at {lon}°E {lat}°N, where the current plan is.")
        return _placed(message, params, is_far=away > _CLOSE_M)
    if is_chosen and not is_in_china(lon, lat).all():
        message = _("They would lie at {lon}°E {lat}°N, which is not in China. Choose again.")
        return _placed(message, params, is_far=True)
    return _placed(_("They lie at {lon}°E {lat}°N."), params, is_far=False)


def _placed(message: str, params: dict[str, object], *, is_far: bool) -> dict[str, Any]:
    return {"far": is_far, "text": in_languages(Finding("place", message, params))}


def _away_m(box: tuple[float, float, float, float], near: list[float]) -> float:
    """Return the metres between two boxes of degrees, 0 where they meet."""
    lon = np.clip((near[0] + near[2]) / 2, box[0], box[2])
    lat = np.clip((near[1] + near[3]) / 2, box[1], box[3])
    other = np.clip(lon, near[0], near[2]), np.clip(lat, near[1], near[3])
    return float(np.ravel(geodesic_m(lon, lat, *other))[0])


def _look_at_region(
    check: CheckFolder, grids: gpd.GeoDataFrame, answers: Mapping[str, Any]
) -> dict[str, Any] | None:
    if not check.region.is_dir():
        return None
    seen: dict[str, Any] = {"name": boundary_path(check.region).name, "problem": None, "text": None}
    try:
        region = read_region(check, grids, answers, float(grids.total_bounds[2]))
    except GeogridError as error:
        return seen | {"problem": in_languages(error)}
    said = Finding(
        "region", _("{count} areas, read as {crs}"), {"count": len(region), "crs": region.crs.name}
    )
    return seen | {"text": in_languages(said)}
