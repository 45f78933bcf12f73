"""Phone numbers of staff lists."""

from __future__ import annotations

import pandas as pd
import pytest

from geogrid.offices.phones import check_phones, restore_zero
from geogrid.offices.rosters import read_roster
from geogrid.tables import read_table


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("75500000366", "075500000366"),
        ("3100000366", "03100000366"),
        ("1000000366", "01000000366"),
        ("2100000366", "02100000366"),
        ("755-0000-0366", "0755-0000-0366"),
        ("75500000366转8", "075500000366转8"),
        ("13800000366、75500000366", "13800000366、075500000366"),
    ],
)
def test_zero_that_excel_dropped_is_put_back(written: str, meant: str) -> None:
    assert restore_zero(written) == meant


@pytest.mark.parametrize(
    "written",
    ["", "13800000366", "0755-0000-0367", "00000366", "4000000366", "12345", "17800000366"],
)
def test_other_numbers_stay(written: str) -> None:
    assert restore_zero(written) == written


def posts(*phones: str, deputy_phone: str = "") -> pd.DataFrame:
    return pd.DataFrame({"phone": list(phones), "deputy_phone": deputy_phone}, dtype="str")


def test_both_kinds_of_doubt_name_their_rows() -> None:
    given = posts("75500000366", "13800000366", "见通讯录", "1380000036")
    fixed, findings, doubtful = check_phones(given, [3, 4, 7, 9])
    assert fixed["phone"].tolist() == ["075500000366", "13800000366", "见通讯录", "1380000036"]
    assert [(each.kind, each.rows) for each in findings] == [
        ("phone_zero", (3,)),
        ("not_a_phone", (7, 9)),
    ]
    assert "75500000366" in findings[0].text("zh_CN")
    assert "见通讯录" in findings[1].text("zh_CN")
    assert doubtful == [0, 2, 3]


@pytest.mark.parametrize(
    "written",
    ["", "+86 138 0000 0366", "(0755) 0000-0366", "00000366", "0755-00000366转12", "6123"],
)
def test_what_can_be_dialled_is_not_doubted(written: str) -> None:
    assert check_phones(posts(written), [0])[1:] == ([], [])


def test_deputies_have_phones_too() -> None:
    fixed, findings, _doubtful = check_phones(posts("", deputy_phone="75500000366"), [0])
    assert fixed["deputy_phone"].tolist() == ["075500000366"]
    assert len(findings) == 1


def test_office_roster_has_all_its_zeros() -> None:
    table = read_table("tests/data/office/roster.xlsx")
    grids = pd.DataFrame({"code": ["1"], "name": ["一"], "parent": [""], "level": [3]})
    made, findings = read_roster(table.frame, grids)
    phones = made.loc[made["phone"] != "", "phone"]
    assert phones.str.startswith("0755").all()
    said = next(each for each in findings if each.kind == "phone_zero")
    assert said.rows[:2] == (0, 2)
