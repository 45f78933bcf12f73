"""DXF drawings: boundaries as closed outlines or as lines, their codes and names as texts.

A drawing has no reference system and no attributes. A closed outline is an area, kept as
drawn; lines enclose areas together; a text in an area is its code or its name.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from geogrid.errors import FormatError
from geogrid.findings import Finding
from geogrid.formats.dxf_areas import DrawnAreas, cut_enclaves, enclosed_areas, outlined_areas
from geogrid.formats.dxf_entities import Drawing, Stroke, read_drawing
from geogrid.formats.dxf_labels import label_areas, locate_labels
from geogrid.formats.dxf_layers import asked_layers, choose_labels, choose_layers, layer_summary
from geogrid.formats.dxf_texts import Label
from geogrid.formats.layer import Limits, RawLayer, check_vertices
from geogrid.i18n import mark as _

__all__ = ["dxf_layers", "read_dxf"]


Picker = Callable[[npt.NDArray[np.object_]], list[Label]]
"""From areas to the labels that are about them."""

_LISTED = 12


def dxf_layers(path: Path, name: str) -> list[str]:
    """Return the names of a drawing's layers, the fullest first."""
    return layer_summary(read_drawing(path, name))


def read_dxf(path: Path, name: str, limits: Limits, *, layers: Sequence[str] = ()) -> RawLayer:
    """Read the boundaries of a drawing.

    Parameters
    ----------
    path, name
        The file, and what to call it in messages.
    limits
        How many vertices.
    layers
        CAD layers of the boundaries, and of their texts where those are on others;
        ``"*"`` for all. Chosen by their names when not given.

    Returns
    -------
    RawLayer
        ``crs`` is None. Attributes: code, name, households and people, as far as texts say
        them, and layer.

    Raises
    ------
    FormatError
        Damaged, nothing encloses an area, or the layers must be named.
    LimitError
        Too many objects or vertices.
    """
    drawing = read_drawing(path, name)
    strokes = drawing.strokes or drawing.fills
    if not strokes:
        raise FormatError(_("{file} holds no lines or outlines."), file=name)
    asked = asked_layers(layers, drawing, name)
    chosen = choose_layers(strokes, asked, name)
    used = [stroke for stroke in strokes if stroke.layer in chosen]

    def pick(polygons: npt.NDArray[np.object_]) -> list[Label]:
        return choose_labels(drawing.labels, polygons, chosen, asked)

    areas = _areas(used, pick, name)
    check_vertices(areas.polygons, limits)
    attributes, said = label_areas(areas.polygons, pick(areas.polygons))
    return RawLayer(
        areas.polygons,
        attributes.assign(layer=list(areas.layers)),
        problems=areas.problems,
        findings=(*_notes(drawing, strokes, chosen), *areas.findings, *said),
    )


def _areas(used: list[Stroke], pick: Picker, name: str) -> DrawnAreas:
    """Take outlines as drawn where they hold as many labels as the lines enclose, else faces."""
    drawn = outlined_areas(used)
    if drawn.left_lines:
        enclosed = enclosed_areas(used)
        if _labelled(drawn, pick) < _labelled(enclosed, pick):
            return enclosed
    if len(drawn.polygons):
        return cut_enclaves(drawn, locate_labels(drawn.polygons, pick(drawn.polygons)))
    raise FormatError(
        _("{file}: the lines on {layers} enclose no area; close them, or name other layers."),
        file=name,
        layers=", ".join(sorted({stroke.layer for stroke in used})),
    )


def _labelled(areas: DrawnAreas, pick: Picker) -> tuple[int, int]:
    """Return how many areas have a label, and how many there are where none has."""
    found = locate_labels(areas.polygons, pick(areas.polygons))
    labelled = len(np.unique(found[found >= 0]))
    return labelled, 0 if labelled else len(areas.polygons)


def _notes(drawing: Drawing, strokes: Sequence[Stroke], chosen: set[str]) -> list[Finding]:
    findings = []
    others = Counter(stroke.layer for stroke in strokes if stroke.layer not in chosen)
    if others:
        findings.append(
            Finding(
                "layers_chosen",
                _(
                    "Boundaries were read from {chosen}; not from {others}. Name others with"
                    " layer='…' (--layer)."
                ),
                {"chosen": _names(chosen), "others": _names(others)},
                severity="note",
            )
        )
    if drawing.hidden:
        findings.append(
            Finding(
                "hidden_layers",
                _("Layers that are off or frozen were left out: {layers}."),
                {"layers": _names(drawing.hidden)},
                severity="note",
            )
        )
    if drawing.is_repaired:
        findings.append(
            Finding("repaired_drawing", _("The drawing has errors; what could be read was read."))
        )
    return findings


def _names(layers: Iterable[str]) -> str:
    names = sorted(layers)
    return ", ".join(names[:_LISTED]) + ("…" if len(names) > _LISTED else "")
