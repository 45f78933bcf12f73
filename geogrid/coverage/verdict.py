"""One plain sentence about a coverage, for somebody who answers for a street."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from geogrid.i18n import mark as _
from geogrid.i18n import translate

if TYPE_CHECKING:
    from geogrid.coverage.report import CoverageReport

__all__ = ["Verdict", "area_text", "length_text", "verdict_parts", "verdict_text"]

_HECTARE_M2 = 10_000.0
_KM2_M2 = 1_000_000.0


class Verdict(NamedTuple):
    """What is said of a report, in the order of what matters.

    Attributes
    ----------
    headline
        The verdict itself: what is wrong, else what is right.
    remarks
        What to know besides; nobody needs to do anything about it.
    caveats
        What the verdict does not cover.
    """

    headline: str
    remarks: tuple[str, ...]
    caveats: tuple[str, ...]


def area_text(area_m2: float, language: str) -> str:
    """Return an area as people say it: m², hectares, km².

    Examples
    --------
    >>> area_text(230.4, "en"), area_text(53_000, "en"), area_text(0.02, "en")
    ('230 m²', '5.3 ha', 'less than 1 m²')
    """
    if area_m2 < 1.0:
        return translate(_("less than 1 m²"), language)
    if area_m2 < _HECTARE_M2:
        return translate(_("{value} m²"), language, value=f"{area_m2:,.0f}")
    if area_m2 < _KM2_M2:
        return translate(_("{value} ha"), language, value=f"{area_m2 / _HECTARE_M2:.1f}")
    return translate(_("{value} km²"), language, value=f"{area_m2 / _KM2_M2:,.2f}")


def length_text(length_m: float, language: str) -> str:
    """Return a length as people say it: mm, cm, m, km.

    Examples
    --------
    >>> [length_text(one, "en") for one in (0.0004, 0.02, 7.25, 1234.0)]
    ['less than 1 mm', '2 cm', '7.2 m', '1.2 km']
    """
    if length_m < 0.001:
        return translate(_("less than 1 mm"), language)
    if length_m < 0.01:
        return translate(_("{value} mm"), language, value=f"{length_m * 1000:.0f}")
    if length_m < 1.0:
        return translate(_("{value} cm"), language, value=f"{length_m * 100:.0f}")
    if length_m < 1000.0:
        return translate(_("{value} m"), language, value=f"{length_m:.1f}")
    return translate(_("{value} km"), language, value=f"{length_m / 1000:.1f}")


def verdict_text(report: CoverageReport, language: str) -> str:
    """Return the verdict on a report in one sentence.

    Parameters
    ----------
    report : the report
    language : ``"zh_CN"`` or ``"en"``
    """
    parts = verdict_parts(report, language)
    return _comma(language).join([parts.headline, *parts.remarks, *parts.caveats])


def verdict_parts(report: CoverageReport, language: str) -> Verdict:
    """Return the verdict on a report in its parts, for a page that shows them apart.

    Parameters
    ----------
    report : the report
    language : ``"zh_CN"`` or ``"en"``
    """
    said = _problems(report, language) or [_praise(report, language)]
    return Verdict(
        headline=_comma(language).join(said),
        remarks=tuple(_remarks(report, language)),
        caveats=tuple(_caveats(report, language)),
    )


def _comma(language: str) -> str:
    return "，" if language.startswith("zh") else "; "


def _problems(report: CoverageReport, language: str) -> list[str]:
    rows = report.defects[report.defects["severity"] == "error"]
    counts = rows["kind"].value_counts()
    said = []
    gaps = rows[rows["kind"] == "gap"]
    if len(gaps):
        said.append(_gaps_text(report, len(gaps), gaps, language))
    for kind, message in (
        ("overlap", _("overlaps: {count}")),
        ("duplicate", _("grids drawn twice: {count}")),
        ("spill", _("places beyond the region: {count}")),
        ("nesting", _("places where levels disagree: {count}")),
        ("invalid", _("broken outlines: {count}")),
        ("unresolved", _("places to look at by eye: {count}")),
    ):
        if counts.get(kind, 0):
            said.append(translate(message, language, count=int(counts[kind])))
    return said


def _gaps_text(report: CoverageReport, count: int, gaps: object, language: str) -> str:
    homes = int(gaps["households"].fillna(0).sum())  # type: ignore[index]
    houses = int(gaps["buildings"].fillna(0).sum())  # type: ignore[index]
    area = area_text(float(gaps["area_m2"].sum()), language)  # type: ignore[index]
    if houses:
        message = _("nobody answers for {households} households in {buildings} buildings")
        return translate(message, language, buildings=houses, households=homes)
    if report.has_units:
        message = _("gaps where nobody lives: {count} ({area})")
    else:
        message = _("gaps that nobody answers for: {count} ({area})")
    return translate(message, language, count=count, area=area)


def _praise(report: CoverageReport, language: str) -> str:
    if report.is_proven:
        message = _("Every home has one grid and only one: {grids} grids cover without a seam")
    elif report.has_region:
        message = _("{grids} grids cover the region, no gap or overlap to speak of")
    else:
        message = _("No gap or overlap between {grids} grids")
    return translate(message, language, grids=report.finest_grids)


def _remarks(report: CoverageReport, language: str) -> list[str]:
    rows = report.defects
    said = []
    for chosen, message in (
        (rows["severity"] == "approved", _("approved gaps: {count}")),
        (rows["kind"] == "unmatched", _("borders whose corners do not match: {count}")),
        (rows["severity"] == "noise", _("slivers narrower than {tolerance}: {count}")),
    ):
        if chosen.any():
            count = int(chosen.sum())
            tolerance = length_text(report.tolerance_m, language)
            said.append(translate(message, language, count=count, tolerance=tolerance))
    return said


def _caveats(report: CoverageReport, language: str) -> list[str]:
    if report.has_region:
        return []
    said = [translate(_("the outer edge was not checked: the region is still missing"), language)]
    if report.pieces > 1:
        message = _("the grids lie in {count} separate pieces, and nothing between was checked")
        said.append(translate(message, language, count=report.pieces))
    return said
