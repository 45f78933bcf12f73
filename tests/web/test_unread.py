"""An answer that did not wait for the body of its request says that the connection ends."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from werkzeug.test import run_wsgi_app

from web.unread import closes_unread

Reader = Callable[[Any], object]
READERS: list[tuple[str, Reader, bool]] = [
    ("nothing", lambda _body: None, True),
    ("all", lambda body: body.read(), False),
    ("some", lambda body: body.read(2), True),
    ("just as much", lambda body: body.read(5), False),
    ("in parts", lambda body: [body.read(3), body.read(3)], False),
    ("lines", lambda body: body.readlines(), False),
]


@pytest.mark.parametrize(("name", "read", "closes"), READERS, ids=[each[0] for each in READERS])
@pytest.mark.parametrize("head", [{"CONTENT_LENGTH": "5"}, {"HTTP_TRANSFER_ENCODING": "chunked"}])
def test_what_is_read_decides(name: str, read: Reader, closes: bool, head: dict[str, str]) -> None:
    def app(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        read(environ["wsgi.input"])
        start_response("200 OK", [])
        return []

    environ = {"wsgi.input": io.BytesIO(b"ab\ncd"), "REQUEST_METHOD": "POST", **head}
    _answer, _status, headers = run_wsgi_app(closes_unread(app), environ)
    is_open_end = "CONTENT_LENGTH" not in head and name in ("just as much", "in parts")
    assert (headers.get("Connection") == "close") == (closes or is_open_end)


def test_a_request_without_a_body_is_left_alone() -> None:
    def app(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        start_response("200 OK", [])
        return [type(environ["wsgi.input"]).__name__.encode()]

    environ = {"wsgi.input": io.BytesIO(), "REQUEST_METHOD": "GET"}
    answer, _status, headers = run_wsgi_app(closes_unread(app), environ)
    assert b"".join(answer) == b"BytesIO"
    assert "Connection" not in headers
