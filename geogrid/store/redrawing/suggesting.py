"""Small changes suggested for a draft as it is: by the homes of its figures, else by area."""

from __future__ import annotations

from collections.abc import Sequence

from geogrid.errors import FieldError, InputError
from geogrid.i18n import mark as _
from geogrid.propose import Homes, Suggestion, suggest_balance, suggest_halves, suggest_transfer
from geogrid.store.redrawing.opened import OpenDraft
from geogrid.store.redrawing.words import called

__all__ = ["KINDS", "MOST_GRIDS", "suggest"]

KINDS = ("halve", "balance", "take")
MOST_GRIDS = 12
_MOST_HOMES = 5_000
_GRIDS = ("grid", "one", "other")
"""Fields of messages that name a grid."""


def suggest(
    draft: OpenDraft, kind: str, codes: Sequence[str], *,
    households: float | None = None, to: str | None = None,
) -> Suggestion:  # fmt: skip
    """Return an operation that halves a grid, makes some alike or takes homes from one.

    Parameters
    ----------
    draft : whose lock the caller holds
    kind : one of :data:`KINDS`
    codes : of one grid, or of 2 to 12 to balance
    households, to : how many to take, and the code of who gets them; the best neighbour of the
        same grid above, not locked, when left out

    Raises
    ------
    FieldError
        The number of grids does not fit, or one is not there.
    InputError
        It cannot be done; RedrawError for divided grids.
    """
    try:
        return _suggest(draft, kind, codes, households, to)
    except InputError as error:  # of proposals, which know grids by code
        known = (key for key in _GRIDS if isinstance(error.params.get(key), str))
        error.params |= {key: called(draft.graph, str(error.params[key])) for key in known}
        raise


def _suggest(
    draft: OpenDraft, kind: str, codes: Sequence[str], households: float | None, to: str | None
) -> Suggestion:
    if kind == "balance" and not 2 <= len(set(codes)) <= MOST_GRIDS:
        raise FieldError(_("Choose 2 to {most} grids to balance."), most=MOST_GRIDS)
    if kind != "balance" and len(codes) != 1:
        raise FieldError(_("Choose one grid."))
    labels = [draft.graph.label(code) for code in codes]
    if kind == "halve":
        return suggest_halves(draft.graph, codes[0], _homes(draft, labels))
    if kind == "balance":
        return suggest_balance(draft.graph, codes, _homes(draft, labels))
    if households is None:
        raise FieldError(_("“{name}” is missing."), name="households")
    takers = [draft.graph.label(to)] if to else _neighbours(draft, labels[0])
    is_known = _homes(draft, labels) is not None
    homes = _homes(draft, [*labels, *takers]) if is_known else None
    return suggest_transfer(
        draft.graph, codes[0], households, homes,
        to=to, takers=[draft.graph.code(label) for label in takers],
    )  # fmt: skip


def _homes(draft: OpenDraft, labels: Sequence[str]) -> Homes | None:
    """Return the homes in grids, None where there are none."""
    leaves = [leaf for label in labels for leaf in draft.graph.leaves(label)]
    lon, lat, households = draft.tally.homes_in(leaves)
    if len(lon) > _MOST_HOMES:
        raise InputError(
            _("There are {count} buildings in these grids, too many at once ({most}); choose"
              " smaller ones."),
            count=len(lon), most=_MOST_HOMES,
        )  # fmt: skip
    return Homes(lon, lat, households) if len(lon) else None


def _neighbours(draft: OpenDraft, label: str) -> list[str]:
    """Return the labels of grids beside one, of its level and below the same, not locked."""
    graph, row = draft.graph, draft.graph.rows[label]
    beside = {
        side
        for leaf in graph.leaves(label)
        for arc in graph.beside(leaf)
        for side in (arc.left, arc.right)
        if side in graph.rows
    }
    found = {each for side in beside for each in (side, *graph.above(side))}
    return sorted(
        each
        for each in found - {label}
        if all(graph.rows[each][name] == row[name] for name in ("parent", "level"))
        and each not in draft.redraw.locked
    )
