"""Text of unknown encoding: UTF-8, UTF-16 with its mark, or what Chinese Windows writes."""

from __future__ import annotations

import codecs

from geogrid.errors import FormatError
from geogrid.i18n import mark as _

__all__ = ["decode_text", "text_encoding"]

_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


def text_encoding(data: bytes) -> str | None:
    """Return the encoding `data` can be read in, or None.

    GBK text is almost never valid UTF-8, so UTF-8 is tried first; GB18030 contains GBK and
    GB 2312.

    Examples
    --------
    >>> text_encoding("社区".encode("gbk")), text_encoding("社区".encode())
    ('gb18030', 'utf-8')
    """
    for mark, encoding in _MARKS.items():
        if data.startswith(mark):
            return encoding
    for encoding in ("utf-8", "gb18030"):
        try:
            data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return encoding
    return None


def decode_text(data: bytes, name: str) -> str:
    """Return `data` as text.

    Raises
    ------
    FormatError
        It is text in no known encoding; `name` is the file's.
    """
    encoding = text_encoding(data)
    try:
        if encoding is not None:
            return data.decode(encoding)
    except UnicodeDecodeError:  # an odd number of bytes after a UTF-16 mark
        pass
    raise FormatError(_("{file} is neither UTF-8 nor GBK text; save it again as UTF-8."), file=name)
