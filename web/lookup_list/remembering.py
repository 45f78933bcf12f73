"""What a person picked for a text, proposed as another name of the place."""

from __future__ import annotations

import math
import re
import unicodedata

from geogrid.addresses.place_found import PlaceFound
from geogrid.store.address_corrections import Proposal, propose_correction
from web.current import CurrentPlan
from web.scope import in_scope
from web.v1.caller import database, now, user_id

__all__ = ["LONGEST_NAME", "is_name", "remember_pick", "without_numbers"]

LONGEST_NAME = 40
"""A longer text is somebody's words and no name of a place."""
_NUMBER = re.compile(r"\d[\d -]{5,}\d", re.ASCII)
"""So many digits in a row may be somebody's phone number."""


def is_name(text: str) -> bool:
    """Return whether a text may become another name of a place."""
    return len(text) <= LONGEST_NAME and without_numbers(text) == text


def without_numbers(text: str) -> str:
    """Return a text without what may be somebody's phone number."""
    folded = unicodedata.normalize("NFKC", text)
    return _NUMBER.sub("…", folded) if _NUMBER.search(folded) else text


def remember_pick(text: str, place: PlaceFound, current: CurrentPlan) -> bool:
    """Propose that a text means a place, which a supervisor decides; return whether it was.

    Parameters
    ----------
    text : as it stands in the list
    place : what a person picked
    current : the plan that was asked
    """
    has_place = not (math.isnan(place.lon) or math.isnan(place.lat))
    means = "" if place.unit_id else place.label
    is_in_limits = in_scope(place.grid, current.plan.hierarchy)
    if not is_name(text) or not is_in_limits or not (has_place or means):
        return False
    where = (place.lon, place.lat) if has_place else None
    proposal = Proposal(
        asked=text, means=means, unit_id=place.unit_id, grid=place.grid, place=where
    )
    propose_correction(database(), proposal, at=now(), by=user_id())
    return True
