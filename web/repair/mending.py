"""Compute a repair in the background and keep what it proposes or gives as files."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

from geogrid.coverage.report_data import report_data
from geogrid.errors import GeogridError
from geogrid.i18n import LANGUAGES
from geogrid.i18n import mark as _
from geogrid.layers.repair_map import write_repair_map
from geogrid.repair import RepairReport, repair_coverage
from web.check.folder import in_languages
from web.check.office import units_near
from web.repair.folder import RepairFolder
from web.repair.listing import changes_of, repair_rows
from web.repair.pictures import repair_pictures
from web.state import fresh_folder, write_json

__all__ = ["Surroundings", "mending", "proposing"]

Work = Callable[[Callable[[float], None]], None]
Surroundings = tuple[pd.DataFrame, gpd.GeoDataFrame]
"""Buildings and streets of the plan in use."""


def proposing(repair: RepairFolder, settings: Mapping[str, Any], around: Surroundings) -> Work:
    """Return the work of proposing a repair of everything the limits allow."""

    def work(progress: Callable[[float], None]) -> None:
        with _explained(repair, back_to="none"):
            grids, region = _given(repair)
            options = _options(grids, settings, around)
            repaired, report = repair_coverage(grids, region, **options)
            progress(0.4)
            wide = _wide_gaps(report)
            filled = None
            if wide:
                filled = repair_coverage(grids, region, centre_lines=wide, **options)
            progress(0.8)
            with fresh_folder(repair.proposed) as folder:
                _write_proposal(folder, (grids, repaired, report), filled, wide)
            shutil.rmtree(repair.mended, ignore_errors=True)
            repair.write(stage="proposed", error=None, version=secrets.token_hex(6))

    return work


def mending(
    repair: RepairFolder,
    settings: Mapping[str, Any],
    answers: Mapping[str, Any],
    around: Surroundings,
) -> Work:
    """Return the work of repairing what a person accepted."""

    def work(progress: Callable[[float], None]) -> None:
        with _explained(repair, back_to="proposed"):
            grids, region = _given(repair)
            found = gpd.read_parquet(repair.check.result / "defects.parquet")["id"].astype("str")
            refused, wide = set(answers["refused"]), set(answers["centre_lines"])
            only = [name for name in found if name not in refused]
            lines = [name for name in only if name in wide]
            options = _options(grids, settings, around)
            repaired, report = repair_coverage(
                grids, region, only=only, centre_lines=lines, **options
            )
            progress(0.6)
            with fresh_folder(repair.mended) as folder:
                _write_result(folder, grids, repaired, report, str(repair.check.read()["title"]))
            errors = int((report.after.defects["severity"] == "error").sum())
            repair.write(stage="mended", error=None, answers=dict(answers), errors=errors)

    return work


@contextmanager
def _explained(repair: RepairFolder, *, back_to: str) -> Iterator[None]:
    """Write into the state why the work did not end well."""
    try:
        yield
    except GeogridError as error:
        repair.write(stage=back_to, error=in_languages(error))
    except Exception:
        unknown = GeogridError(
            _("The repair could not be computed on the server. Nothing was changed.")
        )
        repair.write(stage=back_to, error=in_languages(unknown))
        raise


def _given(repair: RepairFolder) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame | None]:
    result = repair.check.result
    region = result / "region.parquet"
    return (
        gpd.read_parquet(result / "grids.parquet"),
        gpd.read_parquet(region) if region.exists() else None,
    )


def _options(
    grids: gpd.GeoDataFrame, settings: Mapping[str, Any], around: Surroundings
) -> dict[str, Any]:
    units, streets = around
    return dict(settings) | {
        "units": units_near(units, grids),
        "streets": streets if len(streets) else None,
    }


def _wide_gaps(report: RepairReport) -> list[str]:
    """Return the gaps that only their width or area keeps from being filled."""
    fates = report.fates
    is_gap = (fates["fate"] == "refused") & (fates["kind"] == "gap")
    return [
        str(row.id)
        for row in fates[is_gap].itertuples()
        if row.reason is not None and row.reason.kind in ("too_wide", "too_large")
    ]


def _write_proposal(
    folder: Path,
    done: tuple[gpd.GeoDataFrame, gpd.GeoDataFrame, RepairReport],
    filled: tuple[gpd.GeoDataFrame, RepairReport] | None,
    wide: list[str],
) -> None:
    grids, repaired, report = done
    pictures = repair_pictures(report.fates, report.pieces, grids, repaired)
    if filled is not None:
        after, wide_report = filled
        wide_fates = wide_report.fates[wide_report.fates["id"].isin(wide)]
        pictures |= repair_pictures(wide_fates, wide_report.pieces, grids, after)
    for language in LANGUAGES:
        rows = repair_rows(report, grids, language)
        if filled is not None:
            offered = repair_rows(filled[1], grids, language, only=set(wide))
            for name, row in offered.items():
                is_wide = row["fate"] == "repaired"
                shown = {key: row[key] for key in ("given", "receivers", "action")}
                rows[name] |= {"wide": is_wide} | (shown if is_wide else {"reason": row["reason"]})
        data = {
            "rows": list(rows.values()),
            "total": len(report.fates),
            "pictures": pictures,
        }
        write_json(folder / f"rows-{language}.json", data)


def _write_result(
    folder: Path,
    grids: gpd.GeoDataFrame,
    repaired: gpd.GeoDataFrame,
    report: RepairReport,
    title: str,
) -> None:
    for language in LANGUAGES:
        after = report_data(report.after, grids, language)
        rows = list(repair_rows(report, grids, language).values())
        data = {
            "after": {key: after[key] for key in ("headline", "notes", "caveats", "remarks",
                                                  "is_seamless", "is_proven", "has_region")},
            "left": [row for row in rows if row["fate"] != "repaired"],
            "repaired": int((report.fates["fate"] == "repaired").sum()),
            "changes": changes_of(report, grids),
        }  # fmt: skip
        write_json(folder / f"result-{language}.json", data)
        write_repair_map(report, repaired, folder / f"map-{language}.html", language, title=title)
    repaired.to_parquet(folder / "grids.parquet")
    if report.region is not None:
        border = gpd.GeoDataFrame({"name": [""] * len(report.region)}, geometry=report.region)
        border.to_parquet(folder / "region.parquet")
