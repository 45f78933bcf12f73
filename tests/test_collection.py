"""The collector is as it was after a call, whatever came of it."""

from __future__ import annotations

import gc

import pytest

from geogrid._collection import without_collecting


@without_collecting
def _state(fails: bool) -> bool:
    if fails:
        raise ValueError
    return gc.isenabled()


def test_it_rests_during_the_call_and_no_longer() -> None:
    assert gc.isenabled()
    assert not _state(fails=False)
    assert gc.isenabled()
    with pytest.raises(ValueError):
        _state(fails=True)
    assert gc.isenabled()
    gc.disable()
    try:
        assert not _state(fails=False)
        assert not gc.isenabled()
    finally:
        gc.enable()
