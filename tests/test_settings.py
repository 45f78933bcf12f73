"""Settings: each is documented, and an unknown or wrong one is refused."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from geogrid.errors import InputError
from geogrid.settings import READ_ELSEWHERE, Settings

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("GEOGRID_WORKSPAC", "/tmp", "Is GEOGRID_WORKSPACE meant?"),
        ("GEOGRID_XYZ", "1", "There is no setting GEOGRID_XYZ; remove it."),
        ("GEOGRID_LANGUAGE", "fr", "GEOGRID_LANGUAGE must be one of zh_CN, en, not 'fr'."),
        ("GEOGRID_TIMEZONE", "Asia/Nowhere", "such as Asia/Shanghai, not 'Asia/Nowhere'"),
        ("GEOGRID_TIMEZONE", "../../etc/passwd", "GEOGRID_TIMEZONE must be a zone"),
        ("GEOGRID_PORT", "99999", "from 0 to 65535, not 99999"),
        ("GEOGRID_PORT", "http", "GEOGRID_PORT must be a whole number, not 'http'."),
        ("GEOGRID_WORKERS", "0", "GEOGRID_WORKERS must be from 1 to 64, not 0."),
        ("GEOGRID_MAX_UPLOAD_MB", "0", "from 1 to 10000, not 0"),
        ("GEOGRID_MAX_UPLOAD_MB", "-5", "must be a whole number, not '-5'"),
        ("GEOGRID_PROXIES", "²", "must be a whole number"),
        ("GEOGRID_ALLOWED_HOSTS", " , ", "GEOGRID_ALLOWED_HOSTS is empty"),
        ("GEOGRID_WORKSPACE", "", "GEOGRID_WORKSPACE is empty; name a folder."),
        ("GEOGRID_TLS_CERT", "cert.pem", "--tls-cert and --tls-key go together."),
        ("GEOGRID_METRICS_TOKEN", "short", "at least 16 characters"),
        ("GEOGRID_LOG_LEVEL", "loud", "one of info, warning, error, not 'loud'"),
    ],
)
def test_unknown_and_wrong_settings_are_refused(name: str, value: str, said: str) -> None:
    with pytest.raises(InputError) as error:
        Settings.from_environment({name: value})
    assert said in str(error.value)


def test_what_is_said_on_the_command_line_counts_more() -> None:
    environment = {"GEOGRID_PORT": "80", "GEOGRID_WORKERS": "2", "GEOGRID_LANG": "en", "HOME": "/"}
    settings = Settings.from_environment(environment, port=81, workspace=None)
    assert (settings.port, settings.workers) == (81, 2)
    assert settings.workspace == Path("geogrid-workspace")


def test_every_setting_is_documented_with_its_default() -> None:
    text = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `(GEOGRID_\w+)` \|([^|]*)\|", text, re.MULTILINE))
    known = {f"GEOGRID_{field.name.upper()}": field.default for field in fields(Settings)}
    assert rows.keys() == known.keys() | READ_ELSEWHERE.keys()
    for name, default in known.items():
        said = rows[name].strip()
        if said.startswith("`") or default in ("", 0):
            assert said.strip("`") in (str(default), "", "SQLite, in the workspace"), name
    assert set(re.findall(r"GEOGRID_[A-Z_]+", text)) <= rows.keys()


def test_the_files_of_deploy_name_settings_that_exist() -> None:
    known = {f"GEOGRID_{field.name.upper()}" for field in fields(Settings)} | READ_ELSEWHERE.keys()
    found = [path.read_text(encoding="utf-8") for path in (ROOT / "deploy").iterdir()]
    named = set(re.findall(r"GEOGRID_[A-Z_]+", "\n".join(found)))
    assert {"GEOGRID_WORKSPACE", "GEOGRID_PROXIES"} < named <= known
