from __future__ import annotations

from pathlib import Path

import pytest
import shapely
from boundary_samples import CODES, NAMES, A, B, kml, kml_text

from geogrid.errors import FormatError, LimitError, UnsafeFileError
from geogrid.formats import kml as kml_module
from geogrid.formats.kml import read_kml
from geogrid.formats.layer import LIMITS, RawLayer

RING = "<LinearRing><coordinates>0,0 1,0 1,1 0,1 0,0</coordinates></LinearRing>"
POLYGON = f"<Polygon><outerBoundaryIs>{RING}</outerBoundaryIs></Polygon>"


def read(folder: Path, body: str, head: str = "") -> RawLayer:
    path = folder / "x.kml"
    path.write_text(f"{head}<kml><Document>{body}</Document></kml>", encoding="utf-8")
    return read_kml(path, "x.kml", LIMITS)


def mark(geometry: str, more: str = "") -> str:
    return f"<Placemark>{more}{geometry}</Placemark>"


def test_placemarks_become_rows(tmp_path: Path) -> None:
    layer = read_kml(kml(tmp_path), "x.kml", LIMITS)
    assert layer.attributes["name"].tolist() == list(NAMES)
    assert layer.attributes["网格编码"].tolist() == list(CODES)
    assert layer.attributes["folder"].tolist() == ["社区", "社区"]
    assert shapely.equals(layer.geometry, [A, B]).all()
    assert (layer.crs, layer.problems, layer.findings) == ("EPSG:4326", {}, ())


def test_holes_and_parts_are_read_in_any_order(tmp_path: Path) -> None:
    inner = RING.replace("0,0 1,0 1,1 0,1 0,0", ".2,.2 .4,.2 .4,.4 .2,.2")
    hole = f"<innerBoundaryIs>{inner}</innerBoundaryIs>"
    holed = f"<Polygon>{hole}<outerBoundaryIs>{RING}</outerBoundaryIs></Polygon>"
    layer = read(tmp_path, mark(f"<MultiGeometry>{holed}{POLYGON}</MultiGeometry>") + mark(holed))
    assert [shape.geom_type for shape in layer.geometry] == ["MultiPolygon", "Polygon"]
    assert shapely.area(layer.geometry) == pytest.approx([1.98, 0.98])


def test_schema_data_and_descriptions_are_attributes(tmp_path: Path) -> None:
    more = ("<description><![CDATA[<b>x</b>]]></description><ExtendedData><SchemaData>"
            '<SimpleData name="户数">260</SimpleData></SchemaData></ExtendedData>')  # fmt: skip
    layer = read(tmp_path, mark(POLYGON, more))
    assert layer.attributes.iloc[0].to_dict() == {"description": "<b>x</b>", "户数": "260"}


@pytest.mark.parametrize(
    ("geometry", "problem"),
    [
        ("<Point><coordinates>1,1</coordinates></Point>", "is_point"),
        ("<LineString><coordinates>1,1 2,2</coordinates></LineString>", "is_line"),
        ("<Polygon></Polygon>", "empty_geometry"),
        (POLYGON.replace("0,0 1,0 1,1 0,1 0,0", ""), "empty_geometry"),
        (POLYGON.replace("1,0", "1,x"), "broken_geometry"),
        (POLYGON.replace("1,0", "1"), "broken_geometry"),
        (POLYGON.replace("1,0", "1,nan"), "bad_coordinate"),
        (POLYGON.replace("1,0", "1,1e400"), "bad_coordinate"),
        (POLYGON.replace("0,0 1,0 1,1 0,1 0,0", "0,0 1,1"), "degenerate_ring"),
    ],
)
def test_odd_geometries_are_named(tmp_path: Path, geometry: str, problem: str) -> None:
    layer = read(tmp_path, mark(POLYGON) + mark(geometry) + mark(""))
    assert layer.problems[problem] == [1]
    assert [shape is None for shape in layer.geometry] == [False, True, True]


def test_mixed_geometries_keep_their_areas_and_heights_are_said(tmp_path: Path) -> None:
    point = "<Point><coordinates>1,1</coordinates></Point>"
    high = POLYGON.replace("1,0", "1,0,25").replace("0,1 ", "0 , 1 ")
    layer = read(tmp_path, mark(f"<MultiGeometry>{point}{high}</MultiGeometry>"))
    assert layer.problems == {"collection": [0], "z_dropped": [0]}
    assert layer.geometry[0].area == 1


def test_links_are_not_followed_but_said(tmp_path: Path) -> None:
    link = "<NetworkLink><Link><href>http://example.org/x.kml</href></Link></NetworkLink>"
    layer = read(tmp_path, mark(POLYGON) + link)
    assert [finding.kind for finding in layer.findings] == ["network_link"]


@pytest.mark.parametrize(
    "head",
    ['<!DOCTYPE kml [<!ENTITY x "y">]>', '<!DOCTYPE kml SYSTEM "http://example.org/x.dtd">',
     '<?xml version="1.0"?><!DOCTYPE kml [<!ENTITY x SYSTEM "file:///etc/passwd">]>'],
)  # fmt: skip
def test_document_types_are_refused(tmp_path: Path, head: str) -> None:
    with pytest.raises(UnsafeFileError, match="document type"):
        read(tmp_path, mark(POLYGON), head)


def test_deep_nesting_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnsafeFileError, match="deep"):
        read(tmp_path, "<Folder>" * 100_000)


@pytest.mark.parametrize("text", ["<kml>", "<kml><a></b></kml>", "<kml>&x;</kml>", "<kml/><kml/>"])
def test_damage_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "x.kml").write_text(text)
    with pytest.raises(FormatError, match="damaged"):
        read_kml(tmp_path / "x.kml", "x.kml", LIMITS)


def test_other_encodings_are_read(tmp_path: Path) -> None:
    (tmp_path / "x.kml").write_bytes(kml_text().replace("UTF-8", "UTF-16").encode("utf-16"))
    layer = read_kml(tmp_path / "x.kml", "x.kml", LIMITS)
    assert layer.attributes["name"].tolist() == list(NAMES)


def test_what_other_drivers_of_gdal_look_for_is_only_a_comment(tmp_path: Path) -> None:
    vrt = '<OGRVRTDataSource><OGRVRTLayer name="x"><SrcDataSource>/etc/passwd</SrcDataSource>'
    layer = read(tmp_path, f"<!-- {vrt} -->{mark(POLYGON)}<Schema>{vrt.partition('<Src')[0]}"
                 "</OGRVRTLayer></OGRVRTDataSource></Schema>")  # fmt: skip
    assert len(layer.geometry) == 1


def test_placemarks_of_folders_keep_the_order_of_the_file(tmp_path: Path) -> None:
    body = (
        mark(POLYGON, "<name>1</name>")
        + f"<Folder><name>a</name>{mark(POLYGON, '<name>2</name>')}"
        + f"<Folder>{mark(POLYGON, '<name>3</name>')}</Folder></Folder>"
        + mark(POLYGON, "<name>4</name>")
    )
    layer = read(tmp_path, body)
    assert layer.attributes["name"].tolist() == ["1", "2", "3", "4"]
    assert layer.attributes["folder"].fillna("").tolist() == ["", "a", "a", ""]


def test_elements_without_end_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kml_module, "_MOST_ELEMENTS", 10)
    with pytest.raises(LimitError, match="10 elements"):
        read(tmp_path, "<a/>" * 20)
