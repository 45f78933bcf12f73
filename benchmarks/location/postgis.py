"""A PostGIS cluster of its own, in a temporary folder, without a network port.

Needs the server and PostGIS of the system (Debian: postgresql, postgresql-postgis). The
server refuses to run as root; root hands its folder to the user ``postgres``.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path

__all__ = ["USER", "end_cluster", "programs", "start_cluster"]

USER = "postgres"
_NOTE = "postgis-cluster"


def programs() -> Path | None:
    """Return the folder of the newest server that is installed, None where there is none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    version = found[-1].parts[-3] if found else ""
    control = Path(f"/usr/share/postgresql/{version}/extension/postgis.control")
    return found[-1].parent if found and control.exists() else None


def start_cluster(near: Path, *, threads: int) -> Path:
    """Start a cluster and return the folder of its socket; `near` notes where it is."""
    folder = Path(tempfile.mkdtemp(prefix="geogrid-bench-postgis-"))
    (near / _NOTE).write_text(str(folder), encoding="utf-8")
    if os.geteuid() == 0:
        shutil.chown(folder, USER)
    data = folder / "data"
    _run("initdb", "-D", data, "-U", USER, "-A", "trust", "--no-sync")
    options = (
        f"-c listen_addresses='' -k {folder} -c fsync=off -c shared_buffers=1GB -c work_mem=256MB"
        f" -c max_parallel_workers_per_gather={threads - 1} -c max_wal_size=4GB"
        " -c client_connection_check_interval=500"  # a join too slow for the race ends with it
    )
    _run("pg_ctl", "-D", data, "-w", "-o", options, "-l", folder / "log", "start")
    return folder


def end_cluster(near: Path) -> None:
    """End the cluster that was started near a folder, if one was, and delete it."""
    note = near / _NOTE
    if not note.exists():
        return
    folder = Path(note.read_text(encoding="utf-8"))
    if (folder / "data" / "postmaster.pid").exists():
        _run("pg_ctl", "-D", folder / "data", "-m", "immediate", "stop")
    shutil.rmtree(folder, ignore_errors=True)
    note.unlink()


def _run(program: str, *arguments: object) -> None:
    found = programs()
    assert found is not None
    user = pwd.getpwnam(USER).pw_uid if os.geteuid() == 0 else None
    command = [str(part) for part in (found / program, *arguments)]
    subprocess.run(command, check=True, user=user, stdout=subprocess.DEVNULL, cwd="/")
