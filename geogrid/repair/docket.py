"""The defects of a check as a list of things to settle: asked for, refused, done."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import geopandas as gpd
import numpy as np
import pandas as pd

from geogrid.coverage.arrangement import Geometries
from geogrid.coverage.defects import Codes
from geogrid.findings import Finding
from geogrid.i18n import mark as _
from geogrid.repair.report import FATE_COLUMNS

__all__ = ["AREAL", "Docket", "Limits", "codes_of", "open_docket"]

AREAL = frozenset({"gap", "overlap", "duplicate", "spill"})
"""Kinds that are settled by giving a face to somebody."""

_LEFT = _("Left as it is.")
_JOINED = _("A part of it belongs to another defect that is not repaired.")


@dataclass(frozen=True)
class Limits:
    """Up to where defects are repaired.

    Attributes
    ----------
    max_width_m, max_area_m2
        Wider and larger defects are refused; None for no limit.
    centre_lines
        Ids of gaps that are filled however wide; True for all gaps.
    only
        Ids of the defects that are asked for; None for all.
    """

    max_width_m: float | None
    max_area_m2: float | None
    centre_lines: Collection[str] | bool
    only: Collection[str] | None

    def is_centre_line(self, kind: str, name: str) -> bool:
        """Whether a defect is a gap that a person wants filled to its middle."""
        if kind != "gap":
            return False
        if isinstance(self.centre_lines, bool):
            return self.centre_lines
        return name in self.centre_lines


@dataclass
class Docket:
    """What becomes of each defect, by its position in the check's table.

    Attributes
    ----------
    defects
        :attr:`CoverageReport.defects` of the check before.
    limits
        Up to where they are repaired.
    fate, reason, action
        Of each defect; a defect that is still open has the fate ``"repaired"``.
    given_to
        Codes of the grids that received some of it.
    """

    defects: gpd.GeoDataFrame
    limits: Limits
    fate: list[str]
    reason: list[Finding | None]
    action: list[Finding | None]
    given_to: list[set[str]] = field(default_factory=list)

    @cached_property
    def places(self) -> Geometries:
        """(n,) geometry of each defect."""
        return np.asarray(self.defects.geometry.array, dtype=object)

    @cached_property
    def _names(self) -> list[tuple[str, str]]:
        """Return kind and id of each defect."""
        kinds, names = self.defects["kind"].tolist(), self.defects["id"].tolist()
        return list(zip(map(str, kinds), map(str, names), strict=True))

    def is_open(self, at: int) -> bool:
        """Whether a defect is to be repaired, as far as is known."""
        return self.fate[at] == "repaired"

    def is_spill(self, at: int) -> bool:
        """Whether a defect is a place outside the region."""
        return self._names[at][0] == "spill"

    def is_centre_line(self, defects: Collection[int]) -> bool:
        """Whether any of some defects is a gap to fill to its middle."""
        return any(self.limits.is_centre_line(*self._names[at]) for at in defects)

    def refuse(self, at: int, reason: Finding) -> bool:
        """Refuse a defect; return whether it was open."""
        if not self.is_open(at):
            return False
        self.fate[at], self.reason[at] = "refused", reason
        return True

    def stand_together(self, defects: Collection[int], riders: Collection[int] = ()) -> bool:
        """Return whether all defects of a face are open; where not, refuse them and its riders."""
        if all(self.is_open(at) for at in defects):
            return True
        for at in (*defects, *riders):
            self.refuse(at, Finding("joined", _JOINED))
        return False

    def on_level(self, level: int | None, kinds: Collection[str]) -> list[int]:
        """Return the positions of defects of some kinds on a level."""
        return [
            at
            for at, (here, (kind, _name)) in enumerate(zip(self._levels, self._names, strict=True))
            if here == level and kind in kinds
        ]

    @cached_property
    def _levels(self) -> list[int | None]:
        """Return the level of each defect."""
        return [None if one is pd.NA else int(one) for one in self.defects["level"].tolist()]

    def frame(self) -> gpd.GeoDataFrame:
        """Return the table of fates."""
        table = self.defects.copy()
        is_done = [fate == "repaired" for fate in self.fate]
        left = Finding("left", _LEFT, severity="note")
        table["fate"] = pd.Series(self.fate, index=table.index, dtype="str")
        table["action"] = pd.Series(
            [
                action if done and action is not None else left
                for action, done in zip(self.action, is_done, strict=True)
            ],
            index=table.index,
            dtype=object,
        )
        table["reason"] = pd.Series(self.reason, index=table.index, dtype=object)
        table["given_to"] = pd.Series(
            [
                tuple(sorted(codes)) if done else ()
                for codes, done in zip(self.given_to, is_done, strict=True)
            ],
            index=table.index,
            dtype=object,
        )
        return table[list(FATE_COLUMNS)]


def open_docket(defects: gpd.GeoDataFrame, limits: Limits) -> Docket:
    """Return the docket with what is settled before anything is looked at.

    Parameters
    ----------
    defects : of a coverage report
    limits : up to where they are repaired
    """
    count = len(defects)
    docket = Docket(
        defects, limits, ["repaired"] * count, [None] * count, [None] * count,
        [set() for _at in range(count)],
    )  # fmt: skip
    for at, row in enumerate(defects.itertuples()):
        fate, reason = _first_fate(row, limits)
        docket.fate[at], docket.reason[at] = fate, reason
    return docket


def _first_fate(row: object, limits: Limits) -> tuple[str, Finding | None]:
    kind, name = str(row.kind), str(row.id)  # type: ignore[attr-defined]
    if row.severity == "approved":  # type: ignore[attr-defined]
        return "approved", Finding("approved", _("This gap is approved."), severity="note")
    if limits.only is not None and name not in limits.only:
        return "left", Finding("not_asked", _("It was not chosen."), severity="note")
    if kind == "code":
        reason = _("A code is not mended by moving a boundary; give each grid its own.")
        return "left", Finding("not_outline", reason)
    if kind == "unresolved":
        reason = _("The edges here could not be accounted for; look at this place by eye.")
        return "refused", Finding("unresolved", reason)
    if kind in AREAL | {"nesting"} and not limits.is_centre_line(kind, name):
        return _limited(row, limits)
    return "repaired", None


def _limited(row: object, limits: Limits) -> tuple[str, Finding | None]:
    width, area = row.width_m, row.area_m2  # type: ignore[attr-defined]
    if limits.max_width_m is not None and width > limits.max_width_m:
        params = {"width": f"{width:.2f}", "limit": f"{limits.max_width_m:g}"}
        message = _("It is {width} m wide, over the limit of {limit} m.")
        return "refused", Finding("too_wide", message, params)
    if limits.max_area_m2 is not None and area > limits.max_area_m2:
        params = {"area": f"{area:.1f}", "limit": f"{limits.max_area_m2:g}"}
        message = _("It has {area} m², over the limit of {limit} m².")
        return "refused", Finding("too_large", message, params)
    return "repaired", None


def codes_of(items: Iterable[int], codes: Sequence[str]) -> Codes:
    """Return the codes of some items in order."""
    return Codes(sorted(codes[item] for item in items))
