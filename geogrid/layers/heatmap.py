"""Heat of cases: Folium's own HeatMap, fed with bins that the server counts."""

from __future__ import annotations

from typing import Any

from folium.plugins import HeatMap
from folium.template import Template

__all__ = ["BinnedHeatMap"]


class BinnedHeatMap(HeatMap):
    """A Folium heat map that starts empty and is queued for the page's scripts.

    The page asks the server for bins of the view and hands them to Leaflet.heat; never one
    marker per case.
    """

    kind = "heat"
    _template = Template(
        "{% macro script(this, kwargs) %}"
        "var {{ this.get_name() }} = L.heatLayer([], {{ this.options|tojavascript }});"
        "(window.geogrid = window.geogrid || []).push({"
        "kind: 'heat', map: {{ this._parent.get_name() }}, layer: {{ this.get_name() }}, "
        "options: {{ this.queued|tojson }}});"
        "{% endmacro %}"
    )

    def __init__(self, **options: Any) -> None:
        super().__init__([], radius=22, blur=18, min_opacity=0.25, max_zoom=22)
        self._name = "heat"
        self.queued = options
