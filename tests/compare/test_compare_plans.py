"""What became of grids is what plain intersections say, and all ground is accounted for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from coverage_strategies import PLACES, Sheet, seamless, true_area_m2, wiggly_cells
from hand_drawn import grids as drawn
from hypothesis import given
from hypothesis import strategies as st

from geogrid.areas import straight_area_m2
from geogrid.compare import PlanComparison, compare_plans
from geogrid.errors import CrsError, FieldError, InputError

ROOMY = tuple(place for place in PLACES if "strips" not in place.name)
Shares = dict[tuple[str, str], float]
SQUARE = 1e-4


def frame(shapes: list[Any], codes: list[str], crs: object = 4326, **more: Any) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({"code": codes, **more}, geometry=shapes, crs=crs)


def boxes(*west_to_east: tuple[float, float]) -> list[Any]:
    """Return boxes 1e-4 degrees (about 11 m) high, given in the same unit."""
    return [
        shapely.box(114 + w * SQUARE, 22.5, 114 + e * SQUARE, 22.5 + SQUARE)
        for w, e in west_to_east
    ]


def by_intersection(before: gpd.GeoDataFrame, after: gpd.GeoDataFrame) -> Shares:
    """Intersect every grid with every other: the plain reference."""
    found: Shares = {}
    for one in before.itertuples():
        for other in after.itertuples():
            common = shapely.intersection(one.geometry, other.geometry)
            found[one.code, other.code] = float(straight_area_m2(np.array([common]), before.crs)[0])
    return found


def became(shares: Shares, old: Mapping[str, float], new: Mapping[str, float]) -> set[Any]:
    """Group grids by what they have in common, one after the other."""
    lasting = {code for code in old if shares.get((code, code), 0.0) > 0.0}
    links = [(code, code) for code in lasting]
    for (one, other), area in shares.items():
        if one not in lasting and area > 0.5 * old[one]:
            links.append((one, other))
        if other not in lasting and area > 0.5 * new[other]:
            links.append((one, other))
    groups = [({one}, set()) for one in old] + [(set(), {other}) for other in new]
    for one, other in links:
        joined = [each for each in groups if one in each[0] or other in each[1]]
        groups = [each for each in groups if each not in joined]
        groups.append((set().union(*(e[0] for e in joined)), set().union(*(e[1] for e in joined))))
    return {(tuple(sorted(each[0])), tuple(sorted(each[1]))) for each in groups}


def kinds_of(groups: set[Any], shares: Shares, least: float) -> dict[Any, str]:
    """Say which kind of change each group is."""
    found = {}
    for were, are in groups:
        if not were or not are:
            found[were, are] = "removed" if were else "added"
        elif len(were) > 1 or len(are) > 1:
            several = "merged" if len(are) == 1 else "regrouped"
            found[were, are] = "split" if len(were) == 1 else several
        else:
            other = [
                area for pair, area in shares.items()
                if (pair[0] == were[0]) != (pair[1] == are[0]) and area > least
            ]  # fmt: skip
            gone = [area for pair, area in shares.items() if pair == (were[0], are[0])]
            same = "unchanged" if were == are else "renamed"
            found[were, are] = "reshaped" if other or not gone else same
    return found


def said(comparison: PlanComparison) -> dict[Any, str]:
    rows = comparison.changes
    found = {
        (tuple(sorted(row.before)), tuple(sorted(row.after))): row.kind for row in rows.itertuples()
    }
    plain = comparison.grids[comparison.grids["kind"] == "unchanged"]
    pairs = zip(plain["code_before"], plain["code_after"], strict=True)
    return found | {((one,), (other,)): "unchanged" for one, other in pairs}


def handed_on(comparison: PlanComparison) -> Shares:
    rows = comparison.moves
    return dict(zip(zip(rows["from"], rows["to"], strict=True), rows["area_m2"], strict=True))


def accounts_for_all(comparison: PlanComparison) -> None:
    """Every grid's areas add up, and what one loses others gain, to 1e-9 of the plan."""
    rows = comparison.grids.fillna(0.0)
    total = max(rows["area_before_m2"].sum(), rows["area_after_m2"].sum())
    rest = rows["area_after_m2"] - rows["area_before_m2"]
    rest -= rows["gained_m2"] - rows["lost_m2"] + rows["noise_m2"]
    assert np.abs(rest).max() <= 1e-9 * total
    moves = comparison.moves
    out = moves[moves["from"] != ""].groupby("from")["area_m2"].sum()
    come = moves[moves["to"] != ""].groupby("to")["area_m2"].sum()
    for column, key, sums in (("lost_m2", "code_before", out), ("gained_m2", "code_after", come)):
        own = rows[rows[key] != ""].set_index(key)[column]
        assert np.abs(own - sums.reindex(own.index).fillna(0.0)).max() <= 1e-9 * total


@st.composite
def relabelled(draw: st.DrawFn) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame, Shares]:
    """Draw the cells of one sheet given to grids in two ways; what they share is counted."""
    sheet: Sheet = draw(seamless(largest=4, places=ROOMY))
    count = len(sheet.cells)
    names = ["", "A", "B", "C", "D", "E"]
    labels = []
    for chosen in (names[:5], names[:4] + names[5:]):
        sides = st.lists(st.sampled_from(chosen), min_size=count, max_size=count)
        labels.append(np.array(draw(sides.filter(any)), dtype=object))
    if draw(st.booleans()):  # most plans change little
        kept = np.array(draw(st.lists(st.booleans(), min_size=count, max_size=count)))
        mixed = np.where(kept, labels[0], labels[1])
        labels[1] = mixed if mixed.any() else labels[1]
    frames = []
    for side in labels:
        codes = sorted(set(side) - {""})
        shapes = [sheet.shape(side == code) for code in codes]
        frames.append(frame(shapes, codes, sheet.place.crs))
    shares: Shares = {}
    for one, other, area in zip(*labels, sheet.area_m2, strict=True):
        shares[one, other] = shares.get((one, other), 0.0) + float(area)
    return frames[0], frames[1], shares


def sizes(shares: Shares, side: int) -> dict[str, float]:
    found: dict[str, float] = {}
    for pair, area in shares.items():
        if pair[side]:
            found[pair[side]] = found.get(pair[side], 0.0) + area
    return found


def is_even(shares: Shares, old: Mapping[str, float], new: Mapping[str, float]) -> bool:
    """Whether somebody has half of another, so that rounding decides."""
    halves = [area / old[a] for (a, b), area in shares.items() if a]
    halves += [area / new[b] for (a, b), area in shares.items() if b]
    return any(abs(share - 0.5) < 1e-6 for share in halves)


@given(relabelled())
def test_changes_are_what_the_cells_say(plans: Any) -> None:
    before, after, shares = plans
    comparison = compare_plans(before, after)
    accounts_for_all(comparison)
    old, new = sizes(shares, 0), sizes(shares, 1)
    common = {pair: area for pair, area in shares.items() if all(pair)}
    if is_even(shares, old, new):
        return
    groups = became(common, old, new)
    assert said(comparison) == kinds_of(groups, shares, 0.0)
    same = {were[0]: are[0] for were, are in groups if len(were) == len(are) == 1}
    same |= {code: code for code in old if (code, code) in common}
    expected = {
        pair: area for pair, area in shares.items()
        if any(pair) and same.get(pair[0], "-") != pair[1]
    }  # fmt: skip
    found = handed_on(comparison)
    assert found.keys() == expected.keys()
    for pair, area in expected.items():
        assert found[pair] == pytest.approx(area, rel=1e-6, abs=1e-6)


@st.composite
def crossing(draw: st.DrawFn) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Draw two sheets that have nothing to do with each other."""
    place = draw(st.sampled_from(ROOMY))
    frames = []
    for codes in ("ABCDEFGHI", "ABCWXYZUV"):
        columns, rows = draw(st.integers(1, 3)), draw(st.integers(1, 3))
        seed = draw(st.integers(0, 2**16))
        step = np.array([draw(st.integers(-300, 300)), draw(st.integers(-300, 300))])
        rings = wiggly_cells(columns, rows, seed, is_straight=draw(st.booleans()))
        shapes = [shapely.Polygon(place.move(ring + step)) for ring in rings]
        frames.append(frame(shapes, list(codes[: len(shapes)]), place.crs))
    return frames[0], frames[1]


@given(crossing())
def test_changes_are_what_intersections_say(plans: Any) -> None:
    before, after = plans
    comparison = compare_plans(before, after, tolerance_m=0.0)
    accounts_for_all(comparison)
    shares = by_intersection(before, after)
    old, new = (
        dict(zip(each["code"], straight_area_m2(each.geometry.to_numpy(), each.crs), strict=True))
        for each in plans
    )
    total = max(sum(old.values()), sum(new.values()))
    common = {pair: area for pair, area in shares.items() if area > 1e-9 * total}
    if is_even(common, old, new):
        return
    for code, area in old.items():
        common[code, ""] = area - sum(a for (one, b), a in common.items() if one == code and b)
    for code, area in new.items():
        common["", code] = area - sum(a for (b, one), a in common.items() if one == code and b)
    common = {pair: area for pair, area in common.items() if area > 1e-9 * total}
    real = {pair: area for pair, area in common.items() if all(pair)}
    groups = became(real, old, new)
    assert said(comparison) == kinds_of(groups, common, 0.0)
    same = {were[0]: are[0] for were, are in groups if len(were) == len(are) == 1}
    same |= {code: code for code in old if (code, code) in real}
    found = handed_on(comparison)
    for pair, area in common.items():
        if same.get(pair[0], "-") != pair[1]:
            assert found.pop(pair) == pytest.approx(area, abs=1e-9 * total)
    assert all(area <= 1e-9 * total for area in found.values())


@given(seamless(largest=4, places=ROOMY), st.integers(2, 5), st.booleans())
def test_drawing_the_same_otherwise_is_no_change(sheet: Sheet, parts: int, is_turned: bool) -> None:
    before = sheet.frame
    bounds = before.total_bounds
    shapes = shapely.segmentize(before.geometry.to_numpy(), np.ptp(bounds[::2]) / parts / 3)
    if is_turned:
        shapes = shapely.reverse(shapely.normalize(shapes))
    comparison = compare_plans(before, before.set_geometry(list(shapes), crs=before.crs))
    assert comparison.is_same
    assert not len(comparison.moves)
    accounts_for_all(comparison)


def test_areas_are_those_on_the_ellipsoid() -> None:
    before = frame(boxes((0, 2), (2, 4)), ["A", "B"])
    after = frame(boxes((0, 3), (3, 4)), ["A", "B"])
    moves = compare_plans(before, after).moves
    assert moves[["from", "to"]].values.tolist() == [["B", "A"]]
    expected = true_area_m2(boxes((2, 3))[0], "EPSG:4326")
    assert moves["area_m2"].tolist() == [pytest.approx(expected, rel=1e-9)]


def test_every_kind_of_change() -> None:
    before = frame(
        boxes((0, 2), (2, 3), (3, 4), (4, 6), (6, 7), (7, 8), (8, 9), (10, 11)),
        list("ABCDEFGH"),
        name=["a", "b", "c", "d", "e", "f", "g", "h"],
    )
    after = frame(
        boxes((0, 1), (1, 2), (2, 4), (4, 5.5), (5.5, 7), (7, 8), (8, 9), (12, 13)),
        ["A1", "A2", "BC", "D", "E", "F", "G2", "I"],
        name=["a1", "a2", "bc", "d", "e", "F", "g", "i"],
    )
    comparison = compare_plans(before, after)
    assert said(comparison) == {
        (("A",), ("A1", "A2")): "split",
        (("B", "C"), ("BC",)): "merged",
        (("D",), ("D",)): "reshaped",
        (("E",), ("E",)): "reshaped",
        (("F",), ("F",)): "renamed",
        (("G",), ("G2",)): "renamed",
        (("H",), ()): "removed",
        ((), ("I",)): "added",
    }
    assert comparison.counts()["reshaped"] == 2
    told = {row.before: row.told for row in comparison.changes.itertuples()}
    assert told[("F",)] == ("name",)
    assert told[("G",)] == ("code",)


def test_a_code_that_is_used_elsewhere_is_not_the_same_grid() -> None:
    before = frame(boxes((0, 1), (1, 2)), ["A", "B"])
    after = frame(boxes((1, 2), (0, 1)), ["A", "B"])
    comparison = compare_plans(before, after)
    assert said(comparison) == {(("A",), ("B",)): "renamed", (("B",), ("A",)): "renamed"}
    assert not len(comparison.moves)


def test_a_community_and_its_new_code_leave_the_grids_below_as_they_are() -> None:
    shapes = [shapely.union_all(boxes((0, 1), (1, 2))), *boxes((0, 1), (1, 2))]
    columns = {"level": [2, 3, 3]}
    before = frame(shapes, ["1", "11", "12"], parent=["", "1", "1"], **columns)
    after = frame(shapes, ["9", "11", "12"], parent=["", "9", "9"], **columns)
    rows = compare_plans(before, after).changes
    assert rows[["level", "kind", "before"]].values.tolist() == [[2, "renamed", ("1",)]]
    moved = after.assign(parent=["", "9", ""])
    assert compare_plans(before, moved).changes["kind"].tolist() == ["renamed", "amended"]


def test_ground_narrower_than_the_tolerance_is_counted_but_no_change() -> None:
    before = frame(boxes((0, 2), (2, 4)), ["A", "B"])
    after = frame(boxes((0, 2.0005), (2.0005, 4)), ["A", "B"])  # 5 mm
    comparison = compare_plans(before, after)
    assert comparison.is_same
    assert comparison.grids["noise_m2"].tolist() == [
        pytest.approx(0.005 * 11.07, rel=0.05),
        pytest.approx(-0.005 * 11.07, rel=0.05),
    ]
    accounts_for_all(comparison)
    assert compare_plans(before, after, tolerance_m=0.001).counts()["reshaped"] == 2


def test_an_overlap_that_stays_moves_nothing() -> None:
    before = frame(boxes((0, 2), (1, 3), (3, 4)), ["A", "B", "C"])
    after = frame(boxes((0, 2), (1, 3.5), (3.5, 4)), ["A", "B", "C"])
    assert list(handed_on(compare_plans(before, after))) == [("C", "B")]
    solved = frame(boxes((0, 2), (2, 3), (3, 4)), ["A", "B", "C"])
    comparison = compare_plans(before, solved)
    assert list(handed_on(comparison)) == [("B", "")]
    accounts_for_all(comparison)


def test_a_broken_polygon_stands_in_for_what_it_covers() -> None:
    bowtie = shapely.Polygon([(114, 22), (114.001, 22.001), (114.001, 22), (114, 22.001)])
    before = frame([bowtie, *boxes((0, 1))], ["A", "B"])
    assert compare_plans(before, before).is_same
    comparison = compare_plans(before, frame([bowtie, *boxes((0, 2))], ["A", "B"]))
    assert said(comparison)[("B",), ("B",)] == "reshaped"


def test_another_reference_system_is_no_change() -> None:
    before = drawn(np.array(boxes((0, 40), (40, 80)), dtype=object), crs="EPSG:4326")
    after = before.to_crs("EPSG:4547")
    assert compare_plans(before, after).is_same


def plans_with_homes() -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame, dict[str, pd.DataFrame]]:
    before = frame(boxes((0, 2), (2, 4), (4, 5)), ["A", "B", "C"])
    after = frame(boxes((0, 3), (3, 5)), ["A", "B"])
    lon = [114 + x * SQUARE for x in (1, 2.5, 3.5, 4.5)]
    lat = 22.5 + 0.5 * SQUARE
    units = pd.DataFrame(
        {
            "unit_id": list("1234"), "kind": "building", "parent": "", "name": list("1234"),
            "compound": "", "street": "路", "number": list("1234"), "building": "", "entrance": "",
            "address": "", "lon": lon, "lat": lat, "households": [10, 20, 30, None],
            "people": [25, 50, 70, 5], "grid": "",
        }
    )  # fmt: skip
    cases = pd.DataFrame(
        {"case_id": ["c1", "c2", "c3"], "status": ["reported", "closed", "handled"],
         "lon": [lon[1], lon[1], lon[3]], "lat": lat}
    )  # fmt: skip
    posts = pd.DataFrame(
        {"grid": ["A", "C", "C"], "post": ["leader", "leader", "full_time"],
         "holder": ["王", "李", ""]}
    )  # fmt: skip
    addresses = pd.DataFrame({"address": ["路1号", "路9号"], "lon": lon[:2], "lat": lat})
    tables = {"units": units, "cases": cases, "posts": posts, "addresses": addresses}
    return before, after, tables


def test_what_changes_hands_per_grid_and_one_by_one() -> None:
    before, after, tables = plans_with_homes()
    comparison = compare_plans(before, after, **tables)
    moves = comparison.moves.set_index(["from", "to"])
    assert moves.loc[("B", "A"), ["households", "people", "buildings", "open_cases"]].tolist() == [
        20, 50, 1, 1,
    ]  # fmt: skip
    assert moves.loc[("C", "B"), ["households", "open_cases", "staff"]].tolist() == [0, 1, 1]
    assert moves.loc[("B", "A"), "addresses"] == 1
    rows = comparison.grids.set_index("code_before")
    for name in comparison.measures:
        own = rows[rows["code_after"] != ""]
        after_ = own[f"{name}_before"] - own[f"{name}_out"] + own[f"{name}_in"]
        assert after_.tolist() == own[f"{name}_after"].tolist(), name
    listed = comparison.things[["what", "id", "from", "to"]].values.tolist()
    assert ["case", "c1", "B", "A"] in listed
    assert ["post", "leader", "C", "B"] in listed
    assert not any(row[1] == "c2" for row in listed)


def test_a_grid_that_is_split_leaves_its_staff_to_be_decided() -> None:
    before = frame(boxes((0, 2)), ["A"])
    after = frame(boxes((0, 1), (1, 2)), ["A1", "A2"])
    posts = pd.DataFrame({"grid": ["A"], "post": ["leader"], "holder": ["王"]})
    things = compare_plans(before, after, posts=posts).things
    assert things[["label", "from", "to"]].values.tolist() == [["王", "A", ""]]
    settled = pd.DataFrame({"grid": ["A2"], "post": ["leader"], "holder": ["王"]})
    things = compare_plans(before, after, posts=posts, posts_after=settled).things
    assert things[["from", "to"]].values.tolist() == [["A", "A2"]]


def test_the_list_of_buildings_decides_before_the_polygon() -> None:
    before, after, tables = plans_with_homes()
    units = tables["units"].assign(grid=["", "A", "", ""])
    moves = compare_plans(before, after, units=units).moves.set_index(["from", "to"])
    assert moves.loc[("B", "A"), "households"] == 0


def test_without_units_the_plans_own_numbers_are_shown() -> None:
    before = frame(boxes((0, 1)), ["A"], households=[12])
    rows = compare_plans(before, before.assign(households=[14])).grids
    assert rows[["households_before", "households_after"]].values.tolist() == [[12, 14]]
    assert rows["households_out"].isna().all()


@pytest.mark.parametrize(
    ("change", "error", "said_of_it"),
    [
        ({"code": ["A", "A"]}, InputError, "occurs twice"),
        ({"code": ["A", ""]}, InputError, "Row 2 has no grid code"),
    ],
)
def test_plans_that_cannot_be_compared(change: Any, error: Any, said_of_it: str) -> None:
    plan = frame(boxes((0, 1), (1, 2)), ["A", "B"])
    with pytest.raises(error, match=said_of_it):
        compare_plans(plan, plan.assign(**change))


def test_what_cannot_be_compared_is_said() -> None:
    plan = frame(boxes((0, 1)), ["A"])
    with pytest.raises(InputError, match="no grid code"):
        compare_plans(plan, plan.drop(columns="code"))
    with pytest.raises(InputError, match="There are no grids"):
        compare_plans(plan.head(0), plan)
    with pytest.raises(CrsError):
        compare_plans(plan, frame(boxes((0, 1)), ["A"], None))
    with pytest.raises(InputError, match="tolerance"):
        compare_plans(plan, plan, tolerance_m=-1)
    with pytest.raises(FieldError, match="status"):
        compare_plans(plan, plan, cases=pd.DataFrame({"case_id": ["1"], "lon": 1.0, "lat": 1.0}))


def test_a_roster_that_still_names_a_grid_that_is_gone_follows_its_ground() -> None:
    shapes = [shapely.union_all(boxes((0, 3))), *boxes((0, 1), (1, 2), (2, 3))]
    tree = {"level": [2, 3, 3, 3], "parent": ["", "1", "1", "1"]}
    before = frame(shapes, ["1", "A", "B", "C"], **tree)
    after = frame([shapes[0], *boxes((0, 2), (2, 2.5), (2.5, 3))], ["1", "AB", "C1", "C2"], **tree)
    posts = pd.DataFrame(
        {"grid": ["A", "B", "C", "1"], "post": "leader", "holder": ["王", "王", "李", ""]}
    )
    for later in (None, posts):
        things = compare_plans(before, after, posts=posts, posts_after=later).things
        assert things[["label", "from", "to"]].values.tolist() == [
            ["李", "C", "1"], ["王", "A", "AB"], ["王", "B", "AB"],
        ]  # fmt: skip
    moves = compare_plans(before, after, posts=posts).moves
    staff = moves[moves["staff"] > 0]
    assert staff[["level", "from", "to"]].values.tolist() == [
        [3, "A", "AB"], [3, "B", "AB"], [3, "C", ""],
    ]  # fmt: skip


def test_columns_as_files_have_them() -> None:
    before = frame(boxes((0, 1)), ["x"], level=["3"], households=["12.0"], people=["?"])
    before["code"] = [7.0]
    after = before.assign(code=["7"], level=[3.0], name=[None])
    comparison = compare_plans(before, after)
    assert comparison.is_same
    assert comparison.grids[["code_before", "households_before"]].values.tolist() == [["7", 12]]
    assert comparison.grids["people_before"].isna().all()
    with pytest.raises(FieldError, match="not a whole number"):
        compare_plans(before.assign(level=["oben"]), after)


def test_a_grid_that_changes_its_level_keeps_what_stands_in_it() -> None:
    shapes = boxes((0, 1), (1, 2))
    before = frame(shapes, ["A", "B"], level=[3, 3])
    after = frame(shapes, ["A", "B"], level=[3, 4])
    cases = pd.DataFrame(
        {"case_id": ["1"], "status": ["reported"], "lon": [114 + 1.5 * SQUARE],
         "lat": [22.5 + 0.5 * SQUARE]}
    )  # fmt: skip
    comparison = compare_plans(before, after, cases=cases)
    assert said(comparison) == {
        (("A",), ("A",)): "unchanged", (("B",), ()): "removed", ((), ("B",)): "added",
    }  # fmt: skip
    assert not len(comparison.things)


def test_stairwells_without_polygons_leave_the_ground_to_the_grid_above() -> None:
    tree = {"parent": ["", "", "B", "B"], "level": [3, 3, 4, 4]}
    before = frame([*boxes((0, 2), (2, 4)), None, None], ["A", "B", "S1", "S2"], **tree)
    after = frame([*boxes((0, 3), (3, 4)), None, None], ["A", "B", "S1", "S3"], **tree)
    lat = 22.5 + 0.5 * SQUARE
    cases = pd.DataFrame(
        {"case_id": ["1", "2"], "status": "reported", "lon": [114 + 2.5 * SQUARE, np.nan],
         "lat": lat}
    )  # fmt: skip
    units = plans_with_homes()[2]["units"].iloc[:1]
    units = units.assign(lon=114 + 3.5 * SQUARE, lat=lat, grid="S2")
    things = compare_plans(before, after, cases=cases, units=units).things
    assert things[["what", "from", "to"]].values.tolist() == [
        ["unit", "S2", "B"], ["case", "B", "A"],
    ]  # fmt: skip
