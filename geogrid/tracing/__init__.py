"""Start from what offices have: pictures and drawings placed, lines made areas, bounds in words."""

from geogrid.tracing.bounds_text import FourBounds, parse_four_bounds
from geogrid.tracing.closing import ClosedLines, close_lines
from geogrid.tracing.control_points import KINDS, Placement, fit_control_points
from geogrid.tracing.errors import ControlPointError
from geogrid.tracing.four_bounds import BoundsProposal, propose_area
from geogrid.tracing.polygonising import TracedAreas, polygonise
from geogrid.tracing.street_names import StreetMatch, StreetNames

__all__ = [
    "KINDS",
    "BoundsProposal",
    "ClosedLines",
    "ControlPointError",
    "FourBounds",
    "Placement",
    "StreetMatch",
    "StreetNames",
    "TracedAreas",
    "close_lines",
    "fit_control_points",
    "parse_four_bounds",
    "polygonise",
    "propose_area",
]
