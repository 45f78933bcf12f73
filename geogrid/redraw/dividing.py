"""A grid split by a line into as many pieces as it makes, through holes and several times too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from geogrid.i18n import mark as _
from geogrid.redraw._concluding import Draft, conclude
from geogrid.redraw._cutting_lines import CutGrid, cut_grid
from geogrid.redraw._naming import named
from geogrid.redraw._places import Place, line_points, place_point
from geogrid.redraw.arc import Arc
from geogrid.redraw.codes import fresh_codes
from geogrid.redraw.errors import RedrawError
from geogrid.redraw.graph import ArcGraph, Row
from geogrid.redraw.names import new_row
from geogrid.redraw.record import Record
from geogrid.rules.codes import CodeScheme

__all__ = ["split"]


def split(
    graph: ArcGraph,
    code: str,
    line: object,
    *,
    keep: Place | None = None,
    names: Sequence[str] = (),
    cut_children: bool = False,
    scheme: CodeScheme | None = None,
) -> Record:
    """Split a grid of any level by a line.

    What the line parts becomes a grid of its own, piece by piece; parts that it does not meet
    stay with the largest piece, which keeps code and name. Households and people of the pieces are
    not known until they are counted (:func:`~geogrid.redraw.counting.with_homes`).

    Parameters
    ----------
    graph : the draft; it stays as it is
    code : of the grid
    line : (n, 2) degrees or a LineString, from border to border; what lies outside of the
        grid does not matter. A closed one cuts a piece out.
    keep : (longitude, latitude) in the piece that keeps the code
    names : of the new grids, from west to east; made from the old one when left out
    cut_children : whether grids below it may be split too, at all levels, where the line does not
        follow their borders. Their larger pieces keep their codes.
    scheme : how codes are made; as those beside it when left out

    Raises
    ------
    RedrawError
        The line ends inside the grid, does not divide it, or would cut the children that the
        message names.
    """
    label, drawn = graph.label(code), line_points(line)
    cut = cut_grid(graph, label, drawn)
    groups = cut.groups(None if keep is None else place_point(keep))
    if not cut_children:
        _require_whole(graph, label, cut, groups)
    sharing = _Sharing(graph, cut, groups, names, scheme)
    sharing.share(label, None)
    draft = Draft(cut.removed, sharing.pieces(), sharing.rows)
    parameters = {
        "code": code, "line": (drawn / 10**9).tolist(), "names": list(names),
        "keep": None if keep is None else list(keep), "cut_children": cut_children,
    }  # fmt: skip
    return conclude(graph, "split", parameters, draft)


def _require_whole(graph: ArcGraph, label: str, cut: CutGrid, groups: Sequence[int]) -> None:
    """Raise where grids below another one would lie in several pieces of it."""
    held: dict[str, set[int]] = {}
    for piece, leaf in enumerate(cut.leaf):
        line = [leaf, *graph.above(leaf)]
        for each in line[: line.index(label)]:
            held.setdefault(each, set()).add(groups[piece])
    parted = [each for each, some in held.items() if len(some) > 1]
    if parted:
        raise RedrawError(
            _("The line would cut {children}, which are below {code}; follow their borders, or say"
              " that they are split too."),
            at=cut.place, code=named(graph, [label]), children=named(graph, parted),
        )  # fmt: skip


class _Sharing:
    """Pieces given codes from the split grid downwards; group 0 is what keeps its code."""

    def __init__(
        self, graph: ArcGraph, cut: CutGrid, groups: Sequence[int], names: Sequence[str],
        scheme: CodeScheme | None,
    ) -> None:  # fmt: skip
        self.graph, self.cut, self.groups = graph, cut, groups
        self.names, self.scheme = names, scheme
        self.rows: dict[str, Row | None] = {}
        self._labels: dict[int, str] = {}

    def share(self, label: str, parents: Mapping[int, str] | None) -> None:
        """Give the groups that a grid lies in to it and to new grids.

        Parameters
        ----------
        label : of the grid
        parents : code of the grid above, by group; None for the grid that is split
        """
        row, size = self.graph.rows[label], self._sizes(label)
        main = 0 if parents is None else max(sorted(size), key=lambda group: size[group])
        above = row["parent"] if parents is None else parents[main]
        codes = {main: row["code"]}
        changed = {"parent": above}
        if len(size) > 1:
            changed |= {name: None for name in ("households", "people") if name in row}
        if {**row, **changed} != row:
            self.rows[label] = {**row, **changed}
        fresh = {main: label}
        for number, group in enumerate(sorted(set(size) - {main})):
            over = row["parent"] if parents is None else parents[group]
            name = self._name(row, number, is_top=parents is None)
            fresh[group] = codes[group] = self._code(row, over)
            self.rows[fresh[group]] = {**new_row(row, codes[group], name), "parent": over}
        children = self.graph.below(label)
        for child in children:
            self.share(child, codes)
        if not children:
            for piece in self.cut.pieces_of(label):
                self._labels[piece] = fresh[self.groups[piece]]

    def _sizes(self, label: str) -> dict[int, int]:
        size: dict[int, int] = {}
        for leaf in self.graph.leaves(label):
            for piece in self.cut.pieces_of(leaf):
                group = self.groups[piece]
                size[group] = size.get(group, 0) + self.cut.areas[piece]
        return size

    def _code(self, row: Row, parent: str) -> str:
        return fresh_codes(
            self.graph, parent, row["level"], 1, self.scheme, root=str(row["code"]),
            like=str(row["parent"]), besides=[one for one, new in self.rows.items() if new],
        )[0]  # fmt: skip

    def _name(self, row: Row, number: int, *, is_top: bool) -> str:
        if is_top and number < len(self.names):
            return self.names[number]
        return f"{row['name'] or row['code']}-{number + 2}"

    def pieces(self) -> list[Arc]:
        """Return the stretches with their sides as they will be."""
        return [
            Arc(path, self._labels.get(left, was_left), self._labels.get(right, was_right))
            for path, left, right, was_left, was_right in self.cut.stretches()
        ]
