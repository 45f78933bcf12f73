"""What takes seconds to work out is worked out once, and the last few are kept."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import TypeVar, cast

from flask import current_app

__all__ = ["remembered"]

KEPT = 4
Value = TypeVar("Value")


class _Memory:
    def __init__(self) -> None:
        self.lock = Lock()
        self.work: OrderedDict[Hashable, Lock] = OrderedDict()
        self.values: dict[Hashable, object] = {}


def remembered(key: Hashable, make: Callable[[], Value]) -> Value:
    """Return what was made for a key, or make it; of many who ask at once, one makes it.

    Parameters
    ----------
    key : of everything that the value depends on
    make : makes it
    """
    memory: _Memory = current_app.extensions.setdefault("geogrid_changes", _Memory())
    with memory.lock:
        own = memory.work.setdefault(key, Lock())
        memory.work.move_to_end(key)
        while len(memory.work) > KEPT:
            gone, _lock = memory.work.popitem(last=False)
            memory.values.pop(gone, None)
    with own:
        if key not in memory.values:
            made = make()
            with memory.lock:
                if key not in memory.work:
                    return made
                memory.values[key] = made
            return made
        return cast("Value", memory.values[key])
