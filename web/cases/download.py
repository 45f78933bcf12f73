"""The list to download: as it came, with columns behind its own in words an office understands."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import pandas as pd

from geogrid.i18n import mark as _
from geogrid.i18n import translate
from geogrid.tables import Table, read_table, write_table
from geogrid.unit_grids import DISAGREEMENTS
from geogrid.vocabulary import label
from web.cases.list import CaseList
from web.cases.result import STATUSES

__all__ = ["download_table", "write_download"]

NAMES: Mapping[str, str] = {
    "grid_code": _("Grid code"),
    "grid_name": _("Grid name"),
    "boundary_m": _("Metres to the nearest boundary"),
    "status": _("Result of locating"),
    "reason": _("Why not located"),
    "wgs84_lon": _("Longitude (WGS 84)"),
    "wgs84_lat": _("Latitude (WGS 84)"),
    "matched_address": _("Address found"),
    "certainty": _("How certain the address is"),
    "disagreement": _("Where list and map disagree"),
    "suggested": _("What a doubtful address may mean"),
}
"""Added column to its name."""

LEVEL = re.compile(r"level_(\d+)_name")


def write_download(cases: CaseList, progress: Callable[[float], None], *, language: str) -> None:
    """Write the list as it came, with the columns that locating added behind its own.

    Parameters
    ----------
    cases
        A list that has been located.
    progress
        Told the share of the work done.
    language
        Of the new columns.
    """
    located_at = cases.located.stat().st_mtime_ns
    choice, upload = cases.read("choice") or {}, cases.upload
    table = read_table(upload.path, filename=upload.name, sheet=choice.get("sheet") or None)
    progress(0.2)
    rows = download_table(table, pd.read_parquet(cases.located), language)
    write_table(rows, cases.download(language), like=table)
    if not cases.located.exists() or cases.located.stat().st_mtime_ns != located_at:
        cases.download(language).unlink(missing_ok=True)  # it was located again meanwhile


def download_table(table: Table, located: pd.DataFrame, language: str) -> pd.DataFrame:
    """Return the list as it came with the added columns behind it.

    Parameters
    ----------
    table
        The list; its columns keep their names and texts.
    located
        What locating found, as kept in ``located.parquet``.
    language
        Of the new columns; a name the list has already gets a mark.
    """
    levels = [name for name in located.columns if LEVEL.fullmatch(name)]
    statuses = {status: translate(name, language) for status, name in STATUSES.items()}
    shown = located.assign(
        reason=located[f"reason_{language}"],
        status=located["status"].map(statuses),
        certainty=[
            label("certainty", code, language) if code else "" for code in located["certainty"]
        ],
        disagreement=[
            translate(DISAGREEMENTS.get(kind, ""), language) for kind in located["disagreement"]
        ],
    )[["grid_code", "grid_name", *levels, *(name for name in NAMES if "grid" not in name)]]
    taken = {str(name) for name in table.frame.columns}
    names = {name: _free(_name(name, language), taken) for name in shown.columns}
    return pd.concat([table.frame.reset_index(drop=True), shown.rename(columns=names)], axis=1)


def _name(column: str, language: str) -> str:
    level = LEVEL.fullmatch(column)
    if level:
        return label("level", level.group(1), language)
    return translate(NAMES[column], language)


def _free(name: str, taken: set[str]) -> str:
    """Return `name`, marked as often as needed to be new, and take it."""
    while name in taken:
        name = f"{name} (geogrid)"
    taken.add(name)
    return name
