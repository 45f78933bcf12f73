"""Settings of the web app, read once from ``GEOGRID_*``."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

from geogrid.errors import InputError
from geogrid.i18n import LANGUAGES
from geogrid.i18n import mark as _

__all__ = ["Settings"]


@dataclass(frozen=True)
class Settings:
    """Everything a place can set; each field is the variable ``GEOGRID_<NAME>``."""

    workspace: Path = Path("geogrid-workspace")
    """Folder that holds the plans, uploads and the secret key."""
    database_url: str = ""
    """PostgreSQL with PostGIS; by default one SQLite file in the workspace."""
    language: str = "zh_CN"
    """Language of a first visit: ``zh_CN`` or ``en``."""
    timezone: str = "Asia/Shanghai"
    """Zone in which times are shown and dates are meant."""
    map_note: str = ""
    """Map approval number (审图号) shown on every map; 内部使用 when empty."""
    max_upload_mb: int = 200
    """Largest upload in megabytes."""
    allowed_hosts: str = "127.0.0.1,localhost,[::1]"
    """Host names the server answers to, separated by commas."""
    rules: str = ""
    """What a plan must keep to before it is published, else a reason is asked for: a TOML file of
    ``geogrid rules init`` or the name of a built-in profile; nothing when empty."""
    proxies: int = 0
    """Reverse proxies in front that are believed who asks, by HTTPS or not (X-Forwarded-…)."""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Settings:
        """Read the settings.

        Parameters
        ----------
        environment
            Variables to read; the process's own by default.

        Raises
        ------
        InputError
            If a variable cannot be used; the message names it.
        """
        environment = os.environ if environment is None else environment
        values: dict[str, object] = {}
        for field in fields(cls):
            name = f"GEOGRID_{field.name.upper()}"
            if name in environment:
                values[field.name] = _convert(name, environment[name], field.default)
        settings = cls(**values)  # type: ignore[arg-type]
        if settings.language not in LANGUAGES:
            raise InputError(
                _("GEOGRID_LANGUAGE must be one of {known}, not {value!r}."),
                known=", ".join(LANGUAGES),
                value=settings.language,
            )
        return settings


def _convert(name: str, text: str, default: object) -> object:
    if isinstance(default, Path):
        return Path(text)
    if isinstance(default, int):
        if not text.strip().isdigit():
            raise InputError(
                _("{name} must be a whole number, not {value!r}."), name=name, value=text
            )
        return int(text)
    return text
