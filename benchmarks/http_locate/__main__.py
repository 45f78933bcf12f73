"""``python -m benchmarks.http_locate``: start the servers, ask them in turn, print the tables.

Ratios are taken within a round, in which every server is asked for a few seconds, and medians
over the rounds count: what else runs on the machine then weighs on all of them alike.
"""

from __future__ import annotations

import argparse
import http.client
import io
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.http_locate import postgis
from benchmarks.inputs import random_points
from geogrid.hierarchy import leaves
from geogrid.store.workspace import sample_folder

CONNECTIONS = (1, 8)
QUESTIONS = 2_000
POSTED = 100_000
PATH = "/api/v1/locate?datum=wgs84"
TITLES = {
    "ours": "geogrid",
    "boundary": "geogrid, with `boundary=1`",
    "bare": "a Flask route with a fixed answer",
    "postgis": "a Flask route that asks PostGIS",
}

Floats = npt.NDArray[np.float64]


@contextmanager
def server(name: str, environment: dict[str, str]) -> Iterator[int]:
    """Run a server in a process of its own; give its port."""
    command = [sys.executable, "-m", "benchmarks.http_locate.servers", name]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        env=os.environ | environment,
    )  # fmt: skip
    assert process.stdin is not None and process.stdout is not None
    try:
        yield int(process.stdout.readline())
    finally:
        process.stdin.close()
        process.wait(timeout=30)
        process.stdout.close()


def drive(port: int, paths: list[str], connections: int, seconds: float) -> dict[str, float]:
    """Return what the load client measured."""
    asked = {"port": port, "paths": paths, "connections": connections, "seconds": seconds}
    command = [sys.executable, "-m", "benchmarks.http_locate.load"]
    done = subprocess.run(
        command, input=json.dumps(asked), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(done.stderr)
    measured: dict[str, float] = json.loads(done.stdout)
    return measured | {"rate": measured["requests"] / measured["seconds"]}


def race(ports: dict[str, int], paths: dict[str, list[str]], connections: int, asked: Any) -> None:
    """Print one table."""
    rounds: list[dict[str, dict[str, float]]] = [
        {name: drive(port, paths[name], connections, asked.seconds) for name, port in ports.items()}
        for _ in range(asked.rounds)
    ]
    print(f"\nOne point a request, {connections} connection{'s' * (connections > 1)}:\n")
    print("| route | requests/s | of the fixed one's | p50 ms | p99 ms | times the fixed one's |")
    print("|---|---:|---:|---:|---:|---:|")
    for name in ports:
        middle = {
            key: statistics.median(each[name][key] for each in rounds)
            for key in ("rate", "p50_ms", "p99_ms")
        }
        share, slower = (
            statistics.median(each[name][key] / each["bare"][key] for each in rounds)
            for key in ("rate", "p99_ms")
        )
        print(
            f"| {TITLES[name]} | {middle['rate']:,.0f} | {share:.2f} | {middle['p50_ms']:.2f} |"
            f" {middle['p99_ms']:.2f} | {slower:.2f} |"
        )


def bodies(lon: Floats, lat: Floats) -> Iterator[tuple[str, str, bytes]]:
    """Give the name, media type and bytes of each kind of body with these points."""
    places = np.column_stack([lon, lat]).tolist()
    lists = {"lon": lon.tolist(), "lat": lat.tolist()}
    yield "JSON, two lists", "application/json", json.dumps(lists).encode()
    yield "JSON, pairs", "application/json", json.dumps(places).encode()
    features = [
        {"type": "Feature", "properties": {}, "geometry": {"type": "Point", "coordinates": place}}
        for place in places
    ]
    collection = {"type": "FeatureCollection", "features": features}
    yield "GeoJSON", "application/geo+json", json.dumps(collection).encode()
    rows = "\n".join(f"{x!r},{y!r}" for x, y in places)
    yield "CSV", "text/csv", f"lon,lat\n{rows}\n".encode()
    sink = io.BytesIO()
    pq.write_table(pa.table({"lon": lon, "lat": lat}), sink)
    yield "Parquet", "application/vnd.apache.parquet", sink.getvalue()


def post(port: int, lon: Floats, lat: Floats, rounds: int) -> None:
    """Print how long one request with many points takes, first byte sent to last received."""
    print(f"\n{POSTED:,} points in one POST, median of {rounds}, transfer included:\n")
    print("| body and answer | s | with `boundary=1` |\n|---|---:|---:|")
    for name, kind, body in bodies(lon, lat):
        plain = [_post(port, PATH, kind, body) for _ in range(rounds)]
        with_boundary = [_post(port, PATH + "&boundary=1", kind, body) for _ in range(rounds)]
        print(
            f"| {name} | {statistics.median(plain):.2f} | {statistics.median(with_boundary):.2f} |"
        )


def _post(port: int, path: str, kind: str, body: bytes) -> float:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    start = time.perf_counter()
    connection.request("POST", path, body, {"Content-Type": kind})
    answer = connection.getresponse()
    received = answer.read()
    took_s = time.perf_counter() - start
    assert answer.status == 200, received[:300]
    connection.close()
    return took_s


def main() -> None:
    """Run everything."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2.0, help="per server and round")
    parser.add_argument("--offline", action="store_true", help="fetch nothing")
    asked = parser.parse_args()
    grids = leaves(gpd.read_file(sample_folder("futian") / "grids.geojson")).reset_index(drop=True)
    lon, lat = random_points(grids, POSTED)
    plain = [f"{PATH}&lon={x:.7f}&lat={y:.7f}" for x, y in zip(lon, lat, strict=True)][:QUESTIONS]
    reason = postgis.why_not(offline=asked.offline)
    with ExitStack() as stack:
        address = stack.enter_context(nullcontext("") if reason else postgis.cluster(grids))
        environment = {"GEOGRID_BENCH_POSTGIS": address}
        names = ("ours", "bare") if reason else ("ours", "bare", "postgis")
        ports = {name: stack.enter_context(server(name, environment)) for name in names}
        ports["boundary"] = ports["ours"]
        paths = dict.fromkeys(ports, plain) | {"boundary": [f"{one}&boundary=1" for one in plain]}
        for connections in CONNECTIONS:
            race(ports, paths, connections, asked)
        if reason:
            print(f"\nPostGIS was left out: {reason}.")
        post(ports["ours"], lon, lat, asked.rounds)


if __name__ == "__main__":
    main()
