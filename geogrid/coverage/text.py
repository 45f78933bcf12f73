"""A coverage report as lines of text: verdict, sums, defects, neighbours, what to do next."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence

import pandas as pd

from geogrid.coverage.report import CoverageReport
from geogrid.coverage.report_data import SEVERITY_WORDS, grid_label, kind_word
from geogrid.coverage.verdict import area_text, length_text
from geogrid.i18n import mark as _
from geogrid.i18n import translate

__all__ = ["report_lines"]

_ROWS = 20
_PAIRS = 8
_NAME = 30
_GAP = "  "


def report_lines(
    report: CoverageReport, grids: pd.DataFrame, language: str, *, hints: bool = True
) -> Iterator[str]:
    """Yield the report line by line, the verdict first.

    Parameters
    ----------
    report : of :func:`geogrid.coverage.check_coverage`
    grids : the grids that were checked, for their names
    language : ``"zh_CN"`` or ``"en"``
    hints : whether it names options of the command and what to do next; a file lists all defects
    """
    most = _ROWS if hints else len(report.defects)
    pairs = zip(grids["code"].astype(str), grids["name"].astype(str), strict=True)
    names = {code: _in_a_line(name or code) for code, name in pairs}
    yield report.verdict(language)
    yield ""
    yield from _sums(report, language)
    if len(report.defects):
        yield ""
        yield from _defects(report, names, language, most)
        yield from _neighbours(report, names, language)
    if hints:
        yield ""
        yield _advice(report, language)


def _in_a_line(name: str) -> str:
    """Return a name, not too long, without anything that breaks lines or commands a terminal."""
    plain = "".join(char if char.isprintable() else " " for char in name)
    return plain if len(plain) <= _NAME else plain[: _NAME - 1] + "…"


def _sums(report: CoverageReport, language: str) -> Iterator[str]:
    sums = report.sums
    for value, message in (
        (sums.region_m2, _("Area to cover: {area}")),
        (sums.grids_m2, _("Grids together: {area}")),
        (sums.gap_m2, _("Left out: {area}")),
        (sums.overlap_m2, _("Covered more than once: {area}")),
        (sums.spill_m2, _("Beyond the region: {area}")),
    ):
        if value > 0.0:
            yield translate(message, language, area=area_text(value, language))
    counted = {"edges": f"{report.edges:,}", "matched": f"{report.matched_edges:,}"}
    yield translate(_("Boundary edges: {edges}, matched exactly: {matched}"), language, **counted)


def _defects(
    report: CoverageReport, names: Mapping[str, str], language: str, most: int
) -> Iterator[str]:
    header = [_("Kind"), _("Severity"), _("Grids"), _("Area"), _("Width"), _("Place (lon, lat)")]
    if report.has_units:
        header.append(_("Households"))
    table = [[translate(word, language) for word in header]]
    for row in report.defects.head(most).itertuples():
        has_area = row.area_m2 > 0.0
        cells = [
            kind_word(row.kind, language),
            translate(SEVERITY_WORDS[row.severity], language),
            grid_label(row.grids, names, language) or "–",
            area_text(row.area_m2, language) if has_area else "–",
            length_text(row.width_m, language) if has_area else "–",
            "–" if pd.isna(row.lon) else f"{row.lon:.6f}, {row.lat:.6f}",
        ]
        table.append([*cells, str(row.households)] if report.has_units else cells)
    yield from _aligned(table)
    if len(report.defects) > most:
        more = len(report.defects) - most
        yield translate(_("… and {count} more; -o FILE writes them all"), language, count=more)


def _neighbours(report: CoverageReport, names: Mapping[str, str], language: str) -> Iterator[str]:
    pairs = report.by_neighbours()
    pairs = pairs[(pairs["severity"] == "error") & (pairs["length_m"] > 0.0)].head(_PAIRS)
    if len(pairs) < 2:
        return
    yield ""
    yield translate(_("By neighbours:"), language)
    for pair in pairs.itertuples():
        one, other = (names.get(code) or code for code in (pair.one, pair.other))
        message = (
            _("between {one} and {other}: {kind}, {length}, {area}")
            if other
            else _("at the edge of {one}: {kind}, {length}, {area}")
        )
        yield _GAP + translate(
            message,
            language,
            one=one,
            other=other,
            kind=kind_word(pair.kind, language),
            length=length_text(pair.length_m, language),
            area=area_text(pair.area_m2, language),
        )


def _advice(report: CoverageReport, language: str) -> str:
    if not report.is_seamless:
        message = _(
            "Next: correct these places in your drawing (--map FILE shows them), or let"
            " geogrid repair do it, then check again."
        )
    elif not report.has_region:
        message = _(
            "Next: give the area to cover with --region FILE, so that the edge is checked too."
        )
    elif not report.is_proven:
        message = _("Next: align the corners on shared borders; then the coverage can be proven.")
    else:
        message = _("Nothing to do: this coverage is proven.")
    return translate(message, language)


def _aligned(table: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield rows with columns as wide as their widest cell, Chinese counted double."""
    widths = [max(map(_width, column)) for column in zip(*table, strict=True)]
    for row in table:
        cells = [
            cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)
        ]
        yield _GAP.join(cells).rstrip()


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)
