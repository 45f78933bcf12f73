"""Hypothesis profiles (slow machines are no failures) and options.

``HYPOTHESIS_PROFILE=quick`` for a first look, ``nightly`` to look much further.
"""

from __future__ import annotations

import os

import pytest
from hypothesis import settings

settings.register_profile("default", deadline=None)
settings.register_profile("quick", deadline=None, max_examples=5)
settings.register_profile("nightly", deadline=None, max_examples=10_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--screenshots",
        default="test-artifacts/screenshots",
        help="folder for the pictures of all pages",
    )
