"""Close a connection openly where a request was answered before its body had come.

Such a body would be taken for the next request, so that the server closes the connection; unless
the answer says so, a caller who keeps it open sends the next request there, and it is lost.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

__all__ = ["closes_unread"]

Environ = dict[str, Any]
App = Callable[[Environ, Any], Iterable[bytes]]


class _Body:
    """The body of a request, which knows whether all of it was read."""

    def __init__(self, inner: Any, length: int | None) -> None:
        self._inner = inner
        self._left = length
        self.is_read = False

    def _noted(self, data: bytes, size: int) -> bytes:
        if self._left is not None:
            self._left -= len(data)
        is_end = size < 0 or (size > 0 and not data)
        self.is_read = self.is_read or is_end or self._left == 0
        return data

    def read(self, size: int = -1) -> bytes:
        """Read up to `size` bytes, all for a negative one."""
        return self._noted(self._inner.read(size), size)

    def readline(self, *size: int) -> bytes:
        """Read a line, or up to so many bytes of it."""
        return self._noted(self._inner.readline(*size), 1)

    def readlines(self, *_hint: int) -> list[bytes]:
        """Read all lines."""
        return list(self)

    def __iter__(self) -> Any:
        """Read line after line."""
        return iter(self.readline, b"")


def closes_unread(app: App) -> App:
    """Return an app that says ``Connection: close`` where a body was not read.

    Parameters
    ----------
    app : of a server that passes the header on
    """

    def outer(environ: Environ, start_response: Any) -> Iterable[bytes]:
        length = environ.get("CONTENT_LENGTH") or ""
        if length in ("", "0") and "HTTP_TRANSFER_ENCODING" not in environ:
            return app(environ, start_response)
        known = int(length) if length.isascii() and length.isdigit() else None
        body = environ["wsgi.input"] = _Body(environ["wsgi.input"], known)

        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            closing = [] if body.is_read else [("Connection", "close")]
            return start_response(status, headers + closing, *rest)

        return app(environ, start)

    return outer
