"""What a file of exchange holds: the parts of a plan, made plain, and made a plan again.

Every format writes the same plain values (texts, whole numbers, decimals, shapes), and a
*manifest* that says what they were: the words about the plan, and of each column its own name
and kind. So what a format cannot name or type comes back all the same.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from geogrid.i18n import mark as _
from geogrid.i18n import translate
from geogrid.store.bundle import COLUMNS
from geogrid.store.plan import Plan

__all__ = [
    "PARTS",
    "PART_LABELS",
    "POSITIONED",
    "Contents",
    "Part",
    "PartName",
    "contents_of",
    "manifest_of",
    "without_personal",
]

PART_LABELS: Mapping[str, str] = {
    "grids": _("Grids"),
    "region": _("Outline of the area"),
    "gaps": _("Approved gaps"),
    "streets": _("Streets"),
    "units": _("Buildings"),
    "cases": _("Cases"),
    "posts": _("Posts"),
}
"""Part to what people call it, in the order in which files hold them."""

PARTS = tuple(PART_LABELS)
POSITIONED = ("units", "cases")
"""Parts whose rows have a longitude and a latitude, points in a map."""

_ABOUT = ("name", "is_sample", "note", "attribution", "source", "created_at")
_UNWRITABLE = re.compile("[\x00\ud800-\udfff]")
_PHONES = ("phone", "deputy_phone")
_INT64 = 2**63


@dataclass(frozen=True)
class PartName:
    """The name of a part as a field of a sentence: shown in the sentence's language."""

    part: str

    def text(self, language: str = "en") -> str:
        """Return the name in `language`."""
        return translate(PART_LABELS[self.part], language)


@dataclass(frozen=True, eq=False)
class Part:
    """One layer or table, plain.

    Attributes
    ----------
    rows
        Columns of dtype ``str``, ``Int64`` or ``float64``; what is missing is missing.
    kinds
        Column to what it was: text, int, float, bool, time or json.
    geometry : ndarray of shapely geometries, shape (n,), or None
        In EPSG:4326; None for a table.
    """

    rows: pd.DataFrame
    kinds: Mapping[str, str]
    geometry: npt.NDArray[np.object_] | None = None

    def renamed(self, rule: Callable[[list[str]], list[str]]) -> tuple[pd.DataFrame, list[str]]:
        """Return the rows under the names that `rule` makes of theirs, and these names."""
        names = rule(list(self.rows.columns))
        return self.rows.set_axis(names, axis=1), names


@dataclass(frozen=True, eq=False)
class Contents:
    """The parts of a plan that are there, by name, and what is said about the plan.

    `half_positions` is how many rows have a longitude or a latitude, but not both.
    """

    about: Mapping[str, Any]
    parts: Mapping[str, Part] = field(default_factory=dict)
    half_positions: int = 0


def contents_of(plan: Plan, gaps: gpd.GeoDataFrame | None = None) -> Contents:
    """Return the parts of a plan as every format writes them.

    Parameters
    ----------
    plan : with frames in EPSG:4326
    gaps : approved gaps in EPSG:4326; by default those of the plan
    """
    frames: dict[str, Any] = {"gaps": plan.gaps if gaps is None else gaps}
    frames |= {part: getattr(plan, part) for part in PARTS if part != "gaps"}
    parts = {part: _part(frames[part], part) for part in PARTS if frames[part] is not None}
    about = {name: _clean(getattr(plan, name)) for name in _ABOUT}
    half = sum(
        int((frames[part]["lon"].isna() ^ frames[part]["lat"].isna()).sum()) for part in POSITIONED
    )
    return Contents(about, parts, half)


def without_personal(contents: Contents) -> Contents:
    """Return the contents without phone numbers, and without cases, which tell of residents."""
    parts = {name: part for name, part in contents.parts.items() if name != "cases"}
    if "posts" in parts:
        posts = parts["posts"]
        hidden = dict.fromkeys(_PHONES, pd.array([""] * len(posts.rows), dtype="str"))
        parts["posts"] = replace(posts, rows=posts.rows.assign(**hidden))
    return replace(contents, parts=parts)


def manifest_of(contents: Contents, names: Mapping[str, Iterable[str]], **more: Any) -> str:
    """Return the manifest: `names` are those that the columns of each part have in the file."""
    columns = {
        part: {
            called: [name, contents.parts[part].kinds[name]]
            for called, name in zip(given, contents.parts[part].rows.columns, strict=True)
        }
        for part, given in names.items()
    }
    manifest = {"geogrid": 1, "about": contents.about, "columns": columns, **more}
    return json.dumps(manifest)  # in ASCII, which every format holds


def _part(frame: Any, part: str) -> Part:
    geometry = None
    if isinstance(frame, gpd.GeoDataFrame):
        geometry = np.asarray(frame.geometry.array, dtype=object)
        frame = pd.DataFrame(frame.drop(columns=frame.geometry.name))
    if part in POSITIONED:
        geometry = _points(frame["lon"], frame["lat"])
        frame = frame.drop(columns=["lon", "lat"])
    known = COLUMNS.get(part, {})
    columns, kinds = {}, {}
    for at, label in enumerate(frame.columns):
        name = _clean(str(label))
        kinds[name] = known.get(name) or _kind(frame.iloc[:, at])
        columns[name] = _plain(frame.iloc[:, at], kinds[name])
    return Part(pd.DataFrame(columns, index=pd.RangeIndex(len(frame))), kinds, geometry)


def _points(lon: pd.Series, lat: pd.Series) -> npt.NDArray[np.object_]:
    """Return points, None where one of both is missing."""
    x, y = lon.to_numpy(np.float64), lat.to_numpy(np.float64)
    points = np.full(len(x), None, dtype=object)
    is_known = np.isfinite(x) & np.isfinite(y)
    points[is_known] = shapely.points(x[is_known], y[is_known])
    return points


def _clean(value: Any) -> Any:
    """Return a text without what no file can hold."""
    return _UNWRITABLE.sub("\ufffd", value) if isinstance(value, str) else value


def _is_missing(value: object) -> bool:
    return value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value))


def _kind(values: pd.Series) -> str:
    """Return what a column that is not one of ours holds."""
    known = [value for value in values.tolist() if not _is_missing(value)]
    types = {bool if isinstance(value, bool | np.bool_) else type(value) for value in known}
    if types <= {str}:
        return "text"
    if types == {bool}:
        return "bool"
    if types == {int} and all(-_INT64 <= value < _INT64 for value in known):
        return "int"
    if types == {float} and all(math.isfinite(value) for value in known):
        return "float"
    return "json"


def _plain(values: pd.Series, kind: str) -> Any:
    listed = [None if _is_missing(value) else value for value in values.tolist()]
    if kind in ("int", "bool"):
        return pd.array([None if one is None else int(one) for one in listed], dtype="Int64")
    if kind == "float":
        return np.array([math.nan if one is None else one for one in listed], dtype=np.float64)
    if kind == "time":
        return pd.array([_time_text(one) for one in listed], dtype="str")
    if kind == "json":
        listed = [None if one is None else _json(one) for one in listed]
    return pd.array([_clean(one) for one in listed], dtype="str")


def _time_text(moment: Any) -> str | None:
    """Return a moment as ISO 8601 in UTC, to the microsecond."""
    if moment is None or moment is pd.NaT:
        return None
    return str(moment.isoformat()).replace("+00:00", "Z")


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)
