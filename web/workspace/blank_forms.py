"""Forms to fill in: workbooks whose columns are recognised, with the grids of the plan."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from geogrid.hierarchy import leaves
from geogrid.i18n import mark as _
from geogrid.i18n import translate
from geogrid.store.plan import Plan
from geogrid.tabular.workbook import Sheet, workbook_bytes
from geogrid.vocabulary import LABELS, label

__all__ = ["blank_form"]

# The words of the headers are those that reading recognises, in each language.
_HEADERS: Mapping[str, Mapping[str, str]] = {
    "posts": {
        "zh_CN": "网格编码 网格名称 所属社区 岗位 姓名 联系电话 B岗姓名 B岗电话",
        "en": "grid_code grid_name community post holder phone deputy deputy_phone",
    },
    "addresses": {
        "zh_CN": "地址 名称 行政区 类型 别名 经度 纬度 楼栋编码 网格编码",
        "en": "address name region kind aliases lon lat unit_id grid_code",
    },
    "contacts": {
        "zh_CN": "党员姓名 党员电话 网格编码 小区 道路 门牌号 楼栋 单元 房号",
        "en": "member member_phone grid_code compound street number building entrance door",
    },
    "unit_grids": {
        "zh_CN": "楼栋编码 详细地址 网格编码",
        "en": "unit_id address grid_code",
    },
    "units": {
        "zh_CN": "小区 道路 门牌号 楼栋 单元 详细地址 户数 人数 经度 纬度 网格编码",
        "en": (
            "compound street number building entrance address households people lon lat grid_code"
        ),
    },
}

_HELP: Mapping[str, tuple[str, ...]] = {
    "posts": (
        _("One row per person and grid. Leave the name empty for a vacant post."),
        _("The grids of the plan are filled in already; add rows for more posts of a grid."),
        _("Posts that are known: {posts}. Others are kept as written."),
        _("The deputy (B) answers when the post is vacant."),
    ),
    "contacts": (
        _("One row per household; 10 to 15 of them for each party member."),
        _("Write the building as the list of buildings does. Without a door it is all of it."),
        _("The grid is where the member is party contact; empty for the grid of the homes."),
    ),
    "addresses": (
        _("One row per address or place: shops, schools, compounds, door numbers."),
        _("Each needs an address or a name, and longitude and latitude."),
        _("Which datum longitude and latitude are in is asked when you upload the list."),
        _("Aliases are other and former names, with “;” between them."),
    ),
    "unit_grids": (
        _("All buildings are filled in with the grid they have on the list; change the grids."),
        _("A building is known by its number, else by its address. Rows may be left out."),
        _("What is said of a compound or building holds for all in it that have no row."),
    ),
    "units": (
        _("One row per building or per entrance. Either the address, or its parts."),
        _("Longitude and latitude may stay empty when the grid code is filled in."),
        _("Which datum longitude and latitude are in is asked when you upload the list."),
        _("The grid code wins over the position: use it for micro-grids of stairwells."),
    ),
}


def blank_form(table: str, plan: Plan, language: str) -> bytes:
    """Return a workbook to fill in.

    Parameters
    ----------
    table
        ``"posts"``, ``"units"``, ``"unit_grids"``, ``"addresses"`` or ``"contacts"``.
    plan
        Whose grids are listed.
    language
        ``"zh_CN"`` or ``"en"``.
    """
    header = _HEADERS[table]["en" if language.startswith("en") else "zh_CN"].split()
    rows = _roster_rows(plan, language) if table == "posts" else []
    titles = {
        "posts": _("Roster"),
        "units": _("Buildings"),
        "addresses": _("Addresses"),
        "contacts": _("Contact lists"),
        "unit_grids": _("Buildings and their grids"),
    }
    if table == "unit_grids":
        rows = [list(row) for row in plan.units[["unit_id", "address", "grid"]].to_numpy()]
    return workbook_bytes(
        [
            Sheet(translate(titles[table], language), [header, *rows], [18] * len(header)),
            Sheet(
                translate(_("Grids of the plan"), language),
                _grid_rows(plan, language),
                (24, 30, 30),
            ),
            Sheet(
                translate(_("How to fill it in"), language), _help(table, language), (90,), False
            ),
        ]
    )


def _roster_rows(plan: Plan, language: str) -> list[list[Any]]:
    """Return one empty row for the full-time worker of each undivided grid."""
    post = label("post", "full_time", language)
    return [
        [row.code, row.name, _above(plan, row.parent), post, None, None, None, None]
        for row in leaves(plan.grids).itertuples(index=False)
    ]


def _above(plan: Plan, code: str) -> str:
    return plan.hierarchy.names.get(code, "")


def _grid_rows(plan: Plan, language: str) -> list[list[Any]]:
    header = [translate(word, language) for word in (_("Code"), _("Name"), _("Belongs to"))]
    return [header] + [
        [row.code, row.name, _above(plan, row.parent)] for row in plan.grids.itertuples(index=False)
    ]


def _help(table: str, language: str) -> list[list[str]]:
    comma = ", " if language.startswith("en") else "、"
    posts = comma.join(label("post", post, language) for post in LABELS["post"])
    return [[translate(text, language, posts=posts)] for text in _HELP[table]]
