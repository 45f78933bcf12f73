"""Redraw a plan without tearing it: a draft of shared borders, operations, records.

An operation reads a draft (:class:`ArcGraph`) and returns a :class:`Record`, or is refused with a
:class:`RedrawError` that says why and where; :func:`replay` puts the record in force,
:func:`undo` takes it back.
"""

from geogrid.redraw.arc import Arc
from geogrid.redraw.balancing import balance
from geogrid.redraw.building import (
    build_graph,
    graph_frame,
    graph_gaps,
    graph_region,
    grid_polygon,
)
from geogrid.redraw.corners import delete_vertex, insert_vertex, move_vertex
from geogrid.redraw.counting import changed_grids, count_changes, moved_points
from geogrid.redraw.cutting import approve_gap, give_area, new_grid
from geogrid.redraw.dividing import split
from geogrid.redraw.errors import RedrawError
from geogrid.redraw.graph import ArcGraph
from geogrid.redraw.log import Conflict, conflicts, rebase, replay, undo
from geogrid.redraw.merging import give_grids, merge
from geogrid.redraw.names import change_kind, change_parent, rename, renumber
from geogrid.redraw.record import Record, inverse, record_from_json, record_json
from geogrid.redraw.shaping import reshape, snap_to_line
from geogrid.redraw.storing import graph_bytes, graph_from_bytes

__all__ = [
    "Arc",
    "ArcGraph",
    "Conflict",
    "Record",
    "RedrawError",
    "approve_gap",
    "balance",
    "build_graph",
    "change_kind",
    "change_parent",
    "changed_grids",
    "conflicts",
    "count_changes",
    "delete_vertex",
    "give_area",
    "give_grids",
    "graph_bytes",
    "graph_frame",
    "graph_from_bytes",
    "graph_gaps",
    "graph_region",
    "grid_polygon",
    "insert_vertex",
    "inverse",
    "merge",
    "move_vertex",
    "moved_points",
    "new_grid",
    "rebase",
    "record_from_json",
    "record_json",
    "rename",
    "renumber",
    "replay",
    "reshape",
    "snap_to_line",
    "split",
    "undo",
]
