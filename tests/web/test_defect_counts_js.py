"""The filters above a list that was cut count what was found, not what is listed."""

from __future__ import annotations

from web_js import run_js

DATA = {
    "total": 2614,
    "rows": [{"kind": "gap", "severity": "error"}],
    "counts": [
        {"kind": "gap", "severity": "error", "count": 1219},
        {"kind": "gap", "severity": "noise", "count": 11},
        {"kind": "gap", "severity": "approved", "count": 2},
        {"kind": "overlap", "severity": "error", "count": 1272},
        {"kind": "unmatched", "severity": "noise", "count": 110},
    ],
}
IMPORT = "import { countKinds, countMinor, isCut } from './web/js/check/defect-counts.js';"


def test_kinds_are_counted_whether_listed_or_not() -> None:
    counted = run_js(
        f"{IMPORT} answer([false, true].map((each) => [...countKinds(data, each)]));", DATA
    )
    assert counted == [
        [["gap", 1219], ["overlap", 1272]],
        [["gap", 1232], ["overlap", 1272], ["unmatched", 110]],
    ]


def test_the_tiny_ones_are_counted_and_a_cut_list_is_known() -> None:
    whole = DATA | {"total": 1}
    said = run_js(
        f"{IMPORT} answer([countMinor(data[0]), isCut(data[0]), isCut(data[1])]);", [DATA, whole]
    )
    assert said == [123, True, False]
