"""The attribute table of a Shapefile: its header, and its texts in whatever encoding.

GDAL reads the rows, as text of one character per byte: told an encoding, it gives up on a
text whose last character was cut by the width of its column, and it takes codes of 20 digits
for floating-point numbers.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pandas as pd
import pyarrow as pa

from geogrid.errors import FormatError
from geogrid.i18n import mark as _

__all__ = ["BYTES", "DbfHeader", "decode_table", "detect_encoding", "named_encoding", "read_header"]

BYTES = "ISO-8859-1"
"""The encoding to have GDAL read in: every byte is the character of its number."""

_HEADER_BYTES = 32
_LANGUAGE_DRIVERS = {
    0x01: "cp437", 0x02: "cp850", 0x13: "cp932", 0x4D: "gb18030", 0x4E: "cp949", 0x4F: "cp950",
    0x7A: "gb18030", 0x7B: "cp932", 0x78: "cp950", 0x79: "cp949", 0xC8: "cp1250", 0xC9: "cp1251",
}  # fmt: skip
"""dBASE language driver ids that say something; 0x57 is whatever Windows was set to."""
_CANDIDATES = ("utf-8", "gb18030")
_COUNTS = (4, 8), (8, 10), (10, 12)
"""Where the header has the number of rows, its own size and that of a row."""

_NO_ACCIDENT_BYTES = 16
_EXACT_DIGITS = 15
_CHINESE = re.compile("[\u3400-\u9fff]")
_CODE_PAGE = re.compile(r"(?:ansi|oem|cp|windows|ms|code\s*page)?[\s_-]*(\d{3,5})$")


@dataclass(frozen=True)
class DbfHeader:
    """What the first bytes of a dBASE table say.

    Attributes
    ----------
    kinds
        The type of each column: C text, N and F numbers, D dates, L logical, M memos.
    rows
        How many, those marked as deleted included.
    deleted
        Positions of those.
    language_driver
        The number of its encoding.
    as_text
        The table with its columns of whole numbers made text.
    """

    kinds: str
    rows: int
    deleted: list[int]
    language_driver: int
    as_text: bytes


def read_header(data: bytes, name: str) -> DbfHeader:
    """Read the header of the table `data`.

    Raises
    ------
    FormatError
        Damaged or cut off.
    """
    patched = bytearray(data)
    kinds, widths, at = "", 1, _HEADER_BYTES
    try:
        rows, start, width = (int.from_bytes(data[a:b], "little") for a, b in _COUNTS)
        while data[at] != 0x0D and at + _HEADER_BYTES < start:
            kind, length, decimals = chr(data[at + 11]), data[at + 16], data[at + 17]
            if kind == "C":
                length += decimals << 8
            elif kind in "NF":
                kind = "F" if decimals else "N"
                patched[at + 11] = ord("N" if decimals else "C")
            kinds += kind
            widths += length
            at += _HEADER_BYTES
    except IndexError:
        rows, start, width = 1, len(data), 1  # which is cut off
    if width != widths or len(data) < start + rows * width:
        raise FormatError(_("{file} is damaged or cut off; export it again."), file=name)
    flags = data[start : start + rows * width : width]
    deleted = [row for row, flag in enumerate(flags) if flag == ord("*")]
    return DbfHeader(kinds, rows, deleted, data[29], bytes(patched))


def named_encoding(text: str) -> str | None:
    """Return Python's name for what a ``.cpg`` file says, or None when it says nothing.

    Examples
    --------
    >>> named_encoding("ANSI 936"), named_encoding("UTF-8"), named_encoding("OEM")
    ('gb18030', 'utf-8', None)
    """
    said = text.strip().strip("\ufeff").casefold()
    found = _CODE_PAGE.match(said)
    if found:
        said = {"65001": "utf-8", "936": "gb18030", "54936": "gb18030"}.get(
            found[1], f"cp{found[1]}"
        )
    try:
        name = codecs.lookup(said).name
    except (LookupError, ValueError):
        return None
    return "gb18030" if name in ("gbk", "gb2312", "cp936") else name


def detect_encoding(values: Iterable[bytes]) -> str | None:
    """Tell UTF-8 from GBK by the bytes; None when they are neither.

    A last character cut in two by the width of its field is no evidence against an
    encoding. A few bytes valid in both are UTF-8 only if that gives Chinese; many are no
    accident.
    """
    telling = list(dict.fromkeys(value for value in values if not value.isascii()))
    if not telling:
        return "utf-8"
    fitting = [encoding for encoding in _CANDIDATES if _decodes(telling, encoding)]
    if len(fitting) < len(_CANDIDATES):
        return fitting[0] if fitting else None
    is_chinese = any(_CHINESE.search(_decode(value, "utf-8")) for value in telling)
    telling_bytes = sum(byte > 0x7F for value in telling for byte in value)
    return "utf-8" if is_chinese or telling_bytes >= _NO_ACCIDENT_BYTES else "gb18030"


def _decodes(values: Sequence[bytes], encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)
    try:
        for value in values:
            decoder().decode(value)
    except UnicodeDecodeError:
        return False
    return True


def _decode(value: bytes, encoding: str) -> str:
    try:
        return codecs.getincrementaldecoder(encoding)().decode(value)
    except UnicodeDecodeError:
        return value.decode(encoding, "replace")


def decode_table(
    table: pa.Table, header: DbfHeader, said: str | None, name: str
) -> tuple[pd.DataFrame, str, bool]:
    """Turn what GDAL read into values.

    Parameters
    ----------
    table
        Read in :data:`BYTES` from ``header.as_text``.
    said
        What a ``.cpg`` file says of the encoding, if there is one.

    Returns
    -------
    frame, encoding, is_detected
        Text as str, whole numbers as Int64, but as text where some have too many digits
        for a number. `is_detected` is whether the encoding was told from the bytes,
        nothing in the file saying it.
    """
    if table.num_columns != len(header.kinds):
        raise FormatError(_("{file} is damaged or cut off; export it again."), file=name)
    columns = [column.to_pandas() for column in table.columns]
    texts = [
        value.encode(BYTES)
        for column, kind in zip(columns, header.kinds, strict=True)
        if kind == "C"
        for value in column.dropna().unique()
    ]
    labels = [label.encode(BYTES) for label in table.column_names]
    encoding, is_detected = _encoding(header.language_driver, said, [*labels, *texts])
    values = [
        _values(column, kind, encoding) for column, kind in zip(columns, header.kinds, strict=True)
    ]
    frame = pd.DataFrame(dict(enumerate(values)), index=pd.RangeIndex(table.num_rows))
    frame.columns = pd.Index(_names(labels, encoding), dtype=object)
    return frame, encoding, is_detected


def _encoding(driver: int, said: str | None, texts: list[bytes]) -> tuple[str, bool]:
    stated = named_encoding(said) if said else _LANGUAGE_DRIVERS.get(driver)
    if stated and _decodes(texts, stated):
        return stated, False
    return detect_encoding(texts) or stated or "gb18030", True


def _names(labels: list[bytes], encoding: str) -> list[str]:
    names: list[str] = []
    for label in labels:
        name = plain = _decode(label, encoding)
        while name in names:
            name = f"{plain}_{len(names)}"
        names.append(name)
    return names


def _values(column: pd.Series, kind: str, encoding: str) -> pd.Series:
    if kind == "N":
        return _numbers(column.fillna("").str.strip())
    if kind == "C":
        known = column.fillna("")
        texts = {one: _decode(one.encode(BYTES), encoding).strip() for one in known.unique()}
        return known.map(texts).astype(object)
    if kind == "F":
        return column
    known = column.notna() & (kind != "M")  # memos are in another file
    return column.astype(object).where(known, None)


def _numbers(text: pd.Series) -> pd.Series:
    known = text.where(~text.str.startswith("*"), "")  # stars: no value, or one too long
    if (known.str.len() > _EXACT_DIGITS).any():
        return known.astype(object)  # a code of 20 digits is no number
    numbers = pd.to_numeric(known, errors="coerce")
    return numbers.astype("Int64") if (numbers.dropna() % 1 == 0).all() else numbers
