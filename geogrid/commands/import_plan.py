"""``geogrid import``: plans and lists of offices into a workspace, every row with its fate."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click
import geopandas as gpd
import pandas as pd

from geogrid.boundaries import read_boundaries
from geogrid.commands import FilePath, language, reports_errors
from geogrid.commands.reading import say
from geogrid.commands.workspaces import open_workspace
from geogrid.crs import DATUMS
from geogrid.errors import FieldError, FormatError, InputError
from geogrid.exchange import import_plan
from geogrid.exchange.restoring import NoPlanError
from geogrid.i18n import mark as _
from geogrid.i18n import translate
from geogrid.offices.previews import ListPreview, preview_roster, preview_unit_list
from geogrid.offices.roster_columns import recognise_roster
from geogrid.store import Plan, Workspace, save_plan
from geogrid.tables import Table, read_tables, write_table

__all__ = ["fate_rows", "import_command"]

_FILE = FilePath(path_type=Path)
_LISTS = (".csv", ".tsv", ".txt", ".xlsx", ".xls", ".html", ".htm")
_PARTS = ("grids", "region", "gaps", "posts", "units", "cases", "streets")
_ABOUT = ("name", "is_sample", "note", "attribution", "source")
_FATES = {"taken": _("taken"), "changed": _("changed"), "left_out": _("left out")}


@click.command("import")
@click.argument("files", type=click.Path(path_type=Path), nargs=-1, required=True)
@click.option(
    "--workspace",
    type=_FILE,
    help="Make it a draft in this workspace, shown while none is in force.",
)
@click.option("-o", "--output", type=_FILE, help="Write it to a new folder.")
@click.option("--datum", type=click.Choice(DATUMS), help="What longitudes and latitudes are in.")
@click.option("--fates", type=_FILE, help="Write what becomes of every row (.xlsx, .csv).")
@reports_errors
def import_command(
    files: Sequence[Path],
    workspace: Path | None,
    output: Path | None,
    datum: str | None,
    fates: Path | None,
) -> None:
    """Read a plan from FILES: one that geogrid exported or boundaries, and lists of an office.

    Lists of staff and of buildings replace those of the plan; given alone beside a plan in force
    they count at once. Without --workspace and -o nothing is written but the fates.
    """
    now = open_workspace(workspace).current() if workspace is not None else None
    parts = _plan_of(files, now, datum)
    if "grids" not in parts:
        raise InputError(
            _("None of the files has grids; add the file of a plan, or name a --workspace.")
        )
    rows: list[dict[str, object]] = []
    lists: dict[str, pd.DataFrame] = {}
    for path in _lists(files):
        part, preview = _list_of(path, parts["grids"], datum)
        lists[part] = preview.made
        say([one for one in preview.findings if one.severity == "error"], path)
        rows += fate_rows(path, preview)
        _say_fates(path, part, preview)
    if fates is not None:
        write_table(pd.DataFrame(rows), fates)
    if workspace is not None:
        _use(open_workspace(workspace), parts, lists, is_alone=len(_lists(files)) == len(files))
    if output is not None:
        save_plan(output, **parts | lists)
    if workspace is None and output is None:
        click.echo(translate(_("Nothing is written: name a --workspace or -o FOLDER."), language()))


def _use(
    workspace: Workspace, parts: Any, lists: Mapping[str, pd.DataFrame], *, is_alone: bool
) -> None:
    if workspace.is_in_force and is_alone:  # staff and buildings need no new plan
        for part, rows in lists.items():
            (workspace.add_posts if part == "posts" else workspace.add_units)(rows)
        return
    workspace.use(**parts | lists)
    if workspace.is_in_force:
        said = _("It is a draft now; another plan is in force until this one is published.")
        click.echo(translate(said, language()))


def _lists(files: Sequence[Path]) -> list[Path]:
    return [path for path in files if not _is_plan(path)]


def _is_plan(path: Path) -> bool:
    """Return whether a file is a plan or boundaries, and no list."""
    if path.suffix.casefold() not in _LISTS:
        return True
    if path.suffix.casefold() != ".xlsx":
        return False
    try:
        import_plan(path)
    except NoPlanError:
        return False
    return True


def _plan_of(files: Sequence[Path], now: Plan | None, datum: str | None) -> dict[str, Any]:
    """Return the parts of the one plan among the files, else those of the plan in use."""
    plans = [path for path in files if _is_plan(path)]
    if len(plans) > 1:
        raise InputError(_("Give one file with a plan; there are {count}."), count=len(plans))
    if not plans:
        return {name: getattr(now, name) for name in (*_PARTS, *_ABOUT)} if now else {}
    try:
        imported = import_plan(plans[0])
    except NoPlanError:
        return {"name": plans[0].stem, "grids": _boundaries(plans[0], datum)}
    say(imported.findings, plans[0])
    return dict(imported.parts)


def _boundaries(path: Path, datum: str | None) -> gpd.GeoDataFrame:
    grids = read_boundaries(path, datum=datum)
    say([one for one in grids.attrs["findings"] if one.severity == "error"], path)
    codes = grids["code"].astype("str")
    double = sorted(set(codes[codes.duplicated()]) | set(codes[codes == ""]))
    if double:
        raise FieldError(
            _(
                "Every grid of a plan needs a code of its own. Missing or used twice: {codes}."
                " Correct the file, or choose another column of codes."
            ),
            codes="、".join(code or "—" for code in double[:5]),
        )
    return grids


def _list_of(path: Path, grids: gpd.GeoDataFrame, datum: str | None) -> tuple[str, ListPreview]:
    tables = read_tables(path)
    if any(_is_roster(table) for table in tables):
        part, preview = "posts", preview_roster(tables, grids)
    else:
        part, preview = "units", preview_unit_list(tables, grids, datum)
    if not len(preview.made):
        raise FormatError(_("Nothing in {file} could be read."), file=path.name)
    return part, preview


def _is_roster(table: Table) -> bool:
    return recognise_roster([str(name) for name in table.frame.columns])[0] is not None


def fate_rows(path: Path, preview: ListPreview) -> list[dict[str, object]]:
    """Return a row for every row of a list, with what becomes of it and why, in words."""
    words = {
        key: translate(text, language())
        for key, text in {
            "file": _("File"),
            "sheet": _("Worksheet"),
            "row": _("Row"),
            "fate": _("What becomes of it"),
            "why": _("Why"),
        }.items()
    }
    return [
        {
            words["file"]: path.name,
            words["sheet"]: fate.sheet,
            words["row"]: fate.row,
            words["fate"]: translate(_FATES[fate.fate], language()),
            words["why"]: " ".join(reason.text(language()) for reason in fate.reasons),
        }
        for fate in preview.fates
    ]


def _say_fates(path: Path, part: str, preview: ListPreview) -> None:
    counts: Mapping[str, int] = Counter(fate.fate for fate in preview.fates)
    message = (
        _("{file}: {made} posts; rows taken {taken}, changed {changed}, left out {left_out}.")
        if part == "posts"
        else _(
            "{file}: {made} buildings; rows taken {taken}, changed {changed}, left out {left_out}."
        )
    )
    numbers = {fate: counts.get(fate, 0) for fate in _FATES}
    said = translate(message, language(), file=path.name, made=len(preview.made), **numbers)
    click.echo(said)
