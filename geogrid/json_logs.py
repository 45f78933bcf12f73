"""Logs as one JSON object a line, without what people sent.

Of an exception only its type and its places in the code are logged: its message may quote a name,
a phone number or an address.
"""

from __future__ import annotations

import json
import logging
import sys
import traceback
from datetime import UTC, datetime
from typing import Any

__all__ = ["JsonLines", "set_up_logs"]


class JsonLines(logging.Formatter):
    """Writes ``time``, ``level``, ``logger``, ``process``, ``message`` and the record's ``fields``.

    Of an exception it writes ``error`` (its type) and ``where`` (file, line and function).
    """

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of a record."""
        moment = datetime.fromtimestamp(record.created, UTC)
        said: dict[str, Any] = {
            "time": moment.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "process": record.process,
            "message": record.getMessage(),
        }
        said |= getattr(record, "fields", {})
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            said["error"] = type(error).__name__
            said["where"] = [
                f"{frame.filename}:{frame.lineno} {frame.name}"
                for frame in traceback.extract_tb(error.__traceback__)
            ]
        return json.dumps(said, ensure_ascii=False)


def set_up_logs(level: str) -> None:
    """Write the logs of this process to standard error.

    Parameters
    ----------
    level
        The least that is written: ``"info"``, ``"warning"`` or ``"error"``.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(handlers=[handler], level=level.upper(), force=True)
    for library in ("alembic", "sqlalchemy"):  # SQL has people's data in its parameters
        logging.getLogger(library).setLevel(logging.WARNING)
