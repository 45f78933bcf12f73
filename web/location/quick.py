"""``GET /api/v1/locate`` without the framework, which costs several times what the answer does.

Only the plainest question of a program is answered here: three parameters without escapes, no
cookie, no wish for a language, a caller who may ask, and a grid of which the view has written
before. Everything else, whatever is wrong included, goes on to the view, which answers the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

from flask import Flask
from werkzeug.sansio.utils import host_is_trusted

from web.auth import caller_without_session, may_call
from web.current import current_plan_of
from web.language import default_language
from web.location.single import written_answer
from web.location.views import one
from web.parameters import coordinates
from web.plan_header import HEADER
from web.scope import key_of
from web.watching import ROUTE

__all__ = ["SENT_AS_IT_IS", "init_app"]

PATH = "/api/v1/locate"
SENT_AS_IT_IS = 4_000
"""Bytes from which on an answer is compressed for who wants it."""
_PLAIN = re.compile(
    r"(lon|lat|datum)=([-.0-9A-Za-z]+)&(lon|lat|datum)=([-.0-9A-Za-z]+)&"
    r"(lon|lat|datum)=([-.0-9A-Za-z]+)"
)
_NOT_PLAIN = ("HTTP_COOKIE", "HTTP_ACCEPT_LANGUAGE")

Environ = dict[str, Any]


def init_app(app: Flask) -> None:
    """Answer plain questions before Flask sees them."""
    inner: Callable[..., Iterable[bytes]] = app.wsgi_app
    trusted = app.config["TRUSTED_HOSTS"]
    language = default_language(app)
    needed = vars(one)["role"], vars(one)["scope"]

    @lru_cache(maxsize=64)
    def is_trusted(host: str) -> bool:
        return host_is_trusted(host, trusted)

    def answer(environ: Environ) -> tuple[bytes, str] | None:
        """Return the body and the plan it is about, None when the view is to answer."""
        asked = _parameters(environ)
        if asked is None or not is_trusted(environ.get("HTTP_HOST", "")):
            return None
        now = caller_without_session(app, environ)
        if now is None or now.needs_password or not may_call(now, *needed):
            return None
        current = current_plan_of(app)
        lon, lat = coordinates(asked)
        written = written_answer(current, lon, lat, language + key_of(now.scope))
        if written is None:
            return None
        body = written.encode()
        is_to_be_compressed = len(body) >= SENT_AS_IT_IS and "HTTP_ACCEPT_ENCODING" in environ
        return None if is_to_be_compressed else (body, current.plan.digest)

    def outer(environ: Environ, start_response: Any) -> Iterable[bytes]:
        if environ["PATH_INFO"] != PATH or environ["REQUEST_METHOD"] != "GET":
            return inner(environ, start_response)
        try:
            found = answer(environ)
        except Exception:  # the view meets it again, and says it
            found = None
        if found is None:
            return inner(environ, start_response)
        body, digest = found
        environ[ROUTE] = PATH
        headers = [
            ("Content-Type", "application/json"),
            (HEADER, digest),
            ("Content-Length", str(len(body))),
            ("Vary", "Accept-Encoding"),
        ]
        start_response("200 OK", headers)
        return [body]

    app.wsgi_app = outer  # type: ignore[method-assign]


def _parameters(environ: Environ) -> dict[str, str] | None:
    plain = _PLAIN.fullmatch(environ.get("QUERY_STRING", ""))
    if plain is None or any(name in environ for name in _NOT_PLAIN):
        return None
    first, single, second, two, third, three = plain.groups()
    asked = {first: single, second: two, third: three}
    return asked if len(asked) == 3 else None
