"""The geogrid web app."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask, Response, request
from flask_compress import Compress
from werkzeug.middleware.proxy_fix import ProxyFix

from geogrid.rules.reading import find_profile
from geogrid.store.workspace import Workspace
from web import (
    accounts,
    api,
    assets,
    branches,
    changes,
    correction_page,
    doubt_page,
    edit,
    errors,
    health,
    home,
    language,
    location,
    lookup,
    offline,
    openapi,
    plan_header,
    plan_list,
    security,
    share,
    shell,
    watching,
)
from web import cases as cases_page
from web import check as check_page
from web import heatmap as heatmap_page
from web import lookup_list as lookup_list_page
from web import people as people_page
from web import printing as print_page
from web import repair as repair_page
from web import trace as trace_page
from web import unify as unify_page
from web import weekly as weekly_page
from web import workspace as workspace_page
from web.config import Settings
from web.plain_forms import PlainRequest
from web.proposals import contacts as contact_page
from web.proposals import views as proposal_page
from web.v1 import (
    addresses,
    compare,
    corrections,
    drafts,
    grids,
    plans,
    proposals,
    redraw,
    staff,
    underlays,
)
from web.v1 import jobs as long_work

__all__ = ["create_app"]

PAGES = (
    home.blueprint,
    lookup.blueprint,
    offline.blueprint,
    lookup_list_page.blueprint,
    check_page.blueprint,
    repair_page.blueprint,
    unify_page.blueprint,
    trace_page.blueprint,
    cases_page.blueprint,
    weekly_page.blueprint,
    heatmap_page.blueprint,
    workspace_page.blueprint,
    plan_list.blueprint,
    proposal_page.blueprint,
    contact_page.blueprint,
    *changes.blueprints,
    people_page.blueprint,
    print_page.blueprint,
    share.blueprint,
    shell.blueprint,
    branches.blueprint,
    edit.blueprint,
    api.blueprint,
    location.blueprint,
    plans.blueprint,
    drafts.blueprint,
    proposals.blueprint,
    underlays.blueprint,
    grids.blueprint,
    compare.blueprint,
    staff.blueprint,
    addresses.blueprint,
    corrections.blueprint,
    correction_page.blueprint,
    doubt_page.blueprint,
    long_work.blueprint,
    openapi.blueprint,
    health.blueprint,
    *redraw.blueprints,
    *accounts.blueprints,
)


class _App(Flask):
    """Flask, told that no view and no hook of ours is a coroutine instead of asking each time."""

    request_class = PlainRequest

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Return `func`."""
        return func


class _Compress(Compress):
    """Compression, but of a look-up that fits three packets: they arrive no sooner as one."""

    def after_request(self, response: Response) -> Response:
        """Compress an answer where that is of use."""
        is_short = (response.content_length or 0) < location.SENT_AS_IT_IS
        if request.endpoint == "location.one" and is_short:
            response.vary.add("Accept-Encoding")
            return response
        compressed: Response = super().after_request(response)
        return compressed


def create_app(settings: Settings | None = None) -> Flask:
    """Make the app.

    Parameters
    ----------
    settings
        Read from ``GEOGRID_*`` by default.
    """
    settings = settings or Settings.from_environment()
    app = _App(__name__)
    workspace = Workspace(settings.workspace, database=settings.database_url)
    workspace.open()
    app.config.update(
        SETTINGS=settings,
        WORKSPACE=workspace,
        RULES=find_profile(settings.rules) if settings.rules else None,
        SECRET_KEY=workspace.secret_key(),
        MAX_CONTENT_LENGTH=settings.max_upload_mb * 1_000_000,
        TRUSTED_HOSTS=[host.strip() for host in settings.allowed_hosts.split(",")],
        COMPRESS_MIN_SIZE=500,
        COMPRESS_MIMETYPES=[
            "text/html", "text/css", "text/javascript", "application/json",
            "application/geo+json", "application/problem+json", "application/manifest+json",
            "image/svg+xml",
        ],
    )  # fmt: skip
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    for part in (location, errors, language, security, accounts, plan_header, assets):
        part.init_app(app)
    if settings.proxies:
        count = settings.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, count, count, count)  # type: ignore[method-assign]
    _Compress(app)
    watching.init_app(app)
    for page in PAGES:
        app.register_blueprint(page)
    return app
