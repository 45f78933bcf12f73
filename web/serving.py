"""One process that answers: Granian with threads, on a socket that others may share.

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
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

from flask import Flask
from granian.constants import HTTPModes, Interfaces, RuntimeModes, SSLProtocols
from granian.net import SocketHolder  # type: ignore[attr-defined]
from granian.server.mp import MPServer as Granian

from geogrid.commands import reports_errors
from geogrid.errors import InputError
from geogrid.i18n import mark as _
from geogrid.json_logs import set_up_logs
from geogrid.settings import Settings
from geogrid.store.opening import kept_open
from web import create_app
from web.accounts.setup import new_setup_path
from web.background import make_runner
from web.current import stay_warm, warm_up
from web.unread import closes_unread

__all__ = ["answer", "granian", "leave", "serve_here"]

THREADS = 8
WAITING = 128
"""Connections that the system keeps until somebody takes them."""
LAST_COME_S = 2.0
GIVE_UP_AFTER_S = 35.0
SWITCH_S = 0.0005
"""After which a thread lets another one run: a short answer waits for long work several times,
each time so long (Python's own choice, 5 ms, is for throughput)."""

logger = logging.getLogger("geogrid.serving")


def granian(settings: Settings) -> Granian:
    """Return the server's options.

    Parameters
    ----------
    settings : of the place

    Raises
    ------
    InputError
        The certificate or its key cannot be used.
    """
    certificate, key = settings.tls_cert, settings.tls_key
    try:
        return Granian(
            "web",
            interface=Interfaces.WSGI,
            http=HTTPModes.http1,
            blocking_threads=THREADS,
            log_enabled=False,
            ssl_cert=Path(certificate) if certificate else None,
            ssl_key=Path(key) if key else None,
            ssl_protocol_min=SSLProtocols.tls12,
        )
    except OSError as error:  # ssl.SSLError is one
        raise InputError(
            _("The certificate {certificate} and the key {key} cannot be used ({reason})."),
            certificate=certificate,
            key=key,
            reason=error.strerror or error,
        ) from error


def answer(server: Granian, listening: socket.socket, app: Flask) -> None:
    """Answer on a socket until SIGTERM or SIGINT, and finish what is under way.

    Granian starts its own processes, each with a socket of its own, so that connections waiting
    for one that retires are lost, and a second server on the port is not noticed. Therefore its
    worker is called here, on our socket, with the arguments that Granian gives it.

    Parameters
    ----------
    server : its options, from :func:`granian`
    listening : a socket that listens
    app : what answers
    """
    listening.setblocking(False)
    handle = os.dup(listening.fileno())  # it will be closed
    signal.signal(signal.SIGUSR1, lambda *_: _retire(handle))
    holder = SocketHolder(handle, False, WAITING)  # type: ignore[call-arg]
    server._spawn_wsgi_worker(
        1, None, lambda: closes_unread(app), ((None, holder), None), None, server.loop, False,
        server.log_level, None, (), RuntimeModes.mt, server.runtime_threads,
        server.runtime_blocking_threads,
        server.blocking_threads, server.blocking_threads_idle_timeout, server.backpressure,
        server.task_impl, server.http, server.http1_settings, server.http2_settings, False, None,
        None, server.ssl_ctx, {"url_path_prefix": None}, (None, None),
    )  # fmt: skip


def leave() -> NoReturn:
    """End this process as it is, after everything was finished.

    A thread of the server that asks for the interpreter while Python takes itself down is ended
    by Python (before 3.14), at which Rust aborts the process.
    """
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


def _retire(handle: int) -> None:
    """Take no more connections, answer those that were taken, and stop.

    Granian closes connections whose request has not come yet; so it is told to stop only after
    the requests of those taken last have come. Until then it listens where nobody calls.
    """
    with socket.socket(socket.AF_UNIX) as nobody:
        nobody.setblocking(False)
        nobody.bind("")  # the system gives it a name
        nobody.listen(1)
        os.dup2(nobody.fileno(), handle)
    stop = threading.Timer(LAST_COME_S, os.kill, (os.getpid(), signal.SIGTERM))
    stop.daemon = True
    stop.start()


def _give_up_after(seconds: float) -> None:
    """End this process when it has not finished so long after a signal to stop."""
    read, write = os.pipe()
    os.set_blocking(write, False)

    def watch() -> None:
        while os.read(read, 1)[0] not in (signal.SIGTERM, signal.SIGINT):
            pass
        time.sleep(seconds)
        logger.error("requests did not finish in time")
        os._exit(1)

    signal.set_wakeup_fd(write, warn_on_full_buffer=False)
    threading.Thread(target=watch, daemon=True).start()


def serve_here(
    settings: Settings, listening: socket.socket, *, announce: Callable[[dict[str, Any]], None]
) -> None:
    """Answer with this process until SIGTERM or Ctrl+C; requests under way are finished.

    Parameters
    ----------
    settings
        Of the place.
    listening
        A socket that listens.
    announce
        Called when requests are answered, with the path of the setup link if there is one.
    """
    _give_up_after(GIVE_UP_AFTER_S)
    _serve(settings, listening, announce, is_warm=False, setup=secrets.token_urlsafe(24))


def _serve(
    settings: Settings,
    listening: socket.socket,
    announce: Callable[[dict[str, Any]], None],
    *,
    is_warm: bool,
    setup: str,
) -> None:
    """Answer; first derive what visitors would wait for if `is_warm`, else meanwhile."""
    set_up_logs(settings.log_level)
    sys.setswitchinterval(SWITCH_S)
    server = granian(settings)
    app = create_app(settings)
    warmed, stopped = threading.Event(), threading.Event()

    def warm() -> None:
        try:
            warm_up(app)
        finally:
            warmed.set()
        stay_warm(app, stopped)

    threading.Thread(target=warm, daemon=True).start()
    if is_warm:
        warmed.wait()
    runner = make_runner(app)
    with kept_open(app.config["DATABASE"]):
        runner.start()
        announce({"setup": new_setup_path(app, setup)})
        try:
            answer(server, listening, app)
        finally:
            stopped.set()
            runner.stop()


@reports_errors
def _work() -> None:
    """Be a worker."""
    mask = {signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD}
    signal.pthread_sigmask(signal.SIG_UNBLOCK, mask)
    order = json.loads(sys.stdin.readline())
    settings = Settings.from_environment(
        workspace=Path(order["workspace"]), tls_cert=order["tls_cert"], tls_key=order["tls_key"]
    )
    threading.Thread(target=_watch_supervisor, daemon=True).start()
    with socket.socket(fileno=order["socket"]) as listening:
        _serve(
            settings,
            listening,
            lambda said: print(json.dumps(said), flush=True),  # noqa: T201
            is_warm=order["is_warm"],
            setup=order["setup"],
        )
    leave()


def _watch_supervisor() -> None:
    sys.stdin.read()
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    _work()
