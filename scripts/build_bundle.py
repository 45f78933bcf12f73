"""Build what installs geogrid where there is no network: one archive for Linux and this Python.

It holds a wheel of geogrid (pages and sample data are in it), the wheels of what it needs, at the
versions and checksums of ``requirements.lock``, ``install.sh``, ``deploy/`` and the documentation.

Run ``make bundle``; with ``--folder`` only the folder is made, without an archive.
"""

from __future__ import annotations

import argparse
import hashlib
import platform
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
INSTALL = """\
#!/bin/sh
# Install geogrid into FOLDER (default: /opt/geogrid) without a network.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
folder=${1:-/opt/geogrid}
[ -x "$folder/bin/python" ] || "${PYTHON:-python3}" -m venv "$folder"
"$folder/bin/python" -m pip install --quiet --no-index --find-links "$here/wheels" \\
    --require-hashes --no-deps -r "$here/requirements.txt"
"$folder/bin/python" -m pip install --quiet --no-index --no-deps --force-reinstall \\
    "$here"/wheels/geogrid-*.whl
echo "geogrid is installed: $folder/bin/geogrid serve"
"""


def locked() -> dict[str, str]:
    """Return each package of the lock with its lines, checksums among them."""
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    found: dict[str, str] = {}
    for entry in re.split(r"\n(?=\S)", text.strip()):  # some have one entry for each Python
        name = canonicalize_name(re.split(r"[=\[; ]", entry, maxsplit=1)[0])
        found[name] = f"{found[name]}\n{entry}" if name in found else entry
    return found


def needed(requirements: list[str]) -> set[str]:
    """Return the names of what requirements need to run, all the way down."""
    found: set[tuple[str, str]] = set()
    waiting = [Requirement(each) for each in requirements]
    while waiting:
        one = waiting.pop()
        for extra in ("", *one.extras):
            key = (canonicalize_name(one.name), extra)
            if key in found:
                continue
            found.add(key)
            try:
                below = distribution(one.name).requires or []
            except PackageNotFoundError:
                raise SystemExit(f"{one.name} is not installed; run make setup") from None
            for text in below:
                requirement = Requirement(text)
                if requirement.marker is None or requirement.marker.evaluate({"extra": extra}):
                    waiting.append(requirement)
    return {name for name, _extra in found}


def run(*command: object) -> None:
    """Run a program, and stop when it fails."""
    subprocess.run([str(each) for each in command], check=True, cwd=ROOT)


def build(folder: Path) -> None:
    """Put everything into a new folder."""
    shutil.rmtree(folder, ignore_errors=True)
    wheels = folder / "wheels"
    wheels.mkdir(parents=True)
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check")
    run(*pip, "wheel", "--quiet", "--no-deps", "--no-build-isolation", "-w", wheels, ROOT)
    about = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lock = locked()
    names = sorted(needed(about["dependencies"]))
    missing = [name for name in names if name not in lock]
    if missing:
        raise SystemExit(f"not in requirements.lock: {', '.join(missing)}")
    requirements = folder / "requirements.txt"
    requirements.write_text("\n".join(lock[name] for name in names) + "\n", encoding="utf-8")
    run(
        *pip, "download", "--quiet", "--no-deps", "--only-binary", ":all:", "--require-hashes",
        "-r", requirements, "-d", wheels,
    )  # fmt: skip
    script = folder / "install.sh"
    script.write_text(INSTALL, encoding="utf-8")
    script.chmod(0o755)
    shutil.copytree(ROOT / "deploy", folder / "deploy")
    for name in ("README.md", "README.zh-CN.md", "LICENSE", "docs/operations.md"):
        shutil.copy(ROOT / name, folder)


def pack(folder: Path) -> Path:
    """Make an archive of a folder, with its checksum beside it."""
    archive = folder.with_name(f"{folder.name}.tar.gz")
    with tarfile.open(archive, "w:gz", compresslevel=1) as file:  # wheels are compressed already
        file.add(folder, folder.name)
    with archive.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    archive.with_name(f"{archive.name}.sha256").write_text(f"{digest}  {archive.name}\n")
    return archive


def main() -> None:
    """Build the bundle."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, help="make this folder, and no archive")
    asked = parser.parse_args()
    if asked.folder is not None:
        build(asked.folder.resolve())
        return
    about = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    version = "".join(map(str, sys.version_info[:2]))
    folder = ROOT / "dist" / f"geogrid-{about['version']}-linux-{platform.machine()}-py{version}"
    build(folder)
    print(pack(folder))


if __name__ == "__main__":
    main()
