"""Pages of PDF files as pictures, and files that would do harm."""

from __future__ import annotations

import time
import zlib
from io import BytesIO

import numpy as np
import pytest
from PIL import Image
from trace_drawings import pdf

from geogrid.errors import FormatError, LimitError
from geogrid.tracing import pdf_pages
from geogrid.tracing.pdf_pages import count_pages, draw_pages, is_pdf, page_as_picture


def built(*objects: bytes, trailer: bytes = b"/Root 1 0 R") -> bytes:
    """Return a PDF of these objects, numbered from 1."""
    out, starts = b"%PDF-1.7\n", []
    for number, each in enumerate(objects, start=1):
        starts.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    table = b"".join(b"%010d 00000 n \n" % start for start in starts)
    count = len(objects) + 1
    head = b"xref\n0 %d\n0000000000 65535 f \n" % count
    end = b"trailer\n<</Size %d %s>>\nstartxref\n%d\n%%%%EOF" % (count, trailer, len(out))
    return out + head + table + end


def one_page(content: bytes, *, box: bytes = b"0 0 600 400", more: bytes = b"") -> bytes:
    packed = zlib.compress(content)
    return built(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[%s]/Contents 4 0 R/Resources<<%s>>>>" % (box, more),
        b"<</Filter/FlateDecode/Length %d>>stream\n%s\nendstream" % (len(packed), packed),
    )


def test_a_page_is_as_fine_as_its_size_allows() -> None:
    file = pdf("one", "two")
    assert count_pages(file, "图.pdf") == 2
    assert is_pdf(file)
    drawn = page_as_picture(file, 2, "图.pdf")
    assert (drawn.width, drawn.height) == (2480, 3509), "A4 at 300 dpi"
    large = page_as_picture(pdf("A0", size=(2384, 3370)), 1, "图.pdf")
    assert (large.width, large.height) == (2830, 4000)
    pixels = np.asarray(Image.open(BytesIO(drawn.content)).convert("L"))
    assert pixels[3509 // 2 + 500, 1235:1245].min() < 60, "the line in the middle"
    assert pixels[5, 5] == 255


def test_files_that_are_none_say_what_to_do() -> None:
    empty = built(b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[]/Count 0>>")
    for content, words in (
        (pdf("x", password="secret"), "密码"),
        (pdf("x")[:400], "损坏"),
        (b"%PDF-1.7\n" + b"\x00" * 500, "损坏"),
        (empty, "没有页面"),
    ):
        with pytest.raises(FormatError) as caught:
            count_pages(content, "图.pdf")
        assert words in caught.value.text("zh_CN")
        assert "图.pdf" in caught.value.text("en")


def test_too_many_pages_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_pages, "MOST_PAGES", 2)
    with pytest.raises(LimitError, match="more than 2 pages"):
        count_pages(pdf("1", "2", "3"), "a.pdf")


def test_pages_that_are_not_there_or_have_no_size_are_empty() -> None:
    assert [bool(each) for each in draw_pages(pdf("x"), [1, 2], longest=100)] == [True, False]
    line = one_page(b"0 0 m 9 9 l S", box=b"0 0 14000 0.01")
    with pytest.raises(FormatError, match="cannot be drawn"):
        page_as_picture(line, 1, "a.pdf")


def test_a_page_that_takes_for_ever_is_given_up() -> None:
    # each form draws the next one ten times: 10^12 lines
    forms = [
        b"<</Type/XObject/Subtype/Form/BBox[0 0 600 400]/Resources<</XObject<</X %d 0 R>>>>"
        b"/Length %d>>stream\n%s\nendstream" % (number + 1, 50, b"/X Do " * 8 + b"  ")
        for number in range(5, 17)
    ]
    last = (
        b"<</Type/XObject/Subtype/Form/BBox[0 0 600 400]/Length 17>>"
        b"stream\n0 0 m 600 400 l S\nendstream"
    )
    page = (
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 400]/Contents 4 0 R"
        b"/Resources<</XObject<</X 5 0 R>>>>>>"
    )
    file = built(
        b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>", page,
        b"<</Length 6>>stream\n/X Do \nendstream", *forms, last,
    )  # fmt: skip
    began = time.monotonic()
    assert list(draw_pages(file, [1], longest=400, seconds=2)) == [b""]
    assert time.monotonic() - began < 60


def test_a_page_that_needs_too_much_memory_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    # a picture of 14,000 × 14,000 pixels that is packed into a few kilobytes
    monkeypatch.setattr(pdf_pages, "MEMORY_MB", 512)
    side = 14_000
    packer = zlib.compressobj(9)
    rows = b"".join(packer.compress(b"\x00" * side * 3 * 100) for _ in range(side // 100))
    packed = zlib.compress(rows + packer.flush())
    image = (
        b"<</Type/XObject/Subtype/Image/Width %d/Height %d/ColorSpace/DeviceRGB"
        b"/BitsPerComponent 8/Filter[/FlateDecode/FlateDecode]/Length %d>>stream\n%s\nendstream"
    ) % (side, side, len(packed), packed)
    page = (
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 400]/Contents 4 0 R"
        b"/Resources<</XObject<</X 5 0 R>>>>>>"
    )
    file = built(
        b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>", page,
        b"<</Length 24>>stream\n600 0 0 400 0 0 cm /X Do\nendstream", image,
    )  # fmt: skip
    began = time.monotonic()
    drawn = list(draw_pages(file, [1], longest=400, seconds=20))
    assert time.monotonic() - began < 60
    assert len(drawn) == 1, "nothing of it harms this process, drawn or not"
