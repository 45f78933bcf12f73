"""Plans and uploads on disk: the only part of the library besides the readers that has paths.

A plan is a folder of plain files (:mod:`geogrid.store.plan`); a workspace is the folder of
one server with its current plan, former plans and uploads (:mod:`geogrid.store.workspace`).
"""

from __future__ import annotations

from geogrid.store.errors import PlanMissingError, StoreError, UploadMissingError
from geogrid.store.index_cache import cached_index
from geogrid.store.index_file import load_index, save_index
from geogrid.store.plan import Plan, load_plan, save_plan
from geogrid.store.samples import sample_folder
from geogrid.store.uploads import Uploads
from geogrid.store.workspace import FormerPlan, Workspace

__all__ = [
    "FormerPlan",
    "Plan",
    "PlanMissingError",
    "StoreError",
    "UploadMissingError",
    "Uploads",
    "Workspace",
    "cached_index",
    "load_index",
    "load_plan",
    "sample_folder",
    "save_index",
    "save_plan",
]
