"""What grids are called in the messages of refused operations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from geogrid.findings import Finding
from geogrid.i18n import mark as _
from geogrid.redraw.arc import OUTSIDE

if TYPE_CHECKING:
    from geogrid.redraw.graph import ArcGraph

__all__ = ["Listed", "named", "named_codes"]

_SHOWN = 5


@dataclass(frozen=True)
class Listed:
    """Names as the part of a sentence, the first few of many, joined as its language does."""

    names: Sequence[str]

    def text(self, language: str = "en") -> str:
        """Return the names in one text."""
        joint = "、" if language.startswith("zh") else ", "
        return joint.join(self.names[:_SHOWN]) + ("…" if len(self.names) > _SHOWN else "")


def named(graph: ArcGraph, labels: Iterable[str]) -> Listed | Finding:
    """Return grids as the part of a sentence, by code in order; else a gap or what lies outside.

    They are called by their names; by their codes where they have none, and by both where
    two in the draft have the same name: every community may have a 第一网格.
    """
    given = {*labels} - {OUTSIDE}
    known = sorted(given - graph.gaps.keys(), key=graph.code)
    if not known:
        return Finding("", _("a gap") if given else _("the edge of the region"))
    names = [str(graph.rows[each]["name"] or "") if each in graph.rows else "" for each in known]
    borne = Counter(str(row["name"] or "") for row in graph.rows.values())
    twice = {name for name in names if borne[name] > 1}
    codes = [graph.code(each) for each in known]
    return Listed(
        tuple(
            code if not name else f"{name} ({code})" if name in twice else name
            for name, code in zip(names, codes, strict=True)
        )
    )


def named_codes(graph: ArcGraph, codes: Iterable[str]) -> Listed | Finding:
    """Return grids of codes as :func:`named` does; what is no grid keeps its code."""
    return named(graph, [graph.find(code) or code for code in codes])
