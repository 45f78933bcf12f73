"""Build ``data/boundaries`` from the streets in ``data/boundaries/source``.

Run ``python scripts/build_sample.py`` to rebuild in place, with ``--out DIR`` to build
elsewhere. The result is the same bytes every time: no clock, no unseeded chance.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from sample.bundle import build_futian
from sample.defects import build_defects
from sample.rural_bundle import build_rural
from sample.streets import extract_source

DATA = Path(__file__).parents[1] / "data" / "boundaries"
SOURCE = DATA / "source" / "futian_roads.geojson"


def main() -> None:
    """Build every part of the sample."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--out", type=Path, default=DATA, help="folder to write to")
    parser.add_argument("--streets", type=Path, help="GeoPackage to take the streets from anew")
    options = parser.parse_args()
    if options.streets:
        extract_source(options.streets, SOURCE)
    started = time.perf_counter()
    grids = build_futian(SOURCE, options.out / "futian")
    build_defects(options.out / "futian_defects", grids)
    build_rural(options.out / "rural")
    print(f"{options.out}: {time.perf_counter() - started:.1f} s")


if __name__ == "__main__":
    main()
