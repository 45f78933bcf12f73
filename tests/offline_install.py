"""Run in a network namespace of its own by ``test_bundle.py``: install, serve, ask, stop.

Arguments: the folder of the bundle, and an empty one. Nothing but the standard library is needed.
"""

from __future__ import annotations

import fcntl
import json
import re
import socket
import struct
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

WHERE = "import geogrid, web; print(geogrid.__file__, web.__file__)"
SIOCSIFFLAGS, IFF_UP = 0x8914, 0x1


def raise_loopback() -> None:
    """A new namespace has a loopback that is down."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", IFF_UP))


def require_no_network() -> None:
    names = [name for _number, name in socket.if_nameindex()]
    assert names == ["lo"], names


def serve(program: Path, folder: Path) -> None:
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(folder), "GEOGRID_LANG": "en"}
    output = folder / "output"
    with output.open("wb") as file:
        server = subprocess.Popen(
            [program, "serve", "--port", "0", "--workers", "2"],
            env=environment, cwd=folder, stdout=file, stderr=file,
        )  # fmt: skip
    try:
        found = None
        for _ in range(1200):
            found = re.search(r"http://\S+", output.read_text())
            if found or server.poll() is not None:
                break
            time.sleep(0.1)
        assert found, output.read_text()
        look_at(found[0])
    finally:
        server.terminate()
        assert server.wait(60) == 0
    subprocess.run([program, "doctor"], env=environment, cwd=folder, check=True)
    subprocess.run([program, "backup", folder / "backups"], env=environment, cwd=folder, check=True)


def look_at(url: str) -> None:
    def get(path: str) -> bytes:
        with urllib.request.urlopen(url + path.lstrip("/"), timeout=120) as answer:
            return bytes(answer.read())

    assert json.loads(get("readyz"))["status"] == "ok"
    place = json.loads(get("api/v1/locate?lon=114.0245&lat=22.5363&datum=wgs84"))
    assert place["inside"] and place["code"].startswith("440304")
    page = get("").decode()
    assets = re.findall(r'(?:src|href)="(/static/dist/[^"]+)"', page)
    assert len(assets) > 3, page[:500]
    for asset in assets:
        assert get(asset)
    for path in ("check", "lookup", "heatmap", "unify"):
        assert b"<html" in get(path)


def main() -> None:
    bundle, folder = (Path(each) for each in sys.argv[1:3])
    require_no_network()
    raise_loopback()
    subprocess.run([bundle / "install.sh", folder / "venv"], check=True)
    source = subprocess.run(
        [folder / "venv/bin/python", "-c", WHERE],
        cwd=folder, env={}, check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    assert all(each.startswith(str(folder)) for each in source.split()), source
    serve(folder / "venv/bin/geogrid", folder)
    sys.stdout.write("served\n")


if __name__ == "__main__":
    main()
