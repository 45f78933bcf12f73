"""Which plan the pages show, asked anew only when the database changed.

The plan in force, once one was published. Before, the draft or the sample that was chosen last,
so that an office can try its own data; the city sample to begin with.
"""

from __future__ import annotations

import os
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Engine, case, delete, func, insert, select

from geogrid.store.database.engine import reading
from geogrid.store.database.tables import audit, plans, posts, settings
from geogrid.store.samples import CITY_SAMPLE

__all__ = [
    "Shown",
    "ShownPlan",
    "choose",
    "forget_choice",
    "shown_draft",
    "shown_plan",
    "what_is_shown",
]

_DATA = ("post", "roster", "units", "case", "street", "address")
_OF_THE_PLACE = ("address",)
"""Subjects of the audit log that pages show: with a plan in force, and with a draft."""
_CHOICE = "shown"
_NAMES = ("id", "version", "created_at")
_MOMENT_S = 0.25
_BLINK_S = 0.001
_FRESH_NS = 100_000_000
_SETTLED_NS = 60_000_000_000
_GONE = 0, -1
_NO_FILE = "no file"


@dataclass(frozen=True)
class Shown:
    """What pages show.

    Attributes
    ----------
    kind
        ``"plan"`` in force, ``"draft"`` or ``"sample"``.
    ident
        Its id, or the name of the sample.
    state
        Changes with all that belongs to it.
    """

    kind: str
    ident: str
    state: str = ""

    @property
    def key(self) -> str:
        """All of it in one text."""
        return f"{self.kind}:{self.ident}:{self.state}"


def what_is_shown(connection: Connection) -> Shown:
    """Return what pages show, as the database says it."""
    asked = select(*(plans.c[name] for name in _NAMES)).where(plans.c.status == "published")
    found = connection.execute(asked).first()
    if found is not None:
        return _of_plan(connection, "plan", found)
    chosen = connection.scalar(select(settings.c.value).where(settings.c.name == _CHOICE))
    if chosen is None or "sample" in chosen:
        return Shown("sample", chosen["sample"] if chosen else CITY_SAMPLE)
    return shown_draft(connection, chosen["draft"])


def shown_draft(connection: Connection, plan_id: int) -> Shown:
    """Return a draft as it would be shown."""
    asked = select(*(plans.c[name] for name in _NAMES)).where(plans.c.id == plan_id)
    found = connection.execute(asked).first()
    return Shown("draft", str(plan_id)) if found is None else _of_plan(connection, "draft", found)


def _of_plan(connection: Connection, kind: str, found: Any, at: datetime | None = None) -> Shown:
    """Name the state of a plan; a database that was restored names none of before again."""
    state = [found.version, _short(found.created_at)]
    subjects = _DATA if kind == "plan" else _OF_THE_PLACE
    last = select(audit.c.id, audit.c.at).where(audit.c.subject.in_(subjects))
    data = connection.execute(last.order_by(audit.c.id.desc()).limit(1)).first()
    state += [] if data is None else [data.id, _short(data.at)]
    if kind == "plan":
        moment = at or datetime.now(UTC)
        both = posts.c.valid_from, posts.c.valid_until  # who holds a post may change by itself
        began, ended = (func.max(case((each <= moment, each))) for each in both)
        state += [_short(each) for each in connection.execute(select(began, ended)).one()]
        state += [] if at is None else ["then"]
    return Shown(kind, str(found.id), ".".join(map(str, state)))


def _short(moment: datetime | None) -> str:
    return "" if moment is None else f"{moment:%y%m%d%H%M%S%f}"


def shown_plan(connection: Connection, plan: Any, at: datetime | None = None) -> Shown:
    """Return a published or archived plan as it would be shown today, or at a moment.

    Parameters
    ----------
    connection : of the database
    plan : a :class:`~geogrid.store.plans.PlanRecord`
    at : in UTC
    """
    return _of_plan(connection, "plan", plan, at)


def choose(connection: Connection, **choice: Any) -> None:
    """Show a draft (``draft=id``) or a sample (``sample=name``) while no plan is in force."""
    connection.execute(delete(settings).where(settings.c.name == _CHOICE))
    connection.execute(insert(settings).values(name=_CHOICE, value=choice))


def forget_choice(connection: Connection, plan_id: int) -> None:
    """Show the sample again if a draft, which is deleted, was chosen."""
    mine = settings.c.name == _CHOICE
    chosen = connection.scalar(select(settings.c.value).where(mine))
    if chosen == {"draft": plan_id}:
        connection.execute(delete(settings).where(mine))


class ShownPlan:
    """What pages show, for every request to ask.

    A SQLite file is asked again when it or its log changed on disk. That is looked at once in a
    millisecond, for no other process answers sooner that it has changed something, and because
    every look lets other threads run: eight that look at each request wait for each other most of
    the time. A server's database is asked again after a quarter of a second, and so is a file in
    the minute after it changed: SQLite writes a change, waits for the disk, and shows it only then.

    Parameters
    ----------
    engine : of the database; not opened while its file is not there
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._file = engine.url.database if engine.dialect.name == "sqlite" else None
        self._log = f"{self._file}-wal"
        self._lock = threading.Lock()
        self._known: tuple[Any, Shown] | None = None
        self._look_again = 0.0
        self._last: Shown | None = None
        self._asked, self._answered = 0, 0
        self._changes = 0

    def now(self) -> Shown:
        """Return what pages show now.

        Raises
        ------
        StoreError
            The database cannot be read.
        """
        known, began, asked = self._known, time.monotonic(), self._asked
        if known is not None and began < self._look_again:
            return known[1]
        mark, changes = self._mark(), self._changes
        if known is None or known[0] != mark:
            found = self._ask(mark, asked)
            # else it was read before a change of this process
            is_newest = changes == self._changes and self._lasts(mark)
            known = mark, found
            self._known = known if is_newest else None
        self._look_again = began + _BLINK_S
        return known[1]

    def _ask(self, mark: Any, asked: int) -> Shown:
        """Ask the database, unless somebody has asked it and got an answer since `asked`."""
        if mark == _NO_FILE:
            return Shown("sample", CITY_SAMPLE)
        with self._lock:
            if self._answered > asked and self._last is not None:
                return self._last
            self._asked += 1
            with reading(self._engine) as connection:
                self._last = found = what_is_shown(connection)
            self._answered = self._asked
        return found

    def forget(self) -> None:
        """Ask again, after a change by this process."""
        self._changes += 1
        self._known = None

    def _mark(self) -> Any:
        if self._file is None:
            return int(time.monotonic() / _MOMENT_S)
        file, log = _changed(self._file), _changed(self._log)
        if file == _GONE:
            return _NO_FILE
        minute = int(time.time() / 60)  # in which somebody's time at a post may begin or end
        is_settled = time.time_ns() - max(file[0], log[0]) > _SETTLED_NS
        return file, log, minute, 0 if is_settled else int(time.monotonic() / _MOMENT_S)

    def _lasts(self, mark: Any) -> bool:
        """Return whether a change from now on would give another mark.

        Two changes within one tick of the file system's clock may leave one mark.
        """
        if self._file is None or mark == _NO_FILE:
            return True
        return all(time.time_ns() - at > _FRESH_NS for at, _size in mark[:2])


def _changed(path: str) -> tuple[int, int]:
    try:
        found = os.stat(path)
    except OSError:
        return _GONE
    return found.st_mtime_ns, found.st_size
