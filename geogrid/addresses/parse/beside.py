"""Large batches of addresses, read by this process and another one beside it.

Reading is Python that holds the interpreter, so that threads do not help. Both take pieces of
the batch until there are none; what the other process does not give back is read here.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from geogrid.addresses.parse.regions import Regions

__all__ = ["PIECE", "answer", "read_beside"]

PIECE = 2_000
"""Addresses that are taken at once."""

_ROOT = str(Path(__file__).parents[3])
_CHILD = (
    "import sys; sys.path.insert(0, sys.argv[1]); "
    "from geogrid.addresses import parsing; parsing.read_for_another()"
)
_Read = TypeVar("_Read")


def read_beside(
    texts: Sequence[str], regions: Regions, read: Callable[[Sequence[str], Regions], _Read]
) -> list[_Read]:
    """Return what `read` makes of the pieces of a batch, in their order.

    Parameters
    ----------
    texts
        (n,) addresses.
    regions
        Official names.
    read
        What the other process does too, see :func:`answer`.
    """
    left = deque(range(0, len(texts), PIECE))
    done: dict[int, _Read] = {}
    other = threading.Thread(target=_by_another, args=(texts, regions, left, done))
    if (os.cpu_count() or 1) > 1:
        other.start()
    while left:
        with suppress(IndexError):  # the other took the last one
            at = left.popleft()
            done[at] = read(texts[at : at + PIECE], regions)
    if other.ident is not None:
        other.join()
    for at in left:  # what it gave back
        done[at] = read(texts[at : at + PIECE], regions)
    return [done[at] for at in sorted(done)]


def _by_another(
    texts: Sequence[str], regions: Regions, left: deque[int], done: dict[int, _Read]
) -> None:
    """Let another process read pieces; one that it does not answer goes back."""
    command = [sys.executable, "-c", _CHILD, _ROOT]
    at = -1
    try:
        with subprocess.Popen(  # noqa: S603 - our own interpreter and code
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        ) as child:
            assert child.stdin is not None
            assert child.stdout is not None
            pickle.dump(regions, child.stdin)
            child.stdin.flush()
            pickle.load(child.stdout)  # noqa: S301 - from our own process: it is ready
            while left:
                at = left.popleft()
                pickle.dump(texts[at : at + PIECE], child.stdin)
                child.stdin.flush()
                done[at] = pickle.load(child.stdout)  # noqa: S301 - from our own process
            child.stdin.close()
    except IndexError:  # this process took the last one
        return
    except (OSError, EOFError, pickle.UnpicklingError):
        if at >= 0 and at not in done:
            left.append(at)


def answer(read: Callable[[Sequence[str], Regions], object]) -> None:
    """Read pieces from standard input until it ends, and write what they are."""
    source, out = sys.stdin.buffer, sys.stdout.buffer
    regions: Regions = pickle.load(source)  # noqa: S301 - from the process that started this one
    pickle.dump("ready", out)
    out.flush()
    with suppress(EOFError):
        while True:
            pickle.dump(read(pickle.load(source), regions), out)  # noqa: S301 - as above
            out.flush()
