"""What a person picked for a text, proposed as another name of the place."""

from __future__ import annotations

from geogrid.addresses.place_found import PlaceFound
from geogrid.errors import FieldError
from geogrid.store.address_corrections import Proposal, list_corrections, propose_correction
from geogrid.store.opening import reading
from web.current import CurrentPlan
from web.learned_names import is_name
from web.v1.caller import OutsideAreaError, database, now, user_id
from web.v1.corrections import proposal_of

__all__ = ["meaning_of", "remember_pick"]


def meaning_of(place: PlaceFound, current: CurrentPlan) -> dict[str, str]:
    """Return what a correction says so that a text means a place, as fields of a form.

    Parameters
    ----------
    place : one place, as the list has it
    current : the plan that was asked
    """
    at = {"lon": f"{place.lon:.6f}", "lat": f"{place.lat:.6f}", "datum": "wgs84", "there": "1"}
    if place.certainty == "estimated":
        return at
    if place.unit_id in current.grid_of_unit:
        return {"unit": place.unit_id}
    if place.kind == "grid":
        return {"grid": place.grid}
    return {"means": place.label} | at  # the position says which of those called so


def remember_pick(text: str, place: PlaceFound, current: CurrentPlan) -> bool:
    """Propose that a text means a place, which a supervisor decides; return whether it was.

    It is not where that waits for a decision already, or the place is not within the limits.

    Parameters
    ----------
    text : as it stands in the list
    place : what a person picked, as the list has it
    current : the plan that was asked
    """
    if not is_name(text) or not place.is_one:
        return False
    try:
        proposal = proposal_of({"text": text} | meaning_of(place, current))
    except (FieldError, OutsideAreaError):
        return False
    with reading(database()) as connection:
        waiting = list_corrections(connection, "open")
    if any(_is_said(proposal, each) for each in waiting):
        return False
    propose_correction(database(), proposal, at=now(), by=user_id())
    return True


def _is_said(proposal: Proposal, known: Proposal) -> bool:
    names = ("asked", "means", "unit_id", "grid", "place")
    return all(getattr(proposal, name) == getattr(known, name) for name in names)
