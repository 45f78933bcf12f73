"""What takes seconds to work out is worked out once, and the last few of each kind are kept."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import TypeVar, cast

from flask import current_app

__all__ = ["remembered"]

KEPT = 4
Value = TypeVar("Value")
_MISSING = object()


class _Memory:
    """The last few results of one kind of work."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.work: OrderedDict[Hashable, Lock] = OrderedDict()
        self.values: dict[Hashable, object] = {}


def remembered(
    key: tuple[str, *tuple[Hashable, ...]],
    make: Callable[[], Value],
    *,
    holds: Callable[[Value], bool] | None = None,
) -> Value:
    """Return what was made for a key, or make it; of many who ask at once, one makes it.

    Parameters
    ----------
    key : the kind of work, of which the last four are kept, then all that the value depends on
    make : makes it
    holds : says whether what was made before still holds; else it is made again
    """
    kinds: dict[str, _Memory] = current_app.extensions.setdefault("geogrid_remembered", {})
    memory = kinds.setdefault(key[0], _Memory())
    with memory.lock:
        own = memory.work.setdefault(key, Lock())
        memory.work.move_to_end(key)
        while len(memory.work) > KEPT:
            gone, _lock = memory.work.popitem(last=False)
            memory.values.pop(gone, None)
    with own:
        found = cast("Value", memory.values.get(key, _MISSING))
        if found is not _MISSING and (holds is None or holds(found)):
            return found
        made = make()
        with memory.lock:
            if key in memory.work:
                memory.values[key] = made
        return made
