"""Check an uploaded boundary file in the background and keep what was found as files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from geogrid.coverage import check_coverage
from geogrid.coverage.upper_level import add_upper_level
from geogrid.errors import GeogridError
from geogrid.findings import Finding
from geogrid.i18n import mark as _
from geogrid.reports import compare_checks
from web.check.comparing import read_earlier
from web.check.folder import CheckFolder, in_languages
from web.check.office import Office, units_near
from web.check.reading import look_at, read_grids
from web.check.region import read_region
from web.check.writing import write_result
from web.jobs import Progress, Work

__all__ = ["looking", "running"]


def looking(check: CheckFolder, answers: Mapping[str, Any], office: Office) -> Work:
    """Return the work of reading the file."""

    def work(_progress: Progress) -> None:
        with _explained(check):
            look_at(check, answers, office.near)

    return work


def running(check: CheckFolder, answers: Mapping[str, Any], office: Office) -> Work:
    """Return the work of checking the file."""

    def work(progress: Progress) -> None:
        with _explained(check):
            state = check.read()
            x_max = float((state.get("seen") or {}).get("x_max", 0.0))
            grids = read_grids(check, answers, x_max)
            region = read_region(check, grids, answers, plan_region=office.region)
            said: list[Finding] = []
            if region is not None and answers.get("region_as_level"):
                grids, said = add_upper_level(grids, region)
            progress(0.2)
            units = units_near(office.units, grids)
            report = check_coverage(grids, region, units=units)
            earlier = read_earlier(check)
            comparison = None if earlier is None else compare_checks(earlier, report)
            progress(0.8)
            write_result(check, report, grids, region, office, comparison)
            noted = [{"severity": each.severity, "text": in_languages(each)} for each in said]
            check.write(stage="done", error=None, answers=dict(answers), noted=noted)

    return work


@contextmanager
def _explained(check: CheckFolder) -> Iterator[None]:
    """Write into the state why the work did not end well."""
    try:
        yield
    except GeogridError as error:
        stage = "asking" if check.read().get("seen") else "failed"
        check.write(stage=stage, error=in_languages(error), is_list=_is_list(error))
    except Exception:
        unknown = GeogridError(
            _("Something went wrong with this file on the server. Nothing was changed.")
        )
        check.write(stage="failed", error=in_languages(unknown))
        raise


def _is_list(error: GeogridError) -> bool:
    """Return whether a list came that belongs on another page, which then is linked."""
    return error.message.startswith("{file} is a table without boundaries")
