"""Boundaries as text: GeoJSON, and tables with well-known text."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pyproj
import shapely
from openpyxl.cell import WriteOnlyCell

from geogrid.findings import Finding
from geogrid.formats.wkt import encode_wkt
from geogrid.i18n import mark as _

__all__ = ["write_csv", "write_geojson", "write_xlsx"]

_WGS84 = "EPSG:4326"
_CELL_CHARACTERS = 32_000
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def _crs_name(crs: pyproj.CRS) -> str:
    authority = crs.to_authority(min_confidence=100)
    return ":".join(authority) if authority else str(crs.to_wkt())


def _python(value: Any) -> object:
    """Return a value as JSON and Excel take it."""
    if pd.isna(value) or value in (np.inf, -np.inf):
        return None
    return value.item() if isinstance(value, np.generic) else value


def _rows(grids: gpd.GeoDataFrame) -> Iterator[tuple[object, ...]]:
    plain = grids.drop(columns=grids.geometry.name)
    columns = [[_python(value) for value in plain[name].tolist()] for name in plain.columns]
    return zip(*columns, strict=True) if columns else iter([()] * len(grids))


def write_geojson(grids: gpd.GeoDataFrame, path: Path) -> list[Finding]:
    """Write GeoJSON with one feature per line.

    Numbers are the shortest text that reads back to the same bits. A CRS other than
    WGS 84 goes into the ``crs`` member of the 2008 format.
    """
    names = [name for name in grids.columns if name != grids.geometry.name]
    geometry = shapely.to_geojson(grids.geometry.to_numpy())
    head: dict[str, object] = {"type": "FeatureCollection", "name": path.stem}
    findings = []
    if _crs_name(grids.crs) not in (_WGS84, "OGC:CRS84"):
        said = _crs_name(grids.crs)
        urn = f"urn:ogc:def:crs:{said.replace(':', '::')}" if len(said) < 20 else said
        head["crs"] = {"type": "name", "properties": {"name": urn}}
        findings = [_old_crs_member(grids.crs)]
    with path.open("w", encoding="utf-8", errors="replace", newline="\n") as file:
        file.write(json.dumps(head, ensure_ascii=False)[:-1] + ', "features": [')
        separator = "\n"
        for values, shape in zip(_rows(grids), geometry, strict=True):
            properties = json.dumps(dict(zip(names, values, strict=True)), ensure_ascii=False)
            file.write(
                f'{separator}{{"type": "Feature", "properties": {properties},'
                f' "geometry": {shape or "null"}}}'
            )
            separator = ",\n"
        file.write("\n]}\n")
    return findings


def _old_crs_member(crs: pyproj.CRS) -> Finding:
    return Finding(
        "old_crs_member",
        _(
            "GeoJSON is meant for WGS 84; {crs} is noted in its crs member, which some programs"
            " ignore."
        ),
        {"crs": crs.name},
        severity="note",
    )


def write_csv(grids: gpd.GeoDataFrame, path: Path) -> list[Finding]:
    """Write CSV in UTF-8 that Excel opens, with columns crs and WKT at the end.

    Text that Excel would run as a formula gets an apostrophe in front.
    """
    names = [name for name in grids.columns if name != grids.geometry.name]
    wkt, crs = encode_wkt(grids.geometry.to_numpy()), _crs_name(grids.crs)
    guarded = []
    with path.open("w", encoding="utf-8-sig", errors="replace", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*names, "crs", "WKT"])
        for row, (values, shape) in enumerate(zip(_rows(grids), wkt, strict=True)):
            safe = [_guarded(value) for value in values]
            if safe != list(values):
                guarded.append(row)
            writer.writerow([*safe, crs, shape])
    if not guarded:
        return []
    return [
        Finding(
            "formula_text",
            _("Row {rows}: text that begins like a formula has an apostrophe put before it."),
            rows=tuple(guarded),
            severity="note",
        )
    ]


def _guarded(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def write_xlsx(grids: gpd.GeoDataFrame, path: Path) -> list[Finding]:
    """Write a workbook with columns crs and WKT at the end.

    A cell holds 32,767 characters; a longer boundary goes on in "WKT 2", "WKT 3" …
    """
    names = [name for name in grids.columns if name != grids.geometry.name]
    wkt, crs = encode_wkt(grids.geometry.to_numpy()), _crs_name(grids.crs)
    parts = max((-(-len(text) // _CELL_CHARACTERS) for text in wkt if text), default=1)
    workbook = openpyxl.Workbook(write_only=True)
    sheet = workbook.create_sheet("grids")

    def cell(value: object) -> object:
        if not isinstance(value, str):
            return value
        text = WriteOnlyCell(sheet, value=_CONTROL.sub("", value)[:_CELL_CHARACTERS])
        text.data_type = "s"
        return text

    numbered = ["WKT", *(f"WKT {part}" for part in range(2, parts + 1))]
    sheet.append([cell(name) for name in [*names, "crs", *numbered]])
    cut = []
    for row, (values, shape) in enumerate(zip(_rows(grids), wkt, strict=True)):
        if any(isinstance(value, str) and len(value) > _CELL_CHARACTERS for value in values):
            cut.append(row)
        pieces = [(shape or "")[at * _CELL_CHARACTERS :][:_CELL_CHARACTERS] for at in range(parts)]
        sheet.append([*(cell(value) for value in values), cell(crs), *map(cell, pieces)])
    workbook.save(path)
    return [_text_cut(cut)] if cut else []


def _text_cut(rows: list[int]) -> Finding:
    return Finding("text_cut", _("Row {rows}: a text was too long and is cut."), rows=tuple(rows))
