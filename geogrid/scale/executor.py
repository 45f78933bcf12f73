"""Where the work of a distributed check is done: in this process, or on Dask's workers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

from geogrid.errors import InputError
from geogrid.i18n import mark as _

__all__ = ["Executor", "connected", "executor_of", "local_workers"]


class Executor(Protocol):
    """Whatever calls functions, and keeps their results where they were made."""

    def submit(self, function: Callable[..., Any], *args: Any) -> Any:
        """Return a stand-in for a result; arguments may be stand-ins, or lists of them."""

    def share(self, value: Any) -> Any:
        """Return a stand-in for a value that many calls take."""

    def gather(self, results: Sequence[Any]) -> list[Any]:
        """Return the results for which stand-ins stand."""

    def completed(self, results: Sequence[Any]) -> Iterator[Any]:
        """Yield the results as they are there."""


class _Here:
    """Calls at once."""

    def submit(self, function: Callable[..., Any], *args: Any) -> Any:
        return function(*args)

    def share(self, value: Any) -> Any:
        return value

    def gather(self, results: Sequence[Any]) -> list[Any]:
        return list(results)

    def completed(self, results: Sequence[Any]) -> Iterator[Any]:
        return iter(results)


class _Workers:
    """Calls on Dask's workers."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def submit(self, function: Callable[..., Any], *args: Any) -> Any:
        return self._client.submit(function, *args, pure=False)

    def share(self, value: Any) -> Any:
        return self._client.scatter(value, broadcast=True, hash=False)

    def gather(self, results: Sequence[Any]) -> list[Any]:
        return list(self._client.gather(list(results)))

    def completed(self, results: Sequence[Any]) -> Iterator[Any]:
        for _future, result in _distributed().as_completed(results, with_results=True):
            yield result


def executor_of(client: Any) -> Executor:
    """Return what calls through a ``distributed.Client``; None calls in this process."""
    return _Here() if client is None else _Workers(client)


@contextmanager
def local_workers(count: int) -> Iterator[Any]:
    """Start worker processes on this machine; yields their ``distributed.Client``.

    They listen on 127.0.0.1 only and have no dashboard; they end with the block.

    Raises
    ------
    InputError
        ``distributed`` is not installed.
    """
    distributed = _distributed()
    with (
        distributed.LocalCluster(
            n_workers=count,
            threads_per_worker=1,
            processes=True,
            host="127.0.0.1",
            dashboard_address=None,
            worker_dashboard_address=None,
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        yield client


@contextmanager
def connected(address: str) -> Iterator[Any]:
    """Connect to a scheduler that runs already; yields the ``distributed.Client``.

    Raises
    ------
    InputError
        ``distributed`` is not installed, or nobody answers.
    """
    distributed = _distributed()
    try:
        client = distributed.Client(address, timeout="10s")
    except (OSError, ValueError) as error:
        raise InputError(
            _("The scheduler {address} does not answer."), address=address[:100]
        ) from error
    with client:
        yield client


def _distributed() -> Any:
    try:
        import distributed  # noqa: PLC0415 - an extra, and slow to load
    except ImportError as error:
        raise InputError(
            _("Workers need Dask, which is not installed: pip install 'geogrid[scale]'.")
        ) from error
    return distributed
