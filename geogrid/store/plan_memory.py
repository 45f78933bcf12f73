"""The plans that were asked for last, in memory."""

from __future__ import annotations

import threading
from collections.abc import Callable

from geogrid.store.plan import Plan

__all__ = ["PlanMemory"]

_KEPT = 3


class PlanMemory:
    """A few plans by key; one that is there is found while another one is read."""

    def __init__(self) -> None:
        self._plans: dict[str, Plan] = {}
        self._guard = threading.Lock()
        self._reading = threading.RLock()

    def get(self, key: str, read: Callable[[], Plan]) -> Plan:
        """Return the plan of a key; `read` makes it, in one thread at a time.

        Nobody may wait here with a connection, which `read` may need. The plan that it returns
        is kept under its own key, which differs when the plan has changed meanwhile.
        """
        found = self._find(key)
        if found is None:
            with self._reading:
                found = self._find(key) or self._keep(read())
        return found

    def _find(self, key: str) -> Plan | None:
        with self._guard:
            found = self._plans.pop(key, None)
            if found is not None:
                self._plans[key] = found  # the last to be forgotten
            return found

    def _keep(self, plan: Plan) -> Plan:
        with self._guard:
            self._plans[plan.key] = plan
            while len(self._plans) > _KEPT:
                del self._plans[next(iter(self._plans))]
            return plan
