"""What is asked to be printed, and what comes of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

import geopandas as gpd
import pandas as pd

from geogrid.findings import Finding
from geogrid.i18n import translate
from geogrid.printing.sheet import DrawnText

__all__ = ["Printed", "Request", "Turn"]

Turn = Literal["auto", "portrait", "landscape"]


@dataclass(frozen=True)
class Request:
    """What is to be printed.

    Attributes
    ----------
    grids
        All levels of the plan: code, name, parent, level, kind, households, people; EPSG:4326.
    streets
        Lines with name and highway; may be empty.
    posts
        grid, post, holder, deputy, phone, deputy_phone; may be empty. Phones that a reader may
        not see must be empty here.
    plan_name, status, version
        Of the plan; `status` is ``"draft"``, ``"review"``, ``"published"``, ``"archived"`` or
        ``""``, `version` such as ``"No. 3"``.
    today
        The day that is printed.
    code
        Of the grid the sheet is of; ``""`` for the whole plan.
    paper, turn
        Name of the size; which way it lies, by default as the ground fits better.
    phones
        Whether phone numbers are printed at all.
    marks
        What must stand on the map, such as the map approval number or that it is a sample.
    attribution
        Whose data are shown.
    language
        ``"zh_CN"`` or ``"en"``.
    link
        Address that the code on a leaflet leads to; ``""`` for none.
    """

    grids: gpd.GeoDataFrame
    streets: gpd.GeoDataFrame
    posts: pd.DataFrame
    plan_name: str
    today: date
    status: str = ""
    version: str = ""
    code: str = ""
    paper: str = "A3"
    turn: Turn = "auto"
    phones: bool = False
    marks: Sequence[str] = ()
    attribution: str = ""
    language: str = "zh_CN"
    link: str = ""

    @property
    def is_draft(self) -> bool:
        """Return whether the plan is not in force yet, which must be seen on paper."""
        return self.status in ("draft", "review")

    def say(self, message: str, **params: object) -> str:
        """Return a sentence in the language of the sheet."""
        return translate(message, self.language, **params)


@dataclass(frozen=True)
class Printed:
    """A document.

    Attributes
    ----------
    pdf
        The file.
    paper, is_landscape, pages
        As it came out.
    scale
        Of the map: 1 to this.
    findings
        What the reader of the sheet would miss: names without room, signs without a glyph.
    texts
        Every text with its page and box in mm.
    """

    pdf: bytes
    paper: str
    is_landscape: bool
    pages: int
    scale: int
    findings: Sequence[Finding]
    texts: Sequence[DrawnText]
