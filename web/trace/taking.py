"""Take a drawing or a picture: told apart by content, read once, and only what is needed kept."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
from werkzeug.datastructures import FileStorage

from geogrid.errors import FormatError, InputError, LimitError
from geogrid.formats.dxf_entities import Drawing, read_drawing
from geogrid.formats.dxf_layers import choose_layers
from geogrid.formats.sniff import sniff
from geogrid.i18n import mark as _
from geogrid.tracing.pdf_pages import count_pages, is_pdf
from geogrid.tracing.pictures import clean_picture, is_picture
from web.check.upload import shown_name
from web.state import write_json
from web.trace.folder import TraceFolder

__all__ = ["take_file"]

LARGEST_DRAWING_MB = 30
LARGEST_PICTURE_MB = 60
_MOST_VERTICES = 500_000
_MOST_TEXTS = 50_000
_LONGEST_TEXT = 200


def take_file(file: FileStorage | None, trace: TraceFolder) -> None:
    """Read an uploaded file into the folder of a tracing.

    Raises
    ------
    InputError
        No file, neither a drawing nor a picture nor a PDF, damaged, locked, or too large.
    """
    if file is None or not file.filename:
        raise InputError(_("No file was chosen."))
    name = shown_name(file.filename)
    path = trace.folder / "upload"
    try:
        file.save(path)
        with path.open("rb") as opened:
            head = opened.read(1024)
        if is_picture(head):
            _take_picture(path, name, trace)
        elif is_pdf(head):
            _take_pdf(path, name, trace)
        elif sniff(path, name) == "dxf":
            _take_drawing(path, name, trace)
        else:
            raise FormatError(
                _(
                    "{file} is neither a DXF drawing nor a PNG or JPEG picture nor a PDF. Boundary"
                    " files whose coordinates are known go to the page “Check”."
                ),
                file=name,
            )
    finally:
        path.unlink(missing_ok=True)


def _require_size(path: Path, name: str, most_mb: int) -> None:
    if path.stat().st_size > most_mb * 1_000_000:
        raise LimitError(
            _("{file} is larger than {limit} MB; save only what is needed of it."),
            file=name,
            limit=most_mb,
        )


def _take_picture(path: Path, name: str, trace: TraceFolder) -> None:
    _require_size(path, name, LARGEST_PICTURE_MB)
    picture = clean_picture(path.read_bytes(), name)
    trace.picture.write_bytes(picture.content)
    trace.write(
        kind="picture",
        name=name,
        width=picture.width,
        height=picture.height,
        media_type=picture.media_type,
        bounds=[0, 0, picture.width, picture.height],
    )


def _take_pdf(path: Path, name: str, trace: TraceFolder) -> None:
    _require_size(path, name, LARGEST_PICTURE_MB)
    pages = count_pages(path.read_bytes(), name)
    path.rename(trace.source)
    trace.write(
        kind="pdf", stage="choosing", name=name, file=name, pages=pages, bounds=[0, 0, 1, 1]
    )


def _take_drawing(path: Path, name: str, trace: TraceFolder) -> None:
    _require_size(path, name, LARGEST_DRAWING_MB)
    drawing = read_drawing(path, name)
    strokes = [each for each in drawing.strokes if np.isfinite(each.vertices).all()]
    if not strokes:
        raise FormatError(_("{file} holds no lines or outlines."), file=name)
    if sum(len(each.vertices) for each in strokes) > _MOST_VERTICES:
        raise LimitError(
            _("{file} has more than {limit} corners; save only its boundary layers."),
            file=name,
            limit=f"{_MOST_VERTICES:,}",
        )
    points = np.vstack([each.vertices for each in strokes])
    layers = _layers(drawing)
    place = {row["name"]: at for at, row in enumerate(layers)}
    lines = [
        [place[each.layer], *_closed(each.vertices, is_closed=each.is_closed).ravel().tolist()]
        for each in strokes
    ]
    texts = [
        [
            place[each.layer],
            each.text[:_LONGEST_TEXT],
            *each.places[0],
            *each.places[-1],
            each.height,
        ]
        for each in drawing.labels[:_MOST_TEXTS]
        if np.isfinite(each.places).all()
    ]
    write_json(trace.drawing, {"lines": lines, "texts": texts})
    trace.write(
        kind="drawing",
        name=name,
        layers=layers,
        chosen=_likely(drawing, layers, name),
        bounds=[*points.min(axis=0).tolist(), *points.max(axis=0).tolist()],
    )


def _closed(points: Any, *, is_closed: bool) -> Any:
    return np.vstack([points, points[:1]]) if is_closed else points


def _layers(drawing: Drawing) -> list[dict[str, Any]]:
    lines = Counter(each.layer for each in drawing.strokes)
    texts = Counter(each.layer for each in drawing.labels)
    names = sorted(lines.keys() | texts.keys(), key=lambda name: (-lines[name], name))
    return [{"name": name, "lines": lines[name], "texts": texts[name]} for name in names]


def _likely(drawing: Drawing, layers: list[dict[str, Any]], name: str) -> list[int]:
    """Return the layers to begin with: those that look like boundaries, and all of texts."""
    try:
        chosen = choose_layers(drawing.strokes, set(), name)
    except FormatError:
        chosen = {row["name"] for row in layers}
    return [at for at, row in enumerate(layers) if row["name"] in chosen or not row["lines"]]
