"""Findings: what was noticed about an input without stopping the work."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from geogrid.i18n import translate

__all__ = ["Finding", "Severity"]

Severity = Literal["error", "warning", "note"]

_ROWS_SHOWN = 8


@dataclass(frozen=True)
class Finding:
    """Something said about an input that did not stop the work.

    Attributes
    ----------
    kind
        Stable name such as ``"empty_geometry"`` or ``"duplicate_code"``.
    message
        English sentence with ``{name}`` fields; the key of its translations. ``{rows}``
        stands for the rows concerned as people count them, from 1.
    params
        Values of the fields.
    rows
        Positions in the input, from 0.
    severity
        ``"error"`` when the rows are unusable, ``"warning"``, or ``"note"``.

    Examples
    --------
    >>> Finding("null_geometry", "Row {rows} has no geometry.", rows=(4,)).text()
    'Row 5 has no geometry.'
    """

    kind: str
    message: str
    params: Mapping[str, object] = field(default_factory=dict, hash=False)
    rows: tuple[int, ...] = ()
    severity: Severity = "warning"

    def text(self, language: str = "en") -> str:
        """Return the sentence in `language` (``"zh_CN"`` or ``"en"``)."""
        params = {"rows": self.rows_text(language), "count": len(self.rows), **self.params}
        return translate(self.message, language, **params)

    def rows_text(self, language: str = "en") -> str:
        """Return the row numbers as people count them, the first few of many."""
        separator = "、" if language.startswith("zh") else ", "
        shown = separator.join(str(row + 1) for row in self.rows[:_ROWS_SHOWN])
        return shown + ("…" if len(self.rows) > _ROWS_SHOWN else "")
