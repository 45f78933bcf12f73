"""Write a comparison, the format by the file's extension."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path

from geogrid.compare.plain import comparison_data
from geogrid.compare.record import ComparisonRecord
from geogrid.compare.spreadsheet import comparison_workbook
from geogrid.compare.word import comparison_document
from geogrid.errors import FormatError
from geogrid.i18n import mark as _
from geogrid.tabular.writing import replace_file

__all__ = ["COMPARISON_FORMATS", "require_format", "write_comparison"]


def _json(record: ComparisonRecord) -> bytes:
    return json.dumps(comparison_data(record), ensure_ascii=False, allow_nan=False).encode()


_WRITERS: Mapping[str, Callable[[ComparisonRecord], bytes]] = {
    ".docx": comparison_document,
    ".xlsx": comparison_workbook,
    ".json": _json,
}
COMPARISON_FORMATS = tuple(_WRITERS)
"""Extensions :func:`write_comparison` knows; maps are written by :mod:`geogrid.layers`."""


def require_format(path: Path) -> str:
    """Return the extension of `path`, or raise :class:`FormatError` where it is unknown."""
    extension = path.suffix.casefold()
    if extension not in (*_WRITERS, ".html"):
        raise FormatError(
            _("Comparisons are not written as {extension}; use {known}."),
            extension=path.suffix or path.name,
            known=" ".join((*_WRITERS, ".html")),
        )
    return extension


def write_comparison(record: ComparisonRecord, path: str | Path) -> None:
    """Write a comparison.

    Parameters
    ----------
    record
        What was compared, in whose words.
    path
        ``.docx``, ``.xlsx`` or ``.json``; replaced only once complete.

    Raises
    ------
    FormatError
        Another extension.
    InputError
        The place cannot be written to.
    """
    place = Path(path)
    content = _WRITERS[require_format(place)](record)
    with replace_file(place) as file:
        file.write(content)
