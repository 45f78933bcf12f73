"""``geogrid user``: who may sign in, from the command line of the server."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import click
from sqlalchemy import Engine

from geogrid.commands import language, reports_errors
from geogrid.i18n import mark as _
from geogrid.i18n import translate
from geogrid.store.accounts import add_user, change_user, check_scope, set_password
from geogrid.store.opening import is_there, make_ready, named_database
from geogrid.store.users import ROLES, User, list_users, user_named
from geogrid.store.workspace import Workspace

__all__ = ["user_command"]

BY = "geogrid user"
"""How the audit log calls what is done here."""


@click.group("user")
@click.option(
    "--workspace", type=click.Path(path_type=Path), envvar="GEOGRID_WORKSPACE",
    default="geogrid-workspace", show_default=True, help="Folder of plans and uploads.",
)  # fmt: skip
@click.option(
    "--database", envvar="GEOGRID_DATABASE_URL", default="", help="Where users are kept instead."
)
@click.pass_context
@reports_errors
def user_command(ctx: click.Context, workspace: Path, database: str) -> None:
    """Add, list and change the people who sign in.

    Passwords are asked for, or read from the first line of standard input; never given as an
    argument, where other programs could read them.
    """
    engine = named_database(database, workspace)
    if ctx.invoked_subcommand == "add" or is_there(engine):
        make_ready(engine)
    ctx.obj = (engine, Workspace(workspace, database=database))


@user_command.command("add")
@click.argument("name")
@click.option("--role", type=click.Choice(ROLES), required=True)
@click.option("--full-name", default="", help="How people call them.")
@click.option("--scope", "grids", multiple=True, help="Code of a grid to limit them to; repeat.")
@click.pass_obj
@reports_errors
def add(
    given: tuple[Engine, Workspace], name: str, role: str, full_name: str, grids: tuple[str, ...]
) -> None:
    """Add a user; the first one must be an administrator."""
    engine, workspace = given
    _check(workspace, grids)
    user = add_user(
        engine, name, _password(), role=role, at=_now(), by=BY, full_name=full_name, scope=grids
    )
    _say(_("User “{name}” was added."), name=user.name)


@user_command.command("list")
@click.pass_obj
@reports_errors
def listed(given: tuple[Engine, Workspace]) -> None:
    """List users: name, role, active or not, limits, full name."""
    engine, _workspace = given
    for user in list_users(engine) if is_there(engine) else []:
        state = translate(_("active") if user.is_active else _("disabled"), language())
        limits = ",".join(sorted(user.scope)) or "-"
        click.echo("\t".join((user.name, user.role, state, limits, user.full_name)))


@user_command.command("password")
@click.argument("name")
@click.pass_obj
@reports_errors
def password(given: tuple[Engine, Workspace], name: str) -> None:
    """Give a user another password; all their sessions end."""
    engine, user = _found(given, name)
    set_password(engine, user.id, _password(), at=_now(), by=BY)
    _say(_("User “{name}” has another password; sessions have ended."), name=user.name)


@user_command.command("disable")
@click.argument("name")
@click.option("--undo", is_flag=True, help="Let them sign in again.")
@click.pass_obj
@reports_errors
def disable(given: tuple[Engine, Workspace], name: str, undo: bool) -> None:
    """Let a user no longer sign in; sessions and keys end at once."""
    engine, user = _found(given, name)
    change_user(engine, user.id, is_active=undo, at=_now(), by=BY)
    said = _("User “{name}” may sign in again.") if undo else _("User “{name}” is disabled.")
    _say(said, name=user.name)


@user_command.command("scope")
@click.argument("name")
@click.argument("grids", nargs=-1)
@click.pass_obj
@reports_errors
def scope(given: tuple[Engine, Workspace], name: str, grids: tuple[str, ...]) -> None:
    """Limit a user to grids and all below them; without any, to nothing less than everything."""
    engine, user = _found(given, name)
    _check(given[1], grids)
    change_user(engine, user.id, scope=grids, at=_now(), by=BY)
    limits = ", ".join(grids) or translate(_("everything"), language())
    _say(_("User “{name}” sees: {limits}."), name=user.name, limits=limits)


def _found(given: tuple[Engine, Workspace], name: str) -> tuple[Engine, User]:
    engine, _workspace = given
    make_ready(engine)
    return engine, user_named(engine, name)


def _check(workspace: Workspace, grids: tuple[str, ...]) -> None:
    if grids:
        check_scope(grids, workspace.current().hierarchy)


def _password() -> str:
    """Return a password from the terminal, or from the first line of what is piped in."""
    if sys.stdin.isatty():
        asked: str = click.prompt(
            translate(_("Password"), language()), hide_input=True, confirmation_prompt=True
        )
        return asked
    return sys.stdin.readline().rstrip("\r\n")


def _say(message: str, **params: str) -> None:
    click.echo(translate(message, language(), **params))


def _now() -> datetime:
    return datetime.now(UTC)
