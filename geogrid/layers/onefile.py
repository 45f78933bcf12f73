"""The map as one file: everything inside, opened by double click, asking nobody for anything.

Folium composes the map through :mod:`geogrid.layers.shell`; here its scripts, our scripts,
styles, icons and data are written into one page. A strict policy in the page names the hash
of every script and style, so that nothing else can ever run in it, and forbids the network.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from jinja2 import Environment
from markupsafe import Markup

from geogrid.layers.shell import Shell

__all__ = ["OneFile", "compose_onefile"]

_SCRIPT_ENDS = re.compile(r"<(?=/script|script|!--)", re.IGNORECASE)
_STYLE_ENDS = re.compile(r"</style", re.IGNORECASE)

_PAGE = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True).from_string("""\
<!doctype html>
<html lang="{{ page.language }}" data-icons="#icon-">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{{ policy }}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>{{ page.title }} · {{ page.heading }}</title>
<style>{{ style }}</style>
</head>
<body class="with-map onefile">
<div hidden>{{ icons }}</div>
<header class="bar">
<div class="brand">
<svg class="mark" viewBox="0 0 32 32" aria-hidden="true">
<path d="M4 4h10v10H4zM17 4h11v6H17zM17 13h11v15H17zM4 17h10v11H4z"/></svg>
<h1>{{ page.title }}
<small>{{ page.heading }}{% if page.date %} · {{ page.date }}{% endif %}</small></h1>
</div>
<div class="marks">
{% for mark in page.marks %}
<span class="mark-note">{{ mark }}</span>
{% endfor %}
</div>
</header>
<main id="content">
<noscript><p class="notice warn">{{ page.noscript }}</p></noscript>
<div class="map-page">
<section class="panel" aria-label="{{ page.heading }}">
<button type="button" class="panel-grip" aria-label="{{ page.fold }}"></button>
<div class="panel-body"><div id="card" aria-live="polite"></div></div>
</section>
<div class="map-box">
{{ map }}
<div class="map-over">
<div class="search" role="search">
<svg class="icon" aria-hidden="true"><use href="#icon-search"/></svg>
<input id="search" type="search" placeholder="{{ page.search }}" aria-label="{{ page.search }}">
<div id="results" class="options" hidden></div>
</div>
<div id="levels" class="segmented" role="group" aria-label="{{ page.levels }}"></div>
</div>
</div>
</div>
</main>
<div id="toasts" role="status" aria-live="polite"></div>
<script type="application/json" id="data">{{ data }}</script>
{% for script in scripts %}
<script>{{ script }}</script>
{% endfor %}
</body>
</html>
""")


@dataclass(frozen=True)
class OneFile:
    """The words of the page, in the language of its reader.

    Attributes
    ----------
    language
        Tag of the language, ``"zh-CN"``.
    title, heading, date
        The plan's name, what this is (网格一张图) and the day it was made.
    marks
        Short notes that must be seen: 示例数据, 内部使用 or the map approval number.
    search, levels, fold, noscript
        Labels of the search box, the level switch and the panel, and what a browser
        without scripts says.
    """

    language: str
    title: str
    heading: str
    date: str
    marks: Sequence[str]
    search: str
    levels: str
    fold: str
    noscript: str


def compose_onefile(
    page: OneFile,
    *,
    shell: Shell,
    scripts: Sequence[str],
    style: str,
    icons: str,
    data: Mapping[str, object],
) -> str:
    """Write the page.

    Parameters
    ----------
    page
        Its words.
    shell
        The composed map; its script runs after the first of `scripts`, Leaflet.
    scripts
        JavaScript texts: Leaflet, then ours, in order.
    style
        Style sheet that loads nothing.
    icons
        SVG with the icons as symbols.
    data
        What the scripts read from ``#data``; written as JSON.

    Raises
    ------
    ValueError
        The style sheet would end its own element.
    """
    if _STYLE_ENDS.search(style):
        raise ValueError("the style sheet holds </style")
    library, *ours = scripts
    run = [_script(text) for text in (library, shell.script, *ours)]
    return _PAGE.render(
        page=page,
        policy=_policy(run, style),
        style=Markup(style),  # noqa: S704 - ours, checked above
        icons=Markup(icons.replace(' id="', ' id="icon-')),  # noqa: S704 - ours
        map=Markup(shell.body),  # noqa: S704 - composed by Folium, holds no data
        data=Markup(_json(data)),  # noqa: S704 - no < is left in it
        scripts=[Markup(text) for text in run],  # noqa: S704 - ours, made safe above
    )


def _script(text: str) -> str:
    """Return JavaScript that cannot end its own element; only strings can hold such text."""
    return _SCRIPT_ENDS.sub(r"\\x3c", text.replace("\r\n", "\n"))


def _json(data: Mapping[str, object]) -> str:
    """Return JSON that no reader of HTML can take for markup."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for letter in "<>&\u2028\u2029":
        text = text.replace(letter, f"\\u{ord(letter):04x}")
    return text


def _policy(scripts: Sequence[str], style: str) -> str:
    run = " ".join(_hash(text) for text in scripts)
    return (
        f"default-src 'none'; script-src {run}; style-src {_hash(style)}; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"
