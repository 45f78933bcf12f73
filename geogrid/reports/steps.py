"""What to do next about a check, in the order to do it."""

from __future__ import annotations

from geogrid.coverage.verdict import length_text
from geogrid.i18n import mark as _
from geogrid.reports.record import CheckRecord

__all__ = ["next_steps"]

_BY_KIND = (
    ("invalid", _("Redraw the broken outlines first ({count}); other problems may go with them.")),
    ("duplicate", _("Delete the grids that are drawn twice ({count}).")),
    (
        "gap",
        _(
            "Give each place left out to one grid ({count}), those where people live first. Where"
            " nobody is to be responsible (a lake, a barracks), have the place approved."
        ),
    ),
    (
        "overlap",
        _("Agree for each overlap which grid it belongs to ({count}), and redraw the other."),
    ),
    ("spill", _("Pull grids back to the outline where they go beyond it ({count}).")),
    ("nesting", _("Bring the levels into line: lower grids must fill the upper one ({count}).")),
    ("code", _("Give every grid a code of its own ({count} places).")),
    ("unresolved", _("Look at the places that could not be judged ({count}) by eye.")),
    (
        "unmatched",
        _(
            "Align corners on shared borders ({count} places): harmless today, but the border tears"
            " at the next change."
        ),
    ),
)


def next_steps(record: CheckRecord) -> list[str]:
    """Return what to do, sentence by sentence; one sentence when there is nothing to do.

    Parameters
    ----------
    record : the check
    """
    report = record.report
    rows = report.defects[report.defects["severity"].isin(["error", "advice"])]
    counts = rows["kind"].value_counts()
    steps = [
        record.say(message, count=f"{int(counts[kind]):,}")
        for kind, message in _BY_KIND
        if counts.get(kind, 0)
    ]
    if not report.has_region:
        steps.append(
            record.say(
                _(
                    "Add the outline that the grids must fill, so that the outer edge is checked"
                    " too."
                )
            )
        )
    if len(rows):
        steps.append(
            record.say(_("Check the corrected file again and compare it with this report."))
        )
    noise = int((report.defects["severity"] == "noise").sum())
    if noise and not len(rows):
        width = length_text(report.tolerance_m, record.language)
        message = _(
            "Slivers narrower than {tolerance} remain ({count}); they may stay, or be repaired"
            " automatically."
        )
        steps.append(record.say(message, tolerance=width, count=noise))
    return steps or [record.say(_("Nothing to do: these boundaries can be used as they are."))]
