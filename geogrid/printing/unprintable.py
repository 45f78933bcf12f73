"""Which names lose something on paper, so that nobody finds out from the wall."""

from __future__ import annotations

import unicodedata

from geogrid.findings import Finding
from geogrid.i18n import mark as _
from geogrid.printing.request import Request
from geogrid.printing.subject import Subject
from geogrid.printing.words import MISSING, plain

__all__ = ["unprintable_names"]

_MOST_NAMED = 5


def unprintable_names(subject: Subject, request: Request) -> list[Finding]:
    """Return a finding when names on a sheet have signs without a glyph or ones that are hidden."""
    names = [str(name) for name in subject.main["name"].dropna()]
    names += [str(name) for name in subject.tree.names.values() if name == subject.name]
    names += [request.plan_name]
    shown = set(subject.main["code"]) | set(subject.tree.chain(subject.code))
    if len(request.posts):
        held = request.posts[request.posts["grid"].isin(shown)]
        names += [str(name) for name in held["holder"].fillna("")]
    changed = [name for name in dict.fromkeys(names) if _loses(name)]
    if not changed:
        return []
    some = ", ".join(f"“{plain(name)[:30]}”" for name in changed[:_MOST_NAMED])
    return [
        Finding(
            "unprintable",
            _(
                "Names with signs that the typeface does not have show {sign} for them, "
                "and hidden signs are left out: {names}."
            ),
            {"sign": MISSING, "names": some + ("…" if len(changed) > _MOST_NAMED else "")},
        )
    ]


def _loses(name: str) -> bool:
    whole = " ".join(unicodedata.normalize("NFC", name).split())
    return plain(name) != whole
