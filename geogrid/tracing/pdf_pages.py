"""Pages of PDF files as people send them (scans, plots of drawings) as pictures.

A PDF is a program for a large library written in C. It runs in a process of its own, with limits
of memory and time, so that whatever a file does there ends with that process.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from threading import Timer

from geogrid.errors import FormatError, LimitError
from geogrid.i18n import mark as _
from geogrid.tracing.pictures import LONGEST_SIDE, Picture, clean_picture

__all__ = ["MOST_PAGES", "count_pages", "draw_pages", "is_pdf", "page_as_picture"]

MOST_PAGES = 1_000
FINEST_DPI = 300
MEMORY_MB = 2_048
LOOK_S, DRAW_S = 10, 60
_CHILD = Path(__file__).with_name("_pdf_child.py")


def is_pdf(head: bytes) -> bool:
    """Return whether a file that begins with `head` is a PDF; some begin with a line of mail."""
    return b"%PDF-" in head[:1024]


def count_pages(content: bytes, name: str) -> int:
    """Return how many pages a PDF has.

    Parameters
    ----------
    content
        The file.
    name
        What to call it in messages.

    Raises
    ------
    FormatError
        It is locked with a password, damaged, or has no pages.
    LimitError
        It has more than 1,000 pages.
    """
    with _child(content, "look", LOOK_S) as answers:
        text = answers.stdout.read() if answers.stdout else b""
    try:
        said = json.loads(text)
    except ValueError:  # it did not get that far
        said = {"problem": "damaged", "pages": 0}
    if said["problem"] == "password":
        raise FormatError(
            _("{file} is locked with a password. Save it without one, or export the page as a"
              " PNG or JPEG picture."),
            file=name,
        )  # fmt: skip
    if said["problem"]:
        raise FormatError(
            _("{file} is damaged, or no PDF. Open it in a PDF program and save it again."),
            file=name,
        )
    if not said["pages"]:
        raise FormatError(_("{file} has no pages."), file=name)
    if said["pages"] > MOST_PAGES:
        raise LimitError(
            _("{file} has more than {limit} pages. Save only the page with the map."),
            file=name,
            limit=f"{MOST_PAGES:,}",
        )
    return int(said["pages"])


def draw_pages(
    content: bytes, pages: Sequence[int], *, longest: int, seconds: int = DRAW_S
) -> Iterator[bytes]:
    """Draw pages one after another; an empty one could not be drawn.

    Parameters
    ----------
    content
        The PDF.
    pages
        Counted from 1.
    longest
        Pixels of the longer side, at most: a page is not drawn finer than 300 dpi.
    seconds
        For all of them; those that are not done by then are empty.

    Yields
    ------
    bytes
        A PNG.
    """
    with _child(content, "draw", seconds, longest, FINEST_DPI, *pages) as child:
        for _page in pages:
            yield _next_picture(child)


def _next_picture(child: subprocess.Popen[bytes]) -> bytes:
    if child.stdout is None:
        return b""
    size = int.from_bytes(child.stdout.read(8), "big")
    picture = child.stdout.read(size)
    return picture if len(picture) == size else b""


@contextmanager
def _child(
    content: bytes, mode: str, seconds: int, *rest: int
) -> Iterator[subprocess.Popen[bytes]]:
    limits = [MEMORY_MB, seconds]
    command = [sys.executable, "-I", str(_CHILD), mode, *map(str, [*limits, *rest])]
    with TemporaryFile() as file:
        file.write(content)
        file.seek(0)
        child = subprocess.Popen(  # noqa: S603 - our own interpreter and script
            command, stdin=file, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        clock = Timer(seconds, child.kill)
        clock.start()
        try:
            yield child
        finally:
            clock.cancel()
            child.kill()
            child.communicate()


def page_as_picture(content: bytes, page: int, name: str) -> Picture:
    """Return a page as a picture that is safe to keep.

    Parameters
    ----------
    content
        The PDF.
    page
        Counted from 1.
    name
        What to call the file in messages.

    Returns
    -------
    Picture
        At 300 dpi, or as fine as 4000 pixels along a side allow.

    Raises
    ------
    FormatError
        The page cannot be drawn within the limits: 2 GB and a minute.
    """
    (drawn,) = draw_pages(content, [page], longest=LONGEST_SIDE)
    if not drawn:
        raise FormatError(
            _("Page {page} of {file} cannot be drawn: it is damaged, or needs too much time or"
              " memory. Export it as a PNG or JPEG picture."),
            page=page,
            file=name,
        )  # fmt: skip
    return clean_picture(drawn, name)
