"""Maps on paper: wall maps (网格图上墙) and leaflets, as PDF and as pictures."""

from geogrid.printing.leaflet import print_leaflet, print_leaflets
from geogrid.printing.paper import PAPERS
from geogrid.printing.picture import page_picture
from geogrid.printing.request import Printed, Request
from geogrid.printing.wall_map import print_map

__all__ = [
    "PAPERS",
    "Printed",
    "Request",
    "page_picture",
    "print_leaflet",
    "print_leaflets",
    "print_map",
]
