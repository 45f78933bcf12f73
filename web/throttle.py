"""How often passwords may be tried: counted per name and per address, in memory.

Several workers count each for themselves, so that their limits add up; a restart forgets.
"""

from __future__ import annotations

from flask import current_app, request
from limits import parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from geogrid.errors import GeogridError
from geogrid.i18n import mark as _
from geogrid.store.users import folded

__all__ = ["Throttle", "TooManyError", "count_attempt", "forgive"]

PER_NAME = parse("10 per minute")
PER_ADDRESS = parse("100 per minute")
"""A whole office may come from one address at half past eight."""
_LONGEST = 80


class TooManyError(GeogridError):
    """Passwords are tried too often."""


class Throttle:
    """The attempts of the last minute."""

    def __init__(self) -> None:
        self.window = MovingWindowRateLimiter(MemoryStorage())


def _window() -> MovingWindowRateLimiter:
    throttle: Throttle = current_app.extensions["geogrid_throttle"]
    return throttle.window


def count_attempt(name: str) -> None:
    """Count before the password is looked at, so that attempts at once are counted too.

    Raises
    ------
    TooManyError
        There were too many for this name, or from this address.
    """
    window = _window()
    is_allowed = window.hit(PER_ADDRESS, "address", request.remote_addr or "")
    if not is_allowed or not window.hit(PER_NAME, "name", _key(name)):
        raise TooManyError(_("Too many attempts. Wait a minute, then try again."))


def forgive(name: str) -> None:
    """Forget the attempts of somebody who then knew the password."""
    _window().clear(PER_NAME, "name", _key(name))


def _key(name: str) -> str:
    return folded(name)[:_LONGEST]
