"""What became of the problems of an earlier check: where it is kept, and what a page shows."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import geopandas as gpd
import pandas as pd
from flask import current_app, session
from werkzeug.datastructures import FileStorage

from geogrid.coverage.report_data import MOST_ROWS, defect_rows
from geogrid.drawing.map_shapes import defect_shapes
from geogrid.errors import FormatError, InputError
from geogrid.i18n import mark as _
from geogrid.reports import CheckComparison, read_check
from geogrid.store.errors import UploadMissingError
from web.check.folder import CheckFolder, find_check
from web.check.upload import boundary_path, take_files
from web.state import fresh_folder

__all__ = [
    "comparison_data",
    "earlier_checks",
    "fixed_shapes",
    "keep_earlier",
    "read_earlier",
    "remember_check",
]

MOST_REMEMBERED = 6
REPORT_ENDINGS = (".json", ".gpkg", ".geojson")
_REPORT = "report-en.json"


def remember_check(check: CheckFolder) -> None:
    """Note in the session that this browser has seen the result of `check`."""
    known = [token for token in session.get("checks", []) if token != check.token]
    session["checks"] = [check.token, *known][:MOST_REMEMBERED]


def earlier_checks(check: CheckFolder) -> list[dict[str, str]]:
    """Return the other checks of this browser that are still there, the latest first."""
    zone = ZoneInfo(current_app.config["SETTINGS"].timezone)
    found = []
    for token in session.get("checks", []):
        other = _finished(token)
        if other is None or token == check.token:
            continue
        when = datetime.fromtimestamp((other.result / _REPORT).stat().st_mtime, zone)
        title = f"{other.read()['title']} · {when:%Y-%m-%d %H:%M}"
        found.append({"token": token, "title": title})
    return found


def _finished(token: str) -> CheckFolder | None:
    try:
        check = find_check(token)
    except UploadMissingError:
        return None
    return check if (check.result / _REPORT).exists() else None


def keep_earlier(check: CheckFolder, token: str, files: Sequence[FileStorage]) -> None:
    """Keep the earlier check that `check` is to be compared with.

    Parameters
    ----------
    check
        The later one.
    token
        Of another check of this browser, "" where its file is sent.
    files
        A report as it was downloaded. Neither token nor file: no comparison any more.

    Raises
    ------
    GeogridError
        The file is no report of a check, or the check is not there any more.
    """
    if not token and not any(file.filename for file in files):
        shutil.rmtree(check.earlier, ignore_errors=True)
        return
    with fresh_folder(check.earlier) as folder:
        _store(folder, token, files)
        _require_report(boundary_path(folder))


def _require_report(path: Path) -> None:
    """Raise a FormatError, in words of the page, where a file is no report of a check."""
    no_report = FormatError(
        _(
            "{file} holds no result of a check. Choose the JSON or GeoPackage that was"
            " downloaded from the page of the earlier check."
        ),
        file=path.name,
    )
    if path.suffix not in REPORT_ENDINGS:
        raise no_report
    try:
        read_check(path)
    except FormatError as error:
        if error.message.startswith("{file} holds no result of a check"):
            raise no_report from error
        raise


def _store(folder: Path, token: str, files: Sequence[FileStorage]) -> None:
    if not token:
        take_files(files, folder)
        return
    other = _finished(token) if token in session.get("checks", []) else None
    if other is None:
        raise InputError(_("That check is no longer there. Choose its downloaded report."))
    shutil.copyfile(other.result / _REPORT, folder / "report.json")


def read_earlier(check: CheckFolder) -> gpd.GeoDataFrame | None:
    """Return the problems of the earlier check, None where there is none."""
    return read_check(boundary_path(check.earlier)) if check.earlier.is_dir() else None


def comparison_data(
    comparison: CheckComparison, grids: pd.DataFrame, language: str
) -> dict[str, Any]:
    """Return what a page shows of a comparison.

    Returns
    -------
    dict
        ``headline``, ``counts`` of what must be fixed, ``changes`` (id to new or remaining),
        and ``fixed``: rows as those of the check, with ids of their own.
    """
    names = dict(zip(grids["code"].astype("str"), grids["name"].astype("str"), strict=True))
    changes = dict.fromkeys(comparison.new["id"].tolist(), "new")
    changes |= dict.fromkeys(comparison.remaining["id"].tolist(), "remaining")
    rows = defect_rows(_fixed(comparison), names, language)
    return {
        "headline": comparison.headline(language),
        "counts": comparison.counts("error"),
        "changes": changes,
        "fixed": [row | {"change": "fixed"} for row in rows],
    }


def fixed_shapes(comparison: CheckComparison) -> str:
    """Return the shapes of what was fixed as GeoJSON, under the ids of the page."""
    return defect_shapes(_fixed(comparison))


def _fixed(comparison: CheckComparison) -> gpd.GeoDataFrame:
    """Return what was fixed with the columns of a check; ids of a file may be anything."""
    fixed = comparison.fixed.head(MOST_ROWS)
    return fixed.assign(
        id=[f"fixed-{at + 1}" for at in range(len(fixed))],
        households=pd.NA,
        buildings=pd.NA,
        detail=None,
    )
