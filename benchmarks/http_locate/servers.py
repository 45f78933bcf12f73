"""``python -m benchmarks.http_locate.servers NAME``: one server, run as ``geogrid serve`` runs it.

It listens on 127.0.0.1, prints its port and stops when standard input closes.
"""

from __future__ import annotations

import atexit
import os
import shutil
import signal
import socket
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Flask, jsonify, request

from benchmarks.http_locate.postgis import DRIVER
from web import create_app
from web.config import Settings
from web.current import current_plan, warm_up
from web.serving import answer, granian


def ours() -> Any:
    """The app, with the sample as the plan in its database."""
    folder = tempfile.mkdtemp(prefix="geogrid-bench-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    app = create_app(Settings(workspace=Path(folder)))
    app.config["WORKSPACE"].keep_sample()
    warm_up(app)
    return app


def bare() -> Any:
    """A Flask app with one route that always answers the same, as long as one of ours."""
    full = ours()
    with full.app_context():
        west, south, east, north = current_plan().bounds
    middle = {"lon": (west + east) / 2, "lat": (south + north) / 2, "datum": "wgs84"}
    fixed = full.test_client().get("/api/v1/locate", query_string=middle).get_json()
    app = Flask("bare")

    @app.get("/api/v1/locate")
    def locate() -> Any:
        return jsonify(fixed)

    return app


def postgis() -> Any:
    """A Flask app whose route asks PostGIS for the grid, on one connection a thread."""
    sys.path.append(str(DRIVER))
    import psycopg  # noqa: PLC0415 - fetched for this benchmark only

    app = Flask("postgis")
    local = threading.local()

    @app.get("/api/v1/locate")
    def locate() -> Any:
        if not hasattr(local, "connection"):
            address = os.environ["GEOGRID_BENCH_POSTGIS"]
            local.connection = psycopg.connect(address, autocommit=True, prepare_threshold=1)
        row = local.connection.execute(
            "SELECT code, name FROM grids"
            " WHERE ST_Covers(geometry, ST_SetSRID(ST_MakePoint(%s, %s), 4326))"
            " ORDER BY code LIMIT 1",
            (float(request.args["lon"]), float(request.args["lat"])),
        ).fetchone()
        return jsonify(inside=row is not None, code=row and row[0], name=row and row[1])

    return app


MAKERS: dict[str, Callable[[], Any]] = {"ours": ours, "bare": bare, "postgis": postgis}


def main(name: str) -> None:
    """Serve until standard input closes."""
    app = MAKERS[name]()
    with socket.create_server(("127.0.0.1", 0), backlog=128) as listening:
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        print(listening.getsockname()[1], flush=True)
        threading.Thread(target=_watch_input, daemon=True).start()
        answer(granian(Settings()), listening, app)


def _watch_input() -> None:
    sys.stdin.read()
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    main(sys.argv[1])
