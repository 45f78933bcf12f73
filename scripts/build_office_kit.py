"""Build tests/data/office: the files one street office would bring, as offices have them.

Twenty-six grids of three communities of the sample, but as a CAD drawing in metres, a GBK
Shapefile, a roster with merged headings, a list of buildings in GCJ-02 and a GBK list of
cases without positions. Everything is derived from data/boundaries/futian; the same
input gives the same files.

    python scripts/build_office_kit.py
"""

from __future__ import annotations

import csv
import random
import re
import zipfile
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import ezdxf
import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pyogrio
import shapely
from ezdxf.enums import TextEntityAlignment
from openpyxl.styles import Alignment, Font

from geogrid.crs import from_wgs84

ROOT = Path(__file__).resolve().parent.parent
SAMPLE = ROOT / "data/boundaries/futian"
KIT = ROOT / "tests/data/office"
LOCAL_CRS = "EPSG:4547"
FIXED_DATE = (2026, 11, 1, 8, 0, 0)
GRIDS_AT_LEAST = 22
CLOSED_GRIDS = 2
CASES = 260
SEED = 12345

MISSES = (
    "不详",
    "地铁7号线上沙站A口",
    "网上反映，未留地址",
    "小区门口",
    "福民路天桥下",
    "微信公众号",
)


def main() -> None:
    """Write every file of the kit and say how large it is."""
    KIT.mkdir(parents=True, exist_ok=True)
    grids = gpd.read_file(SAMPLE / "grids.geojson")
    communities, fine = _southern_corner(grids)
    buildings = _buildings(fine)
    _write_drawing(fine, communities)
    _write_communities(communities)
    _write_roster(fine, communities)
    _write_buildings(buildings)
    _write_cases(buildings)
    for file in sorted(KIT.iterdir()):
        print(f"{file.stat().st_size:>9,}  {file.name}")


def _southern_corner(grids: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Return the southernmost community with its southernmost neighbours, and their grids."""
    level = grids[grids.level == 2]
    level = level.iloc[
        np.argsort(shapely.get_y(shapely.centroid(level.geometry.to_numpy())))
    ].reset_index(drop=True)
    chosen = [0]
    while grids.parent.isin(level.code[chosen]).sum() < GRIDS_AT_LEAST:
        area = shapely.union_all(level.geometry[chosen].to_numpy())
        shared = shapely.length(shapely.intersection(level.geometry.to_numpy(), area))
        chosen.append(next(at for at in np.flatnonzero(shared > 0) if at not in chosen))
    communities = level.loc[sorted(chosen)].sort_values("code").reset_index(drop=True)
    fine = grids[grids.parent.isin(communities.code)].sort_values("code").reset_index(drop=True)
    return communities, fine


def _buildings(fine: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    units = pd.read_csv(SAMPLE / "units.csv", dtype=str).fillna("")
    entrances = units[units.kind == "entrance"].groupby("parent").size()
    rows = units[units.kind == "building"].copy()
    rows["entrances"] = rows.unit_id.map(entrances).fillna(1).astype(int)
    points = gpd.points_from_xy(rows.lon.astype(float), rows.lat.astype(float))
    placed = gpd.GeoDataFrame(rows, geometry=points, crs=4326)
    inside = gpd.sjoin(placed, fine[["code", "geometry"]], predicate="within")
    return inside.sort_values("unit_id").reset_index(drop=True)


# --- the drawing -------------------------------------------------------------------------


def _write_drawing(fine: gpd.GeoDataFrame, communities: gpd.GeoDataFrame) -> None:
    ezdxf.options.write_fixed_meta_data_for_testing = True
    drawing = ezdxf.new("R2004")
    drawing.encoding = "gbk"
    drawing.header["$DWGCODEPAGE"] = "ANSI_936"
    for name, colour in (
        ("网格界线", 1), ("网格注记", 7), ("社区注记", 3), ("道路中心线", 8), ("道路名称", 8),
        ("图框", 7), ("旧网格线2019", 9),
    ):  # fmt: skip
        drawing.layers.add(name, color=colour)
    drawing.layers.get("旧网格线2019").off()
    space = drawing.modelspace()
    local = fine.to_crs(LOCAL_CRS)
    local["geometry"] = shapely.transform(local.geometry.to_numpy(), lambda xy: xy.round(4))
    _draw_lines(space, local)
    _draw_labels(space, local, communities.to_crs(LOCAL_CRS))
    _draw_streets(space, local)
    _draw_frame(drawing, space, local)
    drawing.classes.add_required_classes(drawing.dxfversion)
    drawing.classes.classes = dict(sorted(drawing.classes.classes.items()))  # else a set's order
    drawing.saveas(KIT / "grids.dxf")


def _draw_lines(space, local: gpd.GeoDataFrame) -> None:
    """Draw every border once: two grids as closed outlines, the rest as lines between forks."""
    closed = local.iloc[local.area.argsort()[:CLOSED_GRIDS]].geometry
    for polygon in closed:
        ring = list(polygon.exterior.coords)[:-1]
        space.add_lwpolyline(ring, close=True, dxfattribs={"layer": "网格界线"})
    rings = shapely.get_rings(local.geometry.to_numpy())
    drawn = shapely.union_all(shapely.get_rings(closed.to_numpy()))
    lines = shapely.line_merge(shapely.difference(shapely.union_all(rings), drawn))
    for number, line in enumerate(shapely.get_parts(lines)):
        points = list(line.coords)
        if number % 4 == 0:
            for start, end in pairwise(points):
                space.add_line(start, end, dxfattribs={"layer": "网格界线"})
        else:
            space.add_lwpolyline(points, dxfattribs={"layer": "网格界线"})


def _draw_labels(space, local: gpd.GeoDataFrame, communities: gpd.GeoDataFrame) -> None:
    for number, row in enumerate(local.itertuples()):
        place = row.geometry.representative_point()
        if number % 3:
            text = space.add_mtext(
                f"{row.code}\\P{row.name}", dxfattribs={"layer": "网格注记", "char_height": 5}
            )
            text.set_location((place.x, place.y), attachment_point=5)
            continue
        for content, shift in ((row.code, -4), (row.name, 4)):
            text = space.add_text(content, dxfattribs={"layer": "网格注记", "height": 5})
            text.set_placement((place.x, place.y + shift), align=TextEntityAlignment.MIDDLE_CENTER)
    for row in communities.itertuples():
        place = row.geometry.representative_point()
        text = space.add_text(row.name, dxfattribs={"layer": "社区注记", "height": 20})
        text.set_placement((place.x, place.y + 25), align=TextEntityAlignment.MIDDLE_CENTER)


def _draw_streets(space, local: gpd.GeoDataFrame) -> None:
    streets = gpd.read_file(SAMPLE / "streets.geojson").to_crs(LOCAL_CRS)
    streets = streets.clip(shapely.box(*local.total_bounds)).explode(index_parts=False)
    streets = streets[(streets.geom_type == "LineString") & streets.name.ne("")]
    for row in streets.sort_values(["name", "highway"]).itertuples():
        points = np.asarray(row.geometry.coords).round(3)
        space.add_lwpolyline(points.tolist(), dxfattribs={"layer": "道路中心线"})
    for name, group in streets.groupby("name"):
        middle = group.geometry.iloc[0].interpolate(0.5, normalized=True)
        space.add_text(
            name, dxfattribs={"layer": "道路名称", "height": 6, "insert": (middle.x, middle.y)}
        )


def _draw_frame(drawing, space, local: gpd.GeoDataFrame) -> None:
    west, south, east, north = local.total_bounds
    frame = [(west - 80, south - 80), (east + 80, south - 80), (east + 80, north + 120),
             (west - 80, north + 120)]  # fmt: skip
    space.add_lwpolyline(frame, close=True, dxfattribs={"layer": "图框"})
    title = {"layer": "图框", "height": 30, "insert": (west, north + 60)}
    space.add_text("福田示例街道网格划分图（示例数据）  1:2000", dxfattribs=title)
    arrow = drawing.blocks.new("指北针")
    arrow.add_lwpolyline([(0, 0), (5, 20), (10, 0), (5, 5)], close=True)
    space.add_blockref("指北针", (east + 20, north + 60), dxfattribs={"layer": "图框"})
    old = shapely.affinity.translate(local.geometry.iloc[0], 15, 10)
    space.add_lwpolyline(
        list(old.exterior.coords), close=True, dxfattribs={"layer": "旧网格线2019"}
    )


# --- the Shapefile -----------------------------------------------------------------------


def _write_communities(communities: gpd.GeoDataFrame) -> None:
    """Write a Shapefile as old desktop programs do: GBK text, and nothing that says so."""
    rows = gpd.GeoDataFrame(
        {
            "社区编码": communities.code,
            "社区名称": communities.name,
            "所属街道": "福田示例街道",
            "户数": communities.households,
            "人口数": communities.people,
        },
        geometry=communities.to_crs(LOCAL_CRS).geometry.to_numpy(),
        crs=LOCAL_CRS,
    )
    with TemporaryDirectory() as folder:
        shape = Path(folder, "社区边界.shp")
        pyogrio.write_dataframe(rows, shape, driver="ESRI Shapefile", encoding="GBK")
        table = shape.with_suffix(".dbf")
        data = bytearray(table.read_bytes())
        data[1:4] = bytes((126, 11, 1))
        data[29] = 0
        table.write_bytes(data)
        with zipfile.ZipFile(KIT / "communities_gbk.zip", "w", zipfile.ZIP_DEFLATED) as archive:
            for suffix in (".shp", ".shx", ".dbf", ".prj"):
                info = zipfile.ZipInfo(f"communities{suffix}", FIXED_DATE)
                info.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(info, shape.with_suffix(suffix).read_bytes())
    _name_members_in_gbk(KIT / "communities_gbk.zip")


def _name_members_in_gbk(path: Path) -> None:
    """Rename the members to Chinese in GBK, eleven bytes for eleven, as Windows packs them."""
    data = path.read_bytes().replace(b"communities.", "社区边界1号".encode("gbk")[:11] + b".")
    path.write_bytes(data)


# --- the workbooks -----------------------------------------------------------------------


def _write_roster(fine: gpd.GeoDataFrame, communities: gpd.GeoDataFrame) -> None:
    posts = pd.read_csv(SAMPLE / "posts.csv", dtype=str).fillna("")
    by_grid = posts.drop_duplicates(["grid", "post"]).set_index(["grid", "post"])
    names = dict(zip(communities.code, communities.name, strict=True))
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "花名册"
    sheet.append(["福田示例街道网格员队伍花名册（2026年11月，示例数据）"])
    sheet.append(["序号", "社区", "网格编码", "网格名称", "网格长", None, "专职网格员", None,
                  "兼职网格员", None, "备注"])  # fmt: skip
    sheet.append([None, None, None, None, *["姓名", "联系电话"] * 3, None])
    for area in ("A1:K1", "A2:A3", "B2:B3", "C2:C3", "D2:D3", "E2:F2", "G2:H2", "I2:J2", "K2:K3"):
        sheet.merge_cells(area)
    sheet["A1"].font, sheet["A1"].alignment = Font(bold=True, size=16), Alignment("center")
    first = 4
    for parent, group in fine.groupby("parent", sort=True):
        for row in group.sort_values("code").itertuples():
            sheet.append(_roster_row(sheet.max_row - 2, names[parent], row, by_grid))
        sheet.merge_cells(f"B{first}:B{sheet.max_row}")
        first = sheet.max_row + 1
    _save(book, KIT / "roster.xlsx")


def _roster_row(number: int, community: str, row, by_grid: pd.DataFrame) -> list[object]:
    cells: list[object] = [number, community, row.code, row.name]
    note = ""
    for post in ("leader", "full_time", "part_time"):
        holder, phone = "", ""
        if (row.code, post) in by_grid.index:
            holder, phone = by_grid.loc[(row.code, post), ["holder", "phone"]]
        if post == "full_time" and number in (5, 17):
            holder, phone, note = "空缺", "", "待招聘"
        digits = phone.replace("-", "")
        cells += [holder, int(digits) if digits and number % 2 else phone]
    return [*cells, note]


def _write_buildings(buildings: gpd.GeoDataFrame) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "楼栋清单"
    sheet.append(["序号", "小区名称", "楼栋名称", "详细地址", "高德经度", "高德纬度", "单元数",
                  "户数", "人数", "所属网格"])  # fmt: skip
    lon, lat = from_wgs84(
        buildings.lon.astype(float).to_numpy(), buildings.lat.astype(float).to_numpy(), "gcj02"
    )
    for number, row in enumerate(buildings.itertuples(), start=1):
        at = number - 1
        sheet.append(
            [number, row.compound, row.name, f"广东省深圳市福田区{row.address}",
             round(float(lon[at]), 6), round(float(lat[at]), 6), row.entrances,
             int(row.households), int(row.people), row.code]
        )  # fmt: skip
    _save(book, KIT / "buildings.xlsx")


def _save(book: openpyxl.Workbook, path: Path) -> None:
    """Save with fixed dates, so that the same input gives the same bytes."""
    book.properties.created = datetime(*FIXED_DATE)
    book.save(path)
    with zipfile.ZipFile(path) as archive:
        parts = {info.filename: archive.read(info) for info in archive.infolist()}
    stamp = f"{datetime(*FIXED_DATE):%Y-%m-%dT%H:%M:%SZ}".encode()
    about = "docProps/core.xml"
    parts[about] = re.sub(rb"\d{4}-\d\d-\d\dT[\d:]{8}Z", stamp, parts[about])
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in parts.items():
            info = zipfile.ZipInfo(name, FIXED_DATE)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, data)


# --- the cases ---------------------------------------------------------------------------


def _write_cases(buildings: gpd.GeoDataFrame) -> None:
    chance = random.Random(SEED)  # noqa: S311
    cases = pd.read_csv(SAMPLE / "cases.csv", dtype=str).fillna("").iloc[:: 20000 // CASES]
    header = ["工单编号", "来电时间", "诉求类型", "诉求内容", "诉求地址", "承办单位", "办理状态"]
    kinds = {"environment": "环境卫生", "parking": "乱停车", "noise": "噪音扰民",
             "facilities": "公共设施", "safety": "消防安全", "dispute": "邻里纠纷",
             "property": "物业服务", "peddling": "占道经营", "water_power": "水电气"}  # fmt: skip
    with (KIT / "cases_gbk.csv").open("w", encoding="gbk", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        for number, case in enumerate(cases.head(CASES).itertuples(), start=1):
            building = buildings.iloc[chance.randrange(len(buildings))]
            reported = pd.Timestamp(case.reported_at).tz_convert("Asia/Shanghai")
            writer.writerow(
                [f"SZ12345{reported:%Y%m%d}{number:05d}", f"{reported:%Y/%m/%d %H:%M}",
                 kinds.get(case.category, "其他"), case.title, _spelt(building, chance),
                 "福田示例街道办事处", chance.choice(["办理中", "已办结", "已办结", "已回访"])]
            )  # fmt: skip


def _spelt(building: pd.Series, chance: random.Random) -> str:
    """Return an address as callers give it; one in twelve cannot be found."""
    if chance.random() < 1 / 12:
        return chance.choice(MISSES)
    address = building.address
    if building.compound and chance.random() < 0.3:
        address = f"{building.compound}{building.building}"
    wide = str.maketrans("0123456789", "０１２３４５６７８９")
    spelling = chance.randrange(6)
    if spelling == 0:
        address = f"深圳市福田区{address}"
    elif spelling == 1:
        address = f"广东省深圳市福田区福田示例街道{address}附近"
    elif spelling == 2:
        address = address.translate(wide)
    elif spelling == 3:
        address = address.replace("号楼", chance.choice(["栋", "幢", "座"]))
    elif spelling == 4:
        address = (
            f"{address.replace('号', ' 号 ', 1)}{chance.randrange(1, 9)}0{chance.randrange(1, 5)}室"
        )
    return address.strip()


if __name__ == "__main__":
    main()
