"""What takes seconds is worked out once, and other kinds of work do not push it out."""

from __future__ import annotations

from collections.abc import Hashable

from flask import Flask

from web.changes.remembering import KEPT, remembered


def test_each_kind_of_work_has_its_own_places(own_app: Flask) -> None:
    made: list[Hashable] = []

    def ask(kind: str, number: int) -> None:
        remembered((kind, number), lambda: made.append((kind, number)))

    with own_app.app_context():
        ask("review", 0)
        for number in range(2 * KEPT):
            ask("doubts", number)
        ask("review", 0)
        ask("doubts", 0)
    assert made.count(("review", 0)) == 1
    assert made.count(("doubts", 0)) == 2, "only the last few are kept"


def test_what_is_pushed_out_meanwhile_is_returned(own_app: Flask) -> None:
    def make() -> str:
        for number in range(2 * KEPT):
            remembered(("review", number), lambda: "other")
        return "made"

    with own_app.app_context():
        assert remembered(("review", "first"), make) == "made"
        assert remembered(("review", "first"), lambda: "again") == "again"


def test_what_does_not_hold_any_more_is_made_again(own_app: Flask) -> None:
    with own_app.app_context():
        assert remembered(("doubts", 1), lambda: "old") == "old"
        assert remembered(("doubts", 1), lambda: "new", holds=lambda made: made == "old") == "old"
        assert remembered(("doubts", 1), lambda: "new", holds=lambda made: made != "old") == "new"
        assert remembered(("doubts", 1), lambda: "newer") == "new"
