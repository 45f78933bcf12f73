"""The ``geogrid`` command."""

from __future__ import annotations

from importlib import import_module

import click

__all__ = ["main"]

COMMANDS = {
    "check": "check_command",
    "locate": "locate_command",
    "rules": "rules_command",
    "repair": "repair_command",
    "unify": "unify_command",
    "serve": "serve_command",
    "user": "user_command",
}
"""Subcommand to the name of its function in ``geogrid.commands.<subcommand>``."""


class _LazyGroup(click.Group):
    """Imports a subcommand only when it runs, so that ``--help`` needs no GDAL."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"geogrid.commands.{cmd_name}")
        command: click.Command = getattr(module, COMMANDS[cmd_name])
        return command


@click.command(cls=_LazyGroup)
@click.version_option(package_name="geogrid")
def main() -> None:
    """Check, locate and serve the grids of a street (网格)."""
