"""Which page of the navigation is marked as the one somebody is on."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient


@pytest.mark.parametrize(
    ("path", "marked"),
    [
        ("/lookup", "/lookup"),
        ("/lookup/batch", "/lookup"),
        ("/addresses/corrections/new", "/lookup"),
        ("/addresses/corrections", "/workspace"),
        ("/addresses/doubtful", "/workspace"),
        ("/people", "/workspace"),
        ("/people/coverage", "/workspace"),
        ("/cases/weekly", "/cases"),
        ("/", "/"),
    ],
)
def test_one_page_is_marked(client: FlaskClient, path: str, marked: str) -> None:
    page = client.get(path).text
    navigation = page[page.index("<nav") : page.index("</nav>")]
    assert re.findall(r'href="([^"]+)" aria-current="page"', navigation) == [marked]
