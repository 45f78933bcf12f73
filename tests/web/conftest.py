"""The app on a workspace of its own, with the sample as its plan."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from people import add_people

from geogrid.store.users import User
from web import create_app, doubt_making
from web.cases import views as cases
from web.config import Settings
from web.lookup_list import views as lookup_list
from web.printing import made as printing
from web.workspace import kept_preview


@pytest.fixture(autouse=True)
def _pages_wait_for_their_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let pages show what is finished, however busy the machine is, unless a test says not to."""
    for module in (cases, doubt_making, kept_preview, lookup_list, printing):
        monkeypatch.setattr(module, "PATIENCE_S", 60.0)


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """Return the app; it starts with the sample. Tests that switch the plan use `own_app`."""
    return make_app(tmp_path_factory.mktemp("workspace"))


@pytest.fixture
def own_app(tmp_path: Path) -> Flask:
    """Return an app whose workspace the test may change."""
    return make_app(tmp_path / "workspace")


def make_app(folder: Path) -> Flask:
    app = create_app(Settings(workspace=folder))
    app.config.update(TESTING=False, WTF_CSRF_ENABLED=False, PROPAGATE_EXCEPTIONS=False)
    return app


@pytest.fixture
def client(app: Flask) -> Iterator[FlaskClient]:
    with app.test_client() as client:
        yield client


@pytest.fixture
def own_client(own_app: Flask) -> Iterator[FlaskClient]:
    with own_app.test_client() as client:
        yield client


@pytest.fixture
def people(own_app: Flask) -> dict[str, User]:
    """Give everybody of `people` an account in `own_app`."""
    return add_people(own_app)
