"""The bundle installs into an empty environment without a network, and serves without sources."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
DRIVER = ROOT / "tests" / "offline_install.py"


@pytest.mark.slow
def test_the_bundle_serves_without_network_and_without_sources(tmp_path: Path) -> None:
    bundle = tmp_path / "bundle"
    build = [sys.executable, ROOT / "scripts" / "build_bundle.py", "--folder", bundle]
    subprocess.run(build, check=True)
    assert list((bundle / "wheels").glob("geogrid-*.whl"))
    away = tmp_path / "away"
    away.mkdir()
    driver = shutil.copy(DRIVER, away)
    # a user namespace lets others than root take away the network, too
    command = ["unshare", "--map-root-user", "--net", sys.executable, "-I", driver, bundle, away]
    environment = {"PATH": os.environ["PATH"], "HOME": str(away), "PYTHON": sys.executable}
    done = subprocess.run(
        command, check=False, capture_output=True, text=True, cwd=away, env=environment
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.endswith("served\n")
