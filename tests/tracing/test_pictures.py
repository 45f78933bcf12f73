"""Pictures: what is kept are the pixels, and nothing else that hung on the file."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from trace_drawings import picture, written

from geogrid.errors import FormatError, InputError, LimitError
from geogrid.tracing.pictures import clean_picture, is_picture


def opened(content: bytes) -> Image.Image:
    image = Image.open(BytesIO(content))
    image.load()
    return image


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few hundred bytes that says it is large."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"\0" * 100_000)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("size", [(9000, 9000), (12_000, 12_000), (60_000, 60_000), (2**31 - 1, 1)])
def test_pictures_too_large_are_refused_before_they_are_decoded(size: tuple[int, int]) -> None:
    with pytest.raises(LimitError, match="80 million"):
        clean_picture(bomb(*size), "a.png")


def test_a_picture_that_promises_more_than_it_holds_is_damaged() -> None:
    with pytest.raises(FormatError, match="damaged"):
        clean_picture(bomb(5000, 5000), "a.png")


def test_position_camera_and_comments_are_gone() -> None:
    photo = Image.merge("RGB", [Image.effect_noise((300, 200), 60) for _band in "RGB"])
    exif = Image.Exif()
    exif[0x010F] = "Somebody's camera"
    exif.get_ifd(0x8825)[2] = (22.0, 32.0, 1.5)
    content = written(photo, "JPEG", exif=exif, comment=b"secret") + b"PK\x03\x04secret archive"
    assert b"Somebody" in content
    kept = clean_picture(content, "a.jpg")
    assert kept.media_type == "image/jpeg"
    assert not opened(kept.content).getexif()
    for trace in (b"Somebody", b"secret", b"Exif", b"PK\x03\x04"):
        assert trace not in kept.content
    text = PngInfo()
    text.add_text("Author", "Somebody")
    assert b"Somebody" not in clean_picture(written(picture(), pnginfo=text), "a.png").content


def test_a_photograph_is_turned_upright() -> None:
    photo = Image.new("RGB", (300, 200), "white")
    photo.paste("black", (0, 0, 300, 20))
    exif = Image.Exif()
    exif[0x0112] = 6  # the top is on the right
    kept = clean_picture(written(photo, "JPEG", exif=exif), "a.jpg")
    assert (kept.width, kept.height) == (200, 300)
    pixels = np.asarray(opened(kept.content).convert("L"))
    assert pixels[:, -10:].mean() < 30
    assert pixels[:, :100].mean() > 220


def test_transparent_is_white_and_few_colours_stay_exact() -> None:
    image = Image.new("RGBA", (50, 40), (0, 0, 0, 0))
    image.paste((200, 30, 20, 255), (0, 0, 10, 40))
    kept = clean_picture(written(image), "a.png")
    assert kept.media_type == "image/png"
    pixels = np.asarray(opened(kept.content).convert("RGB"))
    assert pixels[0, 0].tolist() == [200, 30, 20]
    assert pixels[0, 30].tolist() == [255, 255, 255]


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_large_pictures_are_made_smaller(kind: str) -> None:
    kept = clean_picture(written(Image.new("RGB", (9000, 1500), "white"), kind), "a")
    assert (kept.width, kept.height) == (4000, 667)
    assert kept.shrunk == pytest.approx(2.25)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16", "CMYK"])
def test_every_kind_of_picture_is_read(mode: str) -> None:
    image = Image.new(mode, (40, 30))
    kept = clean_picture(written(image, "JPEG" if mode == "CMYK" else "PNG"), "a")
    assert (kept.width, kept.height) == (40, 30)


@pytest.mark.parametrize("kind", ["GIF", "BMP", "TIFF", "WEBP"])
def test_other_kinds_are_refused(kind: str) -> None:
    content = written(picture(), kind)
    assert not is_picture(content)
    with pytest.raises(FormatError, match="neither a PNG nor a JPEG"):
        clean_picture(content, "a.png")


@given(st.integers(0, 2**32 - 1), st.sampled_from(["PNG", "JPEG"]))
def test_damaged_files_are_refused_in_words_or_read(seed: int, kind: str) -> None:
    random = np.random.default_rng(seed)
    content = bytearray(written(picture(60, 40), kind))
    for at in random.integers(8, len(content), 4):
        content[at] = random.integers(0, 256)
    cut = bytes(content[: random.integers(20, len(content) + 1)])
    try:
        kept = clean_picture(cut, "a")
    except InputError as error:
        assert "a " in str(error)
    else:
        opened(kept.content)
