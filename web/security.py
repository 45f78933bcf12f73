"""Headers that keep pages to our own server, and tokens that keep forms to our pages."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Flask, Request, Response, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from flask_wtf.csrf import CSRFProtect

from geogrid.errors import InputError
from geogrid.i18n import mark as _
from web.auth import sends_key

__all__ = ["OtherSiteError", "for_programs", "init_app"]

View = TypeVar("View", bound=Callable[..., Any])


class _Tokens(CSRFProtect):
    """Tokens that are looked for only where one is needed.

    A browser sends nobody's key on its own, so what comes with a key is no forged form.
    """

    def protect(self, *args: Any, **kwargs: Any) -> None:
        """Check the token of a request that may change something."""
        if request.method not in _SAFE and not sends_key():
            super().protect(*args, **kwargs)


_SAFE = ("GET", "HEAD", "OPTIONS")
_csrf = _Tokens()
POLICY = (
    "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self'; "
    "img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; manifest-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    pair[0].lower(): pair
    for pair in (
        ("Content-Security-Policy", POLICY),
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "same-origin"),
        ("Permissions-Policy", "geolocation=(self), camera=(), microphone=()"),
        ("Cache-Control", "no-store"),
    )
}


class OtherSiteError(InputError):
    """A page of another site sent this request."""


def for_programs(view: View) -> View:
    """Let programs call a view without a form's token, and pages of other sites not at all.

    Browsers name the page's own site in what they send; programs do not. The body must be of a
    media type that a form of another site cannot send.
    """

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        origin = request.headers.get("Origin")
        site = request.headers.get("Sec-Fetch-Site", "none")
        is_ours = origin is None or urlsplit(origin).netloc == request.host
        if not is_ours or site not in ("none", "same-origin"):
            raise OtherSiteError(_("This may not be called from a page of another site."))
        return view(*args, **kwargs)

    guarded.for_programs = True  # type: ignore[attr-defined]
    return _csrf.exempt(guarded)


class _Sessions(SecureCookieSessionInterface):
    """Sessions that cost nothing to a caller without a cookie: most programs.

    Their cookie is never sent without TLS when it came with TLS, our own or a proxy's.
    """

    def get_cookie_secure(self, app: Flask) -> bool:  # noqa: ARG002
        """Return whether this request came over TLS."""
        return request.is_secure

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """Return the session of the cookie, an empty one where there is none."""
        if "HTTP_COOKIE" not in request.environ:
            return self.session_class()
        return super().open_session(app, request)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Write the cookie, and that the answer depends on it, where a view used the session."""
        if session or session.accessed or session.modified:
            super().save_session(app, session, response)


def _with_headers(inner: Any) -> Any:
    """Return a WSGI app whose every answer has the headers it lacks; a hook would cost more."""

    def outer(environ: Any, start_response: Any) -> Any:
        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            given = {name.lower() for name, _value in headers}
            missing = [pair for name, pair in _HEADERS.items() if name not in given]
            return start_response(status, headers + missing, *rest)

        return inner(environ, start)

    return outer


def init_app(app: Flask) -> None:
    """Protect every form and every answer."""
    app.config.update(
        SESSION_COOKIE_SAMESITE="Lax", SESSION_COOKIE_HTTPONLY=True, WTF_CSRF_TIME_LIMIT=None
    )
    app.session_interface = _Sessions()
    _csrf.init_app(app)
    app.wsgi_app = _with_headers(app.wsgi_app)  # type: ignore[method-assign]
