from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from boundary_samples import SAMPLES, zipped

from geogrid.errors import FormatError, UnsafeFileError
from geogrid.formats.sniff import FORMATS, sniff

KINDS = {
    "geojson": "geojson", "gpkg": "geopackage", "parquet": "geoparquet", "shp.zip": "zip",
    "kml": "kml", "kmz": "kmz", "dxf": "dxf", "csv": "csv", "xlsx": "xlsx",
}  # fmt: skip


@pytest.mark.parametrize("sample", KINDS)
def test_files_are_known_by_their_content(tmp_path: Path, sample: str) -> None:
    path = SAMPLES[sample](tmp_path).rename(tmp_path / "no.extension")
    assert sniff(path, "x") == KINDS[sample]
    assert KINDS[sample] in FORMATS


def test_parts_of_a_shapefile_are_known(tmp_path: Path) -> None:
    kinds = {
        file.suffix: sniff(file, "x") for file in SAMPLES["shp"](tmp_path).glob("*.[sd][hb][pf]")
    }
    assert kinds == {".shp": "shapefile", ".dbf": "dbf"}


def test_a_zip_with_a_shapefile_and_a_kml_is_a_zip(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    for name in ("x.shp", "x.kml"):
        (tmp_path / "a" / name).write_bytes(b"1")
    assert sniff(zipped(tmp_path / "a", tmp_path / "x"), "x") == "zip"
    zipfile.ZipFile(tmp_path / "empty", "w").close()
    assert sniff(tmp_path / "empty", "x") == "zip"


@pytest.mark.parametrize(
    ("content", "advice"),
    [
        (b"AC1032\x00\x00\x00", "DXF"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"7z\xbc\xaf\x27\x1c....", "7z"),
        (b"Rar!\x1a\x07", "RAR"),
        (b"\x1f\x8b\x08", "gzip"),
        (b"!table\n!version 300", "MapInfo"),
        (b"Version 300\nCharset", "MapInfo"),
        (b"fgb\x03fgb\x00", "FlatGeobuf"),
        (b"\x89PNG\r\n", "PNG"),
        (b"\x00\x01\x02\x03 nothing known", "no format"),
        (b"<not xml", "no format"),
        (b"", "empty"),
        (b" \n\t", "empty"),
    ],
)
def test_other_files_are_refused_with_advice(tmp_path: Path, content: bytes, advice: str) -> None:
    (tmp_path / "x.shp").write_bytes(content)
    with pytest.raises(FormatError, match=advice):
        sniff(tmp_path / "x.shp", "x.shp")


@pytest.mark.parametrize(
    "content",
    [
        b'<OGRVRTDataSource><OGRVRTLayer name="a"><SrcDataSource>/etc/passwd</SrcDataSource>',
        b"<?xml version='1.0'?>\n<VRTDataset/>",
        b"\xef\xbb\xbf<gml:FeatureCollection xmlns:gml='x'/>",
        "<?xml version='1.0' encoding='UTF-16'?><gpx/>".encode("utf-16"),
        b"<!DOCTYPE kml SYSTEM 'http://example.org/x'><kml/>",
        b"<html><body>sign in</body></html>",
    ],
)
def test_xml_that_is_not_kml_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.geojson").write_bytes(content)
    with pytest.raises(UnsafeFileError, match=r"x\.geojson"):
        sniff(tmp_path / "x.geojson", "x.geojson")


@pytest.mark.parametrize(
    "text", ["  0\nSECTION\n", "0\r\nSECTION\r\n", "999\nby hand\n  0\nSECTION\n"]
)
def test_drawings_are_known_by_their_first_section(tmp_path: Path, text: str) -> None:
    (tmp_path / "x").write_text(text, newline="")
    assert sniff(tmp_path / "x", "x") == "dxf"
