"""What is derived from the plan: again when it changed, and before somebody waits for it."""

from __future__ import annotations

import time
from threading import Event, Thread

from flask.testing import FlaskClient
from small_plan import use_small_plan

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
        watcher.join(5)
    assert not watcher.is_alive()


def _is_warm(app: object, name: str) -> bool:
    """Wait until look-ups in the plan of a name need not derive anything."""
    for _each in range(200):
        with app.app_context():  # type: ignore[attr-defined]
            current: CurrentPlan = current_plan()
            if current.plan.name == name and {"index", "book", "counts"} <= set(vars(current)):
                return True
        time.sleep(0.05)
    return False
