"""The current plan with what is derived from it once: indexes, shapes, the address book."""

from __future__ import annotations

import gc
import time
from collections import OrderedDict
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from threading import Event, Lock
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from flask import Flask, current_app, request

from geogrid.addresses import AddressBook, build_address_book
from geogrid.crs import area_m2
from geogrid.drawing.basemap import encode_streets
from geogrid.errors import GeogridError
from geogrid.hierarchy import leaves, neighbours, shown_at
from geogrid.households import count_homes
from geogrid.levels import codes_by_level
from geogrid.locate import GridIndex, locate, nearest_boundary
from geogrid.placing.grid_layer import GridLayer
from geogrid.posts import PostsByGrid, posts_by_grid
from geogrid.rings import COMPILED_FROM
from geogrid.store import PlanMissingError, cached_index
from geogrid.store.plan import Plan
from geogrid.store.workspace import Workspace
from geogrid.unit_grids import settle_matched, settle_units
from web.v1.caller import MissingError
from web.v1.moments import moment_asked

if TYPE_CHECKING:  # it loads the compiler
    from geogrid.addresses.finder import AddressFinder
    from geogrid.addresses.searched import SearchedEntries

__all__ = [
    "CurrentPlan",
    "asked_plan",
    "current_plan",
    "current_plan_of",
    "current_workspace",
    "plan_of_id",
    "plan_with_digest",
    "stay_warm",
    "warm_up",
]

KEPT = 3
_LOOK_EVERY_S = 0.2
_PAUSE_S = 5.0
_MADE_OF = {
    ("grids",): (
        "by_code", "levels", "leaves", "finest", "index", "areas_m2", "neighbours", "codes_above",
        "layer", "bounds", "_geojson",
    ),
    ("grids", "units"): ("places", "unit_grids", "grid_of_unit", "homes"),
    ("grids", "units", "streets"): ("book",),
    ("units", "addresses"): ("searched",),
    ("grids", "units", "streets", "addresses"): ("finder",),
    ("grids", "units", "cases"): ("case_grids", "counts"),
    ("streets",): ("_streets",),
}  # fmt: skip
"""Parts of a plan to the pieces that are derived from them alone."""
SHOWN_DECIMALS = 6


@dataclass(frozen=True, eq=False)
class CurrentPlan:
    """One plan and what is derived from it, each piece made when first asked for."""

    plan: Plan

    def take_over(self, former: CurrentPlan) -> None:
        """Take what `former` has derived from parts that are the same in both plans."""
        same = {
            part
            for part in ("grids", "units", "cases", "streets", "addresses")
            if getattr(self.plan, part) is getattr(former.plan, part)
        }
        if "grids" in same:
            vars(self.plan)["hierarchy"] = former.plan.hierarchy
        for parts, names in _MADE_OF.items():
            made = vars(former).copy() if same.issuperset(parts) else {}
            vars(self).update({name: made[name] for name in names if name in made})

    @cached_property
    def by_code(self) -> gpd.GeoDataFrame:
        """The grids of every level, by code."""
        return self.plan.grids.drop_duplicates("code").set_index("code", drop=False)

    @cached_property
    def levels(self) -> list[int]:
        """The levels of the plan, coarsest first."""
        return sorted({int(level) for level in self.plan.grids["level"].dropna()})

    @cached_property
    def leaves(self) -> gpd.GeoDataFrame:
        """The finest grids: those that no other grid calls its parent."""
        return leaves(self.plan.grids).reset_index(drop=True)

    @cached_property
    def finest(self) -> frozenset[str]:
        """The codes of :attr:`leaves`."""
        return frozenset(self.leaves["code"])

    @cached_property
    def index(self) -> GridIndex:
        """The locator over :attr:`leaves`; where it is large, processes share its memory."""
        return cached_index(self.leaves, self.leaves["code"].to_numpy())

    @property
    def has_addresses(self) -> bool:
        """Whether there is any address to look up, of a building or of the gazetteer."""
        entries = self.plan.addresses
        return len(self.plan.units) > 0 or (entries is not None and len(entries) > 0)

    @cached_property
    def book(self) -> AddressBook:
        """Addresses, grids and streets to look up."""
        return build_address_book(self.plan.units, self.plan.grids, self.plan.streets)

    @cached_property
    def finder(self) -> AddressFinder:
        """Finds what a text means among the plan's own addresses and those of the gazetteer."""
        from geogrid.addresses.finder import AddressFinder  # noqa: PLC0415 - loads the compiler

        plan = self.plan
        return AddressFinder(self.book, self.searched, plan.source, plan.created_at[:10])

    @cached_property
    def searched(self) -> SearchedEntries:
        """Entries of the units and of the gazetteer, indexed once somebody searches."""
        from geogrid.addresses.searched import gather_entries  # noqa: PLC0415 - likewise

        return gather_entries(self.plan.units, self.plan.addresses)

    @cached_property
    def places(self) -> str:
        """A hash of what decides in which grid something is: grids and units."""
        total = sha256(b"".join(shapely.to_wkb(self.plan.grids.geometry.to_numpy())))
        for frame in (self.plan.grids[["code", "name", "parent"]], self.plan.units):
            rows = pd.util.hash_pandas_object(frame.astype("str"), index=False)
            total.update(rows.to_numpy().tobytes())
        return total.hexdigest()[:32]

    @cached_property
    def areas_m2(self) -> dict[str, float]:
        """Area of every grid, on the ellipsoid."""
        grids = self.by_code
        areas = area_m2(grids.geometry.to_numpy(), grids.crs)
        return dict(zip(grids["code"], areas.tolist(), strict=True))

    @cached_property
    def neighbours(self) -> dict[str, list[str]]:
        """Neighbours on the same level, filled by :meth:`neighbours_of`."""
        return {}

    def neighbours_of(self, code: str) -> list[str]:
        """Return the codes of the grids that share a boundary with `code` on its level."""
        if code not in self.neighbours:
            self.neighbours[code] = neighbours(self.plan.grids, code)
        return self.neighbours[code]

    @cached_property
    def posts_by_grid(self) -> PostsByGrid:
        """The posts of each grid, for :func:`geogrid.posts.who_answers`."""
        return posts_by_grid(self.plan.posts)

    @cached_property
    def case_grids(self) -> pd.Series:
        """Code of the finest grid of each case, ``""`` outside."""
        return self.grids_of_cases(self.plan.cases)

    def grids_of_cases(self, cases: pd.DataFrame) -> pd.Series:
        """Return the same for other cases: that of the matched unit, else by the position.

        See :func:`settle_matched`.
        """
        drawn = self._placed(cases)
        if "matched_unit" not in cases:
            return drawn
        units, tree = self.plan.units, self.plan.hierarchy
        return settle_matched(cases["matched_unit"], drawn, units, tree)["grid"]

    @cached_property
    def unit_grids(self) -> pd.Series:
        """Code of the finest grid of each unit, ``""`` outside; see :func:`settle_units`."""
        units = self.plan.units
        has_place = units["lon"].notna() & units["lat"].notna()
        found = settle_units(units["grid"], self._placed(units), has_place, self.plan.hierarchy)
        return found["grid"]

    @cached_property
    def grid_of_unit(self) -> dict[str, str]:
        """Unit to the code of its finest grid."""
        return dict(zip(self.plan.units["unit_id"], self.unit_grids, strict=True))

    def _placed(self, rows: pd.DataFrame) -> pd.Series:
        return pd.Series(self.grids_at(rows["lon"], rows["lat"]), index=rows.index, dtype="str")

    def grids_at(self, lon: npt.ArrayLike, lat: npt.ArrayLike) -> npt.NDArray[np.object_]:
        """Return the code of the finest grid at each position (WGS 84), ``""`` outside."""
        x, y = (np.asarray(values, dtype=np.float64) for values in (lon, lat))
        return self.codes_at(locate(self.index, x, y))

    @cached_property
    def homes(self) -> pd.DataFrame:
        """Households and people of every grid, by code; see :func:`count_homes`."""
        return count_homes(self.plan.grids, self.plan.units, self.unit_grids, self.plan.hierarchy)

    @cached_property
    def counts(self) -> dict[str, dict[str, int]]:
        """``buildings``, ``cases`` and ``open_cases`` to their number in every grid."""
        units, cases = self.plan.units, self.plan.cases
        rows = {
            "buildings": self.unit_grids[units["kind"].eq("building")],
            "cases": self.case_grids,
            "open_cases": self.case_grids[cases["status"].ne("closed")],
        }
        return {name: self._added_up(grids) for name, grids in rows.items()}

    def _added_up(self, grids: pd.Series) -> dict[str, int]:
        """Count rows by grid, each also in the grids above its own."""
        counts: dict[str, int] = {}
        for own, count in grids.value_counts().items():
            for code in self.plan.hierarchy.chain(str(own)):
                counts[code] = counts.get(code, 0) + int(count)
        return counts

    @cached_property
    def codes_above(self) -> dict[int, npt.NDArray[np.object_]]:
        """Level, the finest first, to the code there of each of :attr:`leaves`.

        ``""`` where there is none, and once more at the end for −1.
        """
        positions = np.append(np.arange(len(self.leaves), dtype=np.int32), np.int32(-1))
        found = codes_by_level(positions, self.leaves["code"].tolist(), self.plan.hierarchy)
        return {level: found[level] for level in self.levels[::-1]}

    @cached_property
    def layer(self) -> GridLayer:
        """The finest grids as lists of points are placed in them."""
        west, south, east, north = self.leaves.total_bounds
        return GridLayer(
            index=self.index,
            codes=self.leaves["code"].to_numpy(dtype=object),
            names=self.leaves["name"].fillna("").to_numpy(dtype=object),
            upper={},
            center=(float(west + east) / 2, float(south + north) / 2),
        )

    @cached_property
    def written_answers(self) -> dict[tuple[int, str], str]:
        """What :mod:`web.location.single` says of a grid (its position) in a language."""
        return {}

    def codes_at(self, positions: npt.NDArray[np.int32]) -> npt.NDArray[np.object_]:
        """Return the codes at `positions` of :attr:`leaves`, ``""`` for −1."""
        codes = np.append(self.leaves["code"].to_numpy(dtype=object), "")
        return codes[positions]

    @cached_property
    def bounds(self) -> list[float]:
        """West, south, east and north of the plan in degrees."""
        return [round(float(edge), SHOWN_DECIMALS) for edge in self.plan.grids.total_bounds]

    def level_geojson(self, level: int) -> bytes:
        """Return the grids of a level as GeoJSON, rounded to what a screen can show.

        Undivided coarser grids are among them, so that no hole is shown where nobody is missing.
        """
        if level not in self._geojson:
            self._geojson[level] = _geojson(shown_at(self.plan.grids, level))
        return self._geojson[level]

    @cached_property
    def _geojson(self) -> dict[int, bytes]:
        return {}

    def street_arrays(self, detail: str) -> dict[str, Any]:
        """Return the encoded streets: ``major`` or ``minor``."""
        if detail not in self._streets:
            classes = range(5) if detail == "major" else range(5, 7)
            self._streets[detail] = encode_streets(self.plan.streets, classes)
        return self._streets[detail]

    @cached_property
    def _streets(self) -> dict[str, dict[str, Any]]:
        return {}


def _geojson(grids: gpd.GeoDataFrame) -> bytes:
    rounded = shapely.transform(grids.geometry.to_numpy(), lambda xy: xy.round(SHOWN_DECIMALS))
    shown = pd.DataFrame(grids[["code", "name", "kind"]]).fillna("").astype(str)
    places = shapely.get_coordinates(shapely.point_on_surface(grids.geometry.to_numpy()))
    shown["label"] = places.round(SHOWN_DECIMALS).tolist()
    frame = gpd.GeoDataFrame(shown, geometry=rounded, crs=None)
    text: str = frame.to_json(drop_id=True, ensure_ascii=False, separators=(",", ":"))
    return text.encode()


class _Cache:
    """The last few plans by digest."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.plans: OrderedDict[str, CurrentPlan] = OrderedDict()

    def keep(self, plan: Plan) -> CurrentPlan:
        with self.lock:
            if plan.digest not in self.plans:
                made = CurrentPlan(plan)
                for former in self.plans.values():
                    made.take_over(former)
                self.plans[plan.digest] = made
            self.plans.move_to_end(plan.digest)
            while len(self.plans) > KEPT:
                self.plans.popitem(last=False)
            return self.plans[plan.digest]


def _cache(app: Flask) -> _Cache:
    cache: _Cache | None = app.extensions.get("geogrid_plans")
    return cache or app.extensions.setdefault("geogrid_plans", _Cache())


def current_workspace() -> Workspace:
    """Return the workspace of this server."""
    workspace: Workspace = current_app.config["WORKSPACE"]
    return workspace


def current_plan() -> CurrentPlan:
    """Return the workspace's plan as it is now."""
    return current_plan_of(current_app)


def current_plan_of(app: Flask) -> CurrentPlan:
    """Return the same for an app, without a request."""
    return _cache(app).keep(app.config["WORKSPACE"].current())


def plan_of_id(plan_id: int) -> CurrentPlan:
    """Return a draft, or a plan that is or was in force, as it is now.

    Raises
    ------
    PlanMissingError
        There is none.
    """
    return _cache(current_app).keep(current_workspace().find_plan(str(plan_id)))


def asked_plan() -> CurrentPlan:
    """Return the plan that a look-up is about: as it is now, or with ``?at=`` as it was.

    Raises
    ------
    MissingError, FieldError
        No plan was in force then, or it is no moment.
    """
    moment = moment_asked()
    if moment is None:
        return current_plan()
    try:
        return _cache(current_app).keep(current_workspace().plan_at(moment))
    except PlanMissingError as error:
        raise MissingError(error.message, moment=request.args["at"][:40]) from error


def warm_up(app: Flask) -> None:
    """Derive what first visitors would wait for; what is wrong with the plan, pages say."""
    with app.app_context(), suppress(GeogridError):
        current = _derive()
        # a large batch makes the locator compile; single points are then nine times as fast
        lon, lat = (np.full(COMPILED_FROM, middle) for middle in current.layer.center)
        nearest_boundary(current.index, lon, lat)
    gc.collect()
    gc.set_threshold(100_000)  # large requests are lists and dicts, and hardly any garbage
    gc.freeze()  # none of this is garbage: large requests need not look through it again


def stay_warm(app: Flask, stopped: Event) -> None:
    """Derive what another process changed before somebody has to wait for it.

    While planners redraw the draft that pages show, it changes with every step; it is derived when
    they pause.

    Parameters
    ----------
    app : that answers in this process
    stopped : set when it does not any more
    """
    seen = latest = ""
    changed_at = 0.0
    while not stopped.wait(_LOOK_EVERY_S):
        with app.app_context(), suppress(GeogridError):
            now = current_workspace().digest
            if now != latest:
                latest, changed_at = now, time.monotonic()
            is_redrawn = now.startswith("draft:") and _ident(now) == _ident(seen)
            if now != seen and not (is_redrawn and time.monotonic() - changed_at < _PAUSE_S):
                seen = now
                current = _derive()
                current.finder.warm_up()


def _ident(digest: str) -> list[str]:
    return digest.split(":")[:2]


def _derive() -> CurrentPlan:
    """Return the plan as it is now, with what look-ups need."""
    current = current_plan()
    _made = (current.index, current.book, current.counts, current.posts_by_grid)
    return current


def plan_with_digest(digest: str) -> CurrentPlan | None:
    """Return the plan an address names, or None when it is no longer kept."""
    now = current_plan()
    if now.plan.digest == digest:
        return now
    return _cache(current_app).plans.get(digest)
