"""The columns a located list gets behind its own, in words an office understands."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pandas as pd

from geogrid.i18n import mark as _
from geogrid.i18n import translate
from geogrid.tables import Table
from geogrid.vocabulary import label
from web.case_result import STATUSES

__all__ = ["download_table"]

NAMES: Mapping[str, str] = {
    "grid_code": _("Grid code"),
    "grid_name": _("Grid name"),
    "boundary_m": _("Metres to the nearest boundary"),
    "status": _("Result of locating"),
    "reason": _("Why not located"),
    "wgs84_lon": _("Longitude (WGS 84)"),
    "wgs84_lat": _("Latitude (WGS 84)"),
    "matched_address": _("Address found"),
}
"""Added column to its name."""

LEVEL = re.compile(r"level_(\d+)_name")


def download_table(table: Table, added: pd.DataFrame, language: str) -> pd.DataFrame:
    """Return the list as it came with the added columns behind it.

    Parameters
    ----------
    table
        The list; its columns keep their names and texts.
    added
        Columns of :func:`geogrid.placing.locate_rows` behind those of the list.
    language
        Of the new columns; a name the list has already gets a mark.
    """
    reasons = ["" if reason is None else reason.text(language) for reason in added["reason"]]
    statuses = {status: translate(name, language) for status, name in STATUSES.items()}
    shown = added.assign(reason=reasons, status=added["status"].map(statuses))
    taken = {str(name) for name in table.frame.columns}
    names = {str(name): _free(_name(str(name), language), taken) for name in shown.columns}
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
