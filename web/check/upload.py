"""Take an uploaded boundary file, or the parts of one Shapefile, into a folder."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from werkzeug.datastructures import FileStorage

from geogrid.errors import FormatError, InputError, LimitError
from geogrid.i18n import mark as _

__all__ = ["SHAPEFILE_PARTS", "boundary_path", "shown_name", "take_files"]

SHAPEFILE_PARTS = frozenset(
    {".shp", ".shx", ".dbf", ".prj", ".cpg", ".qpj", ".sbn", ".sbx", ".qmd", ".xml", ".lyr"}
)
"""Endings that belong together; the middle of ``.shp.xml`` does not count."""

MOST_FILES = 20
LONGEST_NAME = 60
_FORBIDDEN = '<>:"/\\|?*'


def take_files(uploads: Sequence[FileStorage], folder: Path) -> str:
    """Store `uploads` in the empty `folder` and return the name people know them by.

    Raises
    ------
    InputError
        There is no file.
    LimitError
        More than :data:`MOST_FILES`.
    FormatError
        Several files that are not the parts of one Shapefile.
    """
    files = [file for file in uploads if file.filename]
    if not files:
        raise InputError(_("No file was chosen."))
    if len(files) > MOST_FILES:
        raise LimitError(
            _("{count} files were chosen; at most {limit} belong to one Shapefile."),
            count=len(files),
            limit=MOST_FILES,
        )
    names = [shown_name(str(file.filename)) for file in files]
    _check_together(names)
    for file, name in zip(files, names, strict=True):
        file.save(folder / name)
    return boundary_path(folder).name


def boundary_path(folder: Path) -> Path:
    """Return the file in `folder` to read: the ``.shp`` of a Shapefile, or the only one.

    Raises
    ------
    InputError
        There is none.
    """
    files = sorted(path for path in folder.iterdir() if path.is_file())
    main = [path for path in files if path.suffix.lower() == ".shp"] or files
    if not main:
        raise InputError(_("No file was chosen."))
    return main[0]


def shown_name(name: str) -> str:
    """Return the last part of `name` as a file name that is safe on every system.

    Examples
    --------
    >>> shown_name("../资料/南园 网格?.SHP")
    '南园 网格_.shp'
    """
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    clean = "".join("_" if c in _FORBIDDEN or not c.isprintable() else c for c in last)
    path = Path(clean.strip(" .") or "file")
    return path.stem[:LONGEST_NAME] + path.suffix[:16].lower()


def _check_together(names: Sequence[str]) -> None:
    if len(names) == 1:
        return
    stems = {name.lower().removesuffix(".xml").rsplit(".", 1)[0] for name in names}
    endings = [Path(name).suffix.lower() for name in names]
    if len(stems) > 1 or not set(endings) <= SHAPEFILE_PARTS or endings.count(".shp") != 1:
        raise FormatError(
            _(
                "Choose one boundary file. Several at once only for one Shapefile: its .shp,"
                " .shx, .dbf and .prj, all of the same name."
            )
        )
