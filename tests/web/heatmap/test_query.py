"""Filters and views of requests: read exactly or refused with what is wrong."""

from __future__ import annotations

from datetime import date

import pytest
from werkzeug.datastructures import MultiDict

from geogrid.errors import FieldError
from geogrid.vocabulary import LABELS
from web.heatmap.query import case_filter, chosen_figure, chosen_level, view

NEWEST = date(2026, 11, 19)


def wanted(*pairs: tuple[str, str]):
    return case_filter(MultiDict(pairs), newest=NEWEST, time_zone="Asia/Shanghai")


def test_a_view_is_read():
    shown = view({"bbox": "114.0,22.5,114.1,22.6", "zoom": "14.5"})
    assert shown.bounds == (114.0, 22.5, 114.1, 22.6)
    assert shown.zoom == 14.5


@pytest.mark.parametrize(
    "bbox",
    ["", "1,2,3", "1,2,3,4,5", "a,b,c,d", "3,2,1,4", "1,2,1,4", "1,4,3,2", "-181,0,1,1",
     "0,-91,1,1", "nan,0,1,1", "0,0,inf,1", "1" * 5000],
)  # fmt: skip
def test_a_bad_box_is_refused_and_quoted_shortly(bbox):
    with pytest.raises(FieldError, match="bbox") as said:
        view({"bbox": bbox, "zoom": "3"})
    assert len(str(said.value)) < 250


@pytest.mark.parametrize("zoom", ["", "x", "-1", "23", "nan", "inf"])
def test_a_bad_zoom_is_refused(zoom):
    with pytest.raises(FieldError, match="zoom"):
        view({"bbox": "0,0,1,1", "zoom": zoom})


def test_no_filter_wants_everything():
    assert wanted() == case_filter(MultiDict(), newest=None, time_zone="Asia/Shanghai")
    assert (wanted().first_day, wanted().last_day, wanted().statuses) == (None, None, ())


def test_days_are_counted_back_from_the_newest_case_and_include_it():
    seven = wanted(("days", "7"))
    assert (seven.first_day, seven.last_day) == (date(2026, 11, 13), NEWEST)


def test_days_without_cases_restrict_nothing():
    none = case_filter(MultiDict([("days", "7")]), newest=None, time_zone="Asia/Shanghai")
    assert none.first_day is None


def test_open_means_every_status_but_closed():
    assert set(wanted(("status", "open")).statuses) == set(LABELS["status"]) - {"closed"}
    assert wanted(("status", "closed")).statuses == ("closed",)


def test_categories_are_given_one_by_one():
    asked = wanted(("category", "noise"), ("category", "乱停车, 占道"), ("category", ""))
    assert set(asked.categories) == {"noise", "乱停车, 占道"}


@pytest.mark.parametrize(
    "pairs",
    [
        [("days", "8")],
        [("from", "2026-13-01")],
        [("to", "yesterday")],
        [("from", "2026-03-02"), ("to", "2026-03-01")],
        [("category", "x" * 81)],
        [("category", str(n)) for n in range(41)],
    ],
)
def test_bad_filters_are_refused(pairs):
    with pytest.raises(FieldError):
        wanted(*pairs)


def test_figure_and_level_are_known_ones():
    assert chosen_figure({}) == "cases"
    assert chosen_figure({"figure": "overdue"}) == "overdue"
    assert chosen_level({}, [1, 2, 3]) == 3
    assert chosen_level({"level": "2"}, [1, 2, 3]) == 2
    with pytest.raises(FieldError, match="per_1000_households"):
        chosen_figure({"figure": "__class__"})
    for level in ("4", "²", "-1", "3.0"):
        with pytest.raises(FieldError, match="level"):
            chosen_level({"level": level}, [1, 2, 3])
