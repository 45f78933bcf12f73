"""Reports of a check for people: Word, Excel, GeoPackage, JSON, text; two checks compared."""

from geogrid.reports.comparison import CheckComparison, compare_checks
from geogrid.reports.earlier import read_check
from geogrid.reports.record import CheckRecord
from geogrid.reports.write import REPORT_FORMATS, write_record, write_report

__all__ = [
    "REPORT_FORMATS",
    "CheckComparison",
    "CheckRecord",
    "compare_checks",
    "read_check",
    "write_record",
    "write_report",
]
