"""What no text has and PostgreSQL does not keep is refused before a view sees it."""

from __future__ import annotations

import io
from typing import Any

import pytest
from flask.testing import FlaskClient

FORMS: list[tuple[str, dict[str, Any]]] = [
    ("/people/departments", {"name": "城\0管", "duties": "", "seen": ""}),
    ("/people/departments", {"name": "城管", "duties": "占道\0经营", "seen": ""}),
    ("/people/departments", {"name": "城管", "duties": "", "seen": "", "na\0me": ""}),
    ("/sign-in", {"name": "a\0b", "password": "x"}),
]


@pytest.mark.parametrize(("path", "form"), FORMS)
def test_a_nul_is_refused(own_client: FlaskClient, path: str, form: dict[str, Any]) -> None:
    answer = own_client.post(f"{path}?lang=en", data=form)
    assert answer.status_code == 422
    assert "characters that cannot be kept" in answer.get_data(as_text=True)


def test_a_nul_in_the_name_of_a_file_is_refused(own_client: FlaskClient) -> None:
    form = {"file": (io.BytesIO(b"a,b\n1,2\n"), "a\0.csv")}
    answer = own_client.post("/api/v1/workspace/posts?lang=en", data=form)
    assert answer.status_code == 422
    assert "characters that cannot be kept" in answer.get_json()["detail"]
