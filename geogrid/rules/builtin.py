"""Profiles to start from. They fit real places; a place copies one and changes its numbers.

``city``: a city community of 2,345 households in 9 grids (about 260 each). ``village``: a village
of 1,138 households in 17 grids (about 67 each). ``town``: a town of 92 grids with 43 leaders, 75
full-time and 75 part-time workers, where one leader answers for several grids.
"""

from __future__ import annotations

from collections.abc import Mapping

from geogrid.i18n import mark as _
from geogrid.i18n import translate
from geogrid.rules.profile import Profile, Range, ShapeRules, SizeRule, StaffRule

__all__ = ["builtin_profiles", "profile_label"]

_GRID = 3
_DEDICATED = SizeRule(levels=(_GRID,), kinds=("dedicated",))  # a campus or market has no homes
_CITY_SIZE = Range(200, 500)
_VILLAGE_SIZE = Range(30, 120)

_LABELS: Mapping[str, str] = {
    "city": _("City communities"),
    "village": _("Villages"),
    "town": _("Towns with communities and villages"),
}

_PROFILES: Mapping[str, Profile] = {
    "city": Profile(
        name="city",
        default_kind="community",
        sizes=(_DEDICATED, SizeRule(levels=(_GRID,), households=_CITY_SIZE)),
        staff=(
            StaffRule(levels=(_GRID,), posts=("leader",), most_grids=2),
            StaffRule(levels=(_GRID,), posts=("full_time",), most_grids=1),
        ),
        shape=ShapeRules(one_part=True, compactness=0.1),
    ),
    "village": Profile(
        name="village",
        default_kind="village",
        sizes=(_DEDICATED, SizeRule(levels=(_GRID,), households=_VILLAGE_SIZE)),
        staff=(StaffRule(levels=(_GRID,), posts=("leader", "full_time", "part_time")),),
        shape=ShapeRules(one_part=True, compactness=0.05),
    ),
    "town": Profile(
        name="town",
        sizes=(
            _DEDICATED,
            SizeRule(levels=(_GRID,), kinds=("community",), households=_CITY_SIZE),
            SizeRule(levels=(_GRID,), kinds=("village",), households=_VILLAGE_SIZE),
            SizeRule(levels=(_GRID,), households=Range(_VILLAGE_SIZE.low, _CITY_SIZE.high)),
        ),
        staff=(
            StaffRule(levels=(_GRID,), posts=("leader",), most_grids=5),
            StaffRule(levels=(_GRID,), posts=("full_time", "part_time"), most_grids=3),
        ),
        shape=ShapeRules(one_part=True, compactness=0.05),
    ),
}


def builtin_profiles() -> dict[str, Profile]:
    """Return the profiles that come with geogrid, by name.

    Examples
    --------
    >>> list(builtin_profiles())
    ['city', 'village', 'town']
    """
    return dict(_PROFILES)


def profile_label(profile: Profile, language: str) -> str:
    """Return what people read for a profile: its own name, or our words for a built-in one."""
    known = _LABELS.get(profile.name)
    return profile.name if known is None else translate(known, language)
