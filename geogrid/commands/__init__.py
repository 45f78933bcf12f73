"""The subcommands of ``geogrid``, one click command per file."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import wraps
from typing import Any

import click

from geogrid.errors import FieldError, GeogridError
from geogrid.i18n import mark as _
from geogrid.i18n import translate

__all__ = [
    "FilePath",
    "chosen_fields",
    "language",
    "named_here",
    "options_named",
    "reports_errors",
]


class FilePath(click.Path):
    """A path that is not empty: pathlib takes an empty one for the current folder."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the path, or end with status 2."""
        if not str(value):
            self.fail(translate(_("The name of the file is empty."), language()), param, ctx)
        return super().convert(value, param, ctx)


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


def chosen_fields(pairs: Iterable[str]) -> Mapping[str, str]:
    """Return canonical field → column of ``NAME=COLUMN`` texts."""
    chosen = {}
    for pair in pairs:
        name, equals, column = pair.partition("=")
        if not (name and equals):
            raise FieldError(_("--field {pair}: write NAME=COLUMN, such as code=BM."), pair=pair)
        chosen[name.strip()] = column.strip()
    return chosen


def named_here(text: str, options: Mapping[str, str]) -> str:
    """Return `text` with options under the names they have for one file of a command.

    Examples
    --------
    >>> named_here("give --crs EPSG:4547", {"--crs": "--grids-crs"})
    'give --grids-crs EPSG:4547'
    """
    for usual, here in options.items():
        text = re.sub(rf"(?<![\w-]){re.escape(usual)}(?![\w-])", here, text)
    return text


@contextmanager
def options_named(options: Mapping[str, str]) -> Iterator[None]:
    """Report errors of a block as :func:`reports_errors` does, with options renamed."""
    try:
        yield
    except GeogridError as error:
        click.echo(named_here(error.text(language()), options), err=True)
        raise SystemExit(2) from None
