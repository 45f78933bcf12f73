"""The subcommands of ``geogrid``, one click command per file."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import wraps
from typing import Any

import click

from geogrid.errors import GeogridError

__all__ = ["language", "reports_errors"]


def language() -> str:
    """Return the language of messages: ``GEOGRID_LANG``, else the locale, else Chinese."""
    for name in ("GEOGRID_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name, "").lower()
        if value.startswith("en"):
            return "en"
        if value.startswith("zh"):
            return "zh_CN"
    return "zh_CN"


def reports_errors(command: Callable[..., Any]) -> Callable[..., Any]:
    """Turn a :class:`GeogridError` into its message on stderr and exit status 2."""

    @wraps(command)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        try:
            return command(*args, **kwargs)
        except GeogridError as error:
            click.echo(error.text(language()), err=True)
            raise SystemExit(2) from None

    return wrapper
