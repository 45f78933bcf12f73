"""One process that answers: cheroot with threads, on a socket that others may share.

``python -m web.serving`` is a worker of ``geogrid serve --workers``: it reads its orders as one
line of JSON, says in one line that it answers, and stops when its standard input ends.
"""

from __future__ import annotations

import json
import logging
import os
import secrets
import signal
import socket
import ssl
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

from cheroot.ssl.builtin import BuiltinSSLAdapter
from cheroot.wsgi import Server
from flask import Flask

from geogrid.commands import reports_errors
from geogrid.errors import InputError
from geogrid.i18n import mark as _
from geogrid.json_logs import set_up_logs
from geogrid.settings import Settings
from geogrid.store.opening import kept_open
from web import create_app
from web.accounts.setup import new_setup_path
from web.background import make_runner
from web.current import warm_up

__all__ = ["serve_here"]

THREADS = 8
FINISH_S = 30
"""Seconds that a request has to finish after SIGTERM."""
_WAITING = 128

logger = logging.getLogger("geogrid.serving")


class _Server(Server):
    """Cheroot on a socket that listens already.

    Parameters
    ----------
    listening
        The socket; other processes may take connections from it too.
    app
        What answers.
    """

    def __init__(self, listening: socket.socket, app: Flask) -> None:
        super().__init__(
            listening.getsockname()[:2],
            app,
            numthreads=THREADS,
            server_name="geogrid",
            request_queue_size=_WAITING,
            shutdown_timeout=FINISH_S,
        )
        self._listening = listening

    def bind(self, family: int, type: int, proto: int = 0) -> socket.socket:  # noqa: ARG002
        """Take the socket that is there."""
        self.socket = self._listening
        return self._listening

    def prepare(self) -> None:
        """Listen; when another process was faster, do not wait for the next connection."""
        super().prepare()
        self.socket.settimeout(0)

    def error_log(self, msg: str = "", level: int = 20, traceback: bool = False) -> None:  # noqa: ARG002
        """Log what went wrong with a connection, without what was sent."""
        logger.log(level, "a connection failed", exc_info=traceback)


class _Tls(BuiltinSSLAdapter):
    """TLS whose greeting is exchanged by the thread that answers.

    Cheroot's own waits for it where connections are taken, so that one caller who says nothing
    keeps all others waiting.
    """

    def wrap(self, sock: socket.socket) -> tuple[ssl.SSLSocket, dict[str, str]]:
        """Return a socket that speaks TLS, and what the app is told."""
        wrapped = self.context.wrap_socket(sock, server_side=True, do_handshake_on_connect=False)
        return wrapped, {"wsgi.url_scheme": "https", "HTTPS": "on"}


def _tls(certificate: str, key: str) -> _Tls | None:
    if not certificate:
        return None
    try:
        adapter = _Tls(certificate, key)
    except (OSError, ValueError) as error:  # ssl.SSLError is an OSError
        raise InputError(
            _("The certificate {certificate} and the key {key} cannot be used ({reason})."),
            certificate=certificate,
            key=key,
            reason=error.strerror if isinstance(error, OSError) else error,
        ) from error
    adapter.context.minimum_version = ssl.TLSVersion.TLSv1_2
    return adapter


def serve_here(
    settings: Settings,
    listening: socket.socket,
    *,
    announce: Callable[[dict[str, Any]], None],
    is_warm: bool = False,
    setup: str | None = None,
) -> None:
    """Answer until SIGTERM or Ctrl+C; requests under way are finished.

    Parameters
    ----------
    settings
        Of the place.
    listening
        A socket that listens.
    announce
        Called when requests are answered, with the path of the setup link if there is one.
    is_warm
        Derive what visitors would wait for before, not while answering.
    setup
        The secret of the setup link; made here by default.
    """
    set_up_logs(settings.log_level)
    adapter = _tls(settings.tls_cert, settings.tls_key)
    app = create_app(settings)
    warming = threading.Thread(target=warm_up, args=(app,), daemon=True)
    warming.start()
    if is_warm:
        warming.join()
    server = _Server(listening, app)
    server.ssl_adapter = adapter
    server.prepare()
    runner = make_runner(app)
    with kept_open(app.config["DATABASE"]):
        runner.start()
        signal.signal(signal.SIGTERM, _stop)
        announce({"setup": new_setup_path(app, setup or secrets.token_urlsafe(24))})
        try:
            server.serve()
        except KeyboardInterrupt:
            pass
        finally:
            runner.stop()
            server.stop()


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


@reports_errors
def _work() -> None:
    """Be a worker."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the supervisor says when to stop
    mask = {signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD}
    signal.pthread_sigmask(signal.SIG_UNBLOCK, mask)
    order = json.loads(sys.stdin.readline())
    settings = Settings.from_environment(
        workspace=Path(order["workspace"]), tls_cert=order["tls_cert"], tls_key=order["tls_key"]
    )
    threading.Thread(target=_watch_supervisor, daemon=True).start()
    with socket.socket(fileno=order["socket"]) as listening:
        serve_here(
            settings,
            listening,
            announce=lambda said: print(json.dumps(said), flush=True),  # noqa: T201
            is_warm=order["is_warm"],
            setup=order["setup"],
        )


def _watch_supervisor() -> None:
    sys.stdin.read()
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    _work()
