"""Put every row of a list of points into its grid, or say why that cannot be done."""

from geogrid.placing.rows import STATUSES, FindAddress, in_language, locate_rows

__all__ = ["STATUSES", "FindAddress", "in_language", "locate_rows"]
