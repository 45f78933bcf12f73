"""The jobs of the database, done beside the requests."""

from __future__ import annotations

from flask import Flask

from geogrid.store.opening import make_ready
from geogrid.store.plan_jobs import plan_works
from geogrid.store.proposing import proposal_works
from geogrid.store.runner import Runner

__all__ = ["make_runner"]


def make_runner(app: Flask) -> Runner:
    """Return what does the jobs of a server; `start` it in each process that is to do some."""
    engine = app.config["DATABASE"]
    make_ready(engine)
    workspace = app.config["WORKSPACE"]
    works = plan_works(engine, workspace.uploads, app.config["RULES"])
    return Runner(engine, {**works, **proposal_works(workspace.find_plan)})
