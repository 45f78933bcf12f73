"""What the server acknowledged, and whether it is there afterwards."""

from __future__ import annotations

import threading
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Engine, select

from benchmarks.load.client import Client
from geogrid.store.database.engine import reading
from geogrid.store.database.tables import audit, people, plans, posts

__all__ = ["Ledger", "Step"]

_ENDS = {"submit": "review", "withdraw": "draft", "delete": None}
_AUDIT = {"submit": "plan.review", "withdraw": "plan.draft", "delete": "plan.deleted"}


@dataclass(frozen=True)
class Step:
    """A change of a plan that was acknowledged: from which version, and who made it."""

    plan: int
    kind: str
    seen: int
    approval: str = ""


@dataclass
class Ledger:
    """Everything acknowledged, by all users."""

    imports: dict[int, tuple[str, int]] = field(default_factory=dict)
    """Job to the name of the plan and the number of its grids."""
    steps: list[Step] = field(default_factory=list)
    rosters: list[str] = field(default_factory=list)
    """The name that each roster alone has."""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def imported(self, job: int, name: str, grids: int) -> None:
        """Note an import."""
        with self._lock:
            self.imports[job] = (name, grids)

    def changed(self, step: Step) -> None:
        """Note a step of a plan."""
        with self._lock:
            self.steps.append(step)

    def roster(self, name: str) -> None:
        """Note a roster."""
        with self._lock:
            self.rosters.append(name)

    @property
    def writes(self) -> int:
        """How many writes were acknowledged."""
        return len(self.imports) + len(self.steps) + len(self.rosters)

    def lost(self, admin: Client, engine: Engine) -> list[str]:
        """Return what was acknowledged and is not there, in words; all jobs must be over.

        Two steps from one version are a lost update: the second did not see the first.
        """
        made, lost = self._imports_lost(admin)
        with reading(engine) as connection:
            lost += self._steps_lost(connection, made)
            lost += self._rosters_lost(connection)
        return lost

    def _imports_lost(self, admin: Client) -> tuple[dict[int, int], list[str]]:
        """Return the number of grids by plan, and what was lost."""
        made, lost = {}, []
        for job, (name, grids) in self.imports.items():
            told = admin.get("afterwards", f"/api/v1/jobs/{job}").json()
            result = told.get("result") or {}
            if told.get("status") != "done" or result.get("grids") != grids:
                lost.append(f"import {job} of {name}: {told.get('status')}, {told.get('error')}")
            else:
                made[result["plan"]] = grids
        if len(made) + len(lost) != len(self.imports):
            lost.append("two imports made one plan")
        return made, lost

    def _steps_lost(self, connection: Connection, made: dict[int, int]) -> list[str]:
        lost = []
        found = {row.id: row for row in connection.execute(select(plans)).all()}
        noted = Counter(
            (int(row.subject_id), row.action)
            for row in connection.execute(select(audit).where(audit.c.subject == "plan"))
        )
        by_plan: dict[int, list[Step]] = defaultdict(list)
        for step in self.steps:
            by_plan[step.plan].append(step)
        for plan in made.keys() | by_plan.keys():
            steps = sorted(by_plan[plan], key=lambda step: step.seen)
            if [step.seen for step in steps] != list(range(1, len(steps) + 1)):
                lost.append(f"plan {plan}: two steps from one version, or one unseen: {steps}")
            lost += _end_lost(plan, steps, found.get(plan))
            for kind, count in Counter(step.kind for step in steps).items():
                if noted[plan, _AUDIT[kind]] != count:
                    lost.append(f"plan {plan}: {kind} is not in the audit log")
        return lost

    def _rosters_lost(self, connection: Connection) -> list[str]:
        """Later rosters end what earlier ones began, and never remove it."""
        asked = select(people.c.name).join(posts, posts.c.person_id == people.c.id)
        kept = set(connection.scalars(asked))
        return [f"roster of {name}" for name in self.rosters if name not in kept]


def _end_lost(plan: int, steps: list[Step], row: Any) -> list[str]:
    """Return whether a plan is not what its last step made it."""
    last = steps[-1] if steps else None
    wanted = "draft" if last is None else _ENDS[last.kind]
    if (row is None) != (wanted is None):
        return [f"plan {plan}: {'gone' if row is None else 'still there'} after {last}"]
    if row is None:
        return []
    is_so = (row.status, row.version) == (wanted, len(steps) + 1)
    is_approved = last is None or last.kind != "submit" or row.approval == last.approval
    return (
        [] if is_so and is_approved else [f"plan {plan}: {row.status} {row.version} after {last}"]
    )
