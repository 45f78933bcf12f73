"""Recognise the columns of office files by their usual Chinese and English names.

A vocabulary maps each canonical field to the names it is known by, best first. Names are
compared without regard to width, case, spaces, punctuation or a bracketed unit, so
``户数（户）`` is ``户数`` and ``Grid Code`` is ``grid_code``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence

from geogrid.errors import FieldError
from geogrid.i18n import mark as _

__all__ = [
    "CASE_FIELDS",
    "CONTACT_FIELDS",
    "GAZETTEER_FIELDS",
    "GRID_FIELDS",
    "POINT_FIELDS",
    "POST_FIELDS",
    "UNIT_FIELDS",
    "Vocabulary",
    "field_key",
    "recognise_fields",
]

Vocabulary = Mapping[str, tuple[str, ...]]

_IGNORED = re.compile(r"[\s_\-./\\*:：,，、'\"#“”]+")
_UNIT = re.compile(r"[(\[【][^)\]】]{0,40}[)\]】]")
_LONGEST_NAME = 200
_TRUNCATED_BYTES = (9, 10)  # a Shapefile cuts names to 10 bytes, between characters


def _names(text: str) -> tuple[str, ...]:
    return tuple(text.split())


GRID_FIELDS: Vocabulary = {
    "code": _names(
        "code 微网格编码 微网格编号 网格编码 网格代码 网格编号 网格码 grid_code gridcode"
        " grid_id gridid grid_no 编码 代码 编号 网格号 单元编码 区划代码 社区编码 社区代码"
        " 社区编号 村编码 村代码 街道编码 街道代码 community_code street_code ward_code"
        " ward_no ward_num 标识码 BM WGBM WGDM WGBH geoid geoid20 gid id"
    ),
    "name": _names(
        "name 微网格名称 网格名称 网格名 grid_name gridname 名称 单元名称 区域名称 社区名称"
        " 社区名 村名称 村名 街道名称 community_name village_name ward_name 标题 title MC"
        " WGMC label 社区 行政村 街道 网格"
    ),
    "parent": _names(
        "parent 上级编码 上级代码 上级编号 上级网格编码 上级网格 父级编码 父级 父编码"
        " parent_code parent_id parentcode 所属网格编码 所属社区编码 所属社区代码"
        " 所属村编码 所属街道编码 网格编码 网格编号 社区编码 社区代码 社区编号 村编码"
        " 村代码 community_code 街道编码 街道代码 street_code SJBM SQBM SQDM 上级名称"
        " 上级单位 上级 所属网格 所属社区名称 所属社区 所属村社 所属村 所属街道 所在社区"
        " 网格名称 社区名称 社区 社区村 村社区 行政村 community_name community 街道名称"
        " 街道 乡镇街道 所属乡镇"
    ),
    "level": _names("level 层级 级别 网格级别 网格层级 等级 grid_level JB CJ"),
    "kind": _names(
        "kind 类型 网格类型 网格类别 类别 网格性质 性质 grid_type grid_kind type WGLX LX"
    ),
    "households": _names(
        "households 户数 总户数 居民户数 常住户数 家庭户数 住户数 户籍户数 household"
        " household_count households_count hh HS"
    ),
    "people": _names(
        "people 人口数 人数 总人数 总人口 人口 常住人口 常住人口数 居民人数 实有人口"
        " 人口总数 population pop persons residents RKS RK"
    ),
}
"""Boundary files: grids of any level."""

_POSITION: Vocabulary = {
    "lon": _names(
        "lon 经度 lng longitude long 经度坐标 坐标经度 wgs84_lon gcj02_lon bd09_lon"
        " 高德经度 百度经度 point_x x x坐标 经度值 JD LNG LON"
    ),
    "lat": _names(
        "lat 纬度 latitude 纬度坐标 坐标纬度 wgs84_lat gcj02_lat bd09_lat 高德纬度 百度纬度"
        " point_y y y坐标 纬度值 WD"
    ),
    "address": _names(
        "address 地址 详细地址 事发地址 事件地址 诉求地址 发生地址 案发地址 反映地址"
        " 事发地点 事发位置 详细地点 问题地址 问题地点 诉求地点 发生地点 地点 位置 位置描述"
        " 标准地址 门牌地址 住址 居住地址 家庭住址 现住址 incident_address location addr"
        " full_address DZ XXDZ"
    ),
}

CASE_FIELDS: Vocabulary = {
    "case_id": _names(
        "case_id 工单编号 工单号 工单流水号 受理编号 事件编号 案件编号 诉求编号 任务号"
        " 流水号 业务编号 编号 序列号 unique_key service_request_id request_id ticket_id id"
    ),
    "reported_at": _names(
        "reported_at 上报时间 来电时间 反映时间 受理时间 诉求时间 登记时间 创建时间"
        " 提交时间 发生时间 来件时间 上报日期 受理日期 登记日期 created_date created_at"
        " requested_datetime 时间 日期 date time datetime"
    ),
    "category": _names(
        "category 事件类别 事件类型 案件类型 问题类型 诉求类型 问题分类 诉求分类 事项分类"
        " 一级分类 分类 类别 类型 complaint_type service_name type"
    ),
    "status": _names("status 状态 工单状态 办理状态 处理状态 事件状态 案件状态 当前状态 办结状态"),
    "handling_level": _names("handling_level 处置层级 办理层级 处理层级 处置级别"),
    "source": _names("source 来源 诉求来源 事件来源 上报来源 受理渠道 来源渠道 渠道"),
    "title": _names(
        "title 标题 诉求标题 事件标题 工单标题 主题 诉求内容 事件描述 问题描述 反映内容"
        " 主要内容 内容 描述 descriptor description"
    ),
    "replied_at": _names("replied_at 回复时间 答复时间 首次回复时间 联系时间"),
    "deadline": _names(
        "deadline 办理期限 办理时限 截止时间 要求办结时间 处置期限 到期时间 截止日期 due_date"
    ),
    "closed_at": _names("closed_at 办结时间 结案时间 完成时间 办结日期 closed_date"),
    "satisfied": _names("satisfied 是否满意 满意度 满意情况 群众满意度 评价"),
    "grid": _names("grid grid_code 网格编码 所属网格编码 网格编号 所属网格 网格"),
}
"""Case lists, apart from where the case is."""

POINT_FIELDS: Vocabulary = {**_POSITION, **CASE_FIELDS}
"""Case and address lists: where, and what."""

UNIT_FIELDS: Vocabulary = {
    "unit_id": _names(
        "unit_id 单元标识 楼栋编码 楼栋编号 建筑编码 楼栋代码 编码 编号 building_id id"
    ),
    "kind": _names("kind 类型 单元类型 类别"),
    "parent": _names("parent 上级编码 上级编号 所属小区编码 所属楼栋编码 parent_id"),
    "name": _names("name 名称 楼栋名称 建筑名称 楼宇名称 楼名"),
    "compound": _names(
        "compound 小区 小区名称 小区院落 院落 楼院 小区楼院 住宅小区 自然村 物业小区 所属小区"
    ),
    "street": _names("street 道路 道路名称 路名 街路巷 街路巷名称 街巷 street_name road"),
    "number": _names("number 门牌号 门牌 路牌号 门牌号码 house_number"),
    "building": _names("building 楼栋 楼栋号 栋号 楼号 幢号 幢 栋 building_no"),
    "entrance": _names("entrance 单元 单元号 门洞 楼门 单元门"),
    "entrances": _names("entrances 单元数 单元数量 门洞数 楼门数 单元个数"),
    **_POSITION,
    "households": GRID_FIELDS["households"],
    "people": GRID_FIELDS["people"],
    "grid": _names(
        "grid grid_code 网格编码 所属网格编码 网格编号 微网格编码 所属微网格 所属网格 网格"
        " 网格名称 所属网格名称"
    ),
}
"""Building lists (楼栋清单, 网格—楼栋对照表)."""

GAZETTEER_FIELDS: Vocabulary = {
    "name": _names("name 名称 地名 标准名称 标准地名 场所名称 单位名称 楼栋名称 小区名称 poi"),
    **_POSITION,
    "city": _names("city pname 城市 市 所属城市 省市"),
    "region": _names("region district adname 行政区 区县 所属区县 所属街道 街道 区域 辖区"),
    "kind": _names("kind 类型 地名类型 地址类型 类别"),
    "aliases": _names("aliases alias 别名 俗称 又名 简称 曾用别名"),
    "former": _names("former former_name 曾用名 旧名 原名 原地名 旧地址"),
    "source": _names("source 来源 数据来源"),
    "dated": _names("dated date 日期 更新日期 采集日期 更新时间 采集时间"),
    "unit_id": UNIT_FIELDS["unit_id"],
    "grid": UNIT_FIELDS["grid"],
}
"""Lists of addresses and places."""

POST_FIELDS: Vocabulary = {
    "post_id": _names("post_id 岗位编码 岗位编号 编号"),
    "grid": _names(
        "grid grid_code 网格编码 网格编号 所属网格编码 网格代码 微网格编码 所属网格"
        " 网格名称 网格 微网格 责任网格 负责网格 包联网格"
    ),
    "community": _names("community 社区 社区名称 所属社区 社区村 村社区 村 行政村"),
    "post": _names("post 岗位 职务 岗位名称 职责 角色 人员类别 人员类型 身份 类别"),
    "holder": _names("holder 姓名 人员姓名 责任人 负责人 网格员姓名 网格员"),
    "deputy": _names("deputy B岗 副岗 B角 AB岗 代理人 替补 B岗姓名 B岗人员"),
    "phone": _names(
        "phone 电话 联系电话 手机 手机号 手机号码 联系方式 电话号码 办公电话 mobile tel"
    ),
    "deputy_phone": _names("deputy_phone B岗电话 B岗联系电话 B角电话 副岗电话 B岗手机"),
}
"""Staff lists with one post per row."""


CONTACT_FIELDS: Vocabulary = {
    "member": _names(
        "member 党员姓名 党员中心户 党员中心户姓名 联户党员 联户党员姓名 党员联系户 联系党员"
        " 责任党员 包联党员 包户党员 结对党员 中心户 中心户姓名 党员中心户户主 联户长 联户人"
        " 包联人 包户人 党员"
    ),
    "phone": _names(
        "phone 党员电话 党员联系电话 党员手机 党员手机号 党员联系方式 中心户电话 联系电话 联系方式"
        " 手机 手机号 手机号码 电话 电话号码 member_phone mobile tel"
    ),
    "grid": POST_FIELDS["grid"],
    "community": POST_FIELDS["community"],
    "door": _names(
        "door 房号 房间号 房屋号 房屋门牌 室号 户室 户室号 户号 住户门牌 楼层房号 房 室 home room"
        " unit_door"
    ),
    "household": _names(
        "household 户主 户主姓名 住户 住户姓名 群众姓名 居民姓名 联系户 联系户姓名 联系群众"
        " 联系户户主 被联系户 包联户 结对户 结对群众 联系群众姓名 household_head resident"
    ),
}
"""Contact lists of party members (党员联户), apart from where the homes are."""


def field_key(name: object) -> str:
    """Return what is compared of a column name.

    Examples
    --------
    >>> field_key("户数（户）"), field_key(" Ｇrid Code"), field_key("GRID_CODE")
    ('户数', 'gridcode', 'gridcode')
    """
    text = str(name)
    if len(text) > _LONGEST_NAME:  # no name of a column, perhaps made to take long
        return text
    text = unicodedata.normalize("NFKC", text).casefold()
    without_unit = _UNIT.sub("", text)
    return _IGNORED.sub("", without_unit or text)


def recognise_fields(
    columns: Iterable[object],
    vocabulary: Vocabulary,
    *,
    chosen: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """Find which column holds which field.

    Parameters
    ----------
    columns
        Names of the columns, as in the file.
    vocabulary
        Canonical field to the names it is known by, best first. Fields are settled in the
        vocabulary's order and a column serves one field only.
    chosen
        Canonical field to column, overriding recognition; ``""`` means no column.

    Returns
    -------
    dict
        Canonical field to column, for the fields found.

    Raises
    ------
    FieldError
        `chosen` names a field or a column that does not exist.

    Examples
    --------
    >>> recognise_fields(["社区编码", "网格编码", "户数"], GRID_FIELDS)
    {'code': '网格编码', 'parent': '社区编码', 'households': '户数'}
    """
    names = [str(column) for column in columns]
    found = _check_chosen(names, vocabulary, chosen or {})
    free = {}
    for name in reversed(names):
        if name not in found.values():
            free[field_key(name)] = name
    for candidates in (_exact, _truncated):
        for canonical, aliases in vocabulary.items():
            if canonical not in found:
                key = candidates([field_key(alias) for alias in aliases], free)
                if key is not None:
                    found[canonical] = free.pop(key)
    return {field: found[field] for field in vocabulary if found.get(field)}


def _check_chosen(
    names: Sequence[str], vocabulary: Vocabulary, chosen: Mapping[str, str]
) -> dict[str, str]:
    for canonical, column in chosen.items():
        if canonical not in vocabulary:
            raise FieldError(
                _("There is no field “{field}”; fields are: {fields}."),
                field=canonical,
                fields=", ".join(vocabulary),
            )
        if column and column not in names:
            raise FieldError(
                _("There is no column “{column}”; the columns are: {columns}."),
                column=column,
                columns=", ".join(names),
            )
    return dict(chosen)


def _exact(aliases: Sequence[str], free: Mapping[str, str]) -> str | None:
    return next((alias for alias in aliases if alias in free), None)


def _truncated(aliases: Sequence[str], free: Mapping[str, str]) -> str | None:
    shortest, longest = _TRUNCATED_BYTES
    for key in free:
        fits = shortest <= len(key.encode()) <= longest
        if fits and any(alias.startswith(key) for alias in aliases):
            return key
    return None
