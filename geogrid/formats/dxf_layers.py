"""Which layers of a drawing hold grid boundaries and which their texts, by name and content."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from geogrid.errors import FormatError
from geogrid.formats.dxf_entities import Drawing, Stroke
from geogrid.formats.dxf_labels import locate_labels
from geogrid.formats.dxf_texts import Label
from geogrid.i18n import mark as _

__all__ = ["asked_layers", "choose_labels", "choose_layers", "layer_summary"]

_SEPARATORS = re.compile(r"[,，;；]")
_GRID_WORDS = re.compile(r"网格|wangge|\bWG|grid", re.IGNORECASE)
_LINE_WORDS = re.compile(r"界|边框|范围|辖区|boundar|border|region", re.IGNORECASE)
_LABEL_WORDS = re.compile(r"注记|标注|编码|编号|名称|文字|text|label|name|code|anno", re.IGNORECASE)
_OTHER_WORDS = re.compile(
    r"图框|图签|图廓|标题|中心线|道路|路名|路网|建筑|房屋|楼|水系|河|绿化|植被|等高|高程|管线|电力"
    r"|地形|尺寸|轴线|指北|title|frame|road|street|build|dim|defpoints|axis|north",
    re.IGNORECASE,
)
_LISTED = 30


def layer_summary(drawing: Drawing) -> list[str]:
    """Return the names of a drawing's layers, those with most outlines and lines first."""
    strokes = Counter(stroke.layer for stroke in [*drawing.strokes, *drawing.fills])
    labels = Counter(label.layer for label in drawing.labels)
    return [name for name, _count in (strokes + labels).most_common()] if strokes else []


def asked_layers(asked: Sequence[str], drawing: Drawing, name: str) -> set[str]:
    """Return the layers that were asked for, of strokes and of labels.

    Raises
    ------
    FormatError
        The drawing has none of that name.
    """
    known = {layer.casefold(): layer for layer in layer_summary(drawing)}
    if "*" in asked:
        return set(known.values())
    found = set()
    for text in asked:
        parts = [text] if text.casefold() in known else _SEPARATORS.split(text)
        for part in parts:
            layer = known.get(part.strip().casefold())
            if layer is None:
                raise FormatError(
                    _("{file} has no layer “{layer}”; its layers are: {layers}."),
                    file=name,
                    layer=part.strip()[:60],
                    layers=_listed(drawing),
                )
            found.add(layer)
    return found


def _listed(drawing: Drawing) -> str:
    names = layer_summary(drawing)
    return ", ".join(names[:_LISTED]) + ("…" if len(names) > _LISTED else "")


def choose_layers(strokes: Sequence[Stroke], asked: set[str], name: str) -> set[str]:
    """Return the layers whose strokes are the boundaries.

    Those asked for; else those named like grids; else those named like boundaries; else
    the only one that is not named like something else.

    Raises
    ------
    FormatError
        They must be named, the drawing leaving several to choose from.
    """
    counts = Counter(stroke.layer for stroke in strokes)
    if asked & counts.keys():
        return asked & counts.keys()
    likely = [layer for layer in counts if not _OTHER_WORDS.search(layer)]
    for candidates in (
        [layer for layer in counts if _GRID_WORDS.search(layer)],
        [layer for layer in likely if _LINE_WORDS.search(layer)],
        likely,
        list(counts),
    ):
        if len(candidates) == 1:
            return set(candidates)
        if candidates:
            break
    raise FormatError(
        _(
            "{file}: several layers could hold the grid boundaries. Name them with layer='…'"
            " (--layer; several with commas, * for all). Layers: {layers}."
        ),
        file=name,
        layers=", ".join(f"{layer} ({count})" for layer, count in counts.most_common(_LISTED)),
    )


def choose_labels(
    labels: Sequence[Label], areas: npt.NDArray[np.object_], chosen: set[str], asked: set[str]
) -> list[Label]:
    """Return the labels of the boundaries: of the best kind of layer that has any inside."""
    named = [label for label in labels if label.layer in asked]
    if named:
        return named
    layers = {label.layer for label in labels}
    plain = {layer for layer in layers if not _OTHER_WORDS.search(layer)}
    tiers = (
        {layer for layer in layers if _GRID_WORDS.search(layer)},
        layers & chosen,
        {layer for layer in plain if _LABEL_WORDS.search(layer)},
        plain,
    )
    for tier in tiers:
        found = [label for label in labels if label.layer in tier]
        if found and (locate_labels(areas, found) >= 0).any():
            return found
    return []
