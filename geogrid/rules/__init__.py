"""Rules of a place: how large grids should be, who staffs them, how they are coded.

Everything here is advice. What a place expects is a :class:`Profile`, written in TOML;
:func:`check_rules` says where grids differ from it, and never calls that an error.
"""

from geogrid.rules.builtin import builtin_profiles
from geogrid.rules.check import check_rules, with_advice
from geogrid.rules.codes import CodeScheme, code_scheme
from geogrid.rules.numbering import number_grids
from geogrid.rules.patterns import CodePattern, parse_pattern
from geogrid.rules.profile import Profile
from geogrid.rules.reading import parse_profile, read_profile
from geogrid.rules.writing import profile_text

__all__ = [
    "CodePattern",
    "CodeScheme",
    "Profile",
    "builtin_profiles",
    "check_rules",
    "code_scheme",
    "number_grids",
    "parse_pattern",
    "parse_profile",
    "profile_text",
    "read_profile",
    "with_advice",
]
