"""``geogrid rules``: what a place expects of its grids, whether they are so, and new codes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
import geopandas as gpd
import pandas as pd

from geogrid.boundaries import write_boundaries
from geogrid.commands import FilePath, language, reports_errors
from geogrid.commands.reading import read_grids, reading_options, say
from geogrid.errors import InputError
from geogrid.i18n import mark as _
from geogrid.i18n import translate
from geogrid.offices.unit_grids import match_unit_grids
from geogrid.offices.unit_lists import read_units
from geogrid.posts import read_roster
from geogrid.rules import builtin_profiles, check_rules, code_scheme, number_grids, profile_text
from geogrid.rules.codes import CodeScheme
from geogrid.rules.profile import Profile
from geogrid.rules.reading import find_profile
from geogrid.rules.text import advice_data, advice_lines
from geogrid.tables import read_table

__all__ = ["rules_command"]

_FILE = FilePath(path_type=Path)
_DEFAULT = "geogrid-rules.toml"


@click.group("rules")
def rules_command() -> None:
    """Advise on size, staff and codes of grids; number new grids."""


@rules_command.command("init")
@click.argument("name", default="city", type=click.Choice(list(builtin_profiles())))
@click.option(
    "-o", "--output", type=_FILE, default=_DEFAULT, show_default=True, help="Where to write."
)
@click.option("--force", is_flag=True, help="Overwrite the file.")
@reports_errors
def init_command(name: str, output: Path, *, force: bool) -> None:
    """Write the built-in profile NAME as a commented file to change."""
    text = profile_text(builtin_profiles()[name], language())
    try:
        with output.open("w" if force else "x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError as error:
        message = _("{file} exists; choose another name with -o, or --force to overwrite it.")
        raise InputError(message, file=output.name) from error
    except OSError as error:
        message = _("{file} cannot be written: is its folder there?")
        raise InputError(message, file=output.name) from error
    written = _(
        "{file} is written. Change its numbers, then: geogrid rules check GRIDS --profile {file}"
    )
    click.echo(translate(written, language(), file=output.name))


@rules_command.command("check")
@click.argument("grids", type=_FILE)
@click.option("--profile", required=True, type=_FILE, help="Profile, or a built-in one: city.")
@click.option("--units", type=_FILE, help="List of buildings with households.")
@click.option("--posts", type=_FILE, help="Staff list.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("-o", "--output", type=_FILE, help="Write the advice, format by extension.")
@reading_options
@reports_errors
def check_command(grids: Path, **options: Any) -> None:
    """Say where GRIDS differ from the profile. It is advice: exit status 0 in any case.

    Exit status 2: the files cannot be used.
    """
    profile = find_profile(options["profile"])
    frame = _read(grids, options)
    advice = check_rules(
        frame,
        profile,
        units=_units(options["units"], options["datum"], frame),
        posts=_posts(options["posts"], frame),
    )
    if options["output"] is not None:
        say(write_boundaries(advice, options["output"], language=language()), options["output"])
    if options["as_json"]:
        counts = {kind: int((advice["kind"] == kind).sum()) for kind in ("scale", "code")}
        found = advice_data(advice, language())
        data = {"profile": profile.name, "grids": len(frame), "counts": counts, "advice": found}
        click.echo(json.dumps(data, ensure_ascii=False))
        return
    for line in advice_lines(advice, profile, language()):
        click.echo(line)


@rules_command.command("number")
@click.argument("grids", type=_FILE)
@click.option("-o", "--output", type=_FILE, required=True, help="Where to write, by extension.")
@click.option("--scheme", help="DB11/T 2157-2023, CJ/T 349-2010, or a pattern: {parent}{number:3}.")
@click.option("--object", "object_code", default="", help="Managed object of CJ/T 349, 6 digits.")
@click.option("--parent", default="", help="Code above all grids that name none.")
@click.option("--profile", type=_FILE, help="Profile with scheme and retired codes.")
@click.option("--all", "renumber", is_flag=True, help="Also grids that have a code.")
@reading_options
@reports_errors
def number_command(grids: Path, **options: Any) -> None:
    """Give codes to those of GRIDS that have none, west to east, then north to south.

    Codes given or retired are never used again.
    """
    profile = None if options["profile"] is None else find_profile(options["profile"])
    scheme = _scheme(options["scheme"], options["object_code"], profile)
    frame = _read(grids, options)
    if "code" not in frame.attrs["fields"]:
        frame["code"] = ""  # the reader numbered them by row
    before = frame["code"].copy()
    numbered = number_grids(
        frame,
        scheme,
        retired=profile.codes.retired if profile else (),
        parent=options["parent"],
        renumber=options["renumber"],
    )
    say(write_boundaries(numbered, options["output"], language=language()), options["output"])
    count = int((numbered["code"] != before).sum())
    message = _("{file}: {count} of {total} grids have a new code.")
    click.echo(
        translate(message, language(), file=options["output"].name, count=count, total=len(frame))
    )


def _scheme(name: str | None, object_code: str, profile: Profile | None) -> CodeScheme:
    """Return the scheme asked for; a pattern is one for grids."""
    if name and "{" in name:
        return code_scheme("own", patterns={3: name})
    if name:
        return code_scheme(name, object_code=object_code)
    if profile is not None and profile.codes.scheme is not None:
        return profile.codes.scheme
    raise InputError(_("Say how to number: --scheme, or a --profile with a scheme under [code]."))


def _read(grids: Path, options: dict[str, Any]) -> gpd.GeoDataFrame:
    return read_grids(grids, options, unsaid=("missing_code",))


def _units(path: Path | None, datum: str | None, grids: pd.DataFrame) -> pd.DataFrame | None:
    if path is None:
        return None
    units, findings = read_units(read_table(path).frame, datum)
    units, unmatched = match_unit_grids(units, grids)
    say([*(one for one in findings if one.severity == "error"), *unmatched], path)
    return units


def _posts(path: Path | None, grids: pd.DataFrame) -> pd.DataFrame | None:
    if path is None:
        return None
    posts, findings = read_roster(read_table(path).frame, grids)
    say([one for one in findings if one.severity != "note"], path)
    return posts
