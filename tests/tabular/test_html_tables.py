from __future__ import annotations

import io

import pytest

from geogrid.errors import FormatError, LimitError
from geogrid.tables import Table, read_table


def _read(text: str, encoding: str = "utf-8") -> Table:
    return read_table(io.BytesIO(text.encode(encoding)), filename="工单.xls")


PAGE = """<html xmlns:x="urn:schemas-microsoft-com:office:excel"><head>
<meta http-equiv="Content-Type" content="text/html; charset={charset}"></head><body>
<table><tr><td>导航</td></tr></table>
<table border=1>
<tr><td colspan="3">12345 工单</td></tr>
<tr><th>工单编号<th>诉求内容</th><th>事发&nbsp;地址</th></tr>
<tr><td rowspan="2">'001</td><td>噪音<br>扰民</td><td>泰然路&lt;3号&gt;</td></tr>
<tr><td>漏水</td><td>车公庙</td></tr>
</table></body></html>"""


@pytest.mark.parametrize(("charset", "encoding"), [("gb2312", "gbk"), ("utf-8", "utf-8")])
def test_a_page_named_xls(charset: str, encoding: str) -> None:
    table = _read(PAGE.format(charset=charset), encoding)
    assert table.source == "html"
    assert [name.replace("\xa0", " ") for name in table.frame.columns] == [
        "工单编号",
        "诉求内容",
        "事发 地址",
    ]
    assert table.frame.to_numpy().tolist() == [
        ["001", "噪音\n扰民", "泰然路<3号>"],
        ["001", "漏水", "车公庙"],
    ]


def test_a_page_in_utf16() -> None:
    assert len(_read(PAGE.format(charset="unicode"), "utf-16").frame) == 2


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("<html><body><p>请先登录</p></body></html>", "web page without a table"),
        (
            '<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>',
            "save it as .xlsx",
        ),
        ("MIME-Version: 1.0\nContent-Type: multipart/related\n", "save it as .xlsx"),
    ],
)
def test_other_markup_is_told_what_to_do(text: str, said: str) -> None:
    with pytest.raises(FormatError, match=said):
        _read(text)


def test_spans_cannot_blow_up() -> None:
    cells = '<td colspan="999999">x</td>' * 3
    with pytest.raises(LimitError, match="columns; at most 1000"):
        _read(f"<table><tr>{cells}</tr></table>")
