"""A plan beside the one in force, worked out once for everybody who looks at it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import current_app, session
from flask_babel import gettext as _

from geogrid.compare.record import ComparisonRecord
from geogrid.rules import Profile, builtin_profiles
from geogrid.store.errors import PlanMissingError
from geogrid.store.opening import reading
from geogrid.store.plan import Plan
from geogrid.store.plans import PlanRecord, plan_at
from geogrid.store.publish import plan_gaps, plan_region
from geogrid.store.reviewing import Review, read_addresses, review_plan
from web.changes.remembering import remembered
from web.current import current_workspace
from web.language import catalogue_language
from web.v1.caller import database, plan_seen

__all__ = ["Reviewed", "record_of", "reviewed"]


@dataclass(frozen=True)
class Reviewed:
    """What the page before a publication shows.

    Attributes
    ----------
    plan, before
        The plan, and the one in force that it would follow, or None.
    review
        What changes, the proof, the rules.
    profile
        Whose rules.
    is_binding
        Whether publishing asks for a reason where they are broken.
    is_behind
        Whether the plan began from another one than that in force.
    """

    plan: PlanRecord
    before: PlanRecord | None
    review: Review
    profile: Profile
    is_binding: bool
    is_behind: bool

    @property
    def record(self) -> ComparisonRecord:
        """The comparison in the words of whoever asks."""
        first = self.before is None
        states = ("" if self.before is None else self.before.status, self.plan.status)
        name = "" if self.before is None else self.before.name
        is_sample = self.plan.is_sample or (self.before is not None and self.before.is_sample)
        return record_of(
            self.review.comparison,
            ("" if first else name, self.plan.name),
            states,
            is_sample=is_sample,
        )


def record_of(
    comparison: Any, names: tuple[str, str], states: tuple[str, str], *, is_sample: bool
) -> ComparisonRecord:
    """Return a comparison to write down, in the language of the request."""
    settings = current_app.config["SETTINGS"]
    marks = [settings.map_note or _("For internal use")]
    if is_sample:
        marks.insert(0, _("Sample data"))
    return ComparisonRecord(
        comparison,
        *names,
        datetime.now(ZoneInfo(settings.timezone)).date().isoformat(),
        states=states,
        language=catalogue_language(),
        marks=marks,
    )


def reviewed(plan_id: int) -> Reviewed:
    """Return a draft or a plan in review beside the plan in force.

    Raises
    ------
    MissingError
        There is no such plan.
    """
    workspace = current_workspace()
    after = workspace.find_plan(str(plan_id))
    with reading(database()) as connection:
        plan = plan_seen(connection, plan_id)
        try:
            force: PlanRecord | None = plan_at(connection)
        except PlanMissingError:
            force = None
    before = None if force is None or (force.is_sample and not plan.is_sample) else force
    now: Plan | None = None if before is None else workspace.current()
    profile, is_binding = _profile()
    key = ("review", after.digest, now and now.digest, profile.name)
    review = remembered(key, lambda: _review(now, after, plan, profile))
    is_behind = plan.base_number != (force and force.number)
    return Reviewed(plan, before, review, profile, is_binding, is_behind)


def _review(
    now: Plan | None,
    after: Plan,
    plan: PlanRecord,
    profile: Profile,
) -> Review:
    with reading(database()) as connection:
        gaps = plan_gaps(connection, plan.id)
        region = plan_region(connection, plan)
        placed = read_addresses(connection)
    return review_plan(now, after, profile, region=region, gaps=gaps, placed=placed)


def _profile() -> tuple[Profile, bool]:
    """Return the rules of the place; without any the built-in ones that were chosen last."""
    rules: Profile | None = current_app.config["RULES"]
    if rules is not None:
        return rules, True
    known = builtin_profiles()
    return known.get(session.get("profile", "")) or next(iter(known.values())), False
