"""Addresses of Shanghai, rewritten as people write them, are found again."""

import random
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from addresses.rewriting import in_numerals, in_pinyin, rewritten

from geogrid import _align_kernels as kernels
from geogrid.addresses import search
from geogrid.addresses.search import build_gazetteer, match_addresses
from geogrid.addresses.spelling import normalise_address
from geogrid.addresses.tokens import read_tokens

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


def test_what_is_left_out_unaligned_could_not_be_better(gazetteer):
    chance = random.Random(3)
    index = gazetteer.index
    marks = np.zeros(kernels.MARKS, dtype=np.int32)
    rows = list(places()[["address", "name", "region"]].itertuples(index=False))
    for at in range(400):
        row = chance.choice(rows)
        text = in_pinyin(*row[:2], chance) if at % 4 == 0 else rewritten(*row, chance)
        tokens = read_tokens([text], index.counts)
        weights, is_door = search._weights(index, tokens), search._is_door(tokens)
        query = kernels.query_of(tokens.signs, tokens.sounds, weights, is_door, index.alike)
        cost, why = np.zeros((5, len(weights) + 1)), np.zeros((5, len(weights) + 1), np.int64)
        least = kernels.least_costs(query, index)
        for each in range(20):
            spelling = chance.randrange(len(gazetteer.spelling_entry))
            bound = kernels.least_of(query, least, spelling, index, marks, 20 * at + each + 1)
            costs = kernels.align(query, spelling, index, False, cost, why)[0]
            assert bound <= costs + 1e-6, (text, gazetteer.entries["address"].iat[spelling])


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
