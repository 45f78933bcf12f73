"""What a redrawing operation says when it cannot be done, and where."""

from __future__ import annotations

from geogrid.errors import InputError
from geogrid.redraw.arc import UNITS, Point

__all__ = ["RedrawError"]


class RedrawError(InputError):
    """An operation is refused: the plan is as it was.

    Parameters
    ----------
    message
        English sentence with ``{name}`` fields; the key of its translations.
    at
        Where, in units of 1e-9°; None where the reason has no place.
    **params
        Values of the fields.

    Attributes
    ----------
    place
        (longitude, latitude) in degrees of WGS 84 to mark on the map, or None.
    """

    def __init__(self, message: str, /, *, at: Point | None = None, **params: object) -> None:
        super().__init__(message, **params)
        self.place = None if at is None else (at[0] / UNITS, at[1] / UNITS)
