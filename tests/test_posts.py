"""Who answers: never nobody."""

from __future__ import annotations

from itertools import product

import pandas as pd
import pytest

from geogrid.posts import posts_by_grid, responsible, who_answers

CHAIN = ["1111", "111", "11", "1"]


def posts(*rows: tuple[str, ...]) -> pd.DataFrame:
    names = ["grid", "post", "holder", "deputy", "phone", "deputy_phone"]
    return pd.DataFrame([(*row, *[""] * (6 - len(row))) for row in rows], columns=names)


def test_the_order_is_grid_by_grid_full_time_first():
    table = posts(
        ("1", "street_cadre", "领导"),
        ("111", "building_head", "楼栋长"),
        ("111", "leader", "网格长"),
        ("111", "巡防员", "巡防"),
        ("111", "full_time", "专职"),
        ("1111", "micro_leader", "微网格长"),
        ("112", "full_time", "隔壁"),
    )
    answers = who_answers(table, CHAIN)
    assert [answer.name for answer in answers] == [
        "微网格长",
        "专职",
        "网格长",
        "楼栋长",
        "巡防",
        "领导",
    ]
    assert responsible(answers).name == "专职"
    assert {answer.via for answer in answers} == {"holder"}
    assert who_answers(posts_by_grid(table), CHAIN) == answers


def test_a_holder_comes_with_the_second_person():
    table = posts(("111", "full_time", "甲", "乙", "1", "2"))
    answer = who_answers(table, CHAIN)[0]
    assert (answer.name, answer.phone, answer.deputy, answer.deputy_phone) == ("甲", "1", "乙", "2")
    assert not answer.vacant


def test_a_vacant_post_falls_to_its_deputy():
    table = posts(("111", "full_time", "", "乙", "1", "2"), ("111", "leader", "长"))
    answer = who_answers(table, CHAIN)[0]
    assert (answer.name, answer.phone, answer.via, answer.vacant) == ("乙", "2", "deputy", True)


def from_where(answer):
    return answer.name, answer.phone, answer.via, answer.from_grid, answer.from_post


def test_then_to_the_leader_of_the_grid():
    table = posts(
        ("111", "part_time", "兼职"),
        ("111", "full_time", ""),
        ("111", "leader", "本网格长", "", "7"),
        ("11", "leader", "社区网格长"),
    )
    answer = who_answers(table, CHAIN)[0]
    assert from_where(answer) == ("本网格长", "7", "grid", "111", "leader")


def test_then_to_the_people_of_the_nearest_grid_above():
    table = posts(
        ("111", "full_time", ""),
        ("111", "leader", ""),
        ("111", "part_time", "兼职"),
        ("11", "full_time", "社区专职", "", "8"),
        ("11", "leader", ""),
        ("1", "leader", "街道网格长", "", "9"),
    )
    answers = who_answers(table, CHAIN)
    assert {from_where(answer) for answer in answers[:2]} == {
        ("社区专职", "8", "parent", "11", "full_time")
    }
    assert from_where(answers[4]) == ("街道网格长", "9", "parent", "1", "leader")


def test_among_them_to_the_leader():
    table = posts(
        ("111", "full_time", ""), ("11", "full_time", "社区专职"), ("11", "leader", "社区网格长")
    )
    assert who_answers(table, CHAIN)[0].name == "社区网格长"


def test_the_leader_above_may_be_a_deputy():
    table = posts(("111", "full_time", ""), ("11", "leader", "", "副", "", "8"))
    answer = who_answers(table, CHAIN)[0]
    assert from_where(answer) == ("副", "8", "parent", "11", "leader")


def test_then_to_anybody_above():
    table = posts(("111", "full_time", ""), ("1", "street_cadre", "领导"))
    assert who_answers(table, CHAIN)[0].name == "领导"


def test_nobody_at_all_is_said():
    answers = who_answers(posts(), CHAIN)
    assert [(answer.via, answer.grid, answer.vacant) for answer in answers] == [
        ("nobody", "1111", True)
    ]
    assert responsible(answers).via == "nobody"
    vacant = who_answers(posts(("111", "full_time", "")), CHAIN)
    assert [(answer.post, answer.via) for answer in vacant] == [("full_time", "nobody")]


def test_one_who_can_be_reached_comes_before_a_vacancy_without_anybody():
    table = posts(("111", "full_time", ""), ("111", "part_time", "兼职"))
    assert responsible(who_answers(table, CHAIN)).name == "兼职"


def test_with_nobody_above_whoever_is_left_in_the_grid_answers():
    table = posts(("111", "full_time", ""), ("111", "part_time", "兼职", "", "7"))
    answer = who_answers(table, CHAIN)[0]
    assert from_where(answer) == ("兼职", "7", "grid", "111", "part_time")


def test_the_leader_of_the_grid_comes_before_a_worker_of_a_larger_one():
    table = posts(
        ("1111", "micro_leader", "微"), ("111", "leader", "长"), ("11", "full_time", "员")
    )
    assert responsible(who_answers(table, CHAIN)).name == "长"


def test_nobody_only_where_nobody_is_registered():
    """Every way to fill two posts on each of three grids."""
    states = [("", ""), ("甲", ""), ("", "乙")]
    for each in product(states, repeat=6):
        rows = [
            (grid, post, *people)
            for (grid, post), people in zip(
                product(["111", "11", "1"], ["full_time", "part_time"]), each, strict=True
            )
        ]
        answers = who_answers(posts(*rows), CHAIN)
        is_anybody = any(name for people in each for name in people)
        reached = responsible(answers)
        assert (reached.via != "nobody") == is_anybody
        for answer, (grid, _post, holder, deputy) in zip(answers, rows, strict=True):
            at = CHAIN.index(grid)
            others = {
                name for code, _p, *names in rows for name in names if code in CHAIN[at:]
            } - {""}  # fmt: skip
            assert (answer.via == "nobody") == (not others)
            assert (answer.name == holder) if holder else answer.vacant
            assert not (deputy and not holder) or answer.via == "deputy"


def test_outside_every_grid_nobody_is_asked():
    assert who_answers(posts(("111", "leader", "长")), []) == []
    assert responsible([]) is None


@pytest.mark.parametrize("missing", [None, float("nan")])
def test_missing_values_are_vacancies(missing):
    table = posts(("111", "leader", "长"), ("111", "full_time", "x"))
    table["holder"] = table["holder"].astype("object")
    table.loc[1, "holder"] = missing
    assert who_answers(table, CHAIN)[0].vacant
