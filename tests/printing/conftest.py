"""The sample as it is printed, and what a PDF says of itself."""

from __future__ import annotations

from datetime import date
from typing import Any

import pypdfium2
import pytest

from geogrid.printing import Request
from geogrid.store import Plan, load_plan
from geogrid.store.samples import sample_folder

TODAY = date(2026, 11, 27)


@pytest.fixture(scope="session")
def town() -> Plan:
    """The sample of a city."""
    return load_plan(sample_folder("futian"))


def request_of(plan: Plan, **more: Any) -> Request:
    usual: dict[str, Any] = {
        "grids": plan.grids, "streets": plan.streets, "posts": plan.posts, "plan_name": plan.name,
        "today": TODAY, "status": "published", "attribution": plan.attribution,
        "marks": ["示例数据"],
    }  # fmt: skip
    return Request(**usual | more)


def words_of(pdf: bytes) -> str:
    """Return the text of all pages, as a program that searches a PDF finds it."""
    document = pypdfium2.PdfDocument(pdf)
    found = [page.get_textpage().get_text_range() for page in document]
    document.close()
    return "\n".join(found)
