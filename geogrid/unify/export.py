"""The list of changes as an office table: columns in words, a sentence per row."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd

from geogrid.i18n import mark as _
from geogrid.i18n import translate
from geogrid.unify.sentences import REASON_WORDS, change_sentence

__all__ = ["change_table"]

_COLUMNS = {
    "layer": _("Layer"),
    "from": _("From"),
    "to": _("To"),
    "grid": _("Unified grid"),
    "reason": _("Why"),
    "area_m2": _("Area (m²)"),
    "households": _("Households"),
    "buildings": _("Buildings"),
    "lon": _("Longitude"),
    "lat": _("Latitude"),
    "sentence": _("In words"),
}


def change_table(changes: gpd.GeoDataFrame, language: str) -> pd.DataFrame:
    """Return the changes as people read them in a workbook.

    Parameters
    ----------
    changes : of :class:`geogrid.unify.UnifiedLayers`
    language : ``"zh_CN"`` or ``"en"``

    Returns
    -------
    DataFrame
        One row per change, columns named in `language`; no geometry.
    """
    rows = pd.DataFrame(changes.drop(columns="geometry"))
    rows["sentence"] = [change_sentence(row, language) for row in rows.to_dict("records")]
    rows["reason"] = [translate(REASON_WORDS[reason], language) for reason in rows["reason"]]
    rows["area_m2"] = rows["area_m2"].astype(float).round(2)
    for axis in ("lon", "lat"):
        rows[axis] = rows[axis].astype(float).round(7)
    return rows.rename(columns={key: translate(word, language) for key, word in _COLUMNS.items()})
