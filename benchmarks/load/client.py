"""One user's connection: a key, kept open between clicks, every answer timed."""

from __future__ import annotations

import http.client
import json
import select
import time
from dataclasses import dataclass, field
from typing import Any, NamedTuple

__all__ = ["BROKEN", "Answer", "Click", "Client"]

BROKEN = 0
"""Status of a request without an answer."""


class Click(NamedTuple):
    """One request: what it was, its status, when it was sent, how long it took in seconds."""

    what: str
    status: int
    at: float
    seconds: float


class Answer(NamedTuple):
    """What came back."""

    status: int
    tag: str
    body: bytes

    def json(self) -> Any:
        """Return the body."""
        return json.loads(self.body)

    @property
    def is_acknowledged(self) -> bool:
        """Whether the server said that it did what was asked."""
        return 200 <= self.status < 300


@dataclass
class Client:
    """A user with a key.

    A request is never sent twice: whether one without an answer was done, nobody knows.
    """

    port: int
    key: str
    clicks: list[Click] = field(default_factory=list)
    _connection: http.client.HTTPConnection | None = None

    def get(self, what: str, path: str) -> Answer:
        """Ask."""
        return self._send(what, "GET", path, None, {})

    def send(
        self, what: str, method: str, path: str, body: bytes | None = None, **headers: str
    ) -> Answer:
        """Change something; ``headers`` with ``_`` for ``-``."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self._send(what, method, path, body, named)

    def _send(
        self, what: str, method: str, path: str, body: bytes | None, headers: dict[str, str]
    ) -> Answer:
        start = time.perf_counter()
        if self._connection is not None and _is_over(self._connection):
            self.close()
        if self._connection is None:
            self._connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = headers | {"Authorization": f"Bearer {self.key}"}
        try:
            self._connection.request(method, path, body, headers)
            got = self._connection.getresponse()
            answer = Answer(got.status, got.headers.get("ETag", ""), got.read())
        except (OSError, http.client.HTTPException):
            self.close()
            answer = Answer(BROKEN, "", b"")
        self.clicks.append(Click(what, answer.status, start, time.perf_counter() - start))
        return answer

    def close(self) -> None:
        """Close the connection; the next request opens another."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _is_over(connection: http.client.HTTPConnection) -> bool:
    """Return whether the server closed a connection that was not used for long, as it may."""
    return connection.sock is None or bool(select.select([connection.sock], [], [], 0)[0])
