"""``geogrid serve``: the pages, on this computer."""

from __future__ import annotations

import signal
import threading
from dataclasses import replace
from pathlib import Path
from types import FrameType

import click
from cheroot.ssl.builtin import BuiltinSSLAdapter
from cheroot.wsgi import Server

from geogrid.commands import language, reports_errors
from geogrid.errors import InputError
from geogrid.i18n import mark as _
from geogrid.i18n import translate

__all__ = ["serve_command"]

LOOPBACK = ("127.0.0.1", "localhost", "::1")


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535))
@click.option("--workspace", type=click.Path(path_type=Path), help="Folder of plans and uploads.")
@click.option("--tls-cert", type=click.Path(exists=True, path_type=Path), help="Certificate (PEM).")
@click.option("--tls-key", type=click.Path(exists=True, path_type=Path), help="Its key (PEM).")
@reports_errors
def serve_command(
    host: str, port: int, workspace: Path | None, tls_cert: Path | None, tls_key: Path | None
) -> None:
    """Serve the pages.

    Until somebody has an account the pages are for whoever sits at this computer; the link that
    is printed adds the first administrator. To listen elsewhere, name the hosts that people will
    type in GEOGRID_ALLOWED_HOSTS. Phones give their position to HTTPS pages only, and passwords
    should not travel without it, so give --tls-cert and --tls-key there.
    """
    from web import create_app  # noqa: PLC0415 - the other commands need no web
    from web.accounts.setup import new_setup_path  # noqa: PLC0415
    from web.background import make_runner  # noqa: PLC0415
    from web.config import Settings  # noqa: PLC0415
    from web.current import warm_up  # noqa: PLC0415

    settings = Settings.from_environment()
    if workspace is not None:
        settings = replace(settings, workspace=workspace)
    if host not in LOOPBACK and settings.allowed_hosts == Settings.allowed_hosts:
        raise InputError(
            _(
                "To listen on {host}, set GEOGRID_ALLOWED_HOSTS to the host names that people "
                "will type, separated by commas."
            ),
            host=host,
        )
    if (tls_cert is None) != (tls_key is None):
        raise InputError(_("--tls-cert and --tls-key go together."))
    app = create_app(settings)
    server = Server((host, port), app, numthreads=8, server_name="geogrid")
    if tls_cert is not None:
        server.ssl_adapter = BuiltinSSLAdapter(str(tls_cert), str(tls_key))
    warming = threading.Thread(target=warm_up, args=(app,), daemon=True)
    setup = new_setup_path(app)
    runner = make_runner(app)
    runner.start()
    try:
        _run(server, "https" if tls_cert else "http", settings.workspace, warming, setup)
    finally:
        runner.stop()


def _run(
    server: Server, scheme: str, workspace: Path, warming: threading.Thread, setup: str | None
) -> None:
    try:
        server.prepare()
    except OSError as error:
        raise InputError(
            _("Port {port} of {host} cannot be used ({reason}); try --port 8001."),
            host=server.bind_addr[0],
            port=server.bind_addr[1],
            reason=error.strerror or error,
        ) from error
    warming.start()
    host, port = server.bind_addr[:2]
    url = f"{scheme}://{host}:{port}/"
    click.echo(translate(_("geogrid: {url}"), language(), url=url))
    if setup is not None:
        said = _(
            "There are no accounts: the pages are for whoever sits at this computer. To add the "
            "first administrator, open {link}"
        )
        click.echo(translate(said, language(), link=url.rstrip("/") + setup))
    click.echo(
        translate(_("Workspace: {folder}. Ctrl+C stops."), language(), folder=workspace.resolve())
    )

    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, stop)
    try:
        server.serve()
    except KeyboardInterrupt:
        pass
    finally:
        server.stop()
