#!/bin/sh
# The browser tests drive a real Chromium and look at Chinese text: say what is missing.
set -eu
missing=""
command -v chromium >/dev/null 2>&1 || missing="$missing chromium"
fc-list 2>/dev/null | grep -q "Noto Sans CJK" || missing="$missing fonts-noto-cjk"
if [ -n "$missing" ]; then
    echo "The browser tests need Debian packages. Run: apt-get install -y$missing" >&2
    exit 1
fi
