"""What a drawing holds: strokes and labels, with blocks taken apart and curves made straight."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import ezdxf
import numpy as np
import numpy.typing as npt
from ezdxf import recover

from geogrid.errors import FormatError, LimitError
from geogrid.formats.dxf_strokes import STROKES, hatch_outlines
from geogrid.formats.dxf_texts import TEXTS, Label, make_label, text_of
from geogrid.i18n import mark as _

__all__ = ["Drawing", "Stroke", "read_drawing"]

Floats = npt.NDArray[np.float64]

_DAMAGE = (
    ezdxf.DXFError, OSError, ValueError, LookupError, TypeError, AttributeError, ArithmeticError,
    RecursionError, AssertionError,
)  # fmt: skip
"""What ezdxf, which is plain Python, raises on drawings it cannot follow."""
_MOST_ENTITIES = 2_000_000
_DEEPEST_BLOCK = 8
_ENDING = re.compile(rb"\s*0?\s*EOF\s*$")
_CHINESE = re.compile("[\u3400-\u9fff]")


@dataclass(frozen=True)
class Stroke:
    """A line or an outline: its CAD layer, vertices (k, 2), and whether it is closed."""

    layer: str
    vertices: Floats
    is_closed: bool


@dataclass
class Drawing:
    """What is drawn in the model space.

    Attributes
    ----------
    strokes, fills, labels
        Lines and outlines; hatched areas; texts.
    skipped
        Type of entity to how many of it say nothing here (images, solids).
    hidden
        Layer that is off or frozen to how many entities are on it; those are left out.
    is_repaired
        Whether the file broke the rules of the format and was read all the same.
    """

    strokes: list[Stroke] = field(default_factory=list)
    fills: list[Stroke] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)
    skipped: Counter[str] = field(default_factory=Counter)
    hidden: Counter[str] = field(default_factory=Counter)
    is_repaired: bool = False


def read_drawing(path: Path, name: str) -> Drawing:
    """Read a DXF file of any version, text or binary.

    Raises
    ------
    FormatError
        Damaged or cut off.
    LimitError
        More entities than are read, blocks taken apart.
    """
    with path.open("rb") as file:
        is_binary = file.read(22).startswith(b"AutoCAD Binary")
        file.seek(max(path.stat().st_size - 64, 0))
        tail = file.read()
    if not (tail.rstrip(b"\x00\r\n ").endswith(b"EOF") if is_binary else _ENDING.search(tail)):
        raise _damaged(name)
    try:
        document, is_repaired = _document(path)
        drawing = _Reader(document, name).read()
    except _DAMAGE as error:
        raise _damaged(name) from error
    drawing.is_repaired = is_repaired
    return drawing


def _damaged(name: str) -> FormatError:
    return FormatError(
        _(
            "{file} is damaged or cut off. Open it in the CAD program and save it again as DXF"
            " (2007 or later)."
        ),
        file=name,
    )


def _document(path: Path) -> tuple[Any, bool]:
    try:
        return ezdxf.readfile(path), False
    except _DAMAGE:
        return recover.readfile(path)[0], True


class _Reader:
    """Walks the model space, keeping what can be boundaries or their labels."""

    def __init__(self, document: Any, name: str) -> None:
        self._document = document
        self._name = name
        self._drawing = Drawing()
        self._count = 0
        self._hidden = {
            layer.dxf.name.casefold()
            for layer in document.layers
            if layer.is_off() or layer.is_frozen()
        }

    def read(self) -> Drawing:
        for entity, layer in self._entities(self._document.modelspace(), "", 0):
            self._add(entity, layer)
        return self._drawing

    def _entities(self, source: Any, inherited: str, depth: int) -> Iterator[tuple[Any, str]]:
        for entity in source:
            self._count += 1
            if self._count > _MOST_ENTITIES:
                raise LimitError(
                    _("{file} has more than {limit} drawn objects; save only its boundary layers."),
                    file=self._name,
                    limit=f"{_MOST_ENTITIES:,}",
                )
            raw = entity.dxf.get("layer", "0")
            layer = inherited if raw == "0" and inherited else raw
            if layer.casefold() in self._hidden:
                self._drawing.hidden[self._mended(layer)] += 1
            elif entity.dxftype() == "INSERT":
                yield from self._block(entity, layer, depth)
            else:
                yield entity, self._mended(layer)

    def _block(self, insert: Any, layer: str, depth: int) -> Iterator[tuple[Any, str]]:
        if depth >= _DEEPEST_BLOCK:
            self._drawing.skipped["INSERT"] += 1
            return
        yield from self._entities(insert.attribs, layer, depth)
        copies = insert.multi_insert() if insert.mcount > 1 else [insert]
        for copy in copies:
            yield from self._entities(copy.virtual_entities(), layer, depth + 1)

    def _add(self, entity: Any, layer: str) -> None:
        kind = entity.dxftype()
        if kind in TEXTS:
            label = make_label(entity, layer, self._mended(text_of(entity)))
            if label is not None:
                self._drawing.labels.append(label)
        elif kind in STROKES:
            self._drawing.strokes += [
                Stroke(layer, vertices, is_closed)
                for vertices, is_closed in STROKES[kind](entity)
                if len(vertices) > 1
            ]
        elif kind in ("HATCH", "MPOLYGON"):
            self._drawing.fills += [Stroke(layer, *outline) for outline in hatch_outlines(entity)]
        else:
            self._drawing.skipped[kind] += 1

    def _mended(self, text: str) -> str:
        """Undo the mistake of programs that write GBK or UTF-8 and declare another page."""
        if text.isascii():
            return text
        page = self._document.encoding
        for actual in ("gb18030", "utf-8"):
            if page.casefold().startswith(actual[:3]):
                continue
            try:
                other = text.encode(page, "surrogateescape").decode(actual)
            except (UnicodeError, LookupError):
                continue
            if _CHINESE.search(other) and not _CHINESE.search(text):
                return other
        return text.encode("utf-8", "replace").decode()
