"""四至: one description a line, each made a proposal from the streets of the plan."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely

from geogrid.errors import FieldError
from geogrid.i18n import mark as _
from geogrid.i18n import translate
from geogrid.store.plan import Plan
from geogrid.tracing import (
    BoundsProposal,
    StreetMatch,
    StreetNames,
    parse_four_bounds,
    propose_area,
)
from geogrid.tracing.bounds_text import SIDES
from geogrid.tracing.composing import local_plane

__all__ = [
    "Description",
    "parse_aliases",
    "parse_descriptions",
    "proposal_data",
    "propose_all",
    "proposed_grids",
]

_MOST = 200
_LONGEST = 1000
_LABEL = re.compile(r"^\s*(?P<label>[^:：,，;；\t]{1,40}?)\s*(?:[:：\t]|四至[:：]?)\s*(?=\S)")
_CODE = re.compile(r"(?=.*\d)[A-Za-z0-9]+(?:[-_.][A-Za-z0-9]+)*")
_SIDE_WORD = re.compile(
    r"^(?:[东南西北][侧面边]?(?:边?界)?|四至.*|east|south|west|north)$", re.IGNORECASE
)
_NOTHING = StreetMatch("", "", 0.0)
SIDE_WORDS = {"east": _("East"), "south": _("South"), "west": _("West"), "north": _("North")}


@dataclass(frozen=True)
class Description:
    """One line: code, name, and what bounds it."""

    code: str
    name: str
    text: str


def parse_descriptions(text: str) -> list[Description]:
    """Return the descriptions in a text, one a line: ``code or name: 东至…``.

    Raises
    ------
    FieldError
        There is none, or there are more than 200.
    """
    lines = [line.strip()[:_LONGEST] for line in text.splitlines() if line.strip()]
    if not lines:
        raise FieldError(_("Write at least one description, such as 东至…，南至…，西至…，北至…."))
    if len(lines) > _MOST:
        raise FieldError(_("At most {most} descriptions at once."), most=_MOST)
    return [_described(line, at) for at, line in enumerate(lines, 1)]


def _described(line: str, number: int) -> Description:
    found = _LABEL.match(line)
    label = "" if found is None or _SIDE_WORD.match(found["label"]) else found["label"].strip()
    text = line[found.end() :] if found and label else line
    first, _space, rest = label.partition(" ")
    if _CODE.fullmatch(first):
        return Description(first, rest.strip(), text)
    return Description(f"T{number:03}", label, text)


def parse_aliases(text: str) -> dict[str, str]:
    """Return other names of streets, one a line: ``老深南 = 深南大道``."""
    pairs = (re.split(r"\s*[=＝]\s*", line.strip(), maxsplit=1) for line in text.splitlines()[:500])
    return {pair[0]: pair[1] for pair in pairs if len(pair) == 2 and all(pair)}


@dataclass(frozen=True, eq=False)
class _Town:
    """The streets and region of a plan in metres."""

    crs: pyproj.CRS
    streets: dict[str, shapely.Geometry]
    region: shapely.Geometry | None


def _town(plan: Plan) -> _Town:
    if not len(plan.streets):
        raise FieldError(_("The plan has no streets."))
    crs = local_plane(plan.streets.to_crs("EPSG:4326").total_bounds.tolist())
    streets = plan.streets.to_crs(crs)
    names = streets["name"].fillna("").astype("str")
    shapes = streets.geometry.to_numpy()
    lines = {
        str(name): shapely.union_all(shapes[rows])
        for name, rows in names.groupby(names).indices.items()
        if name
    }
    region = None
    if plan.region is not None and len(plan.region):
        region = shapely.union_all(plan.region.to_crs(crs).geometry.to_numpy())
    return _Town(crs, lines, region)


def propose_all(
    descriptions: list[Description], aliases: dict[str, str], plan: Plan
) -> tuple[list[BoundsProposal], gpd.GeoSeries]:
    """Return a proposal for each description, and their polygons in EPSG:4326.

    Raises
    ------
    FieldError
        The plan has no streets.
    """
    town = _town(plan)
    names = StreetNames(town.streets, aliases)
    found = [
        propose_area(parse_four_bounds(each.text), names, town.streets, region=town.region)
        for each in descriptions
    ]
    shapes = gpd.GeoSeries([each.polygon for each in found], crs=town.crs).to_crs("EPSG:4326")
    return found, shapes


def proposed_grids(descriptions: list[Description], shapes: gpd.GeoSeries) -> gpd.GeoDataFrame:
    """Return those proposals that have a polygon as grids."""
    kept = np.flatnonzero(~shapely.is_missing(shapes.to_numpy()))
    rows = pd.DataFrame(
        {
            "code": [descriptions[at].code for at in kept],
            "name": [descriptions[at].name for at in kept],
        },
        dtype="str",
    )
    return gpd.GeoDataFrame(rows, geometry=shapes.to_numpy()[kept], crs="EPSG:4326")


def proposal_data(
    each: Description, found: BoundsProposal, shape: Any, language: str
) -> dict[str, Any]:
    """Return what the page shows of a proposal."""
    sides = [
        {
            "side": translate(SIDE_WORDS[side], language),
            "asked": match.asked,
            "street": match.street,
            "score": match.score,
            "others": list(match.others),
        }
        for side in SIDES
        for match in found.matches[side] or (_NOTHING,)
    ]
    missing = [translate(SIDE_WORDS[side], language) for side in found.unmatched]
    joined = [
        [translate(SIDE_WORDS[one], language), translate(SIDE_WORDS[two], language), gap]
        for (one, two), gap in found.joined_m.items()
    ]
    return {
        "code": each.code,
        "name": each.name,
        "text": each.text,
        "sides": sides,
        "missing": missing,
        "joined": joined,
        "sureness": found.sureness,
        "shape": None if shape is None else shapely.geometry.mapping(shape),
    }
