"""Right size: households, people, area, one piece, compactness."""

from __future__ import annotations

import numpy as np
import shapely

from geogrid.coverage.verdict import area_text
from geogrid.coverage.widths import metres_per_unit, to_metres
from geogrid.findings import Finding
from geogrid.i18n import mark as _
from geogrid.rules.advice import Advice, Subject
from geogrid.rules.profile import Profile, Range, SizeRule, first_match
from geogrid.rules.words import Advised, Amount
from geogrid.topology import Floats, Integers

__all__ = ["compactness", "shape_advice", "size_advice"]

_KM2_M2 = 1e6
_LEAST = {"households": 0.5, "people": 0.5, "area_km2": 1e-9}
_MESSAGES = {
    ("above", True): _("{grid} has {amount}, above the advised {range}"),
    ("below", True): _("{grid} has {amount}, below the advised {range}"),
    ("above", False): _("{grid} has {amount}, more than the advised {range}"),
    ("below", False): _("{grid} has {amount}, fewer than the advised {range}"),
    ("large", True): _("{grid} is {amount} large, above the advised {range}"),
    ("small", True): _("{grid} is {amount} large, below the advised {range}"),
    ("large", False): _("{grid} is {amount} large, more than the advised {range}"),
    ("small", False): _("{grid} is {amount} large, less than the advised {range}"),
}


def size_advice(subject: Subject, profile: Profile) -> list[Advice]:
    """Return where grids are larger or smaller than the profile advises.

    A number that nobody gives is not judged.
    """
    rows = subject.rows
    measures = {
        "households": rows["households"].to_numpy(dtype="float64", na_value=np.nan),
        "people": rows["people"].to_numpy(dtype="float64", na_value=np.nan),
        "area_km2": np.where(subject.area_m2 > 0.0, subject.area_m2 / _KM2_M2, np.nan),
    }
    rules = _rules_of(subject, profile)
    found = []
    for name, values in measures.items():
        for rule, here in rules:
            advised: Range | None = getattr(rule, name)
            if advised is None:
                continue
            for row in _outside(values, here, advised).tolist():
                found.append(_size(subject, row, name, float(values[row]), advised))
    return found


def _rules_of(subject: Subject, profile: Profile) -> list[tuple[SizeRule, Integers]]:
    """Return each size rule with the rows it is for."""
    rows = subject.rows
    group = rows.groupby(["level", "kind"], dropna=False, sort=False).indices
    found = []
    for (level, kind), here in group.items():
        rule = first_match(profile.sizes, int(level), str(kind))
        if rule is not None:
            found.append((rule, np.asarray(here, dtype=np.int64)))
    return found


def _outside(values: Floats, here: Integers, advised: Range) -> Integers:
    low = -np.inf if advised.low is None else advised.low
    high = np.inf if advised.high is None else advised.high
    return here[(values[here] < low) | (values[here] > high)]


def _size(subject: Subject, row: int, name: str, value: float, advised: Range) -> Advice:
    is_above = advised.high is not None and value > advised.high
    is_area = name == "area_km2"
    way = ("large" if is_above else "small") if is_area else ("above" if is_above else "below")
    is_closed = advised.low is not None and advised.high is not None
    params = {
        "grid": subject.names[row],
        "amount": Amount(name, value),
        "range": Advised(name, advised),
    }
    detail = Finding(f"{name}_{way}", _MESSAGES[way, is_closed], params, rows=(row,))
    return Advice("scale", (row,), detail, advised.off(value, least=_LEAST[name]))


def shape_advice(subject: Subject, profile: Profile) -> list[Advice]:
    """Return which grids lie in several pieces, or are long or ragged."""
    found, pieces = [], _pieces(subject)
    if profile.shape.one_part:
        for row in np.flatnonzero(pieces > 1).tolist():
            found.append(_parts(subject, row, int(pieces[row])))
    least = profile.shape.compactness
    if least > 0.0:
        score = compactness(subject)
        is_judged = pieces == 1 if profile.shape.one_part else pieces > 0
        for row in np.flatnonzero(is_judged & (score < least)).tolist():
            message = _("{grid} is long or ragged: compactness {score}, advised {least} or more")
            params = {
                "grid": subject.names[row],
                "score": f"{score[row]:.2f}",
                "least": f"{least:.2f}",
            }
            detail = Finding("compactness", message, params, rows=(row,))
            off = Range(low=least).off(float(score[row]), least=1e-6)
            found.append(Advice("scale", (row,), detail, off))
    return found


def compactness(subject: Subject) -> Floats:
    """Return the Polsby–Popper score 4πA/P² of each polygon: 1 for a circle, NaN for none.

    The perimeter is measured in metres about each polygon's own centre.
    Source: D. D. Polsby and R. D. Popper, The Third Criterion: Compactness as a Procedural
    Safeguard Against Partisan Gerrymandering, Yale Law & Policy Review 9 (1991), 301–353.
    """
    score = np.full(len(subject.polygons), np.nan)
    known = np.flatnonzero(subject.area_m2 > 0.0)
    if not known.size:
        return score
    shapes = subject.polygons[known]
    bounds = shapely.bounds(shapes)
    centre = 0.5 * (bounds[:, :2] + bounds[:, 2:])
    outline = to_metres(shapes, centre, metres_per_unit(centre, subject.crs))
    score[known] = 4.0 * np.pi * subject.area_m2[known] / shapely.length(outline) ** 2
    return score


def _pieces(subject: Subject) -> Integers:
    """Return in how many connected pieces each polygon lies; 0 for none."""
    polygons = subject.polygons
    count = np.zeros(len(polygons), dtype=np.int64)
    known = ~shapely.is_missing(polygons)
    count[known] = shapely.get_num_geometries(polygons[known])
    return count


def _parts(subject: Subject, row: int, count: int) -> Advice:
    parts = shapely.get_parts(subject.polygons[row])
    share = float(shapely.area(parts).max() / shapely.area(parts).sum())
    rest = (1.0 - share) * float(subject.area_m2[row])
    message = _("{grid} lies in {count} separate pieces; outside the largest are {area}")
    params = {"grid": subject.names[row], "count": count, "area": _Area(rest)}
    return Advice(
        "scale", (row,), Finding("parts", message, params, rows=(row,)), float(np.log(count))
    )


class _Area(float):
    """An area in m² in a sentence."""

    __slots__ = ()

    def text(self, language: str = "en") -> str:
        return area_text(float(self), language)
