"""What the forms of accounts have in common."""

from __future__ import annotations

from collections.abc import Mapping

from geogrid.errors import FieldError
from geogrid.i18n import mark as _

__all__ = ["twice"]


def twice(form: Mapping[str, str]) -> str:
    """Return the new password of a form, typed twice.

    Raises
    ------
    FieldError
        The two differ.
    """
    password = form.get("password", "")
    if password != form.get("again", ""):
        raise FieldError(_("The two passwords are not the same."))
    return password
