"""Streets on a map: white bands with edges, and their names along them."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely

from geogrid.drawing.basemap import PATH, STREET_CLASSES
from geogrid.printing import style
from geogrid.printing.ground import Ground
from geogrid.printing.labels import Occupied
from geogrid.printing.sheet import Sheet
from geogrid.printing.street_names import Sign, along, base_line
from geogrid.printing.words import plain

__all__ = ["Streets"]

STREET_PT = 7.5
_MOST_TIMES = 3
_FAR_MM = 110.0


class Streets:
    """The streets in the frame, joined by name and class, in mm."""

    def __init__(self, streets: gpd.GeoDataFrame, ground: Ground, factor: float) -> None:
        self.factor = factor
        self.scale = ground.scale
        self.classes: dict[int, npt.NDArray[np.object_]] = {}
        self.named: list[tuple[int, str, shapely.LineString]] = []
        if streets.empty:
            return
        kinds = streets["highway"].fillna("").astype(str).str.removesuffix("_link")
        classes = kinds.map(STREET_CLASSES).fillna(PATH).astype(int).to_numpy()
        names = np.array([str(name) for name in streets["name"].fillna("")], dtype=object)
        shapes = shapely.intersection(
            ground.to_paper(streets.geometry.to_numpy()), ground.seen(margin=4.0)
        )
        kept = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
        kept &= classes <= self._finest()
        for kind in sorted(set(classes[kept]), reverse=True):
            self.classes[int(kind)] = shapes[kept & (classes == kind)]
            for name in sorted(set(names[kept & (classes == kind)]) - {""}):
                some = shapes[kept & (classes == kind) & (names == name)]
                for line in shapely.get_parts(shapely.line_merge(shapely.union_all(some))):
                    if shapely.get_type_id(line) == 1:
                        self.named.append((int(kind), name, line))

    def _finest(self) -> int:
        """Return the finest class that is drawn: on a small scale no paths."""
        per_factor = self.scale * self.factor
        return (
            6
            if per_factor < 6_000
            else 5
            if per_factor < 16_000
            else 4
            if per_factor < 50_000
            else 2
        )

    def _width(self, kind: int) -> float:
        smaller = min(1.0, (9_000 / self.scale) ** 0.5)
        return style.STREETS[kind] * self.factor * max(smaller, 0.45)

    def draw(self, sheet: Sheet) -> None:
        """Draw all edges first, so that crossings are open."""
        for kind, shapes in self.classes.items():
            if kind < PATH:
                width = self._width(kind) + 0.35 * self.factor
                sheet.lines(shapes, line=style.STREET_EDGE, width=width)
        for kind, shapes in self.classes.items():
            if kind == PATH:
                dash = (0.9 * self.factor, 0.7 * self.factor)
                sheet.lines(shapes, line=style.STREET_EDGE, width=self._width(kind), dash=dash)
            else:
                sheet.lines(shapes, line=style.STREET_FILL, width=self._width(kind))

    def write(self, sheet: Sheet, taken: Occupied) -> None:
        """Write each name along its street, the wide and long ones first."""
        written: dict[str, list[Sign]] = {}
        larger = 1.35 if self.scale * self.factor <= 3_000 else 1.0
        order = sorted(self.named, key=lambda one: (one[0], -one[2].length, one[1]))
        for kind, name, line in order:
            text, before = plain(name), written.setdefault(name, [])
            size = (
                STREET_PT * self.factor * larger * (1.2 if kind <= 1 else 1.0 if kind <= 3 else 0.9)
            )
            if not text or len(before) >= _MOST_TIMES or self._is_near(line, before):
                continue
            signs = self._along(line, text, size, taken, is_wide=kind <= 3)
            if not signs:
                continue
            before.append(signs[len(signs) // 2])
            for sign in signs:
                sheet.text(
                    *base_line(sign, size), sign.text, size, part="street",
                    colour=style.STREET_NAME, anchor="middle", angle=sign.angle, halo="#ffffff",
                )  # fmt: skip

    def _is_near(self, line: shapely.LineString, before: list[Sign]) -> bool:
        """Return whether a street has its name near the middle of this piece already."""
        middle = shapely.line_interpolate_point(line, 0.5, normalized=True)
        far = _FAR_MM * self.factor
        return any(shapely.distance(middle, shapely.Point(one.x, one.y)) < far for one in before)

    def _along(
        self, line: shapely.LineString, text: str, size: float, taken: Occupied, *, is_wide: bool
    ) -> list[Sign]:
        """Return a name on its street, or beside it where a border runs along the street."""
        signs = along(line, text, size, taken)
        for aside in (3.2, -3.2, 4.6, -4.6) if not signs and is_wide else ():
            moved = shapely.offset_curve(line, aside * self.factor, join_style="mitre")
            parts = [one for one in shapely.get_parts(moved) if shapely.get_type_id(one) == 1]
            if parts:
                signs = along(max(parts, key=shapely.length), text, size, taken)
            if signs:
                break
        return signs
