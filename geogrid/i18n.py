"""Messages in the user's language, from the compiled gettext catalogue.

English sentences are the keys. The library formats with ``str.format`` fields
(``{name}``), the web templates with Flask-Babel's ``%(name)s``; both live in
``translations/zh_CN``, one ``.po`` file per area, compiled into one ``messages.mo``.
"""

from __future__ import annotations

import gettext
from collections.abc import Mapping
from functools import cache
from pathlib import Path

__all__ = ["LANGUAGES", "TRANSLATIONS", "mark", "translate"]

TRANSLATIONS = Path(__file__).parent / "translations"
LANGUAGES: Mapping[str, str] = {"zh_CN": "中文", "en": "English"}
"""Locale to its own name; the first is the default."""


def mark(message: str) -> str:
    """Mark `message` for extraction and return it unchanged (import it as ``_``)."""
    return message


@cache
def _catalogue(language: str) -> gettext.NullTranslations:
    if language == "en":
        return gettext.NullTranslations()
    return gettext.translation("messages", TRANSLATIONS, [language], fallback=True)


def translate(message: str, language: str, /, **params: object) -> str:
    """Translate `message` into `language` and fill in its ``{name}`` fields.

    Parameters
    ----------
    message
        English sentence; returned as it is when `language` has no translation.
    language
        ``"zh_CN"`` or ``"en"``.
    **params
        Values of the fields. An :class:`~geogrid.errors.GeogridError` or any value with
        a ``text(language)`` method is translated too.
    """
    filled = {
        key: value.text(language) if hasattr(value, "text") else value
        for key, value in params.items()
    }
    text = _catalogue(language).gettext(message) if message else ""
    return text.format(**filled) if filled else text
