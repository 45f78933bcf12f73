from __future__ import annotations

import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from geogrid.errors import FormatError, LimitError, UnsafeFileError
from geogrid.formats.archives import Member, member_name, unpack
from geogrid.formats.layer import LIMITS, Limits

WANTED = (".shp", ".kml")


def pack(folder: Path, **files: bytes) -> Path:
    return pack_names(folder, {name.replace("_", "."): data for name, data in files.items()})


def pack_names(folder: Path, files: dict[str, bytes]) -> Path:
    path = folder / "x.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


def take(path: Path, folder: Path, limits: Limits = LIMITS) -> list[Member]:
    place = folder / "out"
    place.mkdir()
    return unpack(path, path.name, place, wanted=WANTED, limits=limits)


def test_only_wanted_files_are_taken_and_numbered(tmp_path: Path) -> None:
    files = {"深圳/福田.SHP": b"1", "readme.txt": b"2", "__MACOSX/._a.shp": b"3", "a/": b""}
    (member,) = take(pack_names(tmp_path, files), tmp_path)
    assert member.name == "深圳/福田.SHP"
    assert member.path == tmp_path / "out" / "0.shp"
    assert member.path.read_bytes() == b"1"
    assert [file.name for file in (tmp_path / "out").iterdir()] == ["0.shp"]


def test_names_of_chinese_windows_are_read(tmp_path: Path) -> None:
    path = pack(tmp_path, abcd_shp=b"1")
    path.write_bytes(path.read_bytes().replace(b"abcd.", "福田".encode("gbk") + b"."))
    assert take(path, tmp_path)[0].name == "福田.shp"


@pytest.mark.parametrize(("raw", "name"), [(b"abc", "abc"), ("福田".encode(), "福田"),
                                           ("福田".encode("gbk"), "福田")])  # fmt: skip
def test_names_are_told_by_their_bytes(raw: bytes, name: str) -> None:
    assert member_name(zipfile.ZipInfo(raw.decode("cp437"))) == name


@pytest.mark.parametrize(
    "name", ["../x.shp", "a/../../x.shp", "/etc/x.shp", "C:\\x.shp", "..\\x.shp", "\\\\host\\x.shp"]
)
def test_names_that_lead_outside_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UnsafeFileError, match="outside"):
        take(pack_names(tmp_path, {name: b"1"}), tmp_path)


@pytest.mark.parametrize("name", ["a.zip", "a.KMZ", "b/c.7z", "x.tar"])
def test_archives_in_archives_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(FormatError, match="another archive"):
        take(pack_names(tmp_path, {"x.shp": b"1", name: b"2"}), tmp_path)


def test_bombs_are_refused_by_their_ratio(tmp_path: Path) -> None:
    with pytest.raises(LimitError, match="200 times"):
        take(pack(tmp_path, x_shp=bytes(20 << 20)), tmp_path)


def test_too_large_and_too_many_are_refused_with_the_limit(tmp_path: Path) -> None:
    path = pack(tmp_path, x_shp=b"1" * 4000, y_shp=b"2" * 4000)
    with pytest.raises(LimitError, match="5,000 B"):
        take(path, tmp_path, replace(LIMITS, unpacked_bytes=5000))
    (tmp_path / "out").rmdir()
    with pytest.raises(LimitError, match="at most 1"):
        take(path, tmp_path, replace(LIMITS, members=1))


def test_a_lie_about_the_size_is_found_out(tmp_path: Path) -> None:
    path = pack(tmp_path, x_shp=b"1" * 4000)
    size = (4000).to_bytes(4, "little")
    path.write_bytes(path.read_bytes().replace(size, (10).to_bytes(4, "little")))
    with pytest.raises(FormatError, match="damaged"):
        take(path, tmp_path)


def test_a_password_is_named(tmp_path: Path) -> None:
    data = bytearray(pack(tmp_path, x_shp=b"1").read_bytes())
    for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(signature) + flags] |= 1
    (tmp_path / "x.zip").write_bytes(data)
    with pytest.raises(FormatError, match="password"):
        take(tmp_path / "x.zip", tmp_path)


@pytest.mark.parametrize("cut", [0, 10, 30, 60, -5])
def test_damage_is_named(tmp_path: Path, cut: int) -> None:
    path = pack(tmp_path, x_shp=b"123456789" * 9)
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(FormatError, match="damaged"):
        take(path, tmp_path)


def test_changed_bytes_are_found_out(tmp_path: Path) -> None:
    path = pack(tmp_path, x_shp=bytes(range(250)))
    data = bytearray(path.read_bytes())
    data[60] ^= 0xFF
    path.write_bytes(data)
    with pytest.raises(FormatError, match="damaged"):
        take(path, tmp_path)
