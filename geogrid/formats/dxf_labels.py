"""Which text belongs to which area of a drawing, and what it says: code, name, counts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from geogrid.findings import Finding
from geogrid.formats.dxf_texts import Label
from geogrid.i18n import mark as _

__all__ = ["LabelText", "label_areas", "locate_labels", "parse_label"]

_PREFIX = re.compile(r"^(?:网格)?(?:编码|编号|代码|名称|code|name)\s*:\s*", re.IGNORECASE)
_CODE = re.compile(r"(?=.*\d)[A-Za-z0-9]+(?:[-_.][A-Za-z0-9]+)*")
_DECIMAL = re.compile(r"[+-]?\d+\.\d+")
_HOUSEHOLDS = re.compile(r"(?:(?:总)?户数\s*:?\s*(\d+)\s*户?|(\d+)\s*户)")
_PEOPLE = re.compile(r"(?:(?:总)?人口?数?\s*:?\s*(\d+)\s*人?|(\d+)\s*人)")
_MEASURE = re.compile(r"面积|㎡|m2|平方|公顷|亩|\d[\d.]*\s*(?:m|km|米)$", re.IGNORECASE)
_LONG_CODE = 4


@dataclass(frozen=True)
class LabelText:
    """What a text says; empty or None where it says nothing of the kind."""

    code: str = ""
    name: str = ""
    households: int | None = None
    people: int | None = None


def parse_label(text: str) -> LabelText:
    r"""Tell codes from names and counts in the text of a drawing.

    Examples
    --------
    >>> parse_label("440304003001\n泰然一网格\n260户")
    LabelText(code='440304003001', name='泰然一网格', households=260, people=None)
    >>> parse_label("12.5")
    LabelText(code='', name='', households=None, people=None)
    """
    code, households, people = "", None, None
    names: list[str] = []
    for raw in text.splitlines():
        line = _PREFIX.sub("", unicodedata.normalize("NFKC", raw).strip())
        if not line or _DECIMAL.fullmatch(line) or _MEASURE.search(line):
            continue
        if found := _HOUSEHOLDS.fullmatch(line):
            households = int(found[1] or found[2])
        elif found := _PEOPLE.fullmatch(line):
            people = int(found[1] or found[2])
        else:
            one, name = _code_and_name(line)
            code = code or one
            if name:
                names.append(name)
    return LabelText(code, "".join(names), households, people)


def _code_and_name(line: str) -> tuple[str, str]:
    if _CODE.fullmatch(line):
        return line, ""
    first, _space, rest = line.partition(" ")
    if len(first) >= _LONG_CODE and _CODE.fullmatch(first):
        return first, rest.strip()
    rest, _space, last = line.rpartition(" ")
    if len(last) >= _LONG_CODE and _CODE.fullmatch(last):
        return last, rest.strip()
    return "", line


def locate_labels(areas: npt.NDArray[np.object_], labels: Sequence[Label]) -> npt.NDArray[np.intp]:
    """Return the area each label lies in, −1 for none.

    The middle of a text counts before its insertion point; of areas over one another the
    smallest.
    """
    found = np.full(len(labels), -1, dtype=np.intp)
    if not len(areas) or not labels:
        return found
    tree = shapely.STRtree(areas)
    size = shapely.area(areas)
    for place in (1, 0):
        points = shapely.points([label.places[place] for label in labels])
        label, area = tree.query(points, predicate="intersects")
        order = np.argsort(-size[area], kind="stable")
        found[label[order]] = area[order]
    return found


def label_areas(
    areas: npt.NDArray[np.object_], labels: Sequence[Label]
) -> tuple[pd.DataFrame, list[Finding]]:
    """Return code, name, households and people of each area from the labels in it.

    Returns
    -------
    frame, findings
        Without columns of which nothing is said. Of several codes or names the largest
        text wins, and a finding says so, as it says which areas have no label.
    """
    inside: dict[int, list[tuple[float, LabelText]]] = {}
    for area, label in zip(locate_labels(areas, labels).tolist(), labels, strict=True):
        said = parse_label(label.text)
        if area >= 0 and said != LabelText():
            inside.setdefault(area, []).append((label.height, said))
    rows = [_merged(inside.get(area, [])) for area in range(len(areas))]
    columns = ("code", "name", "households", "people")
    frame = pd.DataFrame(
        {field: [getattr(row, field) for row in rows] for field in columns}, dtype=object
    )
    said_of = [field for field in columns if frame[field].map(bool).any()]
    return frame[said_of], _findings(inside, len(areas)) if said_of else []


def _merged(texts: Iterable[tuple[float, LabelText]]) -> LabelText:
    ranked = [text for _height, text in sorted(texts, key=lambda pair: -pair[0])]

    def first(field: str) -> object:
        return next((v for text in ranked if (v := getattr(text, field)) not in ("", None)), None)

    return LabelText(
        str(first("code") or ""),
        str(first("name") or ""),
        first("households"),  # type: ignore[arg-type]
        first("people"),  # type: ignore[arg-type]
    )


def _findings(inside: dict[int, list[tuple[float, LabelText]]], count: int) -> list[Finding]:
    findings = []
    bare = tuple(area for area in range(count) if area not in inside)
    if bare:
        findings.append(
            Finding("unlabelled_area", _("Area {rows}: no text lies in it."), rows=bare)
        )
    several = tuple(
        area
        for area, texts in sorted(inside.items())
        if len({text.code for _h, text in texts} - {""}) > 1
        or len({text.name for _h, text in texts} - {""}) > 1
    )
    if several:
        findings.append(
            Finding(
                "several_labels",
                _(
                    "Area {rows}: several codes or names lie in it; the largest was taken. If a"
                    " line between them is missing or does not close, draw it."
                ),
                rows=several,
            )
        )
    return findings
