from __future__ import annotations

import copy
import pickle

from geogrid.findings import Finding


def test_rows_are_counted_from_one_and_the_first_few_shown() -> None:
    finding = Finding("x", "Row {rows} of {name}", {"name": "a"}, rows=tuple(range(10)))
    assert finding.text() == "Row 1, 2, 3, 4, 5, 6, 7, 8… of a"


def test_chinese_separates_rows_as_chinese_does() -> None:
    assert Finding("x", "{rows}", rows=(0, 4)).text("zh_CN") == "1、5"


def test_a_finding_survives_copying_as_frames_copy_their_notes() -> None:
    finding = Finding("x", "{a}", {"a": 1}, rows=(2,), severity="note")
    assert copy.deepcopy(finding) == finding == pickle.loads(pickle.dumps(finding))
    assert hash(finding) == hash(copy.deepcopy(finding))


def test_a_finding_inside_a_finding_is_translated_with_it() -> None:
    inner = Finding("y", "Row {rows}: no code.", rows=(0,))
    assert Finding("x", "{reason}", {"reason": inner}).text() == "Row 1: no code."
