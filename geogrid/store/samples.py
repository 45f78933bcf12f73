"""Where the sample plans are: in the package, or in a source checkout."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from geogrid.i18n import mark as _
from geogrid.store.errors import PlanMissingError

__all__ = ["CITY_SAMPLE", "RURAL_SAMPLE", "sample_folder"]

CITY_SAMPLE = "futian"
RURAL_SAMPLE = "rural"


@cache
def sample_folder(name: str) -> Path:
    """Return the folder of the sample data `name`, packaged or in a source checkout.

    Raises
    ------
    PlanMissingError
        There is no such sample.
    """
    package = Path(__file__).parents[1]
    for root in (package / "sample_data", package.parent / "data" / "boundaries"):
        if name.isidentifier() and (root / name).is_dir():
            return root / name
    raise PlanMissingError(_("There is no sample data “{name}”."), name=name)
