"""Several processes that answer on one socket: started, renewed and stopped without losing one.

Each is a fresh interpreter, so that SIGHUP brings new code and a new certificate. It takes over
before the old one stops, which finishes what it has begun; the socket stays open all the while.
A worker whose supervisor is gone notices that its standard input has ended, and stops too.
"""

from __future__ import annotations

import json
import logging
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from tempfile import TemporaryDirectory
from typing import Any

from geogrid.i18n import mark as _
from geogrid.store.errors import StoreError

__all__ = ["STOP_AFTER_S", "supervise"]

STOP_AFTER_S = 35.0
"""Seconds that requests have to finish when all is to stop."""
TOO_YOUNG_S = 5.0
COMMAND = (sys.executable, "-m", "web.serving")
_SIGNALS = {signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD}

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Worker:
    process: subprocess.Popen[str]
    born: float

    def retire(self) -> None:
        """Let it finish what it has begun, and stop."""
        self.process.send_signal(signal.SIGUSR1)


class _Crew:
    """The workers of one server: those that answer, and those that only finish.

    Parameters
    ----------
    order
        What each worker is told.
    listening
        The socket they share.
    count
        How many answer.
    counts
        The folder in which they count what they do.
    """

    def __init__(
        self, order: dict[str, Any], listening: socket.socket, count: int, counts: str
    ) -> None:
        self._order = order
        self._counts = counts
        self._listening = listening
        self._count = count
        self._working: list[_Worker] = []
        self._retired: list[_Worker] = []

    def begin(self) -> dict[str, Any]:
        """Start all of them and return what the first one says.

        Raises
        ------
        StoreError
            One cannot start; it has said why.
        """
        self._working = [self._start(is_warm=False) for _ in range(self._count)]
        said = [_first_word(worker) for worker in self._working]
        if None in said:
            self.end()
            raise StoreError(_("geogrid could not be started; the reason stands above."))
        return said[0] or {}

    def renew(self) -> None:
        """Let new workers take over, if they can start; else the old ones go on."""
        logger.info("renewing %s workers", self._count)
        fresh = [self._start(is_warm=True) for _ in range(self._count)]
        if None in [_first_word(worker) for worker in fresh]:
            logger.error("new workers could not start, the old ones go on")
            self._retire(fresh)
            return
        old, self._working = self._working, fresh
        self._retire(old)

    def replace_dead(self) -> None:
        """Start a worker for each that ended by itself."""
        self._retired = [each for each in self._retired if each.process.poll() is None]
        for worker in [each for each in self._working if each.process.poll() is not None]:
            logger.error("worker ended with status %s and is replaced", worker.process.returncode)
            self._working.remove(worker)
            if time.monotonic() - worker.born < TOO_YOUNG_S:
                time.sleep(1.0)
            self._working.append(self._start(is_warm=False))
            _first_word(self._working[-1])

    def end(self) -> None:
        """Stop all of them; who has not finished in time is killed."""
        self._retire(self._working)
        until = time.monotonic() + STOP_AFTER_S
        for worker in self._retired:
            try:
                worker.process.wait(max(0.0, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                logger.error("a worker did not finish in %.0f s and is killed", STOP_AFTER_S)
                worker.process.kill()
                worker.process.wait()

    def _retire(self, workers: list[_Worker]) -> None:
        for worker in workers:
            worker.retire()
        self._retired += workers

    def _start(self, *, is_warm: bool) -> _Worker:
        descriptor = self._listening.fileno()
        process = subprocess.Popen(  # noqa: S603 - our own interpreter
            COMMAND,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            pass_fds=(descriptor,),
            env=os.environ | {"PROMETHEUS_MULTIPROC_DIR": self._counts},
        )
        assert process.stdin is not None
        try:
            order = self._order | {"socket": descriptor, "is_warm": is_warm}
            process.stdin.write(json.dumps(order) + "\n")
            process.stdin.flush()
        except BrokenPipeError:
            pass  # it has ended; who waits for its first word finds that out
        return _Worker(process, time.monotonic())


def _first_word(worker: _Worker) -> dict[str, Any] | None:
    """Wait until a worker answers requests; None when it ends instead."""
    assert worker.process.stdout is not None
    line = worker.process.stdout.readline()
    return json.loads(line) if line else None


def supervise(
    order: dict[str, Any],
    listening: socket.socket,
    count: int,
    *,
    announce: Callable[[dict[str, Any]], None],
) -> None:
    """Serve with `count` processes until SIGTERM or SIGINT.

    Parameters
    ----------
    order
        What workers are told, as plain values.
    listening
        A socket that listens.
    count
        How many processes answer.
    announce
        Called with what the first worker says when all of them answer.

    Raises
    ------
    StoreError
        A worker cannot start.
    """
    signal.signal(signal.SIGCHLD, lambda *_: None)  # a signal that is ignored cannot be waited for
    signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
    with TemporaryDirectory(prefix="geogrid-metrics-") as counts:
        crew = _Crew(order, listening, count, counts)
        announce(crew.begin())
        while (got := signal.sigwait(_SIGNALS)) not in (signal.SIGTERM, signal.SIGINT):
            if got == signal.SIGHUP:
                crew.renew()
            crew.replace_dead()
        crew.end()
