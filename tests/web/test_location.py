"""``/api/v1/locate``: one point, and many in every kind of body."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geogrid.crs import from_wgs84
from geogrid.locate import locate, nearest_boundary
from geogrid.store import index_cache
from web import create_app
from web.config import Settings
from web.current import current_plan
from web.location.bodies import MOST_BYTES, MOST_POINTS

URL = "/api/v1/locate"
JSON, GEOJSON, CSV = "application/json", "application/geo+json", "text/csv"
PARQUET = "application/vnd.apache.parquet"


def _json(lon: Any, lat: Any) -> bytes:
    return json.dumps({"lon": list(lon), "lat": list(lat)}).encode()


def _pairs(lon: Any, lat: Any) -> bytes:
    return json.dumps([list(pair) for pair in zip(lon, lat, strict=True)]).encode()


def _geojson(lon: Any, lat: Any) -> bytes:
    features = [
        {
            "type": "Feature",
            "properties": {"n": at},
            "geometry": {"type": "Point", "coordinates": [x, y, 8.0]},
        }
        for at, (x, y) in enumerate(zip(lon, lat, strict=True))
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


def _csv(lon: Any, lat: Any) -> bytes:
    rows = "\n".join(f"{at},{x!r},{y!r}" for at, (x, y) in enumerate(zip(lon, lat, strict=True)))
    return f"编号,经度,纬度\n{rows}\n".encode("gb18030")


def _parquet(lon: Any, lat: Any) -> bytes:
    sink = io.BytesIO()
    pq.write_table(pa.table({"lng": lon, "lat": lat, "other": ["x"] * len(lon)}), sink)
    return sink.getvalue()


BODIES: list[tuple[str, Callable[..., bytes]]] = [
    (JSON, _json), (JSON, _pairs), (GEOJSON, _geojson), (CSV, _csv), (PARQUET, _parquet),
]  # fmt: skip


def columns(answer: Any) -> dict[str, list[Any]]:
    """Return the columns of an answer of any kind, missing ones as ""."""
    if answer.mimetype == JSON:
        return {name: value for name, value in answer.get_json().items() if name != "errors"}
    if answer.mimetype == PARQUET:
        return pq.read_table(io.BytesIO(answer.data)).to_pydict()
    if answer.mimetype == CSV:
        rows = list(csv.reader(io.StringIO(answer.get_data(as_text=True))))
        return {name: list(values) for name, *values in zip(*rows, strict=True)}
    features = json.loads(answer.data)["features"]
    return {name: [f["properties"][name] for f in features] for name in features[0]["properties"]}


def _points(app: Flask, count: int = 300) -> tuple[list[float], list[float], list[str], Any]:
    """Random points and corners of the plan, with the codes they must get."""
    with app.app_context():
        current = current_plan()
        west, south, east, north = current.bounds
        rng = np.random.default_rng(count)
        lon, lat = rng.uniform(west, east, count), rng.uniform(south, north, count)
        corners = current.leaves.geometry.get_coordinates().to_numpy()[::2000]
        lon, lat = np.append(lon, corners[:, 0]), np.append(lat, corners[:, 1])
        codes = current.codes_at(locate(current.index, lon, lat)).tolist()
    return lon.tolist(), lat.tolist(), codes, current


def ask(client: FlaskClient, body: Any, query: str = "datum=wgs84", kind: str = JSON, **more: Any):
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return client.post(f"{URL}?{query}", data=data, content_type=kind, **more)


@pytest.mark.parametrize("datum", ["wgs84", "cgcs2000", "gcj02", "bd09"])
def test_a_place_has_one_chain_in_every_datum(app: Flask, client: FlaskClient, datum: str) -> None:
    with app.app_context():
        units = current_plan().plan.units
    row = units[units["kind"] == "building"].iloc[7]
    lon, lat = from_wgs84(row["lon"], row["lat"], datum)
    query = {"lon": float(lon), "lat": float(lat), "datum": datum}
    answer = client.get(URL, query_string=query).get_json()
    assert answer["inside"] is True
    assert [step["level"] for step in answer["chain"]] == [4, 3, 2, 1]
    assert answer["code"] == answer["chain"][0]["code"]
    assert any(person["post"] == "full_time" for person in answer["answers"])
    assert "boundary_m" not in answer
    near = client.get(URL, query_string=query | {"boundary": 1}).get_json()
    assert near["boundary_m"] > 1
    assert {name: near[name] for name in answer} == answer


def test_outside_is_said_with_the_nearest_grid(client: FlaskClient) -> None:
    answer = client.get(f"{URL}?lon=114.2&lat=22.6&datum=wgs84&boundary=1").get_json()
    assert answer["inside"] is False
    assert answer["chain"] == []
    assert answer["across"]["code"]
    assert answer["boundary_m"] > 1000


def test_one_point_is_said_in_the_language_asked_for(client: FlaskClient) -> None:
    query = f"{URL}?lon=114.02&lat=22.53&datum=wgs84&lang="
    zh, en = (client.get(query + lang).get_json()["chain"] for lang in ("zh_CN", "en"))
    assert (zh[1]["level_label"], en[1]["level_label"]) == ("网格", "Grid")
    assert zh[1]["code"] == en[1]["code"]


@pytest.mark.parametrize(
    "query",
    [
        "lon=114.02&lat=22.53",
        "lon=114.02&lat=22.53&datum=mars",
        "lon=abc&lat=22.53&datum=wgs84",
        "lon=nan&lat=22.53&datum=wgs84",
        "lon=1_1&lat=22.53&datum=wgs84",
        "lon=１１４&lat=22.53&datum=wgs84",
        "lon=22.53&lat=114.02&datum=wgs84",
        "lon=0&lat=0&datum=wgs84",
        "datum=wgs84",
        "lon=114.02&lat=22.53&datum=wgs84&boundary=maybe",
    ],
)
def test_bad_coordinates_are_explained(client: FlaskClient, query: str) -> None:
    answer = client.get(f"{URL}?{query}")
    assert answer.status_code == 422
    assert answer.mimetype == "application/problem+json"
    assert answer.get_json(force=True)["detail"]


@pytest.mark.parametrize(("kind", "make"), BODIES)
@pytest.mark.parametrize("accept", [None, "*/*", JSON, GEOJSON, CSV, PARQUET])
def test_every_kind_of_body_and_answer(
    app: Flask, client: FlaskClient, kind: str, make: Callable[..., bytes], accept: str | None
) -> None:
    lon, lat, codes, current = _points(app)
    headers = {} if accept is None else {"Accept": accept}
    answer = ask(client, make(lon, lat), kind=kind, headers=headers)
    assert answer.status_code == 200
    assert answer.mimetype == (kind if accept in (None, "*/*") else accept)
    assert answer.headers["X-Geogrid-Plan"] == current.plan.digest
    found = columns(answer)
    assert found["code"] == codes
    assert found["status"] == ["inside" if code else "outside" for code in codes]
    tree = current.plan.hierarchy
    for level in (1, 2, 3, 4):
        above = [{tree.levels[step]: step for step in tree.chain(code)} for code in codes]
        assert found[f"level_{level}"] == [steps.get(level, "") for steps in above]
    assert "boundary_m" not in found
    if answer.mimetype == JSON:
        assert found["count"] == len(codes)
        assert found["counts"]["inside"] == sum(map(bool, codes))


@pytest.mark.parametrize("accept", [JSON, GEOJSON, CSV, PARQUET])
def test_distance_and_neighbour_on_request(app: Flask, client: FlaskClient, accept: str) -> None:
    lon, lat, codes, current = _points(app, 50)
    lon, lat, codes = [*lon, None], [*lat, None], [*codes, ""]
    body = {"lon": lon, "lat": lat, "datum": "wgs84", "boundary": True}
    found = columns(ask(client, body, "", headers={"Accept": accept}))
    metres, across = nearest_boundary(current.index, lon[:-1], lat[:-1])
    said = [np.nan if value in (None, "") else float(value) for value in found["boundary_m"]]
    assert said[:-1] == pytest.approx(metres, abs=0.006)
    assert np.isnan(said[-1])
    assert found["across"] == [*current.codes_at(across), ""]
    on_line = [bool(code) and far <= 0.01 for code, far in zip(codes, [*metres, 9], strict=True)]
    assert sum(on_line) > 3
    assert [status == "on_boundary" for status in found["status"]] == on_line
    assert found["status"][-1] == "no_position"


@pytest.mark.parametrize("datum", ["cgcs2000", "gcj02", "bd09"])
def test_other_datums(app: Flask, client: FlaskClient, datum: str) -> None:
    lon, lat, codes, _current = _points(app, 200)
    lon, lat, codes = lon[:200], lat[:200], codes[:200]
    shifted = from_wgs84(lon, lat, datum)
    answer = ask(client, _json(*(axis.tolist() for axis in shifted)), f"datum={datum}").get_json()
    assert answer["code"] == codes
    notes = [(each["kind"], each["severity"]) for each in answer["findings"]]
    assert notes == [("cgcs2000_as_wgs84", "note")] * (datum == "cgcs2000")
    wrong = ask(client, _json(lon, lat), f"datum={'bd09' if datum != 'bd09' else 'gcj02'}")
    [finding] = wrong.get_json()["findings"]
    assert finding["kind"] == "datum_suspected"


BAD: list[tuple[Any, Any, str, str]] = [
    ("x", 22.53, "bad_position", "not_a_number"),
    (0, 0, "bad_position", "at_zero"),
    (22.53, 114.02, "bad_position", "swapped_axes"),
    (514000.5, 2493000, "bad_position", "looks_projected"),
    (114.02, None, "bad_position", "half_position"),
    (None, None, "no_position", ""),
    (200, 10, "bad_position", "out_of_range"),
    (True, 22.53, "bad_position", "not_a_number"),
    ([1], {"a": 2}, "bad_position", "not_a_number"),
    (10**400, 22.53, "bad_position", "not_a_number"),
    (float("inf"), 22.53, "bad_position", "not_a_number"),
    (114.02, 22.53, "inside", ""),
    ("114°1′12″E", "22°31′48″N", "inside", ""),
    ("114,02", "22,53", "inside", ""),
]


@pytest.mark.parametrize("make", [_json, _pairs])
def test_a_bad_row_loses_no_other(client: FlaskClient, make: Callable[..., bytes]) -> None:
    lon, lat, statuses, kinds = (list(part) for part in zip(*BAD, strict=True))
    answer = ask(client, make(lon, lat)).get_json()
    assert answer["status"] == statuses
    assert [each["type"] for each in answer["errors"]] == [kind for kind in kinds if kind]
    assert [each["row"] for each in answer["errors"]] == [
        at for at, kind in enumerate(kinds, start=1) if kind
    ]
    assert answer["errors_total"] == sum(map(bool, kinds))
    assert all(each["detail"] and each["field"] for each in answer["errors"])
    assert len(set(answer["code"][-3:])) == 1
    english = ask(client, make(lon, lat), "datum=wgs84&lang=en").get_json()["errors"]
    assert english[1]["detail"] == "The position is 0, 0: it was not recorded."


def test_reasons_stand_beside_the_rows_of_tables(client: FlaskClient) -> None:
    rows = b'lon,lat\n114.02,22.53\n"=1+1",22.53\n,\n114.02,22.53\n'
    found = columns(ask(client, rows, "datum=wgs84&lang=en", CSV))
    assert found["row"] == ["1", "2", "3", "4"]
    assert found["status"] == ["inside", "bad_position", "no_position", "inside"]
    assert found["reason"] == ["", "“=1+1” is not a position.", "", ""]
    numbers = _parquet([114.02, None, 0.0, 114.02], [22.53, 22.53, 0.0, None])
    table = columns(ask(client, numbers, kind=PARQUET))
    assert table["status"] == ["inside", *["bad_position"] * 3]
    assert all(table["reason"][1:])


def test_columns_can_be_named(client: FlaskClient) -> None:
    rows = b"a,b\n114.02,22.53\n"
    assert ask(client, rows, kind=CSV).status_code == 422
    assert ask(client, rows, "datum=wgs84&lon=a&lat=b", CSV).status_code == 200
    assert "“c”" in _detail(ask(client, rows, "datum=wgs84&lon=a&lat=c", CSV))


def test_both_numbers_in_one_column(client: FlaskClient) -> None:
    rows = '编号,坐标\n1,"114.02,22.53"\n2,"22.53, 114.02"\n'.encode()
    assert columns(ask(client, rows, kind=CSV))["status"] == ["inside", "inside"]
    sink = io.BytesIO()
    pq.write_table(pa.table({"坐标": ["114.02,22.53"]}), sink)
    assert _detail(ask(client, sink.getvalue(), kind=PARQUET))


def test_geojson_is_wgs84_and_a_feature_may_hold_several_points(client: FlaskClient) -> None:
    geometries = [
        {"type": "MultiPoint", "coordinates": [[114.02, 22.53], [114.2, 22.6]]},
        {"type": "Point", "coordinates": []},
        None,
        {"type": "LineString", "coordinates": [[114, 22], [115, 23]]},
        {"type": "Point", "coordinates": [114.02]},
        {"type": "MultiPoint", "coordinates": []},
        {"type": "Point", "coordinates": [114.02, 22.53]},
    ]
    features = [{"type": "Feature", "geometry": geometry} for geometry in geometries]
    body = json.dumps({"type": "FeatureCollection", "features": [*features, 7]}).encode()
    answer = ask(client, body, "", GEOJSON, headers={"Accept": JSON}).get_json()
    assert answer["datum"] == "wgs84"
    assert answer["row"] == [1, 1, 2, 3, 4, 5, 7, 8]
    assert answer["status"] == [
        "inside", "outside", "no_position", "no_position",
        "bad_position", "bad_position", "inside", "bad_position",
    ]  # fmt: skip
    drawn = json.loads(ask(client, body, "", GEOJSON).data)["features"]
    assert drawn[0]["geometry"] == {"type": "Point", "coordinates": [114.02, 22.53]}
    assert drawn[2]["geometry"] is None
    assert [each["properties"]["row"] for each in drawn] == answer["row"]
    single = ask(client, geometries[0], "", GEOJSON)
    assert len(json.loads(single.data)["features"]) == 2
    old = {
        "type": "FeatureCollection",
        "features": [],
        "crs": {"properties": {"name": "EPSG:4547"}},
    }
    assert "EPSG:4547" in _detail(ask(client, old, "", GEOJSON))


def _detail(answer: Any, status: int = 422) -> str:
    assert answer.status_code == status
    assert answer.mimetype == "application/problem+json"
    problem = json.loads(answer.data)
    assert problem["status"] == status
    assert problem["title"]
    return str(problem["detail"])


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (JSON, b""),
        (JSON, b"{"),
        (JSON, b"3"),
        (JSON, b"{}"),
        (JSON, b'{"lon": [1], "lat": [1, 2]}'),
        (JSON, b'{"lon": 1, "lat": 2}'),
        (JSON, b"[" * 100_000),
        (JSON, b'{"lon": [' + b"9" * 5_000 + b'], "lat": [1]}'),
        (JSON, b"\xff\xfe\x00"),
        (JSON, b'{"points": {"0": [1, 2]}}'),
        (GEOJSON, b'{"type": "Topology"}'),
        (GEOJSON, b'{"type": "FeatureCollection"}'),
        (GEOJSON, b'{"type": "FeatureCollection", "features": [], "crs": 7}'),
        (GEOJSON, b"[]"),
        (CSV, b""),
        (CSV, b"\x00\x01\x02\x03"),
        (CSV, "甲,乙\n1,2\n".encode()),
        (PARQUET, b"PAR1"),
        (PARQUET, b"x" * 100),
        (PARQUET, _parquet([114.02], [22.53])[:-9]),
        (PARQUET, _parquet(["114.02"], ["22.53"])),
    ],
)
def test_what_cannot_be_read_is_refused_as_a_whole(
    client: FlaskClient, kind: str, body: bytes
) -> None:
    assert _detail(ask(client, body, kind=kind))


@pytest.mark.parametrize(("kind", "make"), BODIES)
def test_one_point_too_many(client: FlaskClient, kind: str, make: Callable[..., bytes]) -> None:
    body = make([114.0] * (MOST_POINTS + 1), [22.5] * (MOST_POINTS + 1))
    assert "100000" in _detail(ask(client, body, kind=kind), 413).replace(",", "")


@pytest.mark.parametrize("kind", [JSON, GEOJSON])
def test_what_would_grow_in_memory_is_not_parsed(client: FlaskClient, kind: str) -> None:
    assert _detail(ask(client, b"[" + b"[]," * 3_000_000 + b"[]]", kind=kind), 413)


def test_bodies_that_are_too_large_are_not_read(client: FlaskClient) -> None:
    class Unread(io.RawIOBase):
        def read(self, _size: int = -1) -> bytes:
            raise AssertionError("the body was read")

    said = {"CONTENT_LENGTH": str(MOST_BYTES + 1), "wsgi.input": Unread()}
    answer = client.post(f"{URL}?datum=wgs84", content_type=JSON, environ_overrides=said)
    assert "32 MB" in _detail(answer, 413)
    endless = {
        "HTTP_TRANSFER_ENCODING": "chunked",
        "wsgi.input": io.BytesIO(b" " * (MOST_BYTES + 9)),
        "wsgi.input_terminated": True,
    }
    silent = client.post(f"{URL}?datum=wgs84", content_type=JSON, environ_overrides=endless)
    _detail(silent, 413)


def test_kinds_that_are_not_known(client: FlaskClient) -> None:
    assert "text/csv" in _detail(ask(client, b"1,2", kind="text/plain"), 415)
    assert "text/csv" in _detail(ask(client, _json([1], [2]), headers={"Accept": "image/png"}), 406)


@pytest.mark.parametrize("query", ["", "datum=mars", "datum=wgs84&boundary=2"])
def test_the_request_must_say_how_to_read_it(client: FlaskClient, query: str) -> None:
    assert _detail(ask(client, _json([114.02], [22.53]), query))


@pytest.mark.parametrize(("kind", "make"), BODIES[:2])
def test_no_points(client: FlaskClient, kind: str, make: Callable[..., bytes]) -> None:
    answer = ask(client, make([], []), kind=kind).get_json()
    assert (answer["count"], answer["code"], answer["errors"]) == (0, [], [])
    for query in ("datum=wgs84", "datum=wgs84&boundary=1"):
        for accept in (JSON, GEOJSON, CSV, PARQUET):
            said = ask(client, make([], []), query, kind, headers={"Accept": accept})
            assert said.status_code == 200


ANY = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.tuples(ANY | st.lists(ANY, max_size=2), ANY), max_size=6))
def test_any_json_is_answered_row_by_row(client: FlaskClient, pairs: list[tuple[Any, Any]]) -> None:
    lon, lat = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    for make in (_json, _pairs):
        answer = ask(client, make(lon, lat))
        assert answer.status_code == 200
        said = answer.get_json()
        assert len(said["status"]) == len(said["code"]) == len(pairs)
        alone = [ask(client, make([x], [y])).get_json() for x, y in pairs]
        assert [each["status"][0] for each in alone] == said["status"]


def test_rows_without_a_position_keep_their_place_in_csv(client: FlaskClient) -> None:
    body = "经度,纬度\n114.02,22.5334\n,\n22.5334,114.02\n,\n"
    answer = client.post(f"{URL}?datum=wgs84", data=body.encode("gbk"), content_type=CSV)
    found = columns(answer)
    assert found["row"] == ["1", "2", "3", "4"]
    assert found["status"] == ["inside", "no_position", "bad_position", "no_position"]


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (JSON, '{"lon": ["\\ud800", 114.02], "lat": [1, 22.5334]}'),
        (JSON, '[["\\uDFFF", 1], [114.02, 22.5334]]'),
        (GEOJSON, '{"type": "MultiPoint", "coordinates": [["\\ud800", 1], [114.02, 22.5334]]}'),
    ],
)
def test_half_a_character_is_a_wrong_position(client: FlaskClient, kind: str, body: str) -> None:
    answer = client.post(f"{URL}?datum=wgs84", data=body, content_type=kind)
    assert answer.status_code == 200
    assert columns(answer)["status"] == ["bad_position", "inside"]


def test_half_a_character_elsewhere_is_refused(client: FlaskClient) -> None:
    body = '{"lon": [1], "lat": [1], "datum": "\\ud800"}'
    assert client.post(URL, data=body, content_type=JSON).status_code == 422
    body = '{"type": "Point", "coordinates": [1, 2], "crs": "\\ud800"}'
    assert client.post(f"{URL}?datum=wgs84", data=body, content_type=GEOJSON).status_code == 422


def test_two_columns_of_one_name_are_refused(client: FlaskClient) -> None:
    sink = io.BytesIO()
    numbers = pa.array([114.02])
    pq.write_table(pa.Table.from_arrays([numbers] * 3, names=["lon", "lon", "lat"]), sink)
    answer = client.post(f"{URL}?datum=wgs84", data=sink.getvalue(), content_type=PARQUET)
    assert answer.status_code == 422
    assert "lon" in answer.get_json()["detail"]


def test_a_second_service_loads_the_index_that_the_first_has_kept(
    own_app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index_cache, "WORTH_A_FILE", 0)
    monkeypatch.setenv("GEOGRID_CACHE_DIR", str(tmp_path / "cache"))
    with own_app.app_context():
        inside = current_plan().leaves.geometry.iloc[0].representative_point()
    query = {"lon": inside.x, "lat": inside.y, "datum": "wgs84"}
    first = own_app.test_client().get(URL, query_string=query).get_json()
    assert first["inside"]
    [file] = (tmp_path / "cache" / "indexes").iterdir()
    monkeypatch.setattr(index_cache, "build_index", None)
    second = create_app(Settings(workspace=tmp_path / "workspace"))
    assert second.test_client().get(URL, query_string=query).get_json() == first
    with second.app_context():
        assert str(file) in str(_mapped(current_plan().index.order).filename)


def _mapped(array: Any) -> Any:
    return array if isinstance(array, np.memmap) else _mapped(array.base)
