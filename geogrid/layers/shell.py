"""Compose a Folium map into a page shell: markup, one script, local files only.

Folium gives every element a random id and writes inline scripts and links to public
CDNs. Here ids are fixed, so that the same layers give the same bytes and the script can be
served under its hash; and every link is replaced by a file of ours, or the shell is refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import folium
from branca.element import CssLink, Element, Figure, JavascriptLink

__all__ = ["LOCAL_FILES", "Shell", "compose_shell"]

LOCAL_FILES = {
    "leaflet": "leaflet.js",
    "leaflet-heat.js": "leaflet-heat.js",
    "leaflet_css": None,  # bundled in style.css
    "jquery": None,  # the rest serves Folium's own markers and popups, which no layer here uses
    "bootstrap": None,
    "awesome_markers": None,
    "bootstrap_css": None,
    "glyphicons_css": None,
    "awesome_markers_font_css": None,
    "awesome_markers_css": None,
    "awesome_rotate_css": None,
}
"""Name of a link in Folium to our own file, or None where nothing needs it."""


class Shell(NamedTuple):
    """A composed map.

    Attributes
    ----------
    body
        Markup of the map's element.
    script
        JavaScript that creates the map and queues its layers; runs after `files`.
    files
        Logical names of the local scripts it needs, in order.
    """

    body: str
    script: str
    files: tuple[str, ...]


def compose_shell(layers: Sequence[Element], *, name: str = "main") -> Shell:
    """Compose `layers` on a Folium map.

    Parameters
    ----------
    layers
        Elements in drawing order.
    name
        Fixed id of the map; the element's id in the page is ``map_<name>``.

    Raises
    ------
    ValueError
        If a layer links to a file that :data:`LOCAL_FILES` does not know: a page must not
        ask another host.

    Examples
    --------
    >>> from geogrid.layers.grids import GridsLayer
    >>> shell = compose_shell([GridsLayer(url="/grids.json")])
    >>> shell.files
    ('leaflet.js',)
    """
    chart = folium.Map(
        tiles=None, control_scale=False, zoom_control=False, attribution_control=True
    )
    chart._id = name
    for position, layer in enumerate(layers):
        layer._id = str(position)
        chart.add_child(layer, name=f"layer{position}")
    figure: Figure = chart.get_root()
    figure.render()
    return Shell(
        body=figure.html.render().strip(),
        script=_script(figure),
        files=_local_files(figure),
    )


def _script(figure: Figure) -> str:
    return "\n".join(child.render() for child in figure.script._children.values()).strip()


def _local_files(figure: Figure) -> tuple[str, ...]:
    files = []
    for name, child in figure.header._children.items():
        if not isinstance(child, JavascriptLink | CssLink):
            continue
        if name not in LOCAL_FILES:
            raise ValueError(f"{name} ({child.url}) has no local file; add it to LOCAL_FILES")
        if LOCAL_FILES[name]:
            files.append(LOCAL_FILES[name])
    return tuple(files)  # type: ignore[arg-type]
