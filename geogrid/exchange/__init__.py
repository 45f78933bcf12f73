"""Whole plans out and in: GeoPackage, Excel, Shapefile, GeoJSON, KML, GeoParquet.

A plan becomes plain parts (:mod:`contents`), a format writes and reads them (one module each),
and they become a plan again (:mod:`restoring`); :mod:`losses` says before what will not.
"""

from geogrid.exchange.contents import PART_LABELS
from geogrid.exchange.export import ENCODINGS, export_plan, what_is_lost
from geogrid.exchange.imports import import_plan
from geogrid.exchange.kinds import KINDS, Kind, kind_of
from geogrid.exchange.restoring import ImportedPlan

__all__ = [
    "ENCODINGS",
    "KINDS",
    "PART_LABELS",
    "ImportedPlan",
    "Kind",
    "export_plan",
    "import_plan",
    "kind_of",
    "what_is_lost",
]
