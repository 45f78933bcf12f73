"""Where grids of a draft are not as a place expects them; gaps and overlaps there are none."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from geogrid.findings import Finding
from geogrid.i18n import mark as _
from geogrid.redraw.arc import UNITS
from geogrid.rules import Profile
from geogrid.rules.profile import Range, ShapeRules, SizeRule, first_match
from geogrid.rules.words import Advised, Amount
from geogrid.store.redrawing.looks import count_parts, figure_look, grid_look
from geogrid.store.redrawing.opened import OpenDraft

__all__ = ["USUAL", "Problem", "figure_of", "problems_of", "right_size"]

USUAL = Profile(
    name="",
    sizes=(
        SizeRule(levels=(3,), kinds=("dedicated",)),
        SizeRule(levels=(3,), households=Range(300, 500)),
    ),
    shape=ShapeRules(one_part=True, compactness=0.1),
)
"""What is expected where a place has set nothing: 300 to 500 households in a grid."""


@dataclass(frozen=True)
class Problem:
    """Something to look at.

    Attributes
    ----------
    kind
        ``"households"``, ``"compactness"``, ``"parts"`` or ``"gap"``.
    grid
        Label of the grid or gap.
    place
        (longitude, latitude) to show it at, None for a grid above others.
    said
        What it is; has ``text(language)``.
    """

    kind: str
    grid: str
    place: list[float] | None
    said: Finding


def right_size(row: Any, profile: Profile | None) -> Range | None:
    """Return how many households a grid should have, None where nothing is expected."""
    level = -1 if row["level"] is None else int(row["level"])
    rule = first_match((profile or USUAL).sizes, level, str(row["kind"]))
    return None if rule is None else rule.households


def figure_of(draft: OpenDraft, label: str, profile: Profile | None) -> dict[str, Any]:
    """Return the figures of a grid that is there."""
    row = draft.graph.rows[label]
    found = figure_look(draft.tally.sums[label], row, right_size(row, profile))
    assert found is not None
    return found


def problems_of(draft: OpenDraft, labels: Iterable[str], profile: Profile | None) -> list[Problem]:
    """Return what is to be looked at among some grids and gaps, the gravest kind first.

    Parameters
    ----------
    draft : whose lock the caller holds
    labels : of grids and gaps; those that are not there are left out
    profile : of the place; :data:`USUAL` when it has none
    """
    known, shape = list(labels), (profile or USUAL).shape
    gaps = [_gap(draft, label) for label in known if label in draft.graph.gaps]
    found: list[Problem] = [gap for gap in gaps if gap is not None]
    for label in known:
        if label in draft.graph.rows:
            found += _of_grid(draft, label, profile, shape)
    return found


def _gap(draft: OpenDraft, label: str) -> Problem | None:
    if draft.graph.gaps[label]["is_approved"]:
        return None
    arcs = draft.graph.beside(label)
    place = (arcs[0].points[0] / UNITS).tolist() if arcs else None
    said = Finding(
        "gap", _("A gap that is not approved: give it to a grid or say why it stays."), {}
    )
    return Problem("gap", label, place, said)


def _of_grid(
    draft: OpenDraft, label: str, profile: Profile | None, shape: ShapeRules
) -> list[Problem]:
    row, figure = draft.graph.rows[label], figure_of(draft, label, profile)
    name = str(row["name"] or row["code"])
    right, homes = right_size(row, profile), figure["households"]
    found: list[Problem] = []
    is_finest = draft.graph.is_leaf(label)
    place = grid_look(draft, label)["label_at"]
    if right is not None and homes is not None and figure["off"]:
        is_above = figure["off"] > 0
        message = (
            _("{grid} has {amount}, above the advised {range}")
            if is_above
            else _("{grid} has {amount}, below the advised {range}")
        )
        params = {
            "grid": name, "amount": Amount("households", homes),
            "range": Advised("households", right),
        }  # fmt: skip
        found.append(Problem("households", label, place, Finding("households", message, params)))
    if not is_finest:
        return found
    if shape.one_part and count_parts(draft, label) > 1:
        message = _("{grid} lies in {count} parts")
        params = {"grid": name, "count": count_parts(draft, label)}
        found.append(Problem("parts", label, place, Finding("parts", message, params)))
    elif figure["compactness"] < shape.compactness:
        message = _("{grid} is long or ragged: compactness {score}, advised {least} or more")
        params = {
            "grid": name, "score": f"{figure['compactness']:.2f}",
            "least": f"{shape.compactness:.2f}",
        }  # fmt: skip
        found.append(Problem("compactness", label, place, Finding("compactness", message, params)))
    return found
