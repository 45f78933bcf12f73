"""What a written report is about: what was checked, what was found, and in which words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import geopandas as gpd
import pandas as pd

from geogrid.coverage.report import CoverageReport
from geogrid.findings import Finding
from geogrid.i18n import translate
from geogrid.reports.comparison import CheckComparison

__all__ = ["CheckRecord", "Wording"]

_GRIDS_SHOWN = 6
_LONGEST_NAME = 60


@dataclass(frozen=True, kw_only=True)
class Wording:
    """The language that something is written in, and what must be seen on every page.

    Attributes
    ----------
    language
        ``"zh_CN"`` or ``"en"``.
    marks
        What must be said on every page: 内部使用, 示例数据.
    """

    language: str = "zh_CN"
    marks: Sequence[str] = ()

    @property
    def is_chinese(self) -> bool:
        """Whether it is read in Chinese."""
        return self.language.startswith("zh")

    def say(self, message: str, /, **params: object) -> str:
        """Return a message in the language of the reader."""
        return translate(message, self.language, **params)


@dataclass(frozen=True)
class CheckRecord(Wording):
    """A check to write down.

    Attributes
    ----------
    report
        What was found.
    grids
        What was checked: columns code, name and, where there are any, level.
    region
        What the grids must fill, None where it was not given.
    title
        Name of the file or plan that was checked.
    date
        Day of the check as people write it; the record knows no clock.
    comparison
        With an earlier check.
    findings
        What was noticed when the file was read.
    """

    report: CoverageReport
    grids: gpd.GeoDataFrame
    region: gpd.GeoDataFrame | None = None
    title: str = ""
    date: str = ""
    comparison: CheckComparison | None = None
    findings: Sequence[Finding] = ()

    @cached_property
    def names(self) -> Mapping[str, str]:
        """Code to name of the grids that have one, with the code where names repeat."""
        if "name" not in self.grids or "code" not in self.grids:
            return {}
        codes = self.grids["code"].astype("str")
        names = self.grids["name"].fillna("").astype("str").str.strip().str.slice(0, _LONGEST_NAME)
        repeated = names.duplicated(keep=False)
        left, right = ("（", "）") if self.is_chinese else (" (", ")")
        full = names.where(~repeated, names + left + codes + right)
        known = names != ""
        return dict(zip(codes[known], full[known], strict=True))

    def name(self, code: str) -> str:
        """Return what a grid is called."""
        return self.names.get(code) or code[:_LONGEST_NAME]

    def listed(self, codes: Sequence[str], most: int = _GRIDS_SHOWN) -> str:
        """Return the names of grids as a sentence lists them, of many the first."""
        comma = "、" if self.is_chinese else ", "
        text = comma.join(self.name(code) for code in codes[:most])
        if len(codes) <= most:
            return text
        return f"{text} 等 {len(codes)} 个" if self.is_chinese else f"{text} … ({len(codes)})"

    @cached_property
    def levels(self) -> pd.Series:
        """Number of grids per level, coarsest first; empty where no levels are known."""
        if "level" not in self.grids:
            return pd.Series(dtype="int64")
        return self.grids["level"].value_counts().sort_index()
