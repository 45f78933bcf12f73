"""Hypothesis profiles (slow machines are no failures), options, and databases of both kinds.

``HYPOTHESIS_PROFILE=quick`` for a first look, ``nightly`` to look much further. By default each
property meets the same examples every time, so that what fails comes of the change at hand.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from postgis_cluster import Cluster
from sqlalchemy import Engine
from sqlalchemy.engine import URL

from geogrid.store.database.engine import database_url, open_database
from geogrid.store.database.migrate import upgrade

settings.register_profile("default", deadline=None, derandomize=True)
settings.register_profile("quick", deadline=None, max_examples=5)
settings.register_profile("nightly", deadline=None, max_examples=10_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--screenshots",
        default="test-artifacts/screenshots",
        help="folder for the pictures of all pages",
    )


@pytest.fixture(scope="session")
def postgis() -> Iterator[Cluster]:
    """A PostGIS server of the tests' own; a test that stops it starts it again."""
    cluster = Cluster()
    yield cluster
    cluster.remove()


@pytest.fixture(params=["sqlite", "postgis"])
def empty_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[URL]:
    """The address of an empty database, one of each kind."""
    if request.param == "sqlite":
        yield database_url("", tmp_path)
        return
    cluster: Cluster = request.getfixturevalue("postgis")
    url = cluster.new_database()
    yield url
    cluster.drop(url)


@pytest.fixture(scope="session")
def sqlite_with_tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with the tables of this release, to be copied."""
    url = database_url("", tmp_path_factory.mktemp("tables"))
    _make_tables(url)
    return Path(str(url.database))


@pytest.fixture(scope="session")
def postgis_with_tables(postgis: Cluster) -> str:
    """The name of a database with the tables of this release, to be copied."""
    url = postgis.new_database()
    _make_tables(url)
    return str(url.database)


def _make_tables(url: URL) -> None:
    engine = open_database(url)
    upgrade(engine)
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgis"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[URL]:
    """The address of a database with the tables of this release, one of each kind."""
    if request.param == "sqlite":
        url = database_url("", tmp_path)
        shutil.copyfile(request.getfixturevalue("sqlite_with_tables"), str(url.database))
        yield url
        return
    cluster: Cluster = request.getfixturevalue("postgis")
    url = cluster.new_database(request.getfixturevalue("postgis_with_tables"))
    yield url
    cluster.drop(url)


@pytest.fixture
def engine(database: URL) -> Iterator[Engine]:
    """A database with the tables of this release, one of each kind."""
    engine = open_database(database)
    yield engine
    engine.dispose()
