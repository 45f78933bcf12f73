"""``geogrid check --workers`` and ``--scheduler``: the check partition by partition."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pandas as pd

from geogrid.coverage.report import CoverageReport
from geogrid.errors import InputError
from geogrid.formats.parquet_parts import parquet_columns, parquet_files
from geogrid.i18n import mark as _

__all__ = ["check_on_workers", "grid_names", "uses_workers", "workers_client"]

_WHOLE = {
    "profile": "--profile",
    "map_path": "--map",
    "report_paths": "--report",
    "datum": "--datum",
    "crs": "--crs",
    "fields": "--field",
    "layer": "--layer",
}


def uses_workers(options: Mapping[str, Any], whole: Mapping[str, str] = _WHOLE) -> bool:
    """Return whether workers are asked for.

    Parameters
    ----------
    options : of the command
    whole : those that cannot be used with workers, and what they are called

    Raises
    ------
    InputError
        Two kinds are, or an option that needs all grids in this process.
    """
    if options["workers"] is None and options["scheduler"] is None:
        return False
    if options["workers"] is not None and options["scheduler"] is not None:
        raise InputError(_("Give --workers or --scheduler, not both."))
    for name, option in whole.items():
        if options[name]:
            raise InputError(
                _("{option} needs all grids in one process; leave out --workers and --scheduler."),
                option=option,
            )
    return True


def check_on_workers(
    grids: Path,
    region: object,
    options: Mapping[str, Any],
    *,
    units: pd.DataFrame | None,
    approved: object,
) -> CoverageReport:
    """Check GeoParquet files on workers.

    Parameters
    ----------
    grids : a file or a folder
    region, units, approved : as for :func:`geogrid.check_coverage`
    options : of the command
    """
    from geogrid.scale import check_coverage_distributed  # noqa: PLC0415 - only here

    with workers_client(options) as client:
        return check_coverage_distributed(
            grids,
            region,
            client=client,
            tolerance_m=options["tolerance"],
            units=units,
            approved_gaps=approved,
        )


def workers_client(options: Mapping[str, Any]) -> AbstractContextManager[Any]:
    """Return a context that gives the ``distributed.Client`` the options ask for."""
    from geogrid.scale import connected, local_workers  # noqa: PLC0415 - only here

    if options["scheduler"] is not None:
        return connected(options["scheduler"])
    return local_workers(options["workers"])


def grid_names(grids: Path) -> pd.DataFrame:
    """Return the columns code and name of GeoParquet files, no rows where one is missing."""
    names = parquet_columns(parquet_files(grids), ["code", "name"])
    if {"code", "name"} <= set(names.columns):
        return names.fillna("")
    return pd.DataFrame({"code": [], "name": []})
