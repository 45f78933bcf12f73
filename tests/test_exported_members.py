"""The names the package promises."""

from __future__ import annotations

import importlib
import pkgutil

import pytest

import geogrid
import web

PROMISED = {
    "CoverageReport",
    "CoverageState",
    "GeogridError",
    "GridIndex",
    "PlanComparison",
    "RepairReport",
    "UnifiedLayers",
    "build_index",
    "check_coverage",
    "compare_plans",
    "coverage_state",
    "locate",
    "read_boundaries",
    "recheck",
    "relocate",
    "repair_coverage",
    "unify_layers",
    "write_boundaries",
}
MODULES = sorted(
    module.name
    for package in (geogrid, web)
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
)


def test_package_exports_what_it_promises() -> None:
    assert set(geogrid.__all__) == PROMISED
    assert callable(geogrid.locate)


@pytest.mark.parametrize("name", MODULES)
def test_all_names_exist(name: str) -> None:
    module = importlib.import_module(name)
    missing = [each for each in getattr(module, "__all__", ()) if not hasattr(module, each)]
    assert missing == []
    assert callable(geogrid.locate), "importing a module must not hide the function"
