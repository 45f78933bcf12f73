"""Zip archives, unpacked within limits and never outside their folder."""

from __future__ import annotations

import lzma
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath

from geogrid.errors import FormatError, LimitError, UnsafeFileError
from geogrid.formats.layer import Limits, megabytes
from geogrid.i18n import mark as _

__all__ = ["BROKEN_ARCHIVE", "Member", "check_archive", "member_name", "unpack"]

_ARCHIVES = (".zip", ".kmz", ".rar", ".7z", ".gz", ".bz2", ".xz", ".tar", ".tgz")
_RATIO_ASKED_FROM = 16 << 20
_CHUNK = 1 << 20
_UTF8_NAME = 0x800
_ENCRYPTED = 0x1
_ANCIENT_NAMES = "cp437"
BROKEN_ARCHIVE = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    OSError,
    NotImplementedError,
    ValueError,
)
"""What reading a damaged archive raises."""


@dataclass(frozen=True)
class Member:
    """A file taken out of an archive or found in a folder: its own name and where it is."""

    name: str
    path: Path


def member_name(info: zipfile.ZipInfo) -> str:
    """Return the name of a member; names of Chinese Windows are GBK without saying so."""
    if info.flag_bits & _UTF8_NAME:
        return info.filename
    try:
        raw = info.filename.encode(_ANCIENT_NAMES)
    except UnicodeEncodeError:
        return info.filename
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return info.filename


def check_archive(archive: zipfile.ZipFile, name: str, limits: Limits) -> list[zipfile.ZipInfo]:
    """Return the files of an archive after checking what it says about itself.

    Raises
    ------
    LimitError
        Too many files, too large when unpacked or packed too tightly.
    UnsafeFileError
        A name leaves the archive's folder.
    FormatError
        It asks for a password.
    """
    files = [info for info in archive.infolist() if not info.filename.endswith("/")]
    if len(files) > limits.members:
        raise LimitError(
            _("{file} holds {count} files; at most {limit} are read."),
            file=name,
            count=len(files),
            limit=limits.members,
        )
    _check_size(files, name, limits)
    for info in files:
        _check_name(member_name(info), name)
        if info.flag_bits & _ENCRYPTED:
            raise FormatError(_("{file} asks for a password; pack it without one."), file=name)
    return files


def _check_size(files: list[zipfile.ZipInfo], name: str, limits: Limits) -> None:
    unpacked = sum(info.file_size for info in files)
    packed = sum(info.compress_size for info in files)
    if unpacked > limits.unpacked_bytes:
        raise _too_large(name, limits)
    if unpacked > _RATIO_ASKED_FROM and unpacked > limits.ratio * packed:
        raise LimitError(
            _("{file} unpacks to more than {limit} times its size, as only archive bombs do."),
            file=name,
            limit=limits.ratio,
        )


def _too_large(name: str, limits: Limits) -> LimitError:
    return LimitError(
        _("{file} unpacks to more than {limit}; split it."),
        file=name,
        limit=megabytes(limits.unpacked_bytes),
    )


def _check_name(member: str, name: str) -> None:
    windows = PureWindowsPath(member)
    outside = windows.is_absolute() or windows.drive or member.startswith(("/", "\\"))
    if outside or ".." in windows.parts or "\x00" in member:
        raise UnsafeFileError(
            _("{file} holds the name “{member}”, which leads outside the archive."),
            file=name,
            member=member[:80],
        )


def unpack(
    path: Path, name: str, folder: Path, *, wanted: tuple[str, ...], limits: Limits
) -> list[Member]:
    """Take the `wanted` files out of a zip archive.

    Parameters
    ----------
    path, name
        The archive, and what to call it in messages.
    folder
        An empty folder; files are numbered there, never named by the archive.
    wanted
        Suffixes in lower case, such as ``(".shp", ".dbf")``; others stay packed.
    limits
        What is asked of the archive before, and counted while, it is unpacked.

    Raises
    ------
    FormatError
        Damaged, or an archive in the archive.
    LimitError, UnsafeFileError
        See :func:`check_archive`.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            files = check_archive(archive, name, limits)
            _refuse_nested(files, name)
            return _extract(archive, name, files, folder, wanted, limits)
    except BROKEN_ARCHIVE as error:
        raise FormatError(
            _("{file} is damaged or incomplete; copy or download it again."), file=name
        ) from error


def _refuse_nested(files: list[zipfile.ZipInfo], name: str) -> None:
    for info in files:
        if member_name(info).casefold().endswith(_ARCHIVES):
            raise FormatError(
                _("{file} holds another archive, “{member}”; unpack that and give its files."),
                file=name,
                member=member_name(info)[:80],
            )


def _is_wanted(member: str, wanted: tuple[str, ...]) -> bool:
    path = PurePosixPath(member.replace("\\", "/"))
    is_mac_junk = "__MACOSX" in path.parts or path.name.startswith("._")
    return path.suffix.casefold() in wanted and not is_mac_junk


def _extract(
    archive: zipfile.ZipFile,
    name: str,
    files: list[zipfile.ZipInfo],
    folder: Path,
    wanted: tuple[str, ...],
    limits: Limits,
) -> list[Member]:
    room = limits.unpacked_bytes
    members = []
    for number, info in enumerate(files):
        member = member_name(info)
        if not _is_wanted(member, wanted):
            continue
        target = folder / f"{number}{PurePosixPath(member).suffix.casefold()}"
        with archive.open(info) as source, target.open("wb") as sink:
            while chunk := source.read(_CHUNK):
                room -= len(chunk)
                if room < 0:
                    raise _too_large(name, limits)
                sink.write(chunk)
        members.append(Member(member.replace("\\", "/"), target))
    return members
