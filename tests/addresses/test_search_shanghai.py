"""Addresses of Shanghai, rewritten as people write them, are found again."""

import random
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from addresses.rewriting import in_numerals, in_pinyin, rewritten

from geogrid.addresses.search import build_gazetteer, match_addresses
from geogrid.addresses.spelling import normalise_address

FILE = Path(__file__).parents[1] / "data" / "shanghai" / "places.csv"


@cache
def places():
    frame = pd.read_csv(FILE, dtype="str", keep_default_na=False)
    frame["region"] = frame["city"] + frame["district"]
    return frame.assign(lon=frame["lon"].astype(float), lat=frame["lat"].astype(float))


@pytest.fixture(scope="module")
def gazetteer():
    return build_gazetteer(places())


def share_found(gazetteer, texts):
    """Return how many texts find an entry with the address they were made of."""
    written = gazetteer.entries["address"].map(normalise_address).to_numpy()
    row = match_addresses(gazetteer, texts)["row"]
    return float(np.mean((row >= 0) & (written[row] == written[: len(texts)])))


def test_rewritten_addresses_are_found(gazetteer):
    chance = random.Random(1)
    rows = places()[["address", "name", "region"]].itertuples(index=False)
    assert share_found(gazetteer, [rewritten(*row, chance) for row in rows]) >= 0.95


def test_addresses_in_pinyin_are_found(gazetteer):
    chance = random.Random(2)
    rows = places()[["address", "name"]].itertuples(index=False)
    assert share_found(gazetteer, [in_pinyin(*row, chance) for row in rows]) >= 0.90


def test_sample_has_addresses_only():
    assert len(places()) == 3000
    assert (places()["address"] != "").all()
    assert not places()["address"].str.match(r"\d+(号线|路)(;|$)").any()


def test_rewritings_are_seeded_and_differ():
    row = ("泰然七路112号", "泰然苑", "深圳市福田区")
    many = [rewritten(*row, random.Random(seed)) for seed in range(200)]
    assert many == [rewritten(*row, random.Random(seed)) for seed in range(200)]
    assert len(set(many)) > 100
    assert in_numerals("泰然路112号20栋") == "泰然路一百一十二号二十栋"
    assert in_numerals("1003号12室") == "一千零三号十二室"
