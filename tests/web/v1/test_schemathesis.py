"""Whatever a caller of any role sends, the answer is one that the OpenAPI document promises."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from flask import Flask, g
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks
from small_plan import grids

from geogrid.store.jobs import add_job
from geogrid.store.opening import make_ready
from geogrid.store.plans import add_draft, submit_draft
from geogrid.store.publish import publish_plan
from web import create_app
from web.auth import ROLES, Caller
from web.background import make_runner
from web.config import Settings

EXAMPLES = 500 if os.environ.get("HYPOTHESIS_PROFILE") == "nightly" else 25
CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
]
NOW = datetime(2026, 3, 1, tzinfo=UTC)
KNOWN = st.sampled_from([None, 1, 2, 3, 4, 5, 6])
"""An id that is there, so that more than 404 is seen."""


def _app(folder: Path) -> Flask:
    """A server with plans in every state and jobs that wait."""
    app = create_app(Settings(workspace=folder))
    app.config["PROPAGATE_EXCEPTIONS"] = False
    database = app.config["DATABASE"]
    make_ready(database)
    for number in range(6):
        plan = add_draft(database, f"方案{number}", grids().assign(name=str(number)), at=NOW)
        if number < 3:
            plan = submit_draft(database, plan.id, plan.version, approval="1", at=NOW)
        if number == 0:
            publish_plan(database, plan.id, plan.version, at=NOW)
        add_job(database, "check", {"plan": plan.id}, at=NOW)
    return app


def _aimed(case: Any, known: int | None, *, is_current: bool) -> Any:
    """Aim a request at something that is there, as it is now."""
    for name in ("plan", "job"):
        if known is not None and name in case.path_parameters:
            case.path_parameters[name] = known
    headers = dict(case.headers or {})
    headers["Accept-Encoding"] = "identity"  # the client of schemathesis decompresses nothing
    if is_current and case.method in ("POST", "DELETE"):
        headers["If-Match"] = "*"
    case.headers = headers
    return case


@pytest.mark.slow
@pytest.mark.parametrize("role", ROLES)
def test_answers_are_as_described(role: str, tmp_path: Path) -> None:
    app = _app(tmp_path)
    runner = make_runner(app)

    def come() -> None:
        g.caller = Caller(role)

    app.before_request_funcs.setdefault(None, []).append(come)
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)
    seen: set[int] = set()
    for found in schema.get_all_operations():
        operation = found.ok()
        requests = st.one_of(
            operation.as_strategy(generation_mode=GenerationMode.POSITIVE),
            operation.as_strategy(generation_mode=GenerationMode.NEGATIVE),
        )

        @settings(
            max_examples=EXAMPLES, deadline=None, database=None, derandomize=EXAMPLES < 100,
            phases=[Phase.generate], suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(case=requests, known=KNOWN, is_current=st.booleans())
        def ask(case: Any, known: int | None, is_current: bool) -> None:
            response = _aimed(case, known, is_current=is_current).call()
            seen.add(response.status_code)
            case.validate_response(response, checks=CHECKS)

        ask()
        runner.run_one()
    is_planner = role in ("planner", "admin")
    assert (403 in seen) != is_planner
    assert (200 in seen) == (role != "resident")
    if is_planner:
        assert {202, 204, 304, 404, 409, 412, 422, 428} <= seen
