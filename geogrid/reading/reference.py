"""Which coordinate reference system a boundary file is in: said, never guessed."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pyproj
import pyproj.exceptions
import pyproj.network

from geogrid.crs import DATUMS
from geogrid.errors import CrsError
from geogrid.findings import Finding
from geogrid.i18n import mark as _

__all__ = ["CGCS2000", "CGCS2000_AS_WGS84", "Reference", "parse_crs", "settle_reference"]

WGS84 = "EPSG:4326"
CGCS2000 = "EPSG:4490"
_SHIFTED = ("gcj02", "bd09")
_CHINESE_NAMES = {
    "国家2000": "EPSG:4490",
    "2000国家大地坐标系": "EPSG:4490",
    "大地2000": "EPSG:4490",
    "西安80": "EPSG:4610",
    "北京54": "EPSG:4214",
}
_LONGEST = 20_000

CGCS2000_AS_WGS84 = Finding(
    "cgcs2000_as_wgs84",
    _("CGCS2000 degrees are used as WGS 84; they differ by less than a metre."),
    severity="note",
)
"""What is assumed of every CGCS2000 position."""


@dataclass(frozen=True)
class Reference:
    """How the coordinates of a file are to be understood.

    Attributes
    ----------
    crs
        Of the coordinates as they will be handed on.
    datum
        ``"gcj02"`` or ``"bd09"`` where they must be converted to `crs` first, else None.
    findings
        What was overridden or is worth a note.
    own
        What the file itself says, None where it says nothing that is known.
    """

    crs: pyproj.CRS
    datum: str | None = None
    findings: tuple[Finding, ...] = ()
    own: pyproj.CRS | None = None


def parse_crs(source: object) -> pyproj.CRS:
    """Return a geographic or projected CRS of two axes.

    Parameters
    ----------
    source
        ``"EPSG:4547"``, a URN, WKT, PROJJSON as a dict, a CRS.

    Returns
    -------
    pyproj.CRS
        Without heights and without shifts to other systems (those may name grid files);
        the entry of the EPSG list where there is an equal one. ``OGC:CRS84`` is
        ``EPSG:4326``, for longitude comes first everywhere here.

    Raises
    ------
    CrsError
        Unknown, or a local system without a place on earth.
    """
    text = source.strip() if isinstance(source, str) else source
    shown = str(text)[:60]
    if isinstance(text, str):
        text = _CHINESE_NAMES.get(text, text)
        if len(text) > _LONGEST or "+init" in text.casefold():
            raise _unknown(shown)
    pyproj.network.set_network_enabled(active=False)
    try:
        crs = pyproj.CRS.from_user_input(text)
        while crs.is_bound or crs.is_compound:
            crs = crs.source_crs if crs.is_bound else crs.sub_crs_list[0]
        flat = _listed(crs) or crs.to_2d()
    except (pyproj.exceptions.CRSError, TypeError, ValueError, AttributeError) as error:
        raise _unknown(shown) from error
    if not (flat.is_geographic or flat.is_projected) or (flat.is_derived and flat.is_geographic):
        raise _unknown(shown)
    return flat


def _listed(crs: pyproj.CRS) -> pyproj.CRS | None:
    """Return the equal entry of the EPSG list; files write the same system in many ways."""
    if crs.to_authority() == ("OGC", "CRS84"):
        return pyproj.CRS.from_user_input(WGS84)
    number = crs.to_epsg(min_confidence=20)
    if number is None:
        return None
    listed = pyproj.CRS.from_epsg(number)
    if crs.to_epsg() != number and not _has_same_numbers(crs, listed):
        return None
    return listed.to_2d() if len(listed.axis_info) > 2 else listed


def _has_same_numbers(crs: pyproj.CRS, listed: pyproj.CRS) -> bool:
    """Return whether two projected systems differ in their names or the order of axes only."""
    operations = crs.coordinate_operation, listed.coordinate_operation
    geodetic = crs.geodetic_crs, listed.geodetic_crs
    if None in operations or None in geodetic:
        return False
    values = [{one.name: one.value for one in operation.params} for operation in operations]
    systems = [one.to_epsg(min_confidence=20) for one in geodetic]
    units = [{axis.unit_conversion_factor for axis in one.axis_info} for one in (crs, listed)]
    return values[0] == values[1] and systems[0] == systems[1] and units[0] == units[1]


def _unknown(shown: str) -> CrsError:
    return CrsError(
        _(
            "“{crs}” is no coordinate reference system with a place on earth; give one such as"
            " crs='EPSG:4547' (--crs EPSG:4547)."
        ),
        crs=shown,
    )


def settle_reference(
    said: object, *, crs: object = None, datum: str | None = None, name: str, hint: object = ""
) -> Reference:
    """Decide the CRS of a file from what it says and what its user says.

    Parameters
    ----------
    said
        What the file says, as :func:`parse_crs` takes it, or None.
    crs, datum
        What the user says; it wins over the file, and a finding says so.
    name
        What to call the file in messages.
    hint
        What the numbers look like, for the message when nobody says anything.

    Raises
    ------
    CrsError
        Nobody says; an unknown name; or a datum of degrees for a file in metres.
    """
    if datum is not None and datum not in DATUMS:
        raise CrsError(
            _("Unknown coordinate datum {datum}; use one of {known}."),
            datum=datum,
            known=", ".join(DATUMS),
        )
    stated = parse_crs(crs) if crs else None
    own = _own(said, name, is_needed=stated is None and datum is None)
    if datum is not None:
        return replace(_with_datum(datum, stated or own, own, name), own=own)
    if stated is not None:
        return Reference(stated, findings=_overridden(own, stated, name), own=own)
    if own is not None:
        return Reference(own, own=own)
    raise CrsError(
        _(
            "{file} does not say its coordinate reference system, and it is never guessed."
            " For longitude and latitude give datum='cgcs2000' (--datum cgcs2000; or wgs84,"
            " gcj02 for AMap and Tencent, bd09 for Baidu); for metres give your city's system,"
            " such as crs='EPSG:4547' (--crs EPSG:4547). {hint}"
        ),
        file=name,
        hint=hint,
    )


def _own(said: object, name: str, *, is_needed: bool) -> pyproj.CRS | None:
    if said is None:
        return None
    try:
        return parse_crs(said)
    except CrsError:
        if not is_needed:
            return None
        raise CrsError(
            _(
                "{file} names a coordinate reference system that is not known (“{crs}”); give the"
                " right one, such as crs='EPSG:4547' (--crs EPSG:4547)."
            ),
            file=name,
            crs=str(said)[:60],
        ) from None


def _with_datum(
    datum: str, known: pyproj.CRS | None, own: pyproj.CRS | None, name: str
) -> Reference:
    if known is not None and known.is_projected:
        if datum in _SHIFTED:
            raise CrsError(
                _(
                    "{file} is in metres ({crs}), but {datum} means degrees. Leave out the datum,"
                    " or give the file in degrees."
                ),
                file=name,
                crs=known.name,
                datum=datum,
            )
        return Reference(known, findings=_overridden(own, known, name))
    wgs84 = pyproj.CRS.from_user_input(WGS84)
    if datum in _SHIFTED:
        return Reference(wgs84, datum, findings=(_converted(datum, name),))
    findings = _overridden(own, wgs84, name)
    if datum == "cgcs2000":
        findings = (CGCS2000_AS_WGS84,)
    return Reference(wgs84, findings=findings)


def _converted(datum: str, name: str) -> Finding:
    return Finding(
        "datum_converted",
        _("The coordinates of {file} were converted from {datum} to WGS 84."),
        {"file": name, "datum": {"gcj02": "GCJ-02", "bd09": "BD-09"}[datum]},
        severity="note",
    )


def _overridden(own: pyproj.CRS | None, used: pyproj.CRS, name: str) -> tuple[Finding, ...]:
    if own is None or own == used:
        return ()
    return (
        Finding(
            "crs_overridden",
            _("{file} says its coordinates are {own}; they were read as {used}, as asked."),
            {"file": name, "own": own.name, "used": used.name},
        ),
    )
