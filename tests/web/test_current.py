"""What is derived from the plan: again when it changed, and before somebody waits for it."""

from __future__ import annotations

import time
from threading import Event, Thread

import pandas as pd
from flask import Flask
from flask.testing import FlaskClient
from published import put_in_force
from shapely.geometry import box
from small_plan import grids, units, use_small_plan

from geogrid.addresses.finder import find_place
from geogrid.store.workspace import Workspace
from web.current import CurrentPlan, current_plan, stay_warm


def test_what_another_process_changed_is_derived_at_once(own_client: FlaskClient) -> None:
    app = own_client.application
    folder = app.config["WORKSPACE"].folder
    stopped = Event()
    watcher = Thread(target=stay_warm, args=(app, stopped), daemon=True)
    watcher.start()
    try:
        use_small_plan(Workspace(folder))
        assert _is_warm(app, "手绘方案")
    finally:
        stopped.set()
        watcher.join(60)
    assert not watcher.is_alive()


def _is_warm(app: object, name: str) -> bool:
    """Wait until look-ups in the plan of a name need not derive anything."""
    for _each in range(2400):
        with app.app_context():  # type: ignore[attr-defined]
            current: CurrentPlan = current_plan()
            if current.plan.name == name and {"index", "book", "counts"} <= set(vars(current)):
                return True
        time.sleep(0.05)
    return False


ENTRIES = pd.DataFrame(
    {
        "name": ["便民药店"],
        "lon": [114.0115],
        "lat": [22.535],
        "source": ["民政"],
        "dated": ["2026-01-01"],
    }
)


def test_only_other_units_or_addresses_need_another_index(own_app: Flask) -> None:
    workspace: Workspace = own_app.config["WORKSPACE"]
    use_small_plan(workspace)
    put_in_force(workspace)
    assert workspace.add_addresses(ENTRIES).added == 1

    with own_app.app_context():
        first = current_plan()
        index = first.searched.gazetteer
        assert find_place(first.finder, "甲二网格").grid == "112"

        drawn = grids()
        drawn.loc[drawn["code"] == "111", "geometry"] = box(114.00, 22.53, 114.012, 22.54)
        drawn.loc[drawn["code"] == "112", "geometry"] = box(114.012, 22.53, 114.02, 22.54)
        drawn = drawn.replace({"name": {"甲二网格": "新二网格"}})
        draft = workspace.use(name="下一方案", grids=drawn, source="区划调整")
        put_in_force(workspace, plan=draft)
        redrawn = current_plan()
        assert redrawn.plan.grids is not first.plan.grids
        assert redrawn.searched.gazetteer is index
        assert find_place(redrawn.finder, "新二网格").grid == "112"
        assert find_place(redrawn.finder, "东街3号").source == "区划调整"
        assert find_place(redrawn.finder, "便民药店").source == "民政"

        workspace.add_units(units().head(4))
        fewer = current_plan().searched.gazetteer
        assert fewer is not index
        assert find_place(current_plan().finder, "东街9号").kind == "street"

        workspace.remove_addresses("民政")
        assert current_plan().searched.gazetteer is not fewer
        assert find_place(current_plan().finder, "便民药店") is None
