"""The map of a comparison as one file: wipe from the former plan to the new one, offline."""

from __future__ import annotations

from pathlib import Path

from geogrid.built import built_text
from geogrid.compare.record import ComparisonRecord
from geogrid.i18n import mark as _
from geogrid.layers.base import StreetsLayer
from geogrid.layers.comparison_data import map_data
from geogrid.layers.onefile import OneFile, compose_onefile
from geogrid.layers.shell import compose_shell
from geogrid.layers.swipe import SwipeLayer
from geogrid.tabular.writing import replace_file

__all__ = ["comparison_map", "write_comparison_map"]


def comparison_map(record: ComparisonRecord) -> str:
    """Return the page as one HTML text that asks nobody for anything.

    Parameters
    ----------
    record : the comparison

    Raises
    ------
    InputError
        The front-end is not built.
    """
    scripts = [built_text("leaflet.js"), built_text("comparison-map.js")]
    if record.is_chinese:
        scripts.insert(1, built_text("strings-zh.js"))
    return compose_onefile(
        _words(record),
        shell=compose_shell([StreetsLayer(), SwipeLayer()]),
        scripts=scripts,
        style=built_text("style.css"),
        icons=built_text("icons.svg"),
        data=map_data(record),
    )


def write_comparison_map(record: ComparisonRecord, path: str | Path) -> None:
    """Write the page; the file is replaced only once complete.

    Parameters
    ----------
    record : the comparison
    path : HTML file

    Raises
    ------
    InputError
        The front-end is not built, or the place cannot be written to.
    """
    page = comparison_map(record)
    with replace_file(Path(path)) as file:
        file.write(page.encode())


def _words(record: ComparisonRecord) -> OneFile:
    names = record.both()
    return OneFile(
        language="zh-CN" if record.is_chinese else "en",
        title=names or record.title,
        heading=record.title if names else "geogrid",
        date=record.date,
        marks=list(record.marks) or [record.say(_("For internal use"))],
        search=record.say(_("Grid name or code")),
        levels=record.say(_("Level")),
        fold=record.say(_("Show or hide the panel")),
        noscript=record.say(_("This file needs a browser with scripts allowed.")),
    )
