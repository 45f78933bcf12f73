"""Files larger than memory: rows placed portion by portion, resumed after an interruption."""

from geogrid.batch.job import Listener, Located, Where
from geogrid.batch.output import STREAM_FORMATS
from geogrid.batch.parts import parts_folder
from geogrid.batch.run import locate_source
from geogrid.batch.source import is_parquet, open_source

__all__ = [
    "STREAM_FORMATS",
    "Listener",
    "Located",
    "Where",
    "is_parquet",
    "locate_source",
    "open_source",
    "parts_folder",
]
