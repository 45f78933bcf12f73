from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import ezdxf
import numpy as np
import pytest
import shapely
from boundary_samples import CODES, LOCAL, NAMES, drawing, dxf
from ezdxf.layouts import Modelspace

from geogrid.errors import FormatError, LimitError
from geogrid.formats import dxf_entities
from geogrid.formats.dxf import dxf_layers, read_dxf
from geogrid.formats.layer import LIMITS, RawLayer

GRIDS = {"layer": "网格界线"}
NOTES = {"layer": "网格注记"}
SQUARE = [(1000, 1000), (1100, 1000), (1100, 1100), (1000, 1100)]
Draw = Callable[[Modelspace], object]


def shifted(x: float, y: float = 0, side: float = 100) -> list[tuple[float, float]]:
    return [(1000 + x + dx * side / 100 - 0, 1000 + y + dy * side / 100)
            for dx, dy in ((0, 0), (100, 0), (100, 100), (0, 100))]  # fmt: skip


def save(folder: Path, draw: Draw, version: str | None = None) -> Path:
    document = drawing() if version is None else ezdxf.new(version)
    draw(document.modelspace())
    document.saveas(folder / "x.dxf")
    return folder / "x.dxf"


def read(folder: Path, draw: Draw, *layers: str) -> RawLayer:
    return read_dxf(save(folder, draw), "x.dxf", LIMITS, layers=layers)


def kinds(layer: RawLayer) -> list[str]:
    return [finding.kind for finding in layer.findings]


def outline(space: Modelspace, points: list[tuple[float, float]], layer: str = "网格界线") -> None:
    space.add_lwpolyline(points, close=True, dxfattribs={"layer": layer})


def text(space: Modelspace, words: str, x: float, y: float, layer: str = "网格注记") -> None:
    space.add_text(words, height=5, dxfattribs={"layer": layer, "insert": (1000 + x, 1000 + y)})


def test_outlines_with_their_texts_are_read(tmp_path: Path) -> None:
    layer = read_dxf(dxf(tmp_path), "x.dxf", LIMITS)
    assert shapely.equals(layer.geometry, LOCAL).all()
    assert layer.attributes.to_dict("list") == {
        "code": list(CODES), "name": list(NAMES), "layer": ["网格界线"] * 2
    }  # fmt: skip
    assert layer.crs is None
    assert kinds(layer) == []


@pytest.mark.parametrize("version", ["R12", "R2000", "R2007", "R2018"])
def test_every_version_is_read(tmp_path: Path, version: str) -> None:
    def draw(space: Modelspace) -> None:
        space.add_polyline2d(SQUARE, close=True, dxfattribs={"layer": "GRID"})
        space.add_text("G-01", height=5, dxfattribs={"layer": "GRID", "insert": (1040, 1050)})

    layer = read_dxf(save(tmp_path, draw, version), "x.dxf", LIMITS)
    assert layer.attributes.code.tolist() == ["G-01"]
    assert layer.geometry[0].area == 10_000


def test_binary_drawings_are_read(tmp_path: Path) -> None:
    document = drawing()
    outline(document.modelspace(), SQUARE)
    document.saveas(tmp_path / "x.dxf", fmt="bin")
    assert read_dxf(tmp_path / "x.dxf", "x.dxf", LIMITS).geometry[0].area == 10_000


def test_gbk_bytes_under_a_wrong_code_page_are_read(tmp_path: Path) -> None:
    path = dxf(tmp_path)
    path.write_bytes(path.read_bytes().replace(b"ANSI_936", b"ANSI_1252"))
    layer = read_dxf(path, "x.dxf", LIMITS)
    assert layer.attributes.name.tolist() == list(NAMES)
    assert set(layer.attributes.layer) == {"网格界线"}


def test_lines_that_enclose_areas_are_read_with_their_texts(tmp_path: Path) -> None:
    def draw(space: Modelspace) -> None:
        for start, end in zip(SQUARE, [*SQUARE[1:], SQUARE[0]], strict=True):
            space.add_line(start, end, dxfattribs=GRIDS)
        space.add_lwpolyline([(1040, 1000.004), (1040, 1100)], dxfattribs=GRIDS)
        text(space, "001", 10, 50)
        text(space, "002", 60, 50)

    layer = read(tmp_path, draw)
    assert dict(zip(layer.attributes.code, shapely.area(layer.geometry).round(), strict=True)) == {
        "001": 4000, "002": 6000
    }  # fmt: skip
    assert kinds(layer) == ["ends_joined"]


def test_a_line_that_does_not_close_is_said_with_its_place(tmp_path: Path) -> None:
    def draw(space: Modelspace) -> None:
        outline(space, SQUARE)
        space.add_line((1040, 1005), (1040, 1100), dxfattribs=GRIDS)
        space.add_line((1070, 1000), (1070, 1100), dxfattribs=GRIDS)
        for x, words in ((10, "001"), (50, "002"), (75, "003")):
            text(space, words, x, 50)

    layer = read(tmp_path, draw)
    assert kinds(layer) == ["loose_ends", "several_labels"]
    assert "1040.00, 1005.00" in layer.findings[0].text()


def test_outlines_that_hold_every_text_are_taken_as_drawn(tmp_path: Path) -> None:
    def draw(space: Modelspace) -> None:
        outline(space, shifted(0))
        outline(space, shifted(90))
        space.add_line((0, 0), (3000, 3000), dxfattribs=GRIDS)
        text(space, "001", 10, 20)
        text(space, "002", 150, 20)

    layer = read(tmp_path, draw)
    assert shapely.area(layer.geometry).tolist() == [10_000, 10_000]
    assert kinds(layer) == ["lines_left"]


def test_an_outline_that_ends_where_it_began_is_closed(tmp_path: Path) -> None:
    ring = [*SQUARE, (1000.001, 1000.001)]
    layer = read(tmp_path, lambda space: space.add_lwpolyline(ring, dxfattribs=GRIDS))
    assert layer.geometry[0].area == 10_000
    assert layer.problems == {}


def test_an_enclave_is_taken_out_of_the_area_around_it(tmp_path: Path) -> None:
    def draw(space: Modelspace) -> None:
        outline(space, shifted(0))
        outline(space, shifted(40, 40, 20))
        text(space, "001", 5, 5)
        text(space, "002", 42, 48)

    layer = read(tmp_path, draw)
    assert shapely.area(layer.geometry).tolist() == [9600, 400]
    assert kinds(layer) == ["enclave_cut"]


def test_an_outline_around_grids_is_kept_and_said(tmp_path: Path) -> None:
    def draw(space: Modelspace) -> None:
        outline(space, shifted(0))
        outline(space, [(1000, 1000), (1050, 1000), (1050, 1100), (1000, 1100)])
        text(space, "001", 5, 50)

    layer = read(tmp_path, draw)
    assert shapely.area(layer.geometry).tolist() == [10_000, 5000]
    assert kinds(layer) == ["outline_around", "unlabelled_area"]


def test_arcs_neighbours_share_leave_no_gap(tmp_path: Path) -> None:
    def draw(space: Modelspace) -> None:
        left = [(0, 0, 0), (100, 0, 0.3), (100, 100, 0), (0, 100, 0)]
        right = [(100, 100, -0.3), (100, 0, 0), (200, 0, 0), (200, 100, 0)]
        for ring in (left, right):
            points = [(1000 + x, 1000 + y, bulge) for x, y, bulge in ring]
            space.add_lwpolyline(points, format="xyb", close=True, dxfattribs=GRIDS)

    layer = read(tmp_path, draw)
    assert shapely.coverage_is_valid(layer.geometry)
    assert shapely.union_all(layer.geometry).area == pytest.approx(20_000)
    assert layer.geometry[0].area > 10_500


def test_grid_layers_are_chosen_by_their_names_and_the_rest_is_said(tmp_path: Path) -> None:
    def draw(space: Modelspace) -> None:
        outline(space, SQUARE)
        outline(space, shifted(-50, -50, 400), "图框")
        space.add_line((1000, 1050), (1100, 1050), dxfattribs={"layer": "道路中心线"})
        text(space, "001", 10, 50)
        text(space, "泰然七路", 10, 60, "道路名称")

    layer = read(tmp_path, draw)
    assert layer.attributes.to_dict("list") == {"code": ["001"], "layer": ["网格界线"]}
    assert kinds(layer) == ["layers_chosen"]
    assert "图框" in layer.findings[0].text()


@pytest.mark.parametrize(
    ("layers", "chosen"),
    [
        (["社区界", "DLSS"], "社区界"),
        (["0"], "0"),
        (["JZX", "道路"], "JZX"),
        (["BOUNDARY", "TEXT", "FRAME"], "BOUNDARY"),
        (["道路"], "道路"),
    ],
)
def test_the_likeliest_layer_is_chosen(tmp_path: Path, layers: list[str], chosen: str) -> None:
    def draw(space: Modelspace) -> None:
        for number, layer in enumerate(layers):
            outline(space, shifted(number * 200), layer)

    assert read(tmp_path, draw).attributes.layer.tolist() == [chosen]


def test_layers_that_could_both_be_meant_must_be_named(tmp_path: Path) -> None:
    def draw(space: Modelspace) -> None:
        outline(space, SQUARE, "网格界线")
        outline(space, shifted(200), "微网格界线")
        text(space, "001", 10, 50)

    with pytest.raises(FormatError, match=r"--layer.*网格界线 \(1\)"):
        read(tmp_path, draw)
    assert read(tmp_path, draw, "微网格界线").attributes.layer.tolist() == ["微网格界线"]
    assert len(read(tmp_path, draw, "网格界线，微网格界线").geometry) == 2
    assert len(read(tmp_path, draw, "*").geometry) == 2
    assert read(tmp_path, draw, "网格界线", "网格注记").attributes.code.tolist() == ["001"]
    with pytest.raises(FormatError, match="no layer “旧图层”"):
        read(tmp_path, draw, "旧图层")
    assert dxf_layers(tmp_path / "x.dxf", "x")[0] in {"网格界线", "微网格界线"}


def test_layers_that_are_off_are_left_out_and_said(tmp_path: Path) -> None:
    def draw(space: Modelspace) -> None:
        space.doc.layers.add("网格_旧").off()
        outline(space, SQUARE)
        outline(space, shifted(10), "网格_旧")

    layer = read(tmp_path, draw)
    assert len(layer.geometry) == 1
    assert kinds(layer) == ["hidden_layers"]


def test_blocks_are_taken_apart(tmp_path: Path) -> None:
    def draw(space: Modelspace) -> None:
        block = space.doc.blocks.new("grid")
        block.add_lwpolyline([(0, 0), (100, 0), (100, 100), (0, 100)], close=True)
        block.add_attdef("CODE", (10, 50), dxfattribs={"height": 5})
        insert = space.add_blockref("grid", (1000, 1000), dxfattribs=GRIDS)
        insert.add_attrib("CODE", "001", (1010, 1050), dxfattribs={"height": 5})
        row = {**GRIDS, "row_count": 1, "column_count": 2, "column_spacing": 100}
        space.add_blockref("grid", (1100, 1000), dxfattribs=row)

    layer = read(tmp_path, draw)
    assert shapely.area(layer.geometry).round(6).tolist() == [10_000] * 3
    assert layer.attributes.code.tolist() == ["001", "", ""]


def test_blocks_without_end_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def draw(space: Modelspace) -> None:
        block = space.doc.blocks.new("b")
        block.add_line((0, 0), (1, 1))
        many = {"row_count": 30_000, "column_count": 30_000, "row_spacing": 1, "column_spacing": 1}
        space.add_blockref("b", (0, 0), dxfattribs=many)

    monkeypatch.setattr(dxf_entities, "_MOST_ENTITIES", 2000)
    with pytest.raises(LimitError, match="2,000"):
        read(tmp_path, draw)


def test_a_block_within_itself_ends(tmp_path: Path) -> None:
    def draw(space: Modelspace) -> None:
        outline(space, SQUARE)
        for number in range(12):
            block = space.doc.blocks.new(f"b{number}")
            block.add_blockref(f"b{number + 1}", (0, 0))
        space.doc.blocks.new("b12")
        space.add_blockref("b0", (0, 0))

    assert len(read(tmp_path, draw).geometry) == 1


def test_hatched_areas_serve_where_nothing_is_outlined(tmp_path: Path) -> None:
    def draw(space: Modelspace) -> None:
        hatch = space.add_hatch(dxfattribs=GRIDS)
        hatch.paths.add_polyline_path(SQUARE, is_closed=True)

    assert read(tmp_path, draw).geometry[0].area == 10_000


@pytest.mark.parametrize(("align", "x"), [("LEFT", 1090), ("MIDDLE_CENTER", 1110), ("RIGHT", 1130)])
def test_texts_belong_where_their_middle_is(tmp_path: Path, align: str, x: float) -> None:
    def draw(space: Modelspace) -> None:
        outline(space, shifted(0))
        outline(space, shifted(100))
        entity = space.add_text("一二三四五六", height=10, dxfattribs=NOTES)
        entity.set_placement((x, 1050), align=ezdxf.enums.TextEntityAlignment[align])

    assert read(tmp_path, draw).attributes.name.tolist() == ["", "一二三四五六"]


def test_nothing_to_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="no lines"):
        read(tmp_path, lambda space: text(space, "001", 0, 0))
    with pytest.raises(FormatError, match="enclose no area"):
        read(tmp_path, lambda space: space.add_line((0, 0), (1, 1), dxfattribs=GRIDS))


def test_too_many_vertices_are_refused(tmp_path: Path) -> None:
    with pytest.raises(LimitError, match="4"):
        read_dxf(dxf(tmp_path), "x", replace(LIMITS, vertices=4))


def test_a_drawing_with_errors_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    path = dxf(tmp_path)
    path.write_bytes(path.read_bytes().replace(b"\n100\nAcDbPolyline", b"\n100x\nAcDbPolyline"))
    layer = read_dxf(path, "x.dxf", LIMITS)
    assert len(layer.geometry) == 2
    assert "repaired_drawing" in kinds(layer)


def test_bad_coordinates_are_named(tmp_path: Path) -> None:
    path = dxf(tmp_path)
    path.write_bytes(path.read_bytes().replace(b"500200.0", b"nan"))
    layer = read_dxf(path, "x", LIMITS)
    assert layer.problems == {"bad_coordinate": [1]}
    assert np.array([shape is None for shape in layer.geometry]).tolist() == [False, True]


def test_the_same_drawing_gives_the_same_rows(tmp_path: Path) -> None:
    first, second = (read_dxf(dxf(tmp_path), "x", LIMITS) for _ in range(2))
    assert shapely.equals_identical(first.geometry, second.geometry).all()
    assert first.attributes.equals(second.attributes)
