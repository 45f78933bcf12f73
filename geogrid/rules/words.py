"""What sentences of advice are made of: names, amounts, ranges, posts, in the reader's language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from geogrid.i18n import mark as _
from geogrid.i18n import translate
from geogrid.rules.profile import Range
from geogrid.vocabulary import label

__all__ = ["Advised", "Amount", "Named", "Names", "PostWords", "grid_names"]

_NAMES_SHOWN = 4
_AMOUNTS = {
    "households": _("{count} households"),
    "people": _("{count} people"),
    "area_km2": _("{count} km²"),
}


class Named(str):
    """The name of a grid at the head of a sentence."""

    __slots__ = ()

    def text(self, language: str = "en") -> str:
        """Return the name; Chinese sets a space between Latin letters or digits and itself."""
        is_spaced = language.startswith("zh") and self[-1:].isascii()
        return f"{self} " if is_spaced else str(self)


class Names(tuple[str, ...]):
    """The names of several grids as a sentence lists them: the first few of many."""

    __slots__ = ()

    def text(self, language: str = "en") -> str:
        """Return ``"甲、乙"`` or ``"A, B"``."""
        is_chinese = language.startswith("zh")
        listed = ("、" if is_chinese else ", ").join(self[:_NAMES_SHOWN])
        if len(self) <= _NAMES_SHOWN:
            return listed
        return f"{listed} 等 {len(self)} 个" if is_chinese else f"{listed} … ({len(self)})"


@dataclass(frozen=True)
class Amount:
    """A number of households or people, or an area."""

    measure: str
    value: float

    def text(self, language: str = "en") -> str:
        """Return ``"812 户"`` or ``"812 households"``."""
        return translate(_AMOUNTS[self.measure], language, count=_number(self.value))


@dataclass(frozen=True)
class Advised:
    """A range that is advised, or its one bound."""

    measure: str
    range: Range

    def text(self, language: str = "en") -> str:
        """Return ``"300–500 户"`` or ``"300–500 households"``."""
        ends = [each for each in (self.range.low, self.range.high) if each is not None]
        count = "–".join(_number(each) for each in ends)
        return translate(_AMOUNTS[self.measure], language, count=count)


@dataclass(frozen=True)
class PostWords:
    """Posts of which any one counts."""

    posts: tuple[str, ...]

    def text(self, language: str = "en") -> str:
        """Return ``"专职网格员或兼职网格员"``."""
        words = [label("post", post, language) for post in self.posts]
        return ("或" if language.startswith("zh") else " or ").join(words)


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 or float(value).is_integer() else f"{value:.3g}"


def grid_names(rows: pd.DataFrame) -> Sequence[Named]:
    """Return what to call each grid: its name, with the code where others share the name.

    Parameters
    ----------
    rows
        Columns code and name.
    """
    shared = rows["name"].duplicated(keep=False)
    return [
        Named(code if not name else f"{name}（{code}）" if is_shared else name)
        for code, name, is_shared in zip(rows["code"], rows["name"], shared, strict=True)
    ]
