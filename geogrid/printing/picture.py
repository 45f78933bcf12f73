"""A page of a document as a picture: the same drawing, so that screen and paper agree."""

from __future__ import annotations

from io import BytesIO
from threading import Lock
from typing import Any

import pypdfium2
from PIL import Image
from pypdfium2 import raw

from geogrid.errors import FieldError
from geogrid.i18n import mark as _

__all__ = ["MOST_PIXELS", "page_picture"]

MOST_PIXELS = 80_000_000
"""A page of A0 at 200 dpi; more than that no viewer opens gladly, and it takes 300 MB to make."""
_ONE_AT_A_TIME = Lock()  # PDFium is not safe for threads


def page_picture(pdf: bytes, *, dpi: int, page: int = 1, longest: int | None = None) -> bytes:
    """Return a page as PNG.

    Parameters
    ----------
    pdf
        A document of :func:`print_map` or :func:`print_leaflet`.
    dpi
        Pixels per inch; the file says so.
    page
        Counted from 1.
    longest
        Pixels of the longer side instead, for previews.

    Raises
    ------
    FieldError
        There is no such page, or the picture would be too large.
    """
    with _ONE_AT_A_TIME:
        document = pypdfium2.PdfDocument(pdf)
        try:
            if not 1 <= page <= len(document):
                raise FieldError(
                    _("There is no page {page}; there are {pages}."), page=page, pages=len(document)
                )
            return _draw(document[page - 1], dpi, longest)
        finally:
            document.close()


def _draw(page: Any, dpi: int, longest: int | None) -> bytes:
    inches = [points / 72.0 for points in page.get_size()]
    if longest is not None:
        dpi = max(int(longest / max(inches)), 1)
    width, height = (max(round(side * dpi), 1) for side in inches)
    if width * height > MOST_PIXELS:
        raise FieldError(
            _(
                "At {dpi} dpi this page would have {count} million pixels. "
                "Choose fewer dpi, or PDF."
            ),
            dpi=dpi,
            count=round(width * height / 1e6),
        )
    bitmap = pypdfium2.PdfBitmap.new_native(width, height, raw.FPDFBitmap_BGR)
    bitmap.fill_rect((255, 255, 255, 255), 0, 0, width, height)
    raw.FPDF_RenderPageBitmap(bitmap, page, 0, 0, width, height, 0, raw.FPDF_ANNOT)
    image: Image.Image = bitmap.to_pil()
    file = BytesIO()
    image.save(file, "PNG", dpi=(dpi, dpi), compress_level=6)
    return file.getvalue()
