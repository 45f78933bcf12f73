"""Files made to harm, or just broken: only errors that say what is wrong come out."""

from __future__ import annotations

import os
import random
import zipfile
from dataclasses import replace
from pathlib import Path

import pyogrio
import pytest
from boundary_samples import SAMPLES, geojson, kml_text, shapefile, zipped

from geogrid.boundaries import list_layers, read_boundaries
from geogrid.errors import FormatError, GeogridError, InputError, LimitError, UnsafeFileError
from geogrid.formats.layer import LIMITS

VRT = (
    '<OGRVRTDataSource><OGRVRTLayer name="x"><SrcDataSource>/etc/passwd</SrcDataSource>'
    "</OGRVRTLayer></OGRVRTDataSource>"
)
ENDINGS = [".geojson", ".shp", ".kml", ".gpkg", ".parquet", ".dxf", ".csv", ".zip", ".xlsx", ""]


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_vrt_under_any_name_is_refused(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"x{ending}"
    path.write_text(VRT)
    with pytest.raises(UnsafeFileError, match="OGRVRTDataSource"):
        read_boundaries(path)


@pytest.mark.parametrize("member", ["x.shp", "x.geojson", "x.kml", "x.gpkg"])
def test_a_vrt_in_an_archive_is_refused(tmp_path: Path, member: str) -> None:
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        archive.writestr(member, VRT)
    with pytest.raises(UnsafeFileError):
        read_boundaries(tmp_path / "x.zip")


@pytest.mark.parametrize(
    "path",
    ["/vsicurl/http://example.org/x.geojson", "/vsizip//tmp/x.zip", "http://example.org/x.geojson",
     "file:///etc/passwd", "\\\\vsimem\\x", "ftp://example.org/x", "/vsistdin/", "GPKG:/x.gpkg"],
)  # fmt: skip
def test_addresses_and_virtual_paths_are_refused(path: str) -> None:
    with pytest.raises((UnsafeFileError, FormatError), match=r"refused|no file"):
        read_boundaries(path)


def test_pipes_are_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(UnsafeFileError, match="neither a file"):
        read_boundaries(tmp_path / "pipe")


def test_a_path_with_a_null_character_is_no_file() -> None:
    with pytest.raises(FormatError, match="no file"):
        read_boundaries("x\0.geojson")


def test_oversize_is_refused_with_the_limit(tmp_path: Path) -> None:
    with pytest.raises(LimitError, match="100 B"):
        read_boundaries(geojson(tmp_path), limits=replace(LIMITS, file_bytes=100))
    with pytest.raises(LimitError, match="300 B"):
        read_boundaries(shapefile(tmp_path), limits=replace(LIMITS, file_bytes=300))


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x.geojson", bytes(64 << 20))
    with pytest.raises(LimitError, match="200 times"):
        read_boundaries(tmp_path / "x.zip")


@pytest.mark.parametrize("suffix", [".zip", ".kmz"])
def test_archives_in_archives_are_refused(tmp_path: Path, suffix: str) -> None:
    inner = zipped(geojson(tmp_path), tmp_path / f"inner{suffix}")
    with pytest.raises(FormatError, match="another archive"):
        read_boundaries(zipped(inner, tmp_path / "outer.zip"))


def test_a_workbook_in_an_archive_is_read_within_its_own_limits(tmp_path: Path) -> None:
    path = zipped(SAMPLES["xlsx"](tmp_path), tmp_path / "x.zip")
    assert len(read_boundaries(path)) == 2
    with pytest.raises(LimitError):
        read_boundaries(path, limits=replace(LIMITS, members=3))


def test_members_that_climb_out_are_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        archive.writestr("../../evil.geojson", "{}")
    with pytest.raises(UnsafeFileError, match="outside"):
        read_boundaries(tmp_path / "x.zip")
    assert not (tmp_path.parent.parent / "evil.geojson").exists()


def test_what_lies_beside_a_shapefile_is_not_touched(tmp_path: Path) -> None:
    folder = shapefile(tmp_path)
    (folder / "网格.qix").write_bytes(b"\xff" * 100)
    (folder / "网格.sbn").write_text(VRT)
    (folder / "网格.shx").write_bytes(b"broken")
    (folder / "网格.shp.xml").write_text(VRT)
    assert len(read_boundaries(folder)) == 2


@pytest.mark.parametrize(
    "prj",
    ["", "nonsense", "+proj=utm +zone=50 +nadgrids=/etc/passwd", "/etc/passwd", "x" * 100_000,
     'LOCAL_CS["x"]', "http://example.org/crs", VRT],
)  # fmt: skip
def test_whatever_a_prj_says_only_a_system_or_an_error_comes_of_it(
    tmp_path: Path, prj: str
) -> None:
    folder = shapefile(tmp_path)
    (folder / "网格.prj").write_text(prj)
    with pytest.raises(InputError):
        read_boundaries(folder)
    assert len(read_boundaries(folder, crs="EPSG:4490")) == 2


def test_entities_in_a_kmz_are_refused(tmp_path: Path) -> None:
    laughs = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    document = tmp_path / "doc.kml"
    document.write_text(kml_text().replace("<kml", laughs + "<kml", 1), encoding="utf-8")
    with pytest.raises(UnsafeFileError, match="document type"):
        read_boundaries(zipped(document, tmp_path / "x.kmz"))


def test_a_shell_in_the_name_is_only_a_name(tmp_path: Path) -> None:
    path = geojson(tmp_path).rename(tmp_path / "$(touch evil);{x}%s.geojson")
    assert len(read_boundaries(path)) == 2
    path.write_text("{")
    with pytest.raises(FormatError) as caught:
        read_boundaries(path)
    assert "$(touch evil);{x}%s.geojson" in caught.value.text("zh_CN")


def test_nothing_is_written_beside_the_file(tmp_path: Path) -> None:
    for sample in SAMPLES:
        folder = tmp_path / sample
        folder.mkdir()
        path = SAMPLES[sample](folder)
        before = sorted(folder.rglob("*"))
        read_boundaries(path, **({"crs": "EPSG:4547"} if sample == "dxf" else {}))
        assert sorted(folder.rglob("*")) == before


def damaged(sample: str, folder: Path) -> list[tuple[Path, Path]]:
    """Return the file to read, and every file of it that can be damaged."""
    path = SAMPLES[sample](folder)
    if path.is_dir():
        return [(path, file) for file in sorted(path.iterdir()) if file.suffix in (".shp", ".dbf")]
    return [(path, path)]


def read_or_refuse(path: Path) -> int:
    """Return how many grids were read, −1 where the file was refused as it should be."""
    try:
        list_layers(path)
        return len(read_boundaries(path, crs="EPSG:4326"))
    except GeogridError as error:
        assert error.text("zh_CN")
        return -1


@pytest.mark.parametrize("sample", SAMPLES)
def test_files_cut_off_anywhere_are_refused_or_read_with_findings(
    tmp_path: Path, sample: str
) -> None:
    for path, part in damaged(sample, tmp_path):
        whole = part.read_bytes()
        cuts = {0, 1, 8, len(whole) // 4, len(whole) // 2, 3 * len(whole) // 4, len(whole) - 20}
        for cut in sorted(cuts):
            part.write_bytes(whole[:cut])
            assert read_or_refuse(path) == -1
        part.write_bytes(whole)


@pytest.mark.parametrize("sample", SAMPLES)
def test_files_with_changed_bytes_do_nothing_worse(tmp_path: Path, sample: str) -> None:
    chance = random.Random(5)
    for path, part in damaged(sample, tmp_path):
        whole = part.read_bytes()
        for _try in range(12):
            changed = bytearray(whole)
            for _byte in range(chance.choice((1, 4, 40))):
                changed[chance.randrange(len(changed))] = chance.choice((0, 255, 127, 48, 65))
            part.write_bytes(changed)
            assert read_or_refuse(path) <= 3
        part.write_bytes(whole)


@pytest.mark.parametrize("ending", ENDINGS)
def test_noise_under_any_name_is_refused(tmp_path: Path, ending: str) -> None:
    noise = random.Random(3).randbytes(5000)
    (tmp_path / f"x{ending}").write_bytes(noise)
    assert read_or_refuse(tmp_path / f"x{ending}") == -1


def test_only_shapefiles_are_shown_to_gdal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    samples = {}
    for name, make in SAMPLES.items():
        (tmp_path / name).mkdir()
        samples[name] = make(tmp_path / name)
    for function in ("read_dataframe", "read_info", "read_arrow", "list_layers"):
        monkeypatch.delattr(pyogrio, function)
    for name, path in samples.items():
        if not name.startswith("shp"):
            assert len(read_boundaries(path, crs="EPSG:4547" if name == "dxf" else None)) == 2


@pytest.mark.parametrize("path", ["http:/example.org/x.geojson", "gpkg:/x.gpkg"])
def test_an_address_that_lost_a_slash_is_refused(path: str) -> None:
    with pytest.raises(UnsafeFileError, match="addresses"):
        read_boundaries(Path(path))


def test_an_empty_path_is_no_file() -> None:
    with pytest.raises(FormatError, match="no file"):
        read_boundaries("")


def test_a_file_the_machine_cannot_read_is_said() -> None:
    with pytest.raises(FormatError, match="cannot be read"):
        read_boundaries("/proc/self/mem")


def test_a_member_without_a_name_is_no_crash(tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("QQQ", b"x")
    path.write_bytes(path.read_bytes().replace(b"QQQ", bytes(3)))
    with pytest.raises(FormatError, match="no boundary file"):
        read_boundaries(path)
