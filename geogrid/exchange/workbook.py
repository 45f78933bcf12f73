"""A plan as a workbook: sheets as offices read them, shapes as hidden columns of text.

The shapes stand in the rows of their grids, so that sorting a sheet does not mix them up.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from geogrid.exchange.contents import POSITIONED, Contents, Part, manifest_of
from geogrid.exchange.restoring import ImportedPlan, RawPart, parse_manifest, restored
from geogrid.formats.layer import LIMITS
from geogrid.formats.wkt import decode_wkt, encode_wkt
from geogrid.store.bundle import COLUMNS
from geogrid.tables import read_tables
from geogrid.tabular.rows import clean_text
from geogrid.tabular.workbook import LONGEST_CELL, Sheet, plain_text, workbook_bytes
from geogrid.vocabulary import LABELS, label

__all__ = [
    "SHEETS",
    "cell_value",
    "code_of_word",
    "read_plan_workbook",
    "word_of",
    "write_plan_workbook",
]

SHEETS: Mapping[str, str] = {
    "grids": "网格",
    "region": "辖区范围",
    "gaps": "批准空白",
    "streets": "道路",
    "units": "楼栋",
    "cases": "事件",
    "posts": "网格队伍",
}
"""Part to the name of its sheet."""

_ABOUT = "说明"
_HEADERS: Mapping[str, str] = {
    "grids": "网格编码 网格名称 上级编码 层级 网格类型 户数 人数",
    "gaps": "批准理由",
    "streets": "道路名称 道路等级",
    "units": (
        "楼栋编号 类型 上级编号 名称 小区 道路 门牌号 楼栋 单元 详细地址 经度 纬度 户数 人数"
        " 网格编码"
    ),
    "cases": (
        "工单编号 上报时间 事件类别 状态 处置层级 来源 标题 详细地址 经度 纬度 回复时间 办理期限"
        " 办结时间 是否满意"
    ),
    "posts": "岗位编号 网格编码 岗位 姓名 B岗姓名 联系电话 B岗电话",
}
_GROUPS: Mapping[tuple[str, str], str] = {
    ("grids", "kind"): "kind",
    ("units", "kind"): "unit_kind",
    ("posts", "post"): "post",
    ("cases", "status"): "status",
    ("cases", "handling_level"): "handling_level",
    ("cases", "category"): "category",
}
_SHAPE = "WKT"
_MOST_DIGITS = 15
_WIDTH = 16


def word_of(part: str, column: str, text: str) -> str:
    """Return the word that a sheet shows for a code; a text that is no code stays."""
    group = _GROUPS.get((part, column))
    return label(group, text, "zh_CN") if group and text in LABELS[group] else text


def code_of_word(part: str, column: str, text: str) -> str:
    """Return the code whose word a sheet shows; any other text stays."""
    group = _GROUPS.get((part, column))
    words = {label(group, code, "zh_CN"): code for code in LABELS[group]} if group else {}
    return words.get(text, text)


def cell_value(value: Any, part: str, column: str) -> Any:
    """Return what a sheet keeps of a value."""
    if pd.isna(value):
        return None
    if isinstance(value, str):
        return clean_text(plain_text(word_of(part, column, value)))
    is_long = isinstance(value, int) and len(str(abs(value))) > _MOST_DIGITS
    return str(value) if is_long else value


def write_plan_workbook(contents: Contents, path: Path) -> None:
    """Write a sheet for each part, and one about the plan."""
    sheets, names = [], {}
    for part, held in contents.parts.items():
        rows = _rows(held, part)
        header, records = _headers(list(rows.columns), part), _records(rows, part)
        own = [name for name in rows.columns if name in held.rows.columns]
        names[part] = [header[list(rows.columns).index(name)] for name in own]
        shapes = _shape_columns(held.geometry if part not in POSITIONED else None)
        titles = [_SHAPE, *(f"{_SHAPE} {at}" for at in range(2, len(shapes) + 1))][: len(shapes)]
        table = [[*header, *titles]]
        table += [[*row, *pieces] for row, *pieces in zip(records, *shapes, strict=True)]
        widths = [_WIDTH] * len(header)
        sheets.append(Sheet(SHEETS[part], table, widths, hidden_from=len(header)))
    path.write_bytes(workbook_bytes([_about(contents, names), *sheets]))


def _rows(held: Part, part: str) -> pd.DataFrame:
    """Return the rows, with longitude and latitude in their place where there are positions."""
    if part not in POSITIONED or held.geometry is None:
        return held.rows
    placed = held.rows.assign(lon=shapely.get_x(held.geometry), lat=shapely.get_y(held.geometry))
    known = list(COLUMNS[part])
    return placed[[*known, *(name for name in held.rows.columns if name not in known)]]


def _headers(names: Sequence[str], part: str) -> list[str]:
    ours = dict(zip(COLUMNS.get(part, {}), _HEADERS.get(part, "").split(), strict=True))
    found: list[str] = []
    for at, name in enumerate(names, start=1):
        title = ours.get(name) or " ".join(clean_text(plain_text(name)).split()) or f"列{at}"
        taken = {*found, *ours.values()} if name not in ours else set(found)
        unique, copies = title, 1
        while unique in taken or unique.startswith(_SHAPE):
            copies += 1
            unique = f"列{at}" if copies == 2 else f"列{at}_{copies}"
        found.append(unique)
    return found


def _records(rows: pd.DataFrame, part: str) -> list[list[Any]]:
    columns = [[cell_value(one, part, name) for one in rows[name].tolist()] for name in rows]
    return [list(row) for row in zip(*columns, strict=True)] if columns else [[]] * len(rows)


def _shape_columns(geometry: npt.NDArray[np.object_] | None) -> list[list[str]]:
    """Return the texts of shapes in as many columns as the longest needs."""
    if geometry is None:
        return []
    pieces = [_pieces(text or "") for text in encode_wkt(geometry)]
    most = max(map(len, pieces), default=1)
    return [[each[at] if at < len(each) else "" for each in pieces] for at in range(most)]


def _pieces(text: str) -> list[str]:
    """Cut a text after commas, so that no piece begins or ends with a space."""
    pieces = []
    while len(text) > LONGEST_CELL:
        end = text.rfind(",", 0, LONGEST_CELL) + 1
        pieces.append(text[:end])
        text = text[end:]
    return [*pieces, text]


def _about(contents: Contents, names: Mapping[str, list[str]]) -> Sheet:
    said = {"方案名称": "name", "备注": "note", "来源": "source", "署名": "attribution"}
    rows = [["项目", "内容"]]
    rows += [[title, str(contents.about.get(name, ""))] for title, name in said.items()]
    manifest = manifest_of(contents, names)
    for start in range(0, len(manifest), LONGEST_CELL - 2):  # quoted: no space at an end is lost
        rows.append(["geogrid", f"“{manifest[start : start + LONGEST_CELL - 2]}”"])
    return Sheet(_ABOUT, rows, (16, 80))


def read_plan_workbook(path: Path, name: str) -> ImportedPlan:
    """Read the sheets that have the names of parts."""
    tables = {table.sheet: table.frame for table in read_tables(path, filename=name)}
    manifest = parse_manifest(_manifest(tables[_ABOUT]) if _ABOUT in tables else None, name)
    columns = (manifest or {}).get("columns", {})
    raw = {
        part: _raw(tables[title], part, columns.get(part, {}))
        for part, title in SHEETS.items()
        if title in tables
    }
    return restored(raw, manifest, name)


def _manifest(rows: pd.DataFrame) -> str:
    if rows.shape[1] < 2:
        return ""
    texts = rows.iloc[:, 1][rows.iloc[:, 0] == "geogrid"]
    return "".join(text.removeprefix("“").removesuffix("”") for text in texts)


def _raw(rows: pd.DataFrame, part: str, columns: Mapping[str, Any]) -> RawPart:
    is_shape = [str(title).split(" ")[0] == _SHAPE for title in rows.columns]
    texts = ["".join(row) for row in rows.loc[:, is_shape].itertuples(index=False)]
    geometry, problems, _srid = decode_wkt(texts, LIMITS)
    rows = rows.loc[:, [not each for each in is_shape]]
    ours = dict(zip(_HEADERS.get(part, "").split(), COLUMNS.get(part, {}), strict=True))
    values = {}
    for title in rows.columns:
        own = columns.get(title, [ours.get(title, title)])[0]
        words = {text: code_of_word(part, own, text) for text in rows[title].unique()}
        values[title if title in columns else own] = rows[title].map(words).astype("str")
    rows = pd.DataFrame(values, index=rows.index)
    shapes = geometry if any(is_shape) else None
    return RawPart(rows, shapes, problems=problems, blank_is_missing=True)
