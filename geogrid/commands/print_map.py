"""``geogrid print``: a wall map or a leaflet as PDF or PNG."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from geogrid.commands import FilePath, language, reports_errors
from geogrid.commands.export import plan_in
from geogrid.commands.reading import refuse_overwriting, say
from geogrid.errors import FieldError, FormatError
from geogrid.i18n import mark as _
from geogrid.i18n import translate
from geogrid.printing import PAPERS, Printed, Request, page_picture, print_leaflets, print_map
from geogrid.printing.leaflet import leaflet_codes
from geogrid.store import Plan

__all__ = ["print_command"]

_STATES = ("draft", "review", "published", "archived")


@click.command("print")
@click.argument("source", type=click.Path(path_type=Path))
@click.argument("out", type=FilePath(path_type=Path))
@click.option("--grid", default="", help="Code of the grid; by default the whole plan.")
@click.option("--leaflet", "is_leaflet", is_flag=True, help="A page for the residents of --grid.")
@click.option(
    "--leaflets", "is_many", is_flag=True,
    help="Leaflets of all grids in --grid, a page each; by default of the whole plan.",
)  # fmt: skip
@click.option(
    "--paper", type=click.Choice(list(PAPERS), case_sensitive=False), help="A3; A4 for leaflets."
)
@click.option(
    "--turn", type=click.Choice(["auto", "portrait", "landscape"]), default="auto",
    show_default=True, help="Which way the sheet lies.",
)  # fmt: skip
@click.option("--status", type=click.Choice(_STATES), help="Printed on it; a draft is crossed out.")
@click.option("--phones", is_flag=True, help="Print phone numbers; by default there are none.")
@click.option(
    "--link", default="", help="Where the code on a leaflet leads; {code} in it becomes the grid's."
)
@click.option("--mark", "marks", multiple=True, help="What must stand on it; may be repeated.")
@click.option(
    "--dpi", type=click.IntRange(20, 600), help="Of a PNG; by default as the paper needs."
)
@reports_errors
def print_command(source: Path, out: Path, **options: Any) -> None:
    """Print the plan in SOURCE, a plan's folder or a workspace, to OUT (.pdf or .png).

    A PNG has one page: further ones are written beside it as OUT-2.png and so on.
    """
    if out.suffix.casefold() not in (".pdf", ".png"):
        raise FormatError(_("{file} must end in .pdf or .png."), file=out)
    refuse_overwriting([out], [source])
    plan = plan_in(source)
    request = _request(plan, options)
    printed = _printed(plan, request, options)
    say(list(printed.findings), out)
    for path in _write(printed, out, options["dpi"]):
        message = _("{paper}, 1:{scale}, written to {file}.")
        click.echo(
            translate(message, language(), paper=printed.paper, scale=printed.scale, file=path)
        )


def _printed(plan: Plan, request: Request, options: dict[str, Any]) -> Printed:
    if not (options["is_leaflet"] or options["is_many"]):
        return print_map(request)
    tree, code = plan.hierarchy, request.code
    if code and code not in tree.parents:
        raise FieldError(_("There is no grid {code} in this plan."), code=code[:60])
    codes = leaflet_codes(tree, code) if options["is_many"] else [code]
    return print_leaflets(request, {own: request.link.replace("{code}", own) for own in codes})


def _request(plan: Plan, options: dict[str, Any]) -> Request:
    marks: Sequence[str] = options["marks"] or [translate(_("For internal use"), language())]
    sample = [translate(_("Sample data"), language())] if plan.is_sample else []
    state = {"plan": "published", "draft": "draft"}.get(plan.key.split(":")[0], "")
    return Request(
        grids=plan.grids,
        streets=plan.streets,
        posts=plan.posts,
        plan_name=plan.name,
        today=datetime.now().astimezone().date(),
        status=options["status"] or state,
        code=options["grid"],
        paper=(
            options["paper"] or ("A4" if options["is_leaflet"] or options["is_many"] else "A3")
        ).upper(),
        turn=options["turn"],
        phones=options["phones"],
        marks=[*sample, *marks],
        attribution=plan.attribution,
        language=language(),
        link=options["link"],
    )


def _write(printed: Printed, out: Path, dpi: int | None) -> list[Path]:
    if out.suffix.casefold() == ".pdf":
        out.write_bytes(printed.pdf)
        return [out]
    paths = [out, *(out.with_stem(f"{out.stem}-{page}") for page in range(2, printed.pages + 1))]
    for page, path in enumerate(paths, start=1):
        fine = dpi or PAPERS[printed.paper].dpi
        path.write_bytes(page_picture(printed.pdf, dpi=fine, page=page))
    return paths
