"""Read addresses with a peer, in the peer's own environment; see ``benchmarks.addresses``.

Called with a peer's name and a file of texts as JSON; prints the seconds of the
processor and a column of values for each part as JSON.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

Columns = dict[str, list[str]]


def cpca(texts: list[str]) -> Columns:
    """Read province, city and district with cpca, which leaves the rest of the text whole."""
    import cpca as peer  # noqa: PLC0415

    frame = peer.transform(texts)
    names = {"province": "省", "city": "市", "district": "区"}
    return {part: [value or "" for value in frame[name]] for part, name in names.items()}


def jionlp(texts: list[str]) -> Columns:
    """Read province, city, county, and with its second level town and village, with JioNLP."""
    import jionlp as peer  # noqa: PLC0415

    found: list[dict[str, Any]] = [peer.parse_location(text, town_village=True) for text in texts]
    names = {
        "province": "province",
        "city": "city",
        "district": "county",
        "subdistrict": "town",
        "community": "village",
    }
    return {part: [each.get(name) or "" for each in found] for part, name in names.items()}


def main() -> None:
    """Print what a peer reads."""
    texts = json.loads(Path(sys.argv[2]).read_text(encoding="utf-8"))
    read = {"cpca": cpca, "jionlp": jionlp}[sys.argv[1]]
    read(texts[:20])
    begin = time.process_time()
    columns = read(texts)
    seconds = time.process_time() - begin
    print(json.dumps({"seconds": seconds, "columns": columns}))


if __name__ == "__main__":
    main()
