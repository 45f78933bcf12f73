"""``/api/v1/jobs``: how far long work is, in the caller's language, and stopping it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from small_plan import grids

from geogrid.store.jobs import MOST_WAITING, beat, claim_job, in_languages
from geogrid.store.opening import make_ready
from geogrid.store.plans import add_draft
from web import create_app
from web.background import make_runner
from web.config import Settings

NOW = datetime(2026, 3, 1, tzinfo=UTC)
ENGLISH = {"Accept-Language": "en-GB,en;q=0.9"}


@pytest.fixture
def client(tmp_path: Path) -> Iterator[FlaskClient]:
    app = create_app(Settings(workspace=tmp_path))
    make_ready(app.config["DATABASE"])
    add_draft(app.config["DATABASE"], "方案", grids(), at=NOW)
    with app.test_client() as client:
        yield client


def test_a_check_is_a_job_with_a_report(client: FlaskClient) -> None:
    answer = client.post("/api/v1/plans/1/check")
    assert answer.status_code == 202
    job = answer.get_json()
    assert (job["kind"], job["status"], job["plan"], job["result"]) == ("check", "waiting", 1, None)
    assert make_runner(client.application).run_one()
    done = client.get(answer.headers["Location"]).get_json()
    assert (done["status"], done["progress"], done["attempts"]) == ("done", 1.0, 1)
    assert (done["result"]["seamless"], done["result"]["version"]) == (True, 1)


def test_the_stage_is_in_the_language_of_the_caller(client: FlaskClient) -> None:
    address = client.post("/api/v1/plans/1/check").headers["Location"]
    database = client.application.config["DATABASE"]
    job = claim_job(database, ["check"], at=NOW)
    beat(database, job, progress=0.5, stage=in_languages("Checking the boundaries"))
    seen = client.get(address, headers=ENGLISH).get_json()
    assert (seen["stage"], seen["progress"]) == ("Checking the boundaries", 0.5)
    assert client.get(address).get_json()["stage"] == "正在检查边界"
    # a script of our pages speaks the language of its page, whatever the browser prefers
    ours = ENGLISH | {"Referer": "http://localhost/check"}
    assert client.get(address, headers=ours).get_json()["stage"] == "正在检查边界"


def test_a_job_is_cancelled(client: FlaskClient) -> None:
    address = client.post("/api/v1/plans/1/check").headers["Location"]
    job = client.post(f"{address}/cancel").get_json()
    assert (job["status"], job["is_cancelled"]) == ("cancelled", True)
    assert not make_runner(client.application).run_one()
    done = client.post("/api/v1/plans/1/check").headers["Location"]
    make_runner(client.application).run_one()
    late = client.post(f"{done}/cancel")
    assert (late.status_code, late.get_json()["changed"]) == (409, {"status": "done"})
    assert client.post("/api/v1/jobs/99/cancel").status_code == 404
    assert client.get(f"/api/v1/jobs/{2**80}").status_code == 404


def test_too_many_jobs_are_refused(client: FlaskClient) -> None:
    for _ in range(MOST_WAITING):
        assert client.post("/api/v1/plans/1/check").status_code == 202
    answer = client.post("/api/v1/plans/1/check", headers=ENGLISH)
    assert answer.status_code == 503
    assert "50 jobs are waiting" in answer.get_json()["detail"]
    page = client.get("/api/v1/jobs?limit=20").get_json()
    assert (len(page["items"]), page["total"]) == (20, MOST_WAITING)
    assert client.get(page["next"]).get_json()["items"][0]["id"] == page["items"][-1]["id"] - 1


def test_pages_of_other_sites_start_and_stop_nothing(client: FlaskClient) -> None:
    address = client.post("/api/v1/plans/1/check").headers["Location"]
    foreign = {"Origin": "https://evil.example"}
    for path in ("/api/v1/plans/1/check", f"{address}/cancel"):
        assert client.post(path, headers=foreign).status_code == 403
    gone = client.delete("/api/v1/plans/1", headers=foreign | {"If-Match": "*"})
    assert gone.status_code == 403
    assert client.get(address).get_json()["status"] == "waiting"
