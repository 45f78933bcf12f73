"""The errors geogrid raises, each with a message its user can act on.

::

    GeogridError
    ├── StoreError              the workspace cannot be read or written (geogrid.store.errors)
    └── InputError              unusable input: exit status 2, HTTP 422
        ├── CrsError            the reference system or datum is missing or implausible
        ├── FieldError          a column or value is missing, double or of the wrong type
        ├── FormatError         the file is not what it says or cannot be read
        ├── LimitError          too large: the message names the limit
        ├── RedrawError         an operation on a draft is refused, with the place (geogrid.redraw)
        └── UnsafeFileError     the file reaches for something outside itself
"""

from __future__ import annotations

from geogrid.i18n import translate

__all__ = [
    "CrsError",
    "FieldError",
    "FormatError",
    "GeogridError",
    "InputError",
    "LimitError",
    "UnsafeFileError",
]


class GeogridError(Exception):
    """Base of every error geogrid raises on purpose.

    Parameters
    ----------
    message
        English sentence with ``{name}`` fields; it is the key of its translations.
    **params
        Values of the fields.
    """

    def __init__(self, message: str, /, **params: object) -> None:
        super().__init__(message)
        self.message = message
        self.params = params

    def __str__(self) -> str:
        return self.text("en")

    def text(self, language: str = "en") -> str:
        """Return the message in `language` (``"zh_CN"`` or ``"en"``)."""
        return translate(self.message, language, **self.params)


class InputError(GeogridError):
    """Unusable input."""


class CrsError(InputError):
    """The coordinate reference system or datum is missing or implausible."""


class FieldError(InputError):
    """A column or a value in it is missing, double or of the wrong type."""


class FormatError(InputError):
    """The file is not what it says it is, or cannot be read."""


class LimitError(InputError):
    """The input is larger than a limit, which the message names."""


class UnsafeFileError(InputError):
    """The file reaches for something outside itself."""
