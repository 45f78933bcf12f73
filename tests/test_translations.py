"""Every sentence people read exists in Chinese, with the same fields."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent
CATALOGUES = sorted((ROOT / "geogrid" / "translations" / "zh_CN").glob("*.po"))
METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2"), ("**/js/**.js", "javascript")]
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "mark": None, "t": None}
FIELD = re.compile(r"\{(\w*)[^}]*\}|%\((\w+)\)[sd]")


def said() -> set[str]:
    """Return every sentence of the library, the templates and the scripts."""
    found: set[str] = set()
    for folder in ("geogrid", "web"):
        rows = extract_from_dir(
            ROOT / folder, METHODS, keywords=KEYWORDS,
            directory_filter=lambda path: Path(path).name not in {"node_modules", "static"},
        )  # fmt: skip
        for _, _, message, _, _ in rows:
            found.update([message] if isinstance(message, str) else [m for m in message if m])
    return found - {""}


def fields(text: str) -> set[tuple[str, ...]]:
    return set(FIELD.findall(text))


def translations() -> dict[str, str]:
    known: dict[str, str] = {}
    for path in CATALOGUES:
        for message in read_po(BytesIO(path.read_bytes())):
            if message.id and isinstance(message.id, str):
                known[message.id] = str(message.string)
    return known


def test_every_sentence_is_translated() -> None:
    known = translations()
    missing = sorted(text for text in said() if not known.get(text))
    assert missing == []


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.stem)
def test_translations_keep_the_fields(path: Path) -> None:
    wrong = [
        message.id
        for message in read_po(BytesIO(path.read_bytes()))
        if message.id
        and set(FIELD.findall(str(message.id))) != set(FIELD.findall(str(message.string)))
    ]
    assert wrong == []


def test_no_translation_is_left_over() -> None:
    assert sorted(set(translations()) - said()) == []


def test_no_sentence_hides_in_a_template_of_a_script() -> None:
    """What is inside of `${…}` is not extracted, so that nobody would translate it."""
    hidden = re.compile(r"\$\{[^}`]*\bt\(")
    scripts = sorted((ROOT / "web" / "js").rglob("*.js"))
    assert [path.name for path in scripts if hidden.search(path.read_text("utf-8"))] == []
