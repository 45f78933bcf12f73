"""Read plans with all that belongs to them: samples, drafts, and what is or was in force."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache, partial
from hashlib import sha256
from pathlib import Path
from typing import Any

import geopandas as gpd
import shapely
from sqlalchemy import Connection, Engine

from geogrid.hierarchy import fill_levels
from geogrid.store.addresses import read_entries
from geogrid.store.data_memory import remembered, remembered_grids
from geogrid.store.database.engine import reading
from geogrid.store.office_data import read_data
from geogrid.store.plan import Plan, load_plan
from geogrid.store.plan_memory import PlanMemory
from geogrid.store.plan_tables import tables_of
from geogrid.store.plans import find_plan, plan_grids
from geogrid.store.redrawing.drawn import drawn_gaps, drawn_region, is_redrawn, stored_gaps
from geogrid.store.samples import sample_folder
from geogrid.store.shown import Shown, what_is_shown

__all__ = ["PlanReader", "written_moment"]

Look = Callable[[Connection], Shown]
"""Says which plan it is, in the transaction that reads it."""


@lru_cache(maxsize=2)
def _sample(folder: Path, key: str) -> Plan:
    """Return a sample, which never changes while a process runs."""
    return load_plan(folder, key)


class PlanReader:
    """The plans of a database and the samples, the last ones from memory.

    Parameters
    ----------
    engine : of the database, which need not be there for a sample
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._memory = PlanMemory()

    def load(
        self, shown: Shown, look: Look = what_is_shown, moment: datetime | None = None
    ) -> Plan:
        """Return a plan that was just seen; of one that changed since, what `look` finds.

        Parameters
        ----------
        shown : what `look` found
        look : looks again if it has to be read
        moment : whose posts are read; now by default
        """

        def read() -> Plan:
            if shown.kind == "sample":
                return _sample(sample_folder(shown.ident), shown.key)
            with reading(self._engine) as connection:
                now = look(connection)
                return self.load(now) if now.kind == "sample" else _read(connection, now, moment)

        return self._memory.get(shown.key, read)

    def digest(self, shown: Shown) -> str:
        """Return the digest of the plan of :meth:`load`; only of a sample all files are read."""
        return self.load(shown).digest if shown.kind == "sample" else _digest(shown)

    def looked_up(self, look: Look, moment: datetime | None = None) -> Plan:
        """Return the plan that `look` finds; the rest is as for :meth:`load`."""
        with reading(self._engine) as connection:
            shown = look(connection)
        return self.load(shown, look, moment)


def _read(connection: Connection, shown: Shown, moment: datetime | None) -> Plan:
    record = find_plan(connection, int(shown.ident))
    if shown.kind == "draft":
        grids = fill_levels(plan_grids(connection, record))
        tables: dict[str, Any] = Plan.empty_tables() | tables_of(connection, record.id)
    else:
        grids = remembered_grids(connection, record)
        tables = {"posts": read_data(connection, "posts", moment)}
        for part in ("units", "cases", "streets"):
            tables[part] = remembered(connection, part, partial(read_data, part=part))
    outline, redrawn = tables.pop("region", None), None
    if record.region is not None and shown.kind == "draft" and is_redrawn(connection, record.id):
        redrawn, outline = drawn_region(connection, record.id), None
    return Plan(
        key=shown.key,
        name=record.name,
        is_sample=record.is_sample,
        note=record.note,
        attribution=record.attribution,
        source=record.source,
        created_at=written_moment(record.published_at or record.created_at),
        grids=grids,
        region=_region(record.region if redrawn is None else redrawn)
        if outline is None
        else outline,
        digest=_digest(shown),
        gaps=_gaps(connection, record.id),
        addresses=remembered(connection, "addresses", read_entries),
        **tables,
    )


def _gaps(connection: Connection, plan_id: int) -> gpd.GeoDataFrame | None:
    redrawn = drawn_gaps(connection, plan_id)
    if redrawn is None:
        return stored_gaps(connection, plan_id)
    return redrawn if len(redrawn) else None


def _digest(shown: Shown) -> str:
    return sha256(shown.key.encode()).hexdigest()[:32]


def _region(shape: shapely.Geometry | None) -> gpd.GeoDataFrame | None:
    return None if shape is None else gpd.GeoDataFrame(geometry=[shape], crs="EPSG:4326")


def written_moment(moment: datetime) -> str:
    """Return a moment as plans have it: ISO 8601 in UTC, to the second."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
