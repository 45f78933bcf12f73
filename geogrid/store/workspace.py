"""The folder of one server: the current plan, the former ones, uploads and the secret key.

::

    workspace/
        current              one line: "plans/<id>" or "sample:<name>"
        plans/<id>/          one folder for each plan ever used, never changed again
        uploads/<token>/     files being looked at
        secret_key
        lock

A switch writes the new plan beside the others, forces it to disk, renames it into place and
only then replaces ``current``: a kill at any moment leaves the old plan or the new one.
"""

from __future__ import annotations

import os
import secrets
import shutil
import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Unpack, cast

import pandas as pd

from geogrid.errors import FormatError
from geogrid.i18n import mark as _
from geogrid.store import bundle
from geogrid.store.errors import PlanMissingError, StoreError, explains_disk_errors
from geogrid.store.lock import exclusive
from geogrid.store.plan import (
    Plan,
    PlanParts,
    load_plan,
    new_folder,
    read_about,
    remove_leftovers,
    sync_folder,
    write_plan,
)
from geogrid.store.samples import CITY_SAMPLE, RURAL_SAMPLE, sample_folder
from geogrid.store.secret import make_key, read_key
from geogrid.store.uploads import Uploads

__all__ = ["FormerPlan", "Workspace", "sample_folder"]

_KEPT_IN_MEMORY = 3
_LONGEST_POINTER = 4096


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class FormerPlan:
    """A plan kept in the workspace: the id for :meth:`Workspace.use_former`, and its label."""

    plan_id: str
    name: str
    created_at: str
    is_sample: bool


@dataclass(frozen=True, eq=False)
class Workspace:
    """One server's plans; several processes may share `folder`.

    Parameters
    ----------
    folder
        Created when first written to.
    now
        The clock, for names and ``created_at``.
    """

    folder: Path
    now: Callable[[], datetime] = _utc_now
    _loaded: dict[str, Plan] = field(default_factory=dict, repr=False)
    _guard: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @property
    def digest(self) -> str:
        """Changes when another plan or another table is current; costs two small look-ups."""
        pointer = self._pointer()
        try:
            changed = (self._folder_of(pointer) / "plan.json").stat().st_mtime_ns
        except OSError:
            changed = 0
        return f"{pointer}@{changed:x}"

    @property
    def uploads(self) -> Uploads:
        """The spool of uploaded files."""
        return Uploads(self.folder / "uploads")

    def current(self) -> Plan:
        """Return the current plan, the sample when none was set; cached until it changes.

        Raises
        ------
        PlanMissingError, FormatError, FieldError
            The current plan is gone or damaged; :meth:`use_sample` still works.
        """
        return self._load(self._pointer())

    def sample(self) -> Plan:
        """Return the city sample."""
        return self._load(f"sample:{CITY_SAMPLE}")

    def rural_sample(self) -> Plan:
        """Return the rural sample."""
        return self._load(f"sample:{RURAL_SAMPLE}")

    def use_sample(self, name: str = CITY_SAMPLE) -> Plan:
        """Make the sample `name` current and return it."""
        plan = self._load(f"sample:{name}")
        with self._changing():
            self._point_to(f"sample:{name}")
        return plan

    def use(self, *, keep: Collection[str] = (), **parts: Unpack[PlanParts]) -> Plan:
        """Make a new plan current and return it; the former one stays in `plans`.

        Parameters
        ----------
        keep
            Tables to take over from the current plan: ``"posts"``, ``"units"``, ``"cases"``.
        **parts
            See :class:`geogrid.store.plan.PlanParts`.

        Raises
        ------
        StoreError
            The disk is full or may not be written; the current plan stays.
        FieldError, CrsError
            The parts do not make a plan.
        """
        with self._changing():
            if keep:
                now = self.current()
                parts = cast("PlanParts", {part: getattr(now, part) for part in keep} | parts)
            parts.setdefault("created_at", self._stamp())
            with self._placed() as temporary:
                write_plan(temporary, **parts)
            return self.current()

    def use_former(self, plan_id: str) -> Plan:
        """Make a former plan current again and return it."""
        plan = self.find_former(plan_id)
        with self._changing():
            self._point_to(f"plans/{plan_id}")
        return plan

    def find_former(self, plan_id: str) -> Plan:
        """Return a plan of the workspace, which stays as it is.

        Raises
        ------
        PlanMissingError
            There is none of this id.
        """
        if plan_id not in self._plan_ids():
            raise PlanMissingError(_("There is no former plan {plan}."), plan=plan_id)
        return self._load(f"plans/{plan_id}")

    def former(self) -> list[FormerPlan]:
        """List the plans of the workspace, the newest first; damaged ones are left out."""
        found = []
        for plan_id in self._plan_ids():
            try:
                about = read_about(self.folder / "plans" / plan_id)
            except (PlanMissingError, FormatError):
                continue
            found.append(
                FormerPlan(
                    plan_id=plan_id,
                    name=str(about.get("name", plan_id)),
                    created_at=str(about.get("created_at", "")),
                    is_sample=bool(about.get("is_sample", False)),
                )
            )
        return found

    def add_posts(self, posts: pd.DataFrame) -> Plan:
        """Replace the posts of the current plan."""
        return self._replace("posts", posts)

    def add_units(self, units: pd.DataFrame) -> Plan:
        """Replace the units of the current plan."""
        return self._replace("units", units)

    def add_cases(self, cases: pd.DataFrame) -> Plan:
        """Replace the cases of the current plan."""
        return self._replace("cases", cases)

    def secret_key(self) -> bytes:
        """Return 32 random bytes that stay the same for this workspace (file mode 0600)."""
        path = self.folder / "secret_key"
        if not read_key(path):
            with self._changing():
                if not read_key(path):  # no other process was faster
                    make_key(path)
        return read_key(path)

    @cached_property
    def _current(self) -> str:
        return str(self.folder / "current")

    def _pointer(self) -> str:
        try:
            file = os.open(self._current, os.O_RDONLY)  # every request asks: no buffers, no decoder
            try:
                return os.read(file, _LONGEST_POINTER).decode().strip()
            finally:
                os.close(file)
        except FileNotFoundError:
            return f"sample:{CITY_SAMPLE}"
        except OSError as error:
            raise StoreError(
                _("The workspace {folder} cannot be read ({reason})."),
                folder=self.folder,
                reason=error.strerror or error,
            ) from error

    def _folder_of(self, pointer: str) -> Path:
        kind, _separator, name = pointer.partition(":")
        return sample_folder(name) if kind == "sample" else self.folder / pointer

    def _plan_ids(self) -> list[str]:
        plans = self.folder / "plans"
        found = plans.iterdir() if plans.is_dir() else iter(())
        return sorted((path.name for path in found if path.name[0] != "."), reverse=True)

    def _load(self, pointer: str) -> Plan:
        folder = self._folder_of(pointer)
        key = f"{pointer}@{_changed_at(folder)}"
        with self._guard:
            if key not in self._loaded:
                while len(self._loaded) >= _KEPT_IN_MEMORY:
                    del self._loaded[next(iter(self._loaded))]
                self._loaded[key] = load_plan(folder)
            return self._loaded[key]

    def _replace(self, part: str, rows: pd.DataFrame) -> Plan:
        """Make a copy of the current plan with one other table current."""
        with self._changing():
            now = self.current()
            about = read_about(now.folder) | {"created_at": self._stamp()}
            with self._placed() as temporary:
                for name in set(bundle.FILES.values()) - {bundle.FILES[part]}:
                    if (now.folder / name).exists():
                        shutil.copyfile(now.folder / name, temporary / name)
                bundle.write_rows(rows, temporary / bundle.FILES[part], part)
                bundle.write_json(about, temporary / "plan.json")
            return self.current()

    def _stamp(self) -> str:
        return self.now().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    @contextmanager
    def _placed(self) -> Iterator[Path]:
        """Give a folder to write a plan into, then make it current; the caller has the lock."""
        plans = self.folder / "plans"
        remove_leftovers(plans)
        with new_folder(plans) as temporary:
            yield temporary
            moment = self.now().astimezone(UTC)
            plan_id = f"{moment:%Y%m%dT%H%M%S.%fZ}-{bundle.bundle_digest(temporary)[:8]}"
            sync_folder(temporary)
            temporary.rename(plans / plan_id)
            sync_folder(plans)
            self._point_to(f"plans/{plan_id}")

    def _point_to(self, pointer: str) -> None:
        temporary = self.folder / f".current-{secrets.token_hex(8)}"
        with temporary.open("w", encoding="utf-8") as file:
            file.write(pointer + "\n")
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, self.folder / "current")
        sync_folder(self.folder)

    @contextmanager
    def _changing(self) -> Iterator[None]:
        """Hold the workspace's lock, and explain what the disk refuses."""
        with explains_disk_errors(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
            with exclusive(self.folder / "lock"):
                yield


def _changed_at(folder: Path) -> int:
    try:
        return os.stat(f"{folder}/plan.json").st_mtime_ns
    except OSError:
        return 0
