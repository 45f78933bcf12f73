"""dBASE tables, the attributes of Shapefiles, in whatever encoding they are in."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from geogrid.errors import FormatError
from geogrid.i18n import mark as _

__all__ = ["DbfTable", "detect_encoding", "named_encoding", "read_dbf"]

_HEADER_BYTES = 32
_LANGUAGE_DRIVERS = {
    0x01: "cp437", 0x02: "cp850", 0x13: "cp932", 0x4D: "gb18030", 0x4E: "cp949", 0x4F: "cp950",
    0x7A: "gb18030", 0x7B: "cp932", 0x78: "cp950", 0x79: "cp949", 0xC8: "cp1250", 0xC9: "cp1251",
}  # fmt: skip
"""dBASE language driver ids that say something; 0x57 is whatever Windows was set to."""
_CANDIDATES = ("utf-8", "gb18030")
_NO_ACCIDENT_BYTES = 16
_EXACT_DIGITS = 15
_CHINESE = re.compile("[\u3400-\u9fff]")
_CODE_PAGE = re.compile(r"(?:ansi|oem|cp|windows|ms|code\s*page)?[\s_-]*(\d{3,5})$")


@dataclass(frozen=True)
class DbfTable:
    """The rows of a dBASE table.

    Attributes
    ----------
    frame : DataFrame
        Text as str, numbers as numbers, dates as ISO text, logical values as bool.
    encoding
        What the text was decoded in.
    is_detected
        Whether the encoding was told from the bytes, nothing in the file saying it.
    deleted : bool[n]
        Rows marked as deleted.
    """

    frame: pd.DataFrame
    encoding: str
    is_detected: bool
    deleted: npt.NDArray[np.bool_]


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


def read_dbf(data: bytes, name: str, *, said: str | None = None) -> DbfTable:
    """Read a dBASE table.

    Parameters
    ----------
    data, name
        The file's bytes, and what to call it in messages.
    said
        What a ``.cpg`` file beside it says, if there is one.

    Raises
    ------
    FormatError
        Damaged or cut off.
    """
    try:
        fields, records = _records(data)
    except (ValueError, IndexError) as error:
        raise FormatError(
            _("{file} is damaged or cut off; export the Shapefile again."), file=name
        ) from error
    texts = [_unique(records[field.key]) for field in fields if field.kind == "C"]
    labels = [field.label for field in fields]
    encoding, is_detected = _encoding(data, said, [*labels, *(v for text in texts for v in text)])
    frame = pd.DataFrame(
        {field.key: _values(records[field.key], field, encoding) for field in fields},
        index=pd.RangeIndex(len(records)),
    )
    frame.columns = pd.Index(_names(labels, encoding), dtype=object)
    return DbfTable(frame, encoding, is_detected, records["deleted"] == b"*")


def _names(labels: list[bytes], encoding: str) -> list[str]:
    names: list[str] = []
    for label in labels:
        name = plain = _decode(label, encoding)
        while name in names:
            name = f"{plain}_{len(names)}"
        names.append(name)
    return names


@dataclass(frozen=True)
class _Field:
    key: str
    label: bytes
    kind: str
    width: int
    decimals: int


def _records(data: bytes) -> tuple[list[_Field], npt.NDArray[Any]]:
    count = int.from_bytes(data[4:8], "little")
    start = int.from_bytes(data[8:10], "little")
    width = int.from_bytes(data[10:12], "little")
    fields: list[_Field] = []
    at = _HEADER_BYTES
    while data[at] != 0x0D and at + _HEADER_BYTES < start:
        raw = data[at : at + _HEADER_BYTES]
        length = raw[16] + (raw[17] << 8 if raw[11:12] == b"C" else 0)
        label = raw[:11].split(b"\x00")[0].strip()
        fields.append(_Field(f"f{len(fields)}", label, chr(raw[11]), length, raw[17]))
        at += _HEADER_BYTES
    if width != 1 + sum(field.width for field in fields) or len(data) < start + count * width:
        raise ValueError
    layout = [("deleted", "S1")] + [(field.key, f"S{field.width}") for field in fields]
    return fields, np.frombuffer(data, dtype=np.dtype(layout), count=count, offset=start)


def _unique(column: npt.NDArray[Any]) -> list[bytes]:
    return [bytes(value) for value in np.unique(column)]


def _encoding(data: bytes, said: str | None, texts: list[bytes]) -> tuple[str, bool]:
    stated = named_encoding(said) if said else _LANGUAGE_DRIVERS.get(data[29])
    if stated and _decodes(texts, stated):
        return stated, False
    return detect_encoding(texts) or stated or "gb18030", True


def _values(column: npt.NDArray[Any], field: _Field, encoding: str) -> pd.Series:
    if field.kind in "NF":
        return _numbers(column, field)
    decoded, positions = np.unique(column, return_inverse=True)
    meanings = [_meaning(_decode(bytes(value), encoding), field.kind) for value in decoded]
    return pd.Series(np.array(meanings, dtype=object)[positions], dtype=object)


def _numbers(column: npt.NDArray[Any], field: _Field) -> pd.Series:
    text = pd.Series(np.char.strip(column)).str.decode("ascii", "replace").astype(object)
    text = text.where(~text.str.startswith("*"), "")  # stars: no value, or one too long
    if field.decimals == 0 and (text.str.len() > _EXACT_DIGITS).any():
        return text  # a code of 20 digits is no number
    numbers = pd.to_numeric(text, errors="coerce")
    is_whole = field.decimals == 0 and bool((numbers.dropna() % 1 == 0).all())
    return numbers.astype("Int64") if is_whole else numbers


def _meaning(text: str, kind: str) -> object:
    text = text.strip(" \x00")
    if kind == "M":
        return None  # a number of a block in another file
    if kind == "D":
        return f"{text[:4]}-{text[4:6]}-{text[6:]}" if len(text) == 8 and text.isdigit() else None
    if kind == "L":
        return {"t": True, "y": True, "f": False, "n": False}.get(text.casefold())
    return text
