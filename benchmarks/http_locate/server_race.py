"""``python -m benchmarks.http_locate.server_race``: WSGI servers with our app, raced.

``geogrid serve`` itself with one and with two processes, and its peers with as many threads and
processes, each on 127.0.0.1, asked for one point a request by `load`. Peers are fetched at fixed
versions into ``.cache/bench``. All are warm before they are asked; medians over rounds count.
"""

from __future__ import annotations

import argparse
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

import geopandas as gpd

from benchmarks.fetching import CACHE, ROOT
from benchmarks.http_locate.__main__ import CONNECTIONS, PATH, QUESTIONS, drive
from benchmarks.inputs import random_points
from geogrid.hierarchy import leaves
from geogrid.store.workspace import sample_folder

VERSIONS = {"granian": "2.8.9", "gunicorn": "27.0.1", "waitress": "3.0.2"}
FOLDER = CACHE / "servers"
WARM_S = 8.0


def commands(port: int, folder: str) -> dict[str, list[str]]:
    """Return what starts each server."""
    python = sys.executable
    ours = [python, "-m", "benchmarks.http_locate.server_race", "serve", str(port), folder]
    app = "benchmarks.http_locate.server_race:app()"
    gunicorn = [
        python, "-m", "gunicorn", "--no-control-socket", "-b", f"127.0.0.1:{port}",
        "-k", "gthread", "--threads", "8", app,
    ]  # fmt: skip
    granian = [
        python, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1",
        "--port", str(port), "--no-log", "--blocking-threads", "8", "--factory", app.rstrip("()"),
    ]  # fmt: skip
    waitress = ["--listen", f"127.0.0.1:{port}", "--threads", "8", "--call", app.rstrip("()")]
    return {
        "geogrid serve, 1 process": [*ours, "1"],
        "waitress": [python, "-m", "waitress", *waitress],
        "gunicorn gthread, 1 process": gunicorn,
        "granian, 1 process": granian,
        "geogrid serve, 2 processes": [*ours, "2"],
        "gunicorn gthread, 2 processes": [*gunicorn, "--workers", "2"],
        "granian, 2 processes": [*granian, "--workers", "2"],
    }


def app() -> object:
    """Return our app on the sample, warm."""
    from benchmarks.http_locate.servers import ours  # noqa: PLC0415 - only where it answers

    return ours()


@contextmanager
def running(name: str) -> Iterator[int]:
    """Run a server until the block is left; give its port when it is warm."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    environment = os.environ | {"PYTHONPATH": f"{ROOT}:{FOLDER}"}
    with tempfile.TemporaryDirectory(prefix="geogrid-bench-") as folder:
        process = subprocess.Popen(
            commands(port, folder)[name],
            env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            _wait(port)
            yield port
        finally:
            process.terminate()
            process.wait(60)


def _wait(port: int) -> None:
    for _ in range(600):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=60).close()
            break
        except OSError:
            time.sleep(0.1)
    time.sleep(WARM_S)


def main() -> None:
    """Run the race and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--only", default="", help="servers by a part of their name")
    asked = parser.parse_args()
    if not FOLDER.exists():
        peers = [f"{name}=={version}" for name, version in VERSIONS.items()]
        pip = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", str(FOLDER)]
        subprocess.run([*pip, *peers], check=True)
    grids = leaves(gpd.read_file(sample_folder("futian") / "grids.geojson")).reset_index(drop=True)
    lon, lat = random_points(grids, QUESTIONS)
    paths = [f"{PATH}&lon={x:.7f}&lat={y:.7f}" for x, y in zip(lon, lat, strict=True)]
    found: dict[tuple[str, int], list[dict[str, float]]] = {}
    names = [name for name in commands(0, "") if asked.only in name]
    for _ in range(asked.rounds):
        for name in names:
            with running(name) as port:
                for connections in CONNECTIONS:
                    measured = drive(port, paths, connections, asked.seconds)
                    found.setdefault((name, connections), []).append(measured)
    print("| server | connections | requests/s | p50 ms | p99 ms |\n|---|---:|---:|---:|---:|")
    for (name, connections), each in found.items():
        rate, p50, p99 = (
            statistics.median(one[key] for one in each) for key in ("rate", "p50_ms", "p99_ms")
        )
        print(f"| {name} | {connections} | {rate:,.0f} | {p50:.2f} | {p99:.2f} |")


if __name__ == "__main__":
    if sys.argv[1:2] == ["serve"]:
        from geogrid.cli import main as geogrid

        _serve, port, folder, workers = sys.argv[1:]
        geogrid(["serve", "--port", port, "--workspace", folder, "--workers", workers])
    else:
        main()
