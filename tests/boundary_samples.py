"""Two squares side by side, A and B, as a file of every format that is read."""

from __future__ import annotations

import csv
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import ezdxf
import geopandas as gpd
import openpyxl
import pyogrio
import shapely

WEST, SOUTH, SIDE = 114.0, 22.5, 0.01
CODES = ("440304003001", "440304003002")
NAMES = ("泰然一网格", "泰然二网格")
A = shapely.box(WEST, SOUTH, WEST + SIDE, SOUTH + SIDE)
B = shapely.box(WEST + SIDE, SOUTH, WEST + 2 * SIDE, SOUTH + SIDE)
LOCAL_CRS = "EPSG:4547"
LOCAL = (
    shapely.box(500000, 2490000, 500100, 2490100),
    shapely.box(500100, 2490000, 500200, 2490100),
)


def frame() -> gpd.GeoDataFrame:
    columns = {"网格编码": CODES, "网格名称": NAMES, "户数": [260, 120]}
    return gpd.GeoDataFrame(columns, geometry=[A, B], crs="EPSG:4326")


def feature(geometry: object, **properties: object) -> dict[str, object]:
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def collection(*features: object, **members: object) -> dict[str, object]:
    return {"type": "FeatureCollection", **members, "features": list(features)}


def square(x: float, y: float, side: float = 1.0) -> dict[str, object]:
    return json.loads(shapely.to_geojson(shapely.box(x, y, x + side, y + side)))


def write_json(path: Path, document: object) -> Path:
    path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    return path


def geojson(folder: Path) -> Path:
    features = [
        feature(json.loads(shapely.to_geojson(shape)), 网格编码=code, 网格名称=name, 户数=homes)
        for shape, code, name, homes in zip((A, B), CODES, NAMES, (260, 120), strict=True)
    ]
    return write_json(folder / "grids.geojson", collection(*features))


def geopackage(folder: Path) -> Path:
    pyogrio.write_dataframe(frame(), folder / "grids.gpkg", layer="网格")
    return folder / "grids.gpkg"


def geoparquet(folder: Path) -> Path:
    frame().to_parquet(folder / "grids.parquet")
    return folder / "grids.parquet"


def shapefile(folder: Path, *, encoding: str = "GBK", cpg: bool = False) -> Path:
    """Return a folder with a Shapefile whose text encoding nothing names."""
    place = folder / "shape"
    place.mkdir(exist_ok=True)
    path = place / "网格.shp"
    rows = frame().rename(columns={"网格编码": "编码", "网格名称": "名称"})
    pyogrio.write_dataframe(rows, path, driver="ESRI Shapefile", encoding=encoding)
    if not cpg:
        path.with_suffix(".cpg").unlink()
        table = bytearray(path.with_suffix(".dbf").read_bytes())
        table[29] = 0
        path.with_suffix(".dbf").write_bytes(table)
    return place


def zipped(source: Path, target: Path) -> Path:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(source.iterdir()) if source.is_dir() else [source]:
            archive.write(file, file.name)
    return target


def shapefile_zip(folder: Path) -> Path:
    return zipped(shapefile(folder), folder / "grids.zip")


def kml_text(body: str = "") -> str:
    def ring(shape: shapely.Polygon) -> str:
        return " ".join(f"{x},{y},0" for x, y in shape.exterior.coords)

    marks = "".join(
        f"<Placemark><name>{name}</name><ExtendedData><Data name='网格编码'><value>{code}</value>"
        f"</Data></ExtendedData><Polygon><outerBoundaryIs><LinearRing><coordinates>{ring(shape)}"
        "</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark>"
        for shape, code, name in zip((A, B), CODES, NAMES, strict=True)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<kml xmlns="http://www.opengis.net/kml/2.2">'
        f"<Document><Folder><name>社区</name>{marks}</Folder>{body}</Document></kml>"
    )


def kml(folder: Path) -> Path:
    path = folder / "grids.kml"
    path.write_text(kml_text(), encoding="utf-8")
    return path


def kmz(folder: Path) -> Path:
    document = folder / "doc.kml"
    document.write_text(kml_text(), encoding="utf-8")
    return zipped(document, folder / "grids.kmz")


def drawing() -> ezdxf.document.Drawing:
    document = ezdxf.new("R2004")
    document.encoding = "gbk"
    document.header["$DWGCODEPAGE"] = "ANSI_936"
    return document


def dxf(folder: Path) -> Path:
    document = drawing()
    space = document.modelspace()
    for shape, code, name in zip(LOCAL, CODES, NAMES, strict=True):
        ring = list(shape.exterior.coords)[:-1]
        space.add_lwpolyline(ring, close=True, dxfattribs={"layer": "网格界线"})
        label = {
            "layer": "网格注记",
            "char_height": 5,
            "insert": (shape.centroid.x, shape.centroid.y),
        }
        space.add_mtext(f"{code}\\P{name}", dxfattribs=label)
    document.saveas(folder / "grids.dxf")
    return folder / "grids.dxf"


def table_rows() -> list[list[object]]:
    shapes = [A.wkt, B.wkt]
    rows = zip(CODES, NAMES, (260, 120), ("EPSG:4326", "EPSG:4326"), shapes, strict=True)
    return [["网格编码", "网格名称", "户数", "坐标系", "WKT"], *map(list, rows)]


def table_csv(folder: Path, encoding: str = "gbk") -> Path:
    path = folder / "grids.csv"
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows(table_rows())
    return path


def table_xlsx(folder: Path) -> Path:
    book = openpyxl.Workbook()
    book.active.append(["福田街道网格边界"])
    for row in table_rows():
        book.active.append(row)
    book.save(folder / "grids.xlsx")
    return folder / "grids.xlsx"


SAMPLES: dict[str, Callable[[Path], Path]] = {
    "geojson": geojson,
    "gpkg": geopackage,
    "parquet": geoparquet,
    "shp": shapefile,
    "shp.zip": shapefile_zip,
    "kml": kml,
    "kmz": kmz,
    "dxf": dxf,
    "csv": table_csv,
    "xlsx": table_xlsx,
}
"""Name of a format to what writes the squares in it."""
