"""``python -m benchmarks.address_search``: how many rewritten addresses are found, and how fast.

Addresses are rewritten as in the tests (``tests/addresses/rewriting.py``). ``--places`` takes the
full list of Shanghai (``shanghai_poi.csv`` of ni1o1/pygeo-tutorial); without it the sample of the
tests is read. Bus stops and stations, whose address is a list of lines, are left out. ``--entries``
is the size of the generated gazetteer for type-ahead, memory and many texts at once; 0 for none.
"""

from __future__ import annotations

import argparse
import random
import resource
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.fetching import ROOT
from benchmarks.report import machine
from geogrid.addresses.search import (
    Gazetteer,
    build_gazetteer,
    match_addresses,
    suggest_addresses,
)
from geogrid.addresses.spelling import normalise_address
from tests.addresses.rewriting import SLIPS, in_initials, in_numerals, in_pinyin, rewritten

SAMPLE = ROOT / "tests" / "data" / "shanghai" / "places.csv"
LINES = "公交|地铁"
LETTERS = "泰然福华新安长宁南京东西北中和平民主建设春风景田园金银山海江河湖花香梅竹松云龙凤明光红绿"
Rewriting = Callable[[str, str, str, random.Random], str]

REWRITINGS: dict[str, Rewriting] = {
    "as written": lambda address, _name, region, _chance: region + address,
    "without city and district": lambda address, _name, _region, _chance: address,
    **{
        slip.__name__.replace("_", " "): (
            lambda address, _name, _region, chance, slip=slip: slip(address, chance)
        )
        for slip in SLIPS
    },
    "Chinese numerals": lambda address, _name, _region, _chance: in_numerals(address),
    "all of these mixed": rewritten,
    "pinyin": lambda address, name, _region, chance: in_pinyin(address, name, chance),
    "first letters": lambda address, _name, _region, _chance: in_initials(address),
}


def read_places(path: Path) -> pd.DataFrame:
    """Return places with an address; columns name, address, region, lon, lat."""
    frame = pd.read_csv(path, dtype="str", keep_default_na=False)
    frame = frame.rename(columns={"pname": "city", "adname": "district"})
    if "type" in frame.columns:
        frame = frame[~frame["type"].str.contains(LINES)]
    frame = frame[~frame["address"].isin(["", "[]"])].reset_index(drop=True)
    region = frame["city"] + frame["district"]
    return frame.assign(
        region=region, lon=frame["lon"].astype(float), lat=frame["lat"].astype(float)
    )


def generated(count: int) -> pd.DataFrame:
    """Return buildings along 6,000 streets, as `read_places` does."""
    chance = random.Random(3)
    streets = [
        "".join(chance.choices(LETTERS, k=3)) + chance.choice("路街道巷") for _ in range(6000)
    ]
    street = [chance.randrange(len(streets)) for _ in range(count)]
    door = [chance.randrange(1, 400) for _ in range(count)]
    address = [
        f"{streets[at]}{number}号{chance.randrange(1, 30)}栋"
        for at, number in zip(street, door, strict=True)
    ]
    name = [
        "".join(chance.choices(LETTERS, k=3)) + chance.choice(("苑", "大厦", "花园", "小区"))
        for _ in range(count)
    ]
    lon = 114 + (np.array(street) + np.array(door)) * 1e-5
    lat = 22.5 + np.array(street) * 1e-5
    return pd.DataFrame(
        {"name": name, "address": address, "region": "深圳市福田区", "lon": lon, "lat": lat}
    )


def shares(places: pd.DataFrame, gazetteer: Gazetteer, shown: int) -> None:
    """Print the share of addresses found first by each rewriting, and some that were not."""
    written = gazetteer.entries["address"].map(normalise_address).to_numpy()
    name = gazetteer.entries["name"].to_numpy()
    rows = list(places[["address", "name", "region"]].itertuples(index=False))
    print("| rewriting | right address first | exact or similar, of these wrong | texts/s |")
    print("|---|---:|---:|---:|")
    missed = []
    for label, rewrite in REWRITINGS.items():
        chance = random.Random(11)
        texts = [rewrite(*row, chance) for row in rows]
        begin = time.perf_counter()
        found = match_addresses(gazetteer, texts)
        rate = len(texts) / (time.perf_counter() - begin)
        row = found["row"]
        own = np.arange(len(rows))
        is_right = (row >= 0) & ((written[row] == written[own]) | (name[row] == name[own]))
        sure = np.isin(found["certainty"], ["exact", "similar"])
        wrong = float(np.mean(~is_right[sure])) if sure.any() else 0.0
        print(
            f"| {label} | {is_right.mean():.1%} | {sure.mean():.0%}, {wrong:.2%} | {rate:,.0f} |",
            flush=True,
        )
        missed += [
            (label, texts[at], rows[at].address, written[row[at]] if row[at] >= 0 else "–")
            for at in np.flatnonzero(~is_right)[:shown].tolist()
        ]
    for miss in missed:
        print(*miss, sep=" | ")


def typing(places: pd.DataFrame, gazetteer: Gazetteer) -> None:
    """Print how long suggestions take while addresses are typed, and many texts at once."""
    chance = random.Random(5)
    suggest_addresses(gazetteer, places["address"].iat[0][:2])
    taken = []
    for at in chance.sample(range(len(places)), 60):
        for stop in (1, 2, 3, 5, 7):
            begin = time.perf_counter()
            suggest_addresses(gazetteer, places["address"].iat[at][:stop])
            taken.append((time.perf_counter() - begin) * 1000)
    median, slow = np.percentile(taken, [50, 95])
    print(f"- type-ahead: {median:.1f} ms median, {slow:.0f} ms for one in twenty")
    texts = [places["address"].iat[at] for at in chance.sample(range(len(places)), 10_000)]
    begin = time.perf_counter()
    match_addresses(gazetteer, texts)
    print(f"- many at once: {len(texts) / (time.perf_counter() - begin):,.0f} texts/s", flush=True)


def built(places: pd.DataFrame) -> Gazetteer:
    """Return a gazetteer; print how long it took and the most memory so far."""
    begin = time.perf_counter()
    gazetteer = build_gazetteer(places)
    seconds = time.perf_counter() - begin
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"\n{len(places):,} entries: built in {seconds:.0f} s, at most {peak:,.0f} MB\n", flush=True
    )
    return gazetteer


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.address_search", description=__doc__
    )
    parser.add_argument("--places", type=Path, default=SAMPLE)
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--show", type=int, default=0, help="misses per rewriting to list")
    asked = parser.parse_args()
    print(machine())
    match_addresses(build_gazetteer(generated(100)), ["trql"])  # compiled code is loaded here
    if asked.places:
        places = read_places(asked.places)
        shares(places, built(places), asked.show)
    if asked.entries:
        many = generated(asked.entries)
        typing(many, built(many))


if __name__ == "__main__":
    main()
