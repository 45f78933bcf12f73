"""Pictures of maps as people send them, made safe to keep and to show.

What is kept was written by us from the pixels alone: nothing else of the file (position and
owner of the camera, comments, a second file behind the first) is left.
"""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageOps

from geogrid.errors import FormatError, LimitError
from geogrid.i18n import mark as _

__all__ = ["LONGEST_SIDE", "Picture", "clean_picture", "is_picture"]

_MAGIC = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")
_MOST_PIXELS = 80_000_000
LONGEST_SIDE = 4000
_FEW_COLOURS = 256
_DAMAGE = (OSError, ValueError, SyntaxError, TypeError, LookupError, ArithmeticError, EOFError)
"""What Pillow raises on files it cannot follow."""


@dataclass(frozen=True)
class Picture:
    """A picture as it is kept.

    Attributes
    ----------
    width, height
        Pixels.
    media_type
        ``"image/png"`` or ``"image/jpeg"``.
    content
        The file.
    shrunk
        How many pixels of the file as it came are one now, along a side; 1 for as it came.
    """

    width: int
    height: int
    media_type: str
    content: bytes
    shrunk: float = 1.0


def is_picture(head: bytes) -> bool:
    """Return whether a file that begins with `head` is a PNG or a JPEG."""
    return head.startswith(_MAGIC)


def clean_picture(content: bytes, name: str) -> Picture:
    """Decode a PNG or JPEG and write its pixels anew.

    Parameters
    ----------
    content
        The file.
    name
        What to call it in messages.

    Returns
    -------
    Picture
        Upright, without transparency, at most 4000 pixels along a side; PNG where it has few
        colours, else JPEG.

    Raises
    ------
    FormatError
        It is no PNG or JPEG, or damaged.
    LimitError
        It has more than 80 million pixels; nothing of them was decoded.
    """
    if not is_picture(content[:16]):
        raise FormatError(_("{file} is neither a PNG nor a JPEG picture."), file=name)
    try:
        with Image.open(BytesIO(content), formats=("PNG", "JPEG")) as opened:
            _require_size(opened.size, name)
            opened.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            whole = max(opened.size) if opened.format == "PNG" else max(_size_of(content))
            upright = ImageOps.exif_transpose(opened)
            plain = _flattened(upright)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_large(name) from error
    except _DAMAGE as error:
        raise FormatError(
            _("{file} is damaged or cut off. Open it in a picture program and save it again."),
            file=name,
        ) from error
    plain.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    width, height = plain.size
    media_type, written = _written(plain)
    return Picture(width, height, media_type, written, whole / max(width, height))


def _size_of(content: bytes) -> tuple[int, int]:
    with Image.open(BytesIO(content), formats=("PNG", "JPEG")) as opened:
        return opened.size


def _require_size(size: tuple[int, int], name: str) -> None:
    if size[0] * size[1] > _MOST_PIXELS:
        raise _too_large(name)


def _too_large(name: str) -> LimitError:
    return LimitError(
        _("{file} has more than {limit} million pixels. Save it smaller, or only a part of it."),
        file=name,
        limit=_MOST_PIXELS // 1_000_000,
    )


def _flattened(image: Image.Image) -> Image.Image:
    """Return a plain RGB picture; what is transparent is white."""
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        layer = image.convert("RGBA")
        white = Image.new("RGBA", layer.size, "white")
        return Image.alpha_composite(white, layer).convert("RGB")
    return image.convert("RGB")


def _written(image: Image.Image) -> tuple[str, bytes]:
    # a new image of the pixels: whatever hung on the old one stays behind
    clean = Image.frombytes("RGB", image.size, image.tobytes())
    out = BytesIO()
    if clean.getcolors(_FEW_COLOURS) is not None:
        clean.quantize(_FEW_COLOURS).save(out, "PNG", optimize=True)
        return "image/png", out.getvalue()
    clean.save(out, "JPEG", quality=84)
    return "image/jpeg", out.getvalue()
