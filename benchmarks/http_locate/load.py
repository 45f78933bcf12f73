"""``python -m benchmarks.http_locate.load``: ask a server the same questions over kept connections.

Reads one JSON object from standard input (`port`, `paths`, `connections`, `seconds`) and
prints another: requests, seconds, p50_ms, p99_ms. Plain sockets, so that the client costs a
small part of what it measures; it runs in a process of its own.
"""

from __future__ import annotations

import itertools
import json
import re
import socket
import sys
import threading
import time

import numpy as np

WARM_UP_S = 0.5
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


def ask(connection: socket.socket, request: bytes) -> None:
    """Send one request and read its whole answer, which must be 200."""
    connection.sendall(request)
    received = b""
    while (end := received.find(b"\r\n\r\n")) < 0:
        received += _more(connection)
    if not received.startswith(b"HTTP/1.1 200"):
        raise RuntimeError(received[:300].decode(errors="replace"))
    length = _LENGTH.search(received[:end])
    assert length is not None, "the answer has no length"
    missing = end + 4 + int(length[1]) - len(received)
    while missing > 0:
        missing -= len(_more(connection))


def _more(connection: socket.socket) -> bytes:
    some = connection.recv(65536)
    if not some:
        raise RuntimeError("the server closed the connection")
    return some


class Caller(threading.Thread):
    """One connection that asks until the time is over."""

    def __init__(self, port: int, requests: list[bytes], first: int, until: float) -> None:
        super().__init__(daemon=True)
        self.taken_s: list[float] = []
        self.failure = ""
        self._work = (port, itertools.islice(itertools.cycle(requests), first, None), until)

    def run(self) -> None:
        """Ask; what goes wrong is kept for the report."""
        port, requests, until = self._work
        try:
            with socket.create_connection(("127.0.0.1", port)) as connection:
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                while (start := time.perf_counter()) < until:
                    ask(connection, next(requests))
                    self.taken_s.append(time.perf_counter() - start)
        except (OSError, RuntimeError) as error:
            self.failure = str(error)


def drive(port: int, paths: list[str], connections: int, seconds: float) -> dict[str, float]:
    """Return what `connections` callers measured in `seconds`."""
    requests = [f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode() for path in paths]
    step = max(1, len(requests) // connections)
    start = time.perf_counter()
    callers = [Caller(port, requests, at * step, start + seconds) for at in range(connections)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    took_s = time.perf_counter() - start
    failures = [caller.failure for caller in callers if caller.failure]
    if failures:
        raise SystemExit(f"a request failed: {failures[0]}")
    taken = np.concatenate([caller.taken_s for caller in callers]) * 1000
    p50, p99 = np.percentile(taken, [50, 99])
    return {"requests": len(taken), "seconds": took_s, "p50_ms": p50, "p99_ms": p99}


if __name__ == "__main__":
    asked = json.load(sys.stdin)
    drive(**asked | {"seconds": WARM_UP_S})
    print(json.dumps(drive(**asked)))
