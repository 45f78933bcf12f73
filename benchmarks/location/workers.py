"""``python -m benchmarks.location.workers``: rows per second on Dask workers of this machine.

Locates a folder of Parquet over the sample in one process and on one, two, … workers,
compares the rows, and says how long a thousand million would take at that rate.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from benchmarks.location.large_file import GRIDS, write_points
from benchmarks.report import machine
from geogrid.batch import Where, locate_source, open_source
from geogrid.batch.parquet_source import ParquetSource
from geogrid.boundaries import read_boundaries
from geogrid.scale import local_workers, locate_distributed

_FILES = 8
_MANY = 1_000_000_000


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=8_000_000)
    parser.add_argument("--workers", type=int, nargs="*", default=[1, 2])
    wanted = parser.parse_args()
    print(machine())
    with tempfile.TemporaryDirectory(prefix="geogrid-bench-") as name:
        root = Path(name)
        (root / "in").mkdir()
        for number in range(_FILES):
            write_points(root / "in" / f"{number}.parquet", wanted.rows // _FILES, seed=number)
        source, grids = open_source(root / "in"), read_boundaries(GRIDS)
        assert isinstance(source, ParquetSource)
        options: dict[str, Any] = {"language": "en", "depends_on": {}}
        where, one = Where(datum="wgs84"), root / "one.parquet"
        _timed("one process", source, lambda: locate_source(source, grids, one, where, **options))
        for count in wanted.workers:
            many = root / f"{count}.parquet"
            with local_workers(count) as client:
                _timed(
                    f"{count} workers",
                    source,
                    lambda many=many, client=client: locate_distributed(  # type: ignore[misc]
                        source, grids, many, where, client=client, **options
                    ),
                )
            if not pq.read_table(many).equals(pq.read_table(one)):
                raise SystemExit("the rows are NOT those of one process")


def _timed(what: str, source: ParquetSource, action: Callable[[], object]) -> None:
    start = time.perf_counter()
    action()
    rate = source.rows / (time.perf_counter() - start)
    hours = _MANY / rate / 3600
    print(f"{what}: {rate:,.0f} rows/s, {_MANY:,} rows in {hours:.2f} h", flush=True)


if __name__ == "__main__":
    main()
