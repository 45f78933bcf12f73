"""The app with one draft, and a program that reads English."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from redraw_drafts import new_draft

from geogrid.store.opening import make_ready
from web import create_app
from web.config import Settings


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    app = create_app(Settings(workspace=tmp_path))
    app.config["PROPAGATE_EXCEPTIONS"] = True
    make_ready(app.config["DATABASE"])
    new_draft(app.config["DATABASE"])
    return app


@pytest.fixture
def client(app: Flask) -> Iterator[FlaskClient]:
    with app.test_client() as client:
        client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
        yield client
