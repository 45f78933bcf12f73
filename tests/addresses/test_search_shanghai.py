"""Real addresses of Shanghai are found as people get them wrong, and in pinyin."""

from __future__ import annotations

import random
import unicodedata
from pathlib import Path

import pandas as pd
import pytest
from addresses.rewriting import pinyin, rewritten

from geogrid.addresses.search import Gazetteer, build_gazetteer, match_addresses

PLACES = pd.read_csv(Path(__file__).parents[1] / "data/shanghai/places.csv", dtype="str")


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    frame = PLACES.assign(
        region="上海市" + PLACES["adname"],
        kind="place",
        lon=PLACES["lon"].astype("float64"),
        lat=PLACES["lat"].astype("float64"),
    )
    return build_gazetteer(frame.drop(columns="adname"))


def plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().replace(" ", "")


def right(gazetteer: Gazetteer, texts: list[str]) -> float:
    """Return the share of texts for which an entry with their row's address comes first."""
    rows = match_addresses(gazetteer, texts)["row"].tolist()
    found = gazetteer.entries["address"].to_numpy(dtype=object)
    is_right = [
        row >= 0 and plain(found[row]) == plain(address)
        for row, address in zip(rows, PLACES["address"], strict=True)
    ]
    return sum(is_right) / len(is_right)


@pytest.mark.parametrize("seed", [1, 2])
def test_rewritten_addresses_are_found(gazetteer: Gazetteer, seed: int) -> None:
    rng = random.Random(seed)
    levels = [("上海市", district) for district in PLACES["adname"]]
    texts = [
        rewritten(address, above, rng)
        for address, above in zip(PLACES["address"], levels, strict=True)
    ]
    assert (
        sum(text != address for text, address in zip(texts, PLACES["address"], strict=True)) > 2_800
    )
    assert right(gazetteer, texts) >= 0.95
    with_names = [text + name for text, name in zip(texts, PLACES["name"], strict=True)]
    assert right(gazetteer, with_names) >= 0.99


def test_addresses_in_pinyin_are_found(gazetteer: Gazetteer) -> None:
    rng = random.Random(3)
    texts = [pinyin(address, rng) for address in PLACES["address"]]
    assert right(gazetteer, texts) >= 0.9
