"""``geogrid serve``: the pages, on this computer or for an office."""

from __future__ import annotations

import secrets
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from geogrid.commands import language, reports_errors
from geogrid.commands.only_server import only_server
from geogrid.commands.supervisor import supervise
from geogrid.errors import InputError
from geogrid.i18n import mark as _
from geogrid.i18n import translate
from geogrid.json_logs import set_up_logs
from geogrid.settings import Settings

__all__ = ["serve_command"]

LOOPBACK = ("127.0.0.1", "localhost", "::1")
_WAITING = 128
"""Connections that the system keeps until somebody takes them."""


@click.command("serve")
@click.option("--host", help="Address to listen on.  [default: 127.0.0.1]")
@click.option("--port", type=click.IntRange(0, 65535), help="[default: 8000]")
@click.option("--workspace", type=click.Path(path_type=Path), help="Folder of plans and uploads.")
@click.option("--workers", type=click.IntRange(1, 64), help="Processes that answer.  [default: 1]")
@click.option("--tls-cert", type=click.Path(exists=True), help="Certificate (PEM).")
@click.option("--tls-key", type=click.Path(exists=True), help="Its key (PEM).")
@reports_errors
def serve_command(**given: Any) -> None:
    """Serve the pages.

    Until somebody has an account the pages are for whoever sits at this computer; the link that
    is printed adds the first administrator. To listen elsewhere, name the hosts that people will
    type in GEOGRID_ALLOWED_HOSTS. Phones give their position to HTTPS pages only, and passwords
    should not travel without it, so give --tls-cert and --tls-key there.

    SIGTERM lets requests under way finish. With --workers 2 or more, SIGHUP lets fresh processes
    take over, with new code and a new certificate, and no request is lost.
    """
    settings = Settings.from_environment(**given)
    set_up_logs(settings.log_level)
    if settings.host not in LOOPBACK and settings.allowed_hosts == Settings.allowed_hosts:
        raise InputError(
            _(
                "To listen on {host}, set GEOGRID_ALLOWED_HOSTS to the host names that people "
                "will type, separated by commas."
            ),
            host=settings.host,
        )
    with only_server(settings), _listening(settings.host, settings.port) as listening:
        _serve(settings, listening)
    if settings.workers == 1:
        from web.serving import leave  # noqa: PLC0415 - the other commands need no web

        leave()


def _serve(settings: Settings, listening: socket.socket) -> None:
    def announce(said: dict[str, Any]) -> None:
        _announce(settings, listening, said.get("setup"))

    if settings.workers == 1:
        from web.serving import serve_here  # noqa: PLC0415 - the other commands need no web

        serve_here(settings, listening, announce=announce)
    else:
        order = {
            "workspace": str(settings.workspace),
            "tls_cert": settings.tls_cert,
            "tls_key": settings.tls_key,
            "setup": secrets.token_urlsafe(24),
        }
        supervise(order, listening, settings.workers, announce=announce)


@contextmanager
def _listening(host: str, port: int) -> Iterator[socket.socket]:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        made = socket.create_server((host, port), family=family, backlog=_WAITING)
    except OSError as error:
        raise InputError(
            _("Port {port} of {host} cannot be used ({reason}); try --port 8001."),
            host=host,
            port=port,
            reason=error.strerror or error,
        ) from error
    with made:
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        yield made


def _url(settings: Settings, host: str, port: int) -> str:
    """Return an address that is answered: by a name that is allowed, through the proxy if any."""
    names = [name.strip() for name in settings.allowed_hosts.split(",")]
    shown = f"[{host}]" if ":" in host else host
    if shown not in names:
        shown = names[0].lstrip(".")
        if settings.proxies:
            return f"https://{shown}/"
    return f"{'https' if settings.tls_cert else 'http'}://{shown}:{port}/"


def _announce(settings: Settings, listening: socket.socket, setup: str | None) -> None:
    url = _url(settings, *listening.getsockname()[:2])
    click.echo(translate(_("geogrid: {url}"), language(), url=url))
    if setup is not None:
        said = _(
            "There are no accounts: the pages are for whoever sits at this computer. To add the "
            "first administrator, open {link}"
        )
        click.echo(translate(said, language(), link=url.rstrip("/") + setup))
    click.echo(
        translate(
            _("Workspace: {folder}. Ctrl+C stops."),
            language(),
            folder=settings.workspace.resolve(),
        )
    )
