"""Peak memory of a process while it works, over what it held before.

Linux keeps a high-water mark of a process's resident memory (``VmHWM``) and resets it when
5 is written to ``/proc/PID/clear_refs``. The parent does so just before it says ``run``, with
the frame loaded and kernels warm, and reads the mark when the answer is there.
"""

from __future__ import annotations

import re
from pathlib import Path

_PROC = Path("/proc")


def reset_peak(pid: int) -> int | None:
    """Reset the mark and return resident bytes now; ``None`` where the system cannot."""
    try:
        (_PROC / str(pid) / "clear_refs").write_text("5")
    except OSError:
        return None
    return _status(pid, "VmRSS")


def peak(pid: int) -> int | None:
    """Return the highest resident bytes since the mark was reset."""
    try:
        return _status(pid, "VmHWM")
    except OSError:
        return None


def _status(pid: int, name: str) -> int:
    text = (_PROC / str(pid) / "status").read_text(encoding="ascii")
    found = re.search(rf"^{name}:\s+(\d+) kB", text, re.MULTILINE)
    if found is None:
        raise OSError(f"no {name} in the status of process {pid}")
    return int(found[1]) * 1024
