"""Build hook: compile the translations and build the front-end before packing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class BuildHook(BuildHookInterface):
    """Run ``scripts/build_assets.py``, so that every wheel carries what pages load."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Build into the source tree; ``artifacts`` in pyproject.toml picks it up."""
        script = Path(self.root) / "scripts" / "build_assets.py"
        if subprocess.run([sys.executable, script], check=False).returncode != 0:
            raise SystemExit("The front-end could not be built; the reason stands above.")
