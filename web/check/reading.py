"""Look at an uploaded boundary file: what a person is then asked to confirm."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import geopandas as gpd
import pandas as pd
import pyproj

from geogrid.boundaries import list_layers, read_boundaries
from geogrid.drawing.thumbnail import fit_frame, path_data
from geogrid.errors import CrsError, FormatError
from geogrid.findings import Finding
from geogrid.hierarchy import fill_levels
from geogrid.i18n import LANGUAGES
from geogrid.i18n import mark as _
from geogrid.reading.survey_systems import crs_name, guess_meridian
from web.check.answers import reading_options
from web.check.folder import CheckFolder, Said, in_languages
from web.check.levels import likely_level
from web.check.place import say_place
from web.check.region import look_at_region
from web.check.upload import boundary_path

__all__ = ["look_at", "read_grids"]

# Metres without a place: any numbers can be read in it, so that a person sees the columns
# of a file before saying what its coordinates are.
_NOWHERE = "EPSG:3857"
_GRAVITY = {"error": 0, "warning": 1, "note": 2}
_SAID_HERE = {
    "made_codes": _("The file has no column of codes; the grids are numbered 1, 2, 3 …"),
    "gcj02_suspected": _(
        "“{word}” in the file hints at AMap, Tencent or Baidu, whose maps are shifted by some"
        " 500 m. If the boundaries were drawn on one of them, choose it as coordinate system."
    ),
}
_LEFT_OUT = {
    "null_geometry",
    "empty_geometry",
    "not_polygon",
    "curved_geometry",
    "bad_coordinate",
    "broken_geometry",
}
_SAMPLES = 3
_LONGEST_SAMPLE = 24


def look_at(check: CheckFolder, answers: Mapping[str, Any], near: list[float] | None) -> None:
    """Read the file with `answers` and write what was seen into the state.

    Parameters
    ----------
    check
        The check; its stage becomes ``asking``.
    answers
        See :func:`web.check.answers.parse_answers`.
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
    except FormatError:
        if answers.get("layer") or len(layers) < 2:
            raise
        check.write(stage="asking", seen=_unread(layers), error=None, answers={})
        return
    seen = _seen(frame, is_placed=problem is None)
    seen |= {"layers": layers, "layer": answers.get("layer", "")}
    seen["others"] = _other_layers(layers, frame, answers)
    seen["findings"] = _findings(frame, problem)
    seen["crs"]["problem"] = _problem_words(problem)
    if problem is None:
        seen["place"] = say_place(frame, near, is_chosen=bool(answers.get("system")))
    seen["region"] = look_at_region(check, frame, answers)
    seen["ready"] = problem is None
    check.write(stage="asking", seen=seen, error=None, answers=dict(answers))


def read_grids(check: CheckFolder, answers: Mapping[str, Any], x_max: float) -> gpd.GeoDataFrame:
    """Read the boundary file as confirmed; every row gets its level."""
    frame = read_boundaries(boundary_path(check.files), **reading_options(answers, x_max=x_max))
    is_flat = _is_flat(frame)
    said = frame.attrs | {"is_flat": is_flat}
    level = answers.get("level") or likely_level(frame)
    if level and is_flat:
        frame["level"] = pd.Series(int(level), index=frame.index, dtype="Int64")
    frame = fill_levels(frame)
    frame.attrs = said
    return frame


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


def _seen(frame: gpd.GeoDataFrame, *, is_placed: bool) -> dict[str, Any]:
    left_out = {
        row for each in frame.attrs["findings"] if each.kind in _LEFT_OUT for row in each.rows
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
        "asks_level": bool(frame.attrs.get("is_flat")),
        "crs": {
            "known": is_placed,
            "stated": bool(frame.attrs["states_crs"]),
            "text": _crs_words(frame.crs) if is_placed else None,
        },
        "outline": {
            "width": picture.width,
            "height": picture.height,
            "path": path_data(frame.geometry.to_numpy(), picture),
        },
    }


def _crs_words(crs: pyproj.CRS) -> Said:
    return {language: crs_name(crs, language) for language in LANGUAGES}


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
        "others": [],
        "findings": [],
        "crs": {"known": False, "stated": False, "text": None, "problem": None},
        "ready": False,
    }


def _findings(frame: gpd.GeoDataFrame, problem: CrsError | None) -> list[dict[str, Any]]:
    found: list[Finding] = list(frame.attrs["findings"])
    said = [
        {"severity": each.severity, "text": in_languages(_here(each))}
        for each in sorted(found, key=lambda finding: _GRAVITY[finding.severity])
    ]
    if problem is None:
        return said
    hint: Any = problem.params.get("hint")
    if _says_nothing(problem) and hasattr(hint, "text"):
        return [{"severity": "note", "text": in_languages(hint)}]
    return []


def _problem_words(problem: CrsError | None) -> Said | None:
    """Return what is wrong with the coordinate system, to stand beside its choice."""
    return None if problem is None or _says_nothing(problem) else in_languages(problem)


def _other_layers(
    layers: list[str], frame: gpd.GeoDataFrame, answers: Mapping[str, Any]
) -> list[str]:
    """Return the layers that the grids are not in: the outline may be in one of them."""
    if len(layers) < 2:
        return []
    chosen = [each for each in frame.attrs["findings"] if each.kind == "layer_chosen"]
    picked = answers.get("layer") or (chosen[0].params["layer"] if chosen else "")
    return [name for name in layers if name != picked]


def _here(found: Finding) -> Finding:
    """Return what a finding says, with the way out that this page offers."""
    return replace(found, message=_SAID_HERE.get(found.kind, found.message))


def _says_nothing(problem: CrsError) -> bool:
    """Return whether the file simply lacks a CRS, which the page says in its own words."""
    return problem.message.startswith("{file} does not say its coordinate reference system")
