"""Which texts may become another name of a place: short ones that hold nobody's phone number."""

from __future__ import annotations

import re
import unicodedata

__all__ = ["LONGEST_NAME", "is_name", "without_numbers"]

LONGEST_NAME = 60
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
