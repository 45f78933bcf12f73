"""What grids are called, what they are, and what they are below: nothing drawn changes."""

from __future__ import annotations

from collections.abc import Iterable

import geopandas as gpd

from geogrid.i18n import mark as _
from geogrid.redraw._concluding import Draft, conclude
from geogrid.redraw._naming import named_codes
from geogrid.redraw.building import grid_polygon
from geogrid.redraw.codes import code_pattern
from geogrid.redraw.errors import RedrawError
from geogrid.redraw.graph import ArcGraph, Row
from geogrid.redraw.record import Record
from geogrid.rules.codes import CodeScheme
from geogrid.rules.numbering import number_grids
from geogrid.vocabulary import LABELS

__all__ = ["change_kind", "change_parent", "clean_name", "new_row", "rename", "renumber"]


def clean_name(name: str) -> str:
    """Return a name without spaces around it.

    Raises
    ------
    RedrawError
        It is empty, longer than 100 characters, or has characters that do not print.
    """
    text = name.strip()
    if not text or len(text) > 100 or not text.isprintable():
        raise RedrawError(_("A name has 1 to 100 printable characters."))
    return text


def new_row(model: Row, code: str, name: str) -> Row:
    """Return the attributes of a new grid like another; what is counted is not known yet."""
    kept = {key: model[key] for key in ("parent", "level", "kind")}
    return {**dict.fromkeys(model), "code": code, "name": clean_name(name), **kept}


def rename(graph: ArcGraph, code: str, name: str) -> Record:
    """Give a grid of any level another name.

    Raises
    ------
    RedrawError
        The name is empty, too long, or the one it has.
    """
    label = graph.label(code)
    draft = Draft(rows={label: {**graph.rows[label], "name": clean_name(name)}})
    return conclude(graph, "rename", {"code": code, "name": name}, draft)


def change_kind(graph: ArcGraph, codes: Iterable[str], kind: str) -> Record:
    """Make grids of another kind: one of the kinds of :data:`geogrid.vocabulary.LABELS`.

    Raises
    ------
    RedrawError
        There is no such kind, or they are of it.
    """
    chosen = [*codes]
    if kind not in LABELS["kind"]:
        raise RedrawError(
            _("There is no kind {kind}; there are {known}."),
            kind=kind,
            known=", ".join(LABELS["kind"]),
        )
    labels = [graph.label(code) for code in chosen]
    draft = Draft(rows={label: {**graph.rows[label], "kind": kind} for label in labels})
    return conclude(graph, "change_kind", {"codes": chosen, "kind": kind}, draft)


def change_parent(graph: ArcGraph, codes: Iterable[str], parent: str) -> Record:
    """Put grids below another one, with all that is below them.

    Parameters
    ----------
    graph : the draft; it stays as it is
    codes : of grids of any level
    parent : code of the grid above, of a coarser level and divided; ``""`` for none

    Raises
    ------
    RedrawError
        The levels do not fit, a former parent would have no grids left, or the new one is not
        divided.
    """
    chosen = [*codes]
    rows: dict[str, Row | None] = {}
    for code in chosen:
        label = graph.label(code)
        row = graph.rows[label]
        if parent:
            _require_above(graph, parent, row)
        rows[label] = {**row, "parent": parent}
    return conclude(graph, "change_parent", {"codes": chosen, "parent": parent}, Draft(rows=rows))


def _require_above(graph: ArcGraph, parent: str, row: Row) -> None:
    above = graph.rows[graph.label(parent)]
    if None not in (above["level"], row["level"]) and above["level"] >= row["level"]:
        raise RedrawError(
            _("{code} is at level {level} and cannot be below {parent} of level {above}."),
            code=named_codes(graph, [row["code"]]), level=row["level"],
            parent=named_codes(graph, [parent]), above=above["level"],
        )  # fmt: skip


def renumber(graph: ArcGraph, parent: str = "", scheme: CodeScheme | None = None) -> Record:
    """Give the grids directly below a parent new numbers, west to east, then north to south.

    Codes once used are not used again, so numbers go on after the highest. Children follow.

    Parameters
    ----------
    graph : the draft; it stays as it is
    parent : code of the grid above; ``""`` for those without one
    scheme : how codes are made; as the codes there are now when left out

    Raises
    ------
    RedrawError
        The parent is not divided, or nothing says how codes are made.
    LimitError
        There are not enough numbers.
    """
    labels = graph.below(graph.label(parent)) if parent else graph.below("")
    if not labels:
        raise RedrawError(
            _("{code} is not divided; there is nothing to number."),
            code=named_codes(graph, [parent]),
        )
    level = graph.rows[labels[0]]["level"]
    pattern = code_pattern(graph, parent, level, scheme)
    if pattern is None:
        raise RedrawError(
            _("The codes below {code} follow no pattern; name a code scheme."),
            code=named_codes(graph, [parent]) if parent else "–",
        )
    rows = [graph.rows[label] for label in labels]
    frame = gpd.GeoDataFrame(
        [{**row, "level": level} for row in rows],
        geometry=[grid_polygon(graph, str(row["code"])) for row in rows], crs="EPSG:4326",
    )  # fmt: skip
    own = CodeScheme("own", {level: pattern})
    numbered = number_grids(frame, own, retired=graph.used, parent=parent, renumber=True)
    after: dict[str, Row | None] = {}
    for label, row, code in zip(labels, rows, numbered["code"], strict=True):
        after[label] = {**row, "code": str(code)}
        for child in graph.below(label):
            after[child] = {**graph.rows[child], "parent": str(code)}
    return conclude(graph, "renumber", {"parent": parent}, Draft(rows=after))
