"""Settings of a place, read once from ``GEOGRID_*``; an unknown or wrong one is refused."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from difflib import get_close_matches
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from geogrid.errors import InputError
from geogrid.i18n import LANGUAGES
from geogrid.i18n import mark as _

__all__ = ["LOG_LEVELS", "READ_ELSEWHERE", "Settings"]

LOG_LEVELS = ("info", "warning", "error")
READ_ELSEWHERE = {
    "GEOGRID_LANG": "language of the command line: zh or en; else that of the system",
    "GEOGRID_CACHE_DIR": "folder of compiled code and indexes; ~/.cache/geogrid",
}
"""Settings that commands without a server read too, where they need them."""
_PREFIX = "GEOGRID_"
_OF_TESTS = ("GEOGRID_BENCH_", "GEOGRID_CHROMIUM", "GEOGRID_PICTURES")
_SHORTEST_TOKEN = 16


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
    host: str = "127.0.0.1"
    """Address to listen on."""
    port: int = 8000
    """Port to listen on; 0 takes a free one."""
    workers: int = 1
    """Processes that answer."""
    tls_cert: str = ""
    """Certificate (PEM) with its chain, to speak HTTPS."""
    tls_key: str = ""
    """Key (PEM) of the certificate."""
    metrics_token: str = ""
    """What a program elsewhere must send to read ``/metrics``; empty: this computer only."""
    log_level: str = "warning"
    """Least that is logged; ``info`` has a line for every request."""

    @classmethod
    def from_environment(
        cls, environment: Mapping[str, str] | None = None, **given: object
    ) -> Settings:
        """Read the settings.

        Parameters
        ----------
        environment
            Variables to read; the process's own by default.
        **given
            What the command line says instead; None says nothing.

        Raises
        ------
        InputError
            A variable is unknown or cannot be used; the message names it and what it may be.
        """
        environment = os.environ if environment is None else environment
        _refuse_unknown(environment, cls)
        values: dict[str, Any] = {}
        for field in fields(cls):
            name = _PREFIX + field.name.upper()
            if name in environment:
                values[field.name] = _convert(name, environment[name], field.default)
        values |= {name: value for name, value in given.items() if value is not None}
        settings = cls(**values)
        _require_usable(settings)
        return settings


def _refuse_unknown(environment: Mapping[str, str], kind: type[Settings]) -> None:
    known = {_PREFIX + field.name.upper() for field in fields(kind)} | READ_ELSEWHERE.keys()
    short = [name.removeprefix(_PREFIX) for name in known]
    for name in sorted(environment):
        if not name.startswith(_PREFIX) or name in known or name.startswith(_OF_TESTS):
            continue
        near = get_close_matches(name.removeprefix(_PREFIX), short, 1)
        if near:
            raise InputError(
                _("There is no setting {name}. Is {near} meant?"), name=name, near=_PREFIX + near[0]
            )
        raise InputError(
            _("There is no setting {name}; remove it. The settings: {known}."),
            name=name,
            known=", ".join(sorted(known)),
        )


def _convert(name: str, text: str, default: object) -> object:
    if isinstance(default, Path):
        if not text.strip():
            raise InputError(_("{name} is empty; name a folder."), name=name)
        return Path(text)
    if isinstance(default, int):
        if not (text.strip().isascii() and text.strip().isdigit()):
            raise InputError(
                _("{name} must be a whole number, not {value!r}."), name=name, value=text
            )
        return int(text)
    return text.strip()


def _require_usable(settings: Settings) -> None:
    _require_one_of("GEOGRID_LANGUAGE", settings.language, tuple(LANGUAGES))
    _require_one_of("GEOGRID_LOG_LEVEL", settings.log_level, LOG_LEVELS)
    _require_between("GEOGRID_PORT", settings.port, 0, 65535)
    _require_between("GEOGRID_WORKERS", settings.workers, 1, 64)
    _require_between("GEOGRID_PROXIES", settings.proxies, 0, 5)
    _require_between("GEOGRID_MAX_UPLOAD_MB", settings.max_upload_mb, 1, 10_000)
    try:
        ZoneInfo(settings.timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise InputError(
            _("GEOGRID_TIMEZONE must be a zone such as Asia/Shanghai, not {value!r}."),
            value=settings.timezone,
        ) from None
    if not settings.allowed_hosts.strip(", "):
        raise InputError(_("GEOGRID_ALLOWED_HOSTS is empty; name at least one host."))
    if (settings.tls_cert == "") != (settings.tls_key == ""):
        raise InputError(_("--tls-cert and --tls-key go together."))
    if settings.metrics_token and len(settings.metrics_token) < _SHORTEST_TOKEN:
        raise InputError(
            _("GEOGRID_METRICS_TOKEN must have at least {count} characters."), count=_SHORTEST_TOKEN
        )


def _require_one_of(name: str, value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        raise InputError(
            _("{name} must be one of {known}, not {value!r}."),
            name=name,
            known=", ".join(known),
            value=value,
        )


def _require_between(name: str, value: int, least: int, most: int) -> None:
    if not least <= value <= most:
        raise InputError(
            _("{name} must be from {least} to {most}, not {value}."),
            name=name,
            least=least,
            most=most,
            value=value,
        )
