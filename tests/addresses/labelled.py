"""Addresses labelled by hand, and how well the columns of a parser agree with them."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "data" / "addresses"
SHARES = ("tuning", "held_out")


def labelled(share: str) -> list[dict[str, str]]:
    """Return the rows of a share: text, shape and a value for each part."""
    with (FOLDER / f"{share}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def f1(rows: Sequence[Mapping[str, str]], found: Sequence[str], part: str) -> float:
    """Return the F1 of a part: found where it is named, with the same value."""
    right = sum(row[part] == value != "" for row, value in zip(rows, found, strict=True))
    named = sum(row[part] != "" for row in rows) + sum(value != "" for value in found)
    return 2 * right / named if named else 1.0


def confusion(rows: Sequence[Mapping[str, str]], found: Sequence[str], part: str) -> list[str]:
    """Return a line for each address whose part was read wrongly."""
    return [
        f"{part}: {row['text']} → {value or '∅'}, wanted {row[part] or '∅'}"
        for row, value in zip(rows, found, strict=True)
        if row[part] != value
    ]
