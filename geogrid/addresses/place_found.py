"""One place that a text may mean, as searches answer it (they load the compiler, this does not)."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["FOUND_COLUMNS", "PlaceFound"]

FOUND_COLUMNS = (
    "label",
    "kind",
    "unit_id",
    "grid",
    "lon",
    "lat",
    "certainty",
    "reasons",
    "score",
    "source",
    "dated",
)
"""Columns of :func:`geogrid.addresses.finder.match_places`."""


@dataclass(frozen=True)
class PlaceFound:
    """One place that a text may mean.

    Attributes
    ----------
    label
        Address and name as the list writes them.
    kind
        Of the unit or the entry: entrance, building, compound, street, grid, address, place.
    unit_id
        Of the unit; ``""`` for what is no unit.
    grid
        Code that the list gives, or the grid's own; ``""`` means ask the polygon.
    lon, lat
        Degrees, WGS 84; NaN when the list has no position.
    certainty
        As in :class:`geogrid.addresses.search.AddressCandidate`.
    reasons
        Codes of the group ``search_reason`` in the vocabulary.
    score
        0 … 1, of places as certain the higher comes first.
    source, dated
        Of the list that the place is from.
    spans
        As in :class:`geogrid.addresses.AddressMatch`.
    distance_m
        From the position given, None without one.
    located
        Code of the grid it is in by list or by polygon, to be shown; ``""`` where nobody asked.
    """

    label: str
    kind: str
    unit_id: str
    grid: str
    lon: float
    lat: float
    certainty: str
    reasons: tuple[str, ...] = ()
    score: float = 0.0
    source: str = ""
    dated: str = ""
    spans: tuple[str, ...] = ()
    distance_m: float | None = None
    located: str = ""

    @property
    def is_one(self) -> bool:
        """Whether it is one place in one grid, and no whole street or compound."""
        is_street = self.kind == "street" and self.certainty != "estimated"
        return not self.spans and not is_street
