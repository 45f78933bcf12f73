"""The coverage check and location over partitions, on as many processes or machines as there are.

Nothing else imports Dask's ``distributed``, and this does only when workers are asked for.
"""

from geogrid.scale.check import check_coverage_distributed
from geogrid.scale.executor import connected, local_workers
from geogrid.scale.frames import locate_partitions
from geogrid.scale.location import locate_distributed

__all__ = [
    "check_coverage_distributed",
    "connected",
    "local_workers",
    "locate_distributed",
    "locate_partitions",
]
