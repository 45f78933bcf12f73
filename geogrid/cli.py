"""The ``geogrid`` command."""

from __future__ import annotations

from importlib import import_module

import click

__all__ = ["main"]

COMMANDS = {
    "check": "check.check_command",
    "locate": "locate.locate_command",
    "lookup": "lookup.lookup_command",
    "rules": "rules.rules_command",
    "repair": "repair.repair_command",
    "unify": "unify.unify_command",
    "compare": "compare.compare_command",
    "import": "import_plan.import_command",
    "gazetteer": "gazetteer.gazetteer_command",
    "export": "export.export_command",
    "print": "print_map.print_command",
    "serve": "serve.serve_command",
    "backup": "backup.backup_command",
    "restore": "restore.restore_command",
    "doctor": "doctor.doctor_command",
    "user": "user.user_command",
}
"""Subcommand to its module in ``geogrid.commands`` and its function there."""


class _LazyGroup(click.Group):
    """Imports a subcommand only when it runs, so that ``--help`` needs no GDAL."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        module, function = COMMANDS[cmd_name].split(".")
        command: click.Command = getattr(import_module(f"geogrid.commands.{module}"), function)
        return command


@click.command(cls=_LazyGroup)
@click.version_option(package_name="geogrid")
def main() -> None:
    """Check, locate and serve the grids of a street (网格)."""
