"""What would become of every row of an uploaded roster or list of buildings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geogrid.findings import Finding
from geogrid.hierarchy import leaves
from geogrid.i18n import mark as _
from geogrid.i18n import translate
from geogrid.locate import locate
from geogrid.offices.previews import preview_roster, preview_unit_list
from geogrid.store import cached_index
from geogrid.tables import Table
from geogrid.vocabulary import LABELS, label
from web.workspace.datum_doubt import doubt_datum
from web.workspace.preview_lines import Line, Preview, preview_of
from web.workspace.vacancies import WORDS, who_stands_in

__all__ = ["preview_posts", "preview_units"]


def preview_posts(tables: Sequence[Table], grids: gpd.GeoDataFrame, language: str) -> Preview:
    """Read a roster without storing it."""
    read = preview_roster(tables, grids)
    posts, names = read.made, _names(grids)
    stand_ins = who_stands_in(posts, grids)
    lines = [
        Line(
            place=read.fates[source],
            cells=(
                names.get(post.grid, post.grid),
                label("post", post.post, language),
                post.holder or translate(_("(vacant)"), language),
                post.deputy,
                post.phone or post.deputy_phone,
            ),
            **_post_fate(
                post,
                names,
                is_phone_odd=at in read.doubtful_phones,
                via="deputy" if post.deputy else stand_ins.get((post.grid, post.post), "nobody"),
            ),
        )
        for at, (source, post) in enumerate(
            zip(read.sources, posts.itertuples(index=False), strict=True)
        )
    ]
    nobody = [fate for fate in read.fates if fate.is_unread]
    lines += [Line(fate, ("",) * 5, "warn", _("Nobody in this row")) for fate in nobody]
    return preview_of(read, lines)


def _post_fate(
    post: Any, names: Mapping[str, str], *, is_phone_odd: bool, via: str
) -> dict[str, Any]:
    if post.grid not in names:
        words = _("No such grid: nobody will find this person") if post.grid else _("No grid")
        return {"fate": "bad", "words": words}
    if post.post not in LABELS["post"]:
        return {"fate": "warn", "words": _("Unknown post, kept as written")}
    if not post.holder:
        return {"fate": "warn", "words": WORDS[via]}
    if is_phone_odd:
        return {"fate": "warn", "words": _("Taken; please look at the phone number")}
    return {"fate": "good", "words": _("Taken")}


def preview_units(tables: Sequence[Table], grids: gpd.GeoDataFrame, datum: str | None) -> Preview:
    """Read a list of buildings without storing it.

    Raises
    ------
    CrsError
        There are positions and no `datum`.
    """
    read = preview_unit_list(tables, grids, datum)
    units, names = read.made, _names(grids)
    finest = leaves(grids).reset_index(drop=True)
    index = cached_index(finest, finest["code"].to_numpy())
    placed = locate(index, units["lon"].to_numpy(), units["lat"].to_numpy())
    codes = np.append(finest["code"].to_numpy(dtype=object), "")[placed]
    lines = [
        Line(
            place=read.fates[source],
            cells=(
                unit.name,
                unit.address,
                "" if pd.isna(unit.households) else str(unit.households),
                names.get(unit.grid or code, ""),
            ),
            **_unit_fate(unit, code),
        )
        for source, unit, code in zip(
            read.sources, units.itertuples(index=False), codes, strict=True
        )
    ]
    doubt = doubt_datum(units, index, datum)
    nowhere = _nowhere(units)
    far_away = () if doubt.findings else _far_away(units, grids)
    return preview_of(
        read,
        lines,
        findings=[*read.findings, *doubt.findings, *far_away, *nowhere],
        is_usable=not nowhere,
        is_doubtful=doubt.is_mostly_outside or bool(doubt.other),
        other_datum=doubt.other,
    )


def _nowhere(units: pd.DataFrame) -> list[Finding]:
    """Say when no row has a place, or none can be called anything: this is no list of buildings."""
    if not len(units):
        return []
    if not ((units["address"] != "") | (units["name"] != "")).any():
        return [
            Finding(
                "nameless",
                _(
                    "None of the {count} rows has an address or a name, so no building could be "
                    "looked up and the list cannot be used here. If these are staff, upload them "
                    "as a roster."
                ),
                {"count": len(units)},
                severity="error",
            )
        ]
    if (units["lon"].notna() | (units["grid"] != "")).any():
        return []
    return [
        Finding(
            "nowhere",
            _(
                "None of the {count} rows has a position or a grid of the plan, so no building"
                " could be put on the map and the list cannot be used here. If these are cases,"
                " upload them on the page “Cases”."
            ),
            {"count": len(units)},
            severity="error",
        )
    ]


def _unit_fate(unit: Any, code: str) -> dict[str, Any]:
    if not unit.address and not unit.name:
        return {"fate": "bad", "words": _("No address: cannot be looked up")}
    return _listed_fate(unit, code) if unit.grid else _placed_fate(unit, code)


def _listed_fate(unit: Any, code: str) -> dict[str, Any]:
    """Return what becomes of a row whose grid the list says."""
    if code and unit.grid != code:
        return {"fate": "warn", "words": _("Taken; its position lies in another grid")}
    if not code and not pd.isna(unit.lon):
        return {"fate": "warn", "words": _("Taken, grid by the list; its position is outside")}
    return {"fate": "good", "words": _("Taken, grid by the list")}


def _placed_fate(unit: Any, code: str) -> dict[str, Any]:
    """Return what becomes of a row whose position decides."""
    if code:
        return {"fate": "good", "words": _("Taken, grid by its position")}
    if not pd.isna(unit.lon):
        return {"fate": "warn", "words": _("Taken, but outside all grids")}
    if unit.building or unit.compound:
        return {"fate": "warn", "words": _("Taken, but no position and no grid")}
    return {"fate": "bad", "words": _("No position, no grid and no building")}


def _names(grids: pd.DataFrame) -> dict[str, Any]:
    names = grids["name"].where(grids["name"] != "", grids["code"])
    return dict(zip(grids["code"], names, strict=True))


def _far_away(units: pd.DataFrame, grids: gpd.GeoDataFrame) -> list[Finding]:
    """Return a warning when hardly any position lies among the grids: a wrong datum or plan."""
    place = units[["lon", "lat"]].dropna().to_numpy(dtype=np.float64)
    if not len(place):
        return []
    inside = shapely.intersects_xy(shapely.box(*grids.total_bounds), place[:, 0], place[:, 1])
    if inside.mean() > 0.5:
        return []
    return [
        Finding(
            "far_away",
            _(
                "{count} of {all} positions lie outside the plan. Is this list for these grids, and"
                " are longitude and latitude in the right columns?"
            ),
            {"count": int((~inside).sum()), "all": len(place)},
            severity="error",
        )
    ]
