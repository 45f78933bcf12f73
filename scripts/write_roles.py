"""Write ``docs/roles.md``: every route with the role it needs and what it does about limits.

Run ``PYTHONPATH=. python scripts/write_roles.py`` after a change of routes; a test compares.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from flask import Flask

from web import create_app
from web.config import Settings

PATH = Path(__file__).resolve().parent.parent / "docs" / "roles.md"
INTRODUCTION = """\
# Roles, limits and routes

resident (nobody who signed in) < worker < supervisor < planner < admin; each may do what those
before it may. Without accounts whoever sits at the computer of the server is planner, and everybody
else is resident. With accounts people sign in; programs send a key to `/api/`
(`Authorization: Bearer …`), which never has more than its user.

A user may be limited to grids, each with all below it. Then

- a case, and the number of cases in a grid, is seen where the limits hold its grid;
- a phone number is seen where the limits hold the grid of the post, or lie below it: who is limited
  to a grid sees whom to call above it, and nobody beside it;
- a route does one of four things:
  **free** shows nothing that has limits (no phone, no case);
  **limited** leaves out what is outside the caller's limits;
  **own** shows only what the caller put there or is;
  **whole** is closed to users who have limits, because it changes or shows the whole place.

An administrator has no limits. When a plan removes grids, limits to them go on with it: they
become the largest grids of the new plan, of the same level or below, that lie on the ground
which the user saw already (up to 5 % of their area). Who was limited to a grid that was split is
limited to its parts; to several that were merged, to the whole; to one of them only, to none of
the merged grid, because that would show ground of others, but to such grids below it as lie on
their own ground. What cannot go on stays as a limit to the grid that is no more, which shows
nothing (never as no limit, which would show everything), and the page of users lists who has
one. A key for programs limited to such a grid shows nothing from then on. Days of the past
(`?at=`) are seen with the limits of today.

This table is written by `scripts/write_roles.py` from the routes; a
test compares, and others walk it with every role, with and without limits.

| route | methods | role | limits |
|---|---|---|---|
"""


def describe(app: Flask) -> str:
    """Return the page."""
    rows = []
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: (rule.rule, rule.endpoint)):
        if rule.endpoint == "static":
            continue
        view = app.view_functions[rule.endpoint]
        methods = ", ".join(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))
        rows.append(f"| `{rule.rule}` | {methods} | {vars(view)['role']} | {vars(view)['scope']} |")
    return INTRODUCTION + "\n".join(rows) + "\n"


def main() -> None:
    """Write the page."""
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(Settings(workspace=Path(folder)))
        PATH.write_text(describe(app), encoding="utf-8")


if __name__ == "__main__":
    main()
