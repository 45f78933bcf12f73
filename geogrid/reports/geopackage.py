"""The report as a GeoPackage: defects, leftover edges, the grids, the region."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import geopandas as gpd
import pyogrio

from geogrid.coverage.report_data import remark_text
from geogrid.reports.record import CheckRecord

__all__ = ["report_geopackage"]


def report_geopackage(record: CheckRecord) -> bytes:
    """Return the report as a GeoPackage with one layer each.

    Parameters
    ----------
    record : the check
    """
    defects = record.report.defects.copy()
    defects["grids"] = [";".join(codes) for codes in defects["grids"]]
    defects["detail"] = [
        remark_text(each, record.names, record.language) for each in defects["detail"]
    ]
    edges = record.report.leftover_edges.copy()
    edges["grids"] = [";".join(codes) for codes in edges["grids"]]
    known = [name for name in ("code", "name", "level") if name in record.grids]
    layers: dict[str, gpd.GeoDataFrame] = {
        "defects": defects,
        "leftover_edges": edges,
        "grids": record.grids[[*known, record.grids.geometry.name]],
    }
    if record.region is not None:
        layers["region"] = record.region[[record.region.geometry.name]]
    with TemporaryDirectory(prefix="geogrid-") as folder:
        path = Path(folder) / "report.gpkg"
        for name, layer in layers.items():
            pyogrio.write_dataframe(
                layer,
                path,
                driver="GPKG",
                layer=name,
                promote_to_multi=False,
                geometry_type="Unknown",
            )
        return path.read_bytes()
