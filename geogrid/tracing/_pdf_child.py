"""Draw pages of a PDF in a process of its own, which may fail without harm.

Started by :mod:`geogrid.tracing.pdf_pages` as a script: it imports nothing of geogrid. The PDF
comes through standard input. ``look`` answers with JSON; ``draw`` with each page as a PNG after
its length (8 bytes), 0 for a page that cannot be drawn.
"""

from __future__ import annotations

import json
import sys
from io import BytesIO
from typing import Any

import pypdfium2
from pypdfium2 import raw

try:
    import resource
except ImportError:  # not on Windows, where only the clock of the other process limits this one
    resource = None  # type: ignore[assignment]

_NARROWEST_PX = 16
_PROBLEMS = {raw.FPDF_ERR_PASSWORD: "password", raw.FPDF_ERR_SUCCESS: ""}
"""What the library says of a file that it does not open; one without pages is no error to it."""


def _limit(memory_mb: int, seconds: int) -> None:
    if resource is not None:
        resource.setrlimit(resource.RLIMIT_AS, (memory_mb << 20, memory_mb << 20))
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _opened(content: bytes) -> tuple[Any, str]:
    """Return the document, or None and why not."""
    try:
        return pypdfium2.PdfDocument(content), ""
    except pypdfium2.PdfiumError:
        return None, _PROBLEMS.get(raw.FPDF_GetLastError(), "damaged")


def _look(content: bytes) -> None:
    document, problem = _opened(content)
    count = 0 if document is None else len(document)
    print(json.dumps({"problem": problem, "pages": count}))  # noqa: T201 - the answer


def _draw(content: bytes, pages: list[int], longest: int, dpi: int) -> None:
    document, _problem = _opened(content)
    for page in pages:
        try:
            drawn = _picture(document[page - 1], longest, dpi)
        except (pypdfium2.PdfiumError, MemoryError, ValueError, IndexError, TypeError):
            drawn = b""
        sys.stdout.buffer.write(len(drawn).to_bytes(8, "big") + drawn)
        sys.stdout.buffer.flush()


def _picture(page: Any, longest: int, dpi: int) -> bytes:
    width, height = page.get_size()
    scale = min(longest / max(width, height), dpi / 72.0)
    if not min(width, height) * scale >= _NARROWEST_PX:  # not a number, too
        return b""
    bitmap = page.render(scale=scale, may_draw_forms=False)
    file = BytesIO()
    bitmap.to_pil().convert("RGB").save(file, "PNG", compress_level=1)
    return file.getvalue()


def _main(mode: str, memory_mb: str, seconds: str, *rest: str) -> None:
    _limit(int(memory_mb), int(seconds))
    content = sys.stdin.buffer.read()
    if mode == "look":
        _look(content)
    else:
        longest, dpi, *pages = map(int, rest)
        _draw(content, pages, longest, dpi)


if __name__ == "__main__":
    _main(*sys.argv[1:])
