"""The base of every layer: hands its kind and options to the page's scripts."""

from __future__ import annotations

from typing import Any

from folium.elements import MacroElement
from folium.template import Template

__all__ = ["QueuedLayer"]


class QueuedLayer(MacroElement):
    """A layer that the page's scripts draw.

    Folium writes one line of JavaScript, which queues the layer's kind, the map and the
    options; ``web/js/map/layers.js`` takes the queue when it loads. So the composed script
    is the same for all data and may be cached for ever.

    Parameters
    ----------
    **options
        Values that JSON can hold; addresses of data routes are among them.
    """

    kind = ""
    _template = Template(
        "{% macro script(this, kwargs) %}"
        "(window.geogrid = window.geogrid || []).push({"
        "kind: {{ this.kind|tojson }}, map: {{ this._parent.get_name() }}, "
        "options: {{ this.options|tojson }}});"
        "{% endmacro %}"
    )

    def __init__(self, **options: Any) -> None:
        super().__init__()
        self._name = self.kind
        self.options = options
