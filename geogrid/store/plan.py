"""One plan (网格方案), and plans as folders of plain files: samples, and what is given away."""

from __future__ import annotations

import json
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, TypedDict, Unpack

import geopandas as gpd
import pandas as pd

from geogrid.errors import FieldError, FormatError
from geogrid.hierarchy import Hierarchy, build_hierarchy, fill_levels
from geogrid.i18n import mark as _
from geogrid.store import bundle
from geogrid.store.errors import PlanMissingError, explains_disk_errors

__all__ = [
    "Plan",
    "PlanParts",
    "complete_grids",
    "load_plan",
    "new_folder",
    "read_about",
    "remove_leftovers",
    "save_plan",
    "sync_folder",
    "write_plan",
]

_LAYERS = ("grids", "region", "gaps", "streets")
_TEMPORARY = ".new-"


@dataclass(frozen=True, eq=False)
class Plan:
    """All grids at all levels with what belongs to them. Treat the frames as read-only.

    Attributes
    ----------
    key
        Where it is from: ``"plan:3:…"``, ``"draft:…"``, ``"sample:…"`` or a folder.
    name, note, attribution, source, created_at
        What ``plan.json`` says; `created_at` is ISO 8601 UTC or empty.
    is_sample
        Whether it must be labelled 示例数据.
    grids
        Every level, EPSG:4326: code, name, parent, level, kind, households, people.
    region
        The polygon to fill, or None.
    posts, units, cases
        Tables, empty when the plan has none; see :data:`geogrid.store.bundle.COLUMNS`.
    streets
        Lines with name and highway, empty when the plan has none.
    digest
        Equal digests mean equal plans.
    gaps
        Approved gaps in EPSG:4326 with a column ``reason``, None without any.
    addresses
        The place's gazetteer, columns of :data:`geogrid.addresses.gazetteer.ENTRY_COLUMNS`; None
        without one.
    """

    key: str
    name: str
    is_sample: bool
    note: str
    attribution: str
    source: str
    created_at: str
    grids: gpd.GeoDataFrame
    region: gpd.GeoDataFrame | None
    posts: pd.DataFrame
    units: pd.DataFrame
    cases: pd.DataFrame
    streets: gpd.GeoDataFrame
    digest: str
    gaps: gpd.GeoDataFrame | None = None
    addresses: pd.DataFrame | None = None

    @staticmethod
    def empty_tables() -> dict[str, pd.DataFrame]:
        """Return the tables of a plan that has nothing but grids."""
        tables: dict[str, pd.DataFrame] = {
            part: bundle.parse_rows(b"", part) for part in ("posts", "units", "cases")
        }
        return tables | {"streets": bundle.parse_layer(bundle.NOTHING, "streets")}

    @cached_property
    def hierarchy(self) -> Hierarchy:
        """The tree of the grids."""
        return build_hierarchy(self.grids)


class PlanParts(TypedDict, total=False):
    """What :func:`save_plan` writes; `name` and `grids` are needed, the rest is optional."""

    name: str
    grids: gpd.GeoDataFrame
    region: gpd.GeoDataFrame | None
    gaps: gpd.GeoDataFrame | None
    posts: pd.DataFrame | None
    units: pd.DataFrame | None
    cases: pd.DataFrame | None
    streets: gpd.GeoDataFrame | None
    is_sample: bool
    note: str
    attribution: str
    source: str
    created_at: str


def load_plan(folder: Path, key: str = "") -> Plan:
    """Read the plan in `folder`.

    Parameters
    ----------
    folder : with the files of :func:`save_plan`
    key : of the plan; the folder by default

    Raises
    ------
    PlanMissingError
        There is no plan in `folder`.
    FormatError, FieldError
        One of its files is damaged.
    """
    about = read_about(folder)
    digest = bundle.bundle_digest(folder)
    layers = {part: bundle.read_layer(folder / bundle.FILES[part], part) for part in _LAYERS}
    tables = {
        part: bundle.read_rows(folder / bundle.FILES[part], part)
        for part in ("posts", "units", "cases")
    }
    region, gaps = layers["region"], layers["gaps"]
    return Plan(
        key=key or str(folder),
        name=str(about.get("name", folder.name)),
        is_sample=bool(about.get("is_sample", False)),
        note=str(about.get("note", "")),
        attribution=str(about.get("attribution", "")),
        source=str(about.get("source", "")),
        created_at=str(about.get("created_at", "")),
        grids=fill_levels(layers["grids"]),
        region=region if len(region) else None,
        streets=layers["streets"],
        digest=digest,
        gaps=gaps if len(gaps) else None,
        **tables,
    )


def read_about(folder: Path) -> dict[str, Any]:
    """Return what ``plan.json`` of `folder` says.

    Raises
    ------
    PlanMissingError
        There is no plan in `folder`.
    FormatError
        The file is damaged.
    """
    try:
        about = json.loads((folder / "plan.json").read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise PlanMissingError(_("There is no plan in {folder}."), folder=folder) from error
    except (OSError, ValueError) as error:
        raise FormatError(
            _("{file} of the plan is damaged ({reason})."), file="plan.json", reason=error
        ) from error
    return dict(about)


def save_plan(folder: Path, *, replace: bool = False, **parts: Unpack[PlanParts]) -> None:
    """Write a plan to `folder`, which appears complete or not at all.

    The files are written beside it, forced to disk and renamed into place.

    Parameters
    ----------
    folder
        Must not exist yet, unless `replace`.
    replace
        Remove an existing plan in `folder` once the new one is complete.
    **parts
        See :class:`PlanParts`; frames in any CRS are converted to EPSG:4326.

    Raises
    ------
    FieldError, CrsError
        The parts do not make a plan.
    StoreError
        The disk is full or may not be written; `folder` is as it was.
    """
    with new_folder(folder.parent) as temporary:
        write_plan(temporary, **parts)
        former = temporary.with_name(temporary.name + "-former")
        if replace and folder.exists():
            folder.rename(former)
        temporary.rename(folder)
        shutil.rmtree(former, ignore_errors=True)


@contextmanager
def new_folder(parent: Path) -> Iterator[Path]:
    """Give an empty folder in `parent` to fill and rename; what is left of it is removed."""
    temporary = parent / (_TEMPORARY + secrets.token_hex(8))
    with explains_disk_errors(parent):
        try:
            temporary.mkdir(parents=True)
            yield temporary
            sync_folder(parent)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)


def remove_leftovers(parent: Path) -> None:
    """Remove what a killed process left of :func:`new_folder`; nobody may be writing there."""
    for leftover in parent.glob(_TEMPORARY + "*"):
        shutil.rmtree(leftover, ignore_errors=True)


def write_plan(folder: Path, **parts: Unpack[PlanParts]) -> None:
    """Write the files of a plan into the existing `folder`; see :func:`save_plan`."""
    if "grids" not in parts:
        raise FieldError(_("A plan needs grids with a column “code”."))
    frames = {**parts, "grids": complete_grids(parts["grids"])}
    about = {name: value for name, value in parts.items() if name not in bundle.FILES}
    bundle.write_json({"name": folder.name, "is_sample": False, **about}, folder / "plan.json")
    for part, name in bundle.FILES.items():
        frame: Any = frames.get(part)
        if frame is None:
            continue
        write = bundle.write_layer if part in _LAYERS else bundle.write_rows
        write(frame, folder / name, part)
    sync_folder(folder)


def complete_grids(grids: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return `grids` with every column of a plan and their levels, in their own CRS.

    Raises
    ------
    FieldError
        There are no codes, or a column is of another type.
    """
    if "code" not in grids.columns:
        raise FieldError(_("A plan needs grids with a column “code”."))
    columns = bundle.complete(pd.DataFrame(grids.drop(columns=grids.geometry.name)), "grids")
    return fill_levels(gpd.GeoDataFrame(columns, geometry=grids.geometry.array, crs=grids.crs))


def sync_folder(folder: Path) -> None:
    """Force the entries of `folder` to disk, where the system can."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
