"""Read positions out of an office's texts, row by row, and say what is wrong with the others."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from geogrid.coordinates import read_coordinates
from geogrid.findings import Finding
from geogrid.i18n import mark as _

__all__ = ["SWAPPED", "Positions", "check_numbers", "no_positions", "parse_positions"]

Floats = npt.NDArray[np.float64]
Objects = npt.NDArray[np.object_]
Pair = tuple[float, float]

SWAPPED = Finding("swapped_axes", _("Longitude and latitude look swapped."), severity="error")
_ZERO = Finding("at_zero", _("The position is 0, 0: it was not recorded."), severity="error")
_METRES = Finding(
    "looks_projected",
    _("These are metres of a map projection, not degrees; say which one (--crs EPSG:4547)."),
    severity="error",
)
_HALF = Finding(
    "half_position", _("Only one of longitude and latitude is given."), severity="error"
)
_BLANK = frozenset(
    ("", "-", "--", "—", "/", "\\", "无", "空", "暂无", "null", "none", "nan", "n/a", "na", "#n/a")
)
_PLAIN_NUMBER = r"^[-+]?(\d{1,40}(\.\d{0,40})?|\.\d{1,40})([eE][-+]?\d{1,2})?$"
_DECIMAL_COMMA = re.compile(r"[-+]?\d{1,3},\d+")
_THOUSANDS = re.compile(r"[-+]?\d{1,3}(,\d{3})+(\.\d+)?")
_MOST_DEGREES = 1000.0


@dataclass(frozen=True, eq=False)
class Positions:
    """Positions of n rows.

    Attributes
    ----------
    x, y : (n,) NaN where there is none to be used
    reasons : (n,) :class:`Finding` why a position that is written cannot be used, else None
    """

    x: Floats
    y: Floats
    reasons: Objects

    @property
    def is_usable(self) -> npt.NDArray[np.bool_]:
        """(n,) whether there is a position."""
        return np.asarray(np.isfinite(self.x))

    @property
    def is_refused(self) -> npt.NDArray[np.bool_]:
        """(n,) whether a position is written that cannot be used."""
        return np.fromiter((reason is not None for reason in self.reasons), np.bool_, len(self.x))


def no_positions(count: int) -> Positions:
    """Return the positions of rows that have none."""
    nothing = np.full(count, np.nan)
    return Positions(nothing, nothing.copy(), np.full(count, None, dtype=object))


def parse_positions(
    first: Sequence[str] | pa.StringArray,
    second: Sequence[str] | pa.StringArray | None = None,
    *,
    in_degrees: bool = True,
    near: Pair | None = None,
) -> Positions:
    """Parse the texts of one or two columns.

    Plain and full-width numbers, decimal commas, degrees with minutes and seconds, and both
    numbers in one text ("114.05,22.54") are read. Plain numbers are read column by column,
    to the nearest double; only what is left is looked at row by row.

    Parameters
    ----------
    first, second
        Texts of x and y; without `second` each text of `first` holds both.
    in_degrees
        Whether they are longitude and latitude, which have limits, or metres.
    near
        A point of the area; settles which number of a pair is which.
    """
    one = pc.utf8_trim_whitespace(pa.array(first, pa.string()))
    other = one if second is None else pc.utf8_trim_whitespace(pa.array(second, pa.string()))
    if second is None:
        found = no_positions(len(one))
    else:
        found = Positions(_numbers(one), _numbers(other), np.full(len(one), None, dtype=object))
    x, y, reasons = found.x, found.y, found.reasons
    is_empty = np.asarray(pc.and_(pc.equal(one, ""), pc.equal(other, "")))
    rows = np.flatnonzero(~(np.isfinite(x) & np.isfinite(y)))
    x[rows] = y[rows] = np.nan
    rows = rows[~is_empty[rows]]
    firsts = one.take(rows).to_pylist()
    others = [""] * len(rows) if second is None else other.take(rows).to_pylist()
    for at, text, beside in zip(rows.tolist(), firsts, others, strict=True):
        pair = _read(text, beside, in_degrees=in_degrees, near=near)
        if isinstance(pair, Finding):
            reasons[at] = pair
        elif pair is not None:
            x[at], y[at] = pair
    _refuse(x, y, reasons, in_degrees=in_degrees)
    return found


def check_numbers(x: Floats, y: Floats, *, in_degrees: bool = True) -> Positions:
    """Judge positions that are numbers already, as :func:`parse_positions` judges texts.

    Parameters
    ----------
    x, y : (n,) NaN where nothing is written
    in_degrees : as there
    """
    found = Positions(x.copy(), y.copy(), np.full(len(x), None, dtype=object))
    is_half = np.isnan(x) != np.isnan(y)
    _take_out(is_half, _HALF, found.x, found.y, found.reasons)
    for at in np.flatnonzero(np.isinf(x) | np.isinf(y)).tolist():
        found.reasons[at] = _not_a_number(str(x[at] if np.isinf(x[at]) else y[at]))
        found.x[at] = found.y[at] = np.nan
    _refuse(found.x, found.y, found.reasons, in_degrees=in_degrees)
    return found


def _numbers(texts: pa.StringArray) -> Floats:
    """Return what is written as a plain number, NaN for all others."""
    plain = pc.if_else(pc.match_substring_regex(texts, _PLAIN_NUMBER), texts, None)
    values = plain.cast(pa.float64()).to_numpy(zero_copy_only=False)
    return np.array(values, np.float64)


def _read(first: str, second: str, *, in_degrees: bool, near: Pair | None) -> Pair | Finding | None:
    """Return a pair of numbers, None where nothing is written, or what is wrong."""
    texts = [_plain(first), _plain(second)]
    if all(text in _BLANK for text in texts):
        return None
    numbers = [_number(text, in_degrees=in_degrees) for text in texts]
    if numbers[0] is not None and numbers[1] is not None:
        return numbers[0], numbers[1]
    written = [text for text in texts if text not in _BLANK]
    if len(written) == 1 and re.fullmatch(_PLAIN_NUMBER, written[0], re.ASCII):
        return _HALF  # "1e-05" alone is no pair of 1° east and 5° south
    whole = texts[0] if texts[1] in _BLANK or texts[0] == texts[1] else ", ".join(texts)
    both = read_coordinates(whole, near=near) if in_degrees else _pair_of_metres(whole)
    if both is not None:
        return both[0], both[1]
    if len(written) == 1 and numbers[texts.index(written[0])] is not None:
        return _HALF
    wrong = next(text for text in written if _number(text, in_degrees=in_degrees) is None)
    return _not_a_number(wrong)


def _not_a_number(text: str) -> Finding:
    message = _("“{text}” is not a position.")
    return Finding("not_a_number", message, {"text": text[:60]}, severity="error")


def _plain(text: str) -> str:
    stripped = unicodedata.normalize("NFKC", text).strip()
    return "" if stripped.casefold() in _BLANK else text.strip()


def _number(text: str, *, in_degrees: bool) -> float | None:
    plain = unicodedata.normalize("NFKC", text).replace("。", ".").replace("−", "-").strip()
    if in_degrees and _DECIMAL_COMMA.fullmatch(plain):
        plain = plain.replace(",", ".")
    elif not in_degrees and _THOUSANDS.fullmatch(plain):
        plain = plain.replace(",", "")
    try:
        value = float(plain)
    except ValueError:
        return None
    return value if np.isfinite(value) else None


def _pair_of_metres(text: str) -> Pair | None:
    parts = re.split(r"[,;\s]+", unicodedata.normalize("NFKC", text).strip())
    numbers = [_number(part, in_degrees=False) for part in parts]
    if len(numbers) != 2 or numbers[0] is None or numbers[1] is None:
        return None
    return numbers[0], numbers[1]


def _refuse(x: Floats, y: Floats, reasons: Objects, *, in_degrees: bool) -> None:
    """Take out impossible positions, in place."""
    _take_out((x == 0) & (y == 0), _ZERO, x, y, reasons)
    if not in_degrees:
        return
    size_x, size_y = np.abs(x), np.abs(y)
    _take_out((size_x <= 90) & (size_y > 90) & (size_y <= 180), SWAPPED, x, y, reasons)
    _take_out(np.maximum(size_x, size_y) > _MOST_DEGREES, _METRES, x, y, reasons)
    for at in np.flatnonzero((size_x > 180) | (size_y > 90)):
        if np.isfinite(x[at]):
            params = {"lon": float(x[at]), "lat": float(y[at])}
            message = _("Longitude {lon}, latitude {lat} is nowhere on earth.")
            reasons[at] = Finding("out_of_range", message, params, severity="error")
            x[at] = y[at] = np.nan


def _take_out(
    chosen: npt.NDArray[np.bool_], reason: Finding, x: Floats, y: Floats, reasons: Objects
) -> None:
    reasons[chosen] = reason
    x[chosen] = y[chosen] = np.nan
