"""``python -m benchmarks.location.large_file``: a file larger than memory, killed and resumed.

Makes a Parquet file of random points over the sample, locates it in one go, locates it again
and kills that run (SIGKILL) in the middle, lets the same command go on, and compares the two
outputs byte by byte. Prints rows per second and the highest resident memory of each run.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.memory import peak
from geogrid.batch import parts_folder
from geogrid.batch.parquet_source import MOST_ROWS
from geogrid.store.workspace import sample_folder

GRIDS = sample_folder("futian") / "grids.geojson"
_COMMAND = "from geogrid.cli import main; main()"
_AT_ONCE = 1_000_000
_KINDS = ("噪音扰民", "占道经营", "井盖破损", "Vent, broken")


def main() -> None:
    """Run it all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=20_000_000)
    parser.add_argument("--format", default=".parquet", choices=(".parquet", ".csv"))
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="geogrid-bench-") as name:
        folder = Path(name)
        source = folder / "points.parquet"
        write_points(source, wanted.rows)
        whole, resumed = folder / f"whole{wanted.format}", folder / f"resumed{wanted.format}"
        _run(source, whole, "in one go")
        _run(source, resumed, "killed in the middle", kill_after_rows=wanted.rows // 2)
        _run(source, resumed, "going on")
        same = _digest(whole) == _digest(resumed)
        print(f"outputs identical: {'yes' if same else 'NO'} ({whole.stat().st_size:,} bytes)")
        raise SystemExit(0 if same else 1)


def write_points(path: Path, rows: int, *, seed: int = 20261129) -> None:
    """Write a list of cases: a number, a position, a kind and a count."""
    west, south, east, north = gpd.read_file(GRIDS).total_bounds
    rng = np.random.default_rng(seed)
    with pq.ParquetWriter(path, _schema()) as writer:
        for first in range(0, rows, _AT_ONCE):
            count = min(_AT_ONCE, rows - first)
            columns = [
                pa.array([f"{number:012d}" for number in range(first, first + count)]),
                rng.uniform(west, east, count),
                rng.uniform(south, north, count),
                pa.array(rng.choice(_KINDS, count)),
                rng.integers(0, 99, count).astype(np.int16),
            ]
            writer.write_table(pa.table(columns, schema=_schema()))


def _schema() -> pa.Schema:
    kinds = [pa.string(), pa.float64(), pa.float64(), pa.string(), pa.int16()]
    names = ["工单编号", "经度", "纬度", "类别", "户数"]
    return pa.schema(list(zip(names, kinds, strict=True)))


def _run(source: Path, output: Path, what: str, *, kill_after_rows: int = 0) -> None:
    command = ["locate", source, GRIDS, "-o", output, "--datum", "wgs84"]
    start = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-c", _COMMAND, *map(str, command)],
        env=os.environ | {"GEOGRID_LANG": "en"},
    )
    highest = 0
    while process.poll() is None:
        highest = max(highest, peak(process.pid) or 0)
        parts = len(list(parts_folder(output).glob("*.part"))) if kill_after_rows else 0
        if kill_after_rows and parts * MOST_ROWS > kill_after_rows:
            process.send_signal(signal.SIGKILL)
            process.wait()
        time.sleep(0.005)
    seconds = time.perf_counter() - start
    if process.returncode != (-signal.SIGKILL if kill_after_rows else 0):
        raise SystemExit(f"{what}: ended with code {process.returncode}")
    print(f"{what}: {seconds:.1f} s, at most {highest / 2**20:,.0f} MiB resident", flush=True)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


if __name__ == "__main__":
    main()
