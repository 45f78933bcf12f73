"""``python -m benchmarks.addresses``: parts of Chinese addresses against what others read.

Everyone reads the addresses labelled for this project (``tests/data/addresses``), all at once.
Peers run in an environment of their own (``.cache/bench/addresses``): cpca and JioNLP, and here
a regular expression of the usual kind. A part that a peer does not have is –. Speed is of the
same addresses ten times over, by time of the processor.
"""

from __future__ import annotations

import argparse
import json
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from benchmarks.fetching import CACHE, Fetched, answer_of
from benchmarks.report import machine
from geogrid.addresses import parse_addresses
from tests.addresses.labelled import f1, labelled

PEERS = ("cpca==0.5.5", "jionlp==1.5.31", "setuptools<80")
NAMES = {"cpca": "cpca 0.5.5", "jionlp": "JioNLP 1.5.31"}
SHOWN = (
    "province", "city", "district", "subdistrict", "community", "street", "number", "compound",
    "building", "unit", "floor", "room",
)  # fmt: skip
PLAIN = re.compile(
    r"(?P<province>[^省]+省|[^区]+自治区)?(?P<city>[^市]+市)?(?P<district>[^区县]+[区县])?"
    r"(?P<subdistrict>[^街镇乡]+(?:街道|镇|乡))?(?P<community>[^社村]+(?:社区|村))?"
    r"(?P<street>[^路街道巷]+(?:路|街|大道|巷))?(?:(?P<number>[0-9-]+)号)?(?P<compound>[^0-9]+)?"
    r"(?:(?P<building>[0-9A-Z]+)(?:栋|幢|号楼|座))?(?:(?P<unit>[0-9]+)单元)?"
    r"(?:(?P<floor>[0-9]+)[层楼])?(?:(?P<room>[0-9]+)室?)?"
)
Columns = Mapping[str, Sequence[str]]


def plain(texts: Sequence[str]) -> Columns:
    """Read addresses with one regular expression."""
    found = [match.groupdict() if (match := PLAIN.match(text)) else {} for text in texts]
    return {part: [each.get(part) or "" for each in found] for part in SHOWN}


def timed(read: Callable[[Sequence[str]], Columns], texts: Sequence[str]) -> tuple[Columns, float]:
    """Return what is read and the seconds of the processor it took, after a first read."""
    read(texts[:100])
    begin = time.process_time()
    return read(texts), time.process_time() - begin


def line(name: str, rows: Sequence[Mapping[str, str]], read: Columns, rate: float) -> str:
    """Return a row of the table."""
    scores = [
        f"{f1(rows, list(read[part])[: len(rows)], part):.3f}" if part in read else "–"
        for part in SHOWN
    ]
    return f"| {name} | {rate:,.0f} | {' | '.join(scores)} |"


def theirs(
    rows: Sequence[Mapping[str, str]], texts: Sequence[str], fetched: Fetched, limit_s: float
) -> Iterator[str]:
    """Give a row for each peer, or why there is none."""
    python, failure = fetched.python(CACHE / "addresses", PEERS, [])
    if failure:
        yield f"| peers | {failure} |"
        return
    given = CACHE / "addresses_texts.json"
    given.write_text(json.dumps(list(texts)), encoding="utf-8")
    for peer, name in NAMES.items():
        asked = [python, str(Path(__file__).with_name("addresses_peers.py")), peer, str(given)]
        said, why = answer_of(asked, limit_s)
        if said is None:
            yield f"| {name} | {why} |"
            continue
        yield line(name, rows, said["columns"], len(texts) / said["seconds"])


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.addresses", description=__doc__)
    parser.add_argument("--limit", type=float, default=120.0, help="seconds for each peer")
    parser.add_argument("--offline", action="store_true")
    asked = parser.parse_args()
    fetched = Fetched(offline=asked.offline)
    print(machine())
    for share in ("held_out", "tuning"):
        rows = labelled(share)
        texts = [row["text"] for row in rows] * 10
        print(f"\n{share}: {len(rows)} addresses\n")
        print(f"| | addresses/s of one processor | {' | '.join(SHOWN)} |")
        print("|---|" + "---:|" * (len(SHOWN) + 1))
        for name, read in (("geogrid", parse_addresses), ("a regular expression", plain)):
            columns, seconds = timed(read, texts)
            print(line(name, rows, columns, len(texts) / seconds), flush=True)
        for row in theirs(rows, texts, fetched, asked.limit):
            print(row, flush=True)


if __name__ == "__main__":
    main()
