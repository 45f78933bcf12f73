"""Advice as lines of text and as plain values for JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from geogrid.i18n import mark as _
from geogrid.i18n import translate
from geogrid.rules.builtin import profile_label
from geogrid.rules.profile import Profile

__all__ = ["advice_data", "advice_lines"]

_SHOWN = 20


def advice_lines(
    advice: pd.DataFrame, profile: Profile, language: str, *, shown: int = _SHOWN
) -> Iterator[str]:
    """Yield advice line by line, the furthest off first.

    Parameters
    ----------
    advice : from :func:`geogrid.rules.check_rules`
    profile : that was asked
    language : ``"zh_CN"`` or ``"en"``
    shown : how many sentences to show
    """
    title = profile_label(profile, language)
    if not len(advice):
        yield translate(_("Size and codes: nothing to advise ({profile})"), language, profile=title)
        return
    head = _("Advice on size and codes, no errors ({profile}): {count}")
    yield translate(head, language, profile=title, count=len(advice))
    for detail in advice["detail"].head(shown):
        yield f"  {detail.text(language)}"
    if len(advice) > shown:
        more = _("… and {count} more; -o FILE writes them all")
        yield translate(more, language, count=len(advice) - shown)


def advice_data(advice: pd.DataFrame, language: str) -> list[dict[str, Any]]:
    """Return advice as plain values: id, kind, grids and the sentence in `language`."""
    return [
        {
            "id": one.id,
            "kind": one.kind,
            "grids": list(one.grids),
            "text": one.detail.text(language),
        }
        for one in advice.itertuples(index=False)
    ]
