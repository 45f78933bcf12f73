"""A list placed in portions is the list placed in one go, also after an interruption."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

from geogrid.batch import parquet_source, parts_folder, text_source
from geogrid.cli import main
from geogrid.crs import from_wgs84
from geogrid.placing import in_language, locate_rows

from .conftest import SIDE, SOUTH, STEP, WEST

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_source, "PORTION_BYTES", 400)
    monkeypatch.setattr(parquet_source, "MOST_ROWS", 16)


def rows(count: int = 100) -> pd.DataFrame:
    """Return positions in and around the grids, on corners, missing, swapped and impossible."""
    rng = np.random.default_rng(4)
    lon = WEST + rng.uniform(-1, SIDE + 1, count) * STEP
    lat = SOUTH + rng.uniform(-1, SIDE + 1, count) * STEP
    lon[:10], lat[:10] = WEST + STEP, SOUTH + STEP
    frame = pd.DataFrame({"编号": [f"{at:05}" for at in range(count)], "lon": lon, "lat": lat})
    frame.loc[20:24, ["lon", "lat"]] = np.nan
    frame.loc[40:44, ["lon", "lat"]] = frame.loc[40:44, ["lat", "lon"]].to_numpy(copy=True)
    frame.loc[70, "lon"] = 500.0
    frame["status"] = "办结, 好"
    return frame


def locate(*arguments: object, language: str = "en") -> Result:
    return CliRunner().invoke(
        main, ["locate", *map(str, arguments)], env={"GEOGRID_LANG": language}
    )


def as_texts(frame: pd.DataFrame) -> pd.DataFrame:
    texts = {name: ["" if pd.isna(v) else str(v) for v in frame[name]] for name in frame}
    return pd.DataFrame(texts, dtype="str")


def assert_same(found: pd.DataFrame, wanted: pd.DataFrame) -> None:
    """Compare texts as texts and numbers as numbers; a missing one is empty in both."""
    assert found.columns.tolist() == wanted.columns.tolist()
    for name in wanted:
        one, other = (as_texts(frame[[name]])[name] for frame in (found, wanted))
        if name in {"boundary_m", "wgs84_lon", "wgs84_lat", "lon", "lat"}:
            one, other = pd.to_numeric(one), pd.to_numeric(other)
        assert one.equals(other), name


def read(path: Path) -> pd.DataFrame:
    if path.suffix == ".parquet":
        return pd.read_parquet(path)
    return pd.read_csv(path, dtype="str", encoding="utf-8-sig", keep_default_na=False)


@pytest.mark.parametrize("kind", [".csv", ".parquet"])
@pytest.mark.parametrize("given", [".csv", ".parquet"])
def test_portions_give_what_the_whole_list_gives(
    small: None, grids: gpd.GeoDataFrame, grids_file: Path, tmp_path: Path, given: str, kind: str
) -> None:
    frame, source = rows(), tmp_path / f"in{given}"
    if given == ".csv":
        frame = as_texts(frame)
        frame.to_csv(source, index=False, encoding="gbk")
    else:
        frame.to_parquet(source, row_group_size=30)
    wanted = in_language(locate_rows(frame, grids, datum="wgs84"), "en")
    out = tmp_path / f"out{kind}"
    done = locate(source, grids_file, "-o", out, "--datum", "wgs84")
    assert done.exit_code == 0, done.output
    assert_same(read(out), wanted)
    counts = wanted["status"].value_counts()
    assert f"{out.name}: 100 rows. in a grid {counts['inside']}" in done.stdout
    said = [one.text() for one in wanted.attrs["findings"]]
    assert [line for line in done.stderr.splitlines() if "swapped" in line] == said
    assert not parts_folder(out).exists()


@pytest.mark.parametrize("given", [".csv", ".parquet"])
def test_doubts_are_those_of_the_whole_list(
    small: None, grids: gpd.GeoDataFrame, tmp_path: Path, given: str
) -> None:
    """A wrong datum in the middle of a plan, and overlapping grids, in many portions."""
    doubled = pd.concat([grids, grids[12:13].assign(code="z")], ignore_index=True)
    doubled.to_parquet(tmp_path / "grids.parquet")
    shift = np.linspace(0.4, 0.6, 60) * STEP
    lon, lat = WEST + 2 * STEP + shift, SOUTH + 2 * STEP + shift
    x, y = from_wgs84(lon - STEP * (np.arange(60) < 30), lat, "gcj02")
    codes = np.where(np.arange(60) < 30, "011", "012")
    frame = as_texts(pd.DataFrame({"所属网格": codes, "lon": x, "lat": y}))
    source = tmp_path / f"in{given}"
    frame.to_csv(source, index=False) if given == ".csv" else frame.to_parquet(source)
    wanted = locate_rows(frame, doubled, datum="wgs84").attrs["findings"]
    assert [each.kind for each in wanted] == ["overlapping_grids", "datum_suspected"]
    out = tmp_path / "out.csv"
    done = locate(source, tmp_path / "grids.parquet", "-o", out, "--datum", "wgs84")
    assert done.exit_code == 0, done.output
    said = done.stderr.splitlines()
    assert [each.text() for each in wanted] == said[-2:]
    assert "their own row names" in said[-1]


def test_parquet_keeps_its_types_and_metadata(
    small: None, grids_file: Path, tmp_path: Path
) -> None:
    frame = rows().drop(index=70)[:98]
    points = gpd.GeoDataFrame(
        {
            "day": pd.date_range("2024-01-01", periods=98, tz="Asia/Shanghai"),
            "small": np.arange(98, dtype=np.int8),
            "kind": pd.Categorical(["甲", "乙"] * 49),
            "tags": [["a", "b"]] * 98,
        },
        geometry=gpd.points_from_xy(frame["lon"], frame["lat"]),
        crs=4326,
    )
    points.to_parquet(tmp_path / "in.parquet", row_group_size=20)
    done = locate(tmp_path / "in.parquet", grids_file, "-o", tmp_path / "out.parquet")
    assert done.exit_code == 0, done.output
    before, after = (pq.read_table(tmp_path / name) for name in ("in.parquet", "out.parquet"))
    assert after.select(before.column_names).equals(before)
    assert after.schema.metadata == before.schema.metadata
    back = gpd.read_parquet(tmp_path / "out.parquet")
    assert back.crs == points.crs
    assert (back["wgs84_lon"] == points.geometry.x)[back["wgs84_lon"].notna()].all()


def test_a_folder_of_parquet_is_one_list(small: None, grids_file: Path, tmp_path: Path) -> None:
    frame = rows()
    (tmp_path / "in").mkdir()
    frame[:37].to_parquet(tmp_path / "in" / "1.parquet")
    frame[37:].to_parquet(tmp_path / "in" / "2.parquet")
    frame.to_parquet(tmp_path / "in.parquet")
    for name in ("in", "in.parquet"):
        out = tmp_path / f"out-{name.removesuffix('.parquet')}-{len(name)}.csv"
        assert locate(tmp_path / name, grids_file, "-o", out, "--datum", "wgs84").exit_code == 0
    one, other = sorted(tmp_path.glob("out-*.csv"))
    assert one.read_bytes() == other.read_bytes()


def test_doubts_are_about_the_whole_file_and_said_once(
    small: None, grids_file: Path, tmp_path: Path
) -> None:
    lon, lat = np.random.default_rng(1).uniform(0, SIDE * STEP, (2, 400))
    frame = pd.DataFrame(dict(zip("xy", from_wgs84(lon + WEST, lat + SOUTH, "bd09"), strict=True)))
    swapped = [99, 200, 390]
    frame.loc[swapped, ["x", "y"]] = frame.loc[swapped, ["y", "x"]].to_numpy(copy=True)
    frame.to_parquet(tmp_path / "in.parquet")
    out = tmp_path / "out.parquet"
    done = locate(tmp_path / "in.parquet", grids_file, "-o", out, "--datum", "wgs84")
    assert done.exit_code == 0, done.output
    assert done.stderr.count("Read as wgs84") == 1
    said = "3 rows have longitude and latitude swapped: row 100, 201, 391."
    assert done.stderr.splitlines().count(said) == 1


SCRIPT = """
import sys
from geogrid.batch import parquet_source, text_source
parquet_source.MOST_ROWS, text_source.PORTION_BYTES = 5_000, 300_000
from geogrid.cli import main
main(sys.argv[1:])
"""


def start(*arguments: object, **more: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", SCRIPT, "locate", *map(str, arguments)],
        env=os.environ | {"GEOGRID_LANG": "en", "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **more,  # type: ignore[call-overload]
    )


def killed_after(parts: int, how: signal.Signals, out: Path, *arguments: object) -> str:
    """Start the command, end it when there are some parts, and return what it said."""
    running = start(*arguments, "-o", out)
    record = parts_folder(out) / f"{parts - 1:06}.json"
    while not record.exists():
        assert running.poll() is None, running.communicate()
        time.sleep(0.002)
    running.send_signal(how)
    said = running.communicate(timeout=120)[1]
    assert running.returncode in {-signal.SIGKILL, 130}
    assert not out.exists()
    return said


@pytest.mark.slow
@pytest.mark.parametrize("kind", [".csv", ".parquet"])
def test_a_killed_run_goes_on_and_ends_identical(
    grids_file: Path, tmp_path: Path, kind: str
) -> None:
    source, out = tmp_path / f"in{kind}", tmp_path / f"out{kind}"
    frame = rows(200_000)
    if kind == ".csv":
        frame.to_csv(source, index=False)
    else:
        frame.to_parquet(source)
    options = [source, grids_file, "--datum", "wgs84"]
    running = start(*options, "-o", out)
    said = running.communicate(timeout=120)
    assert (running.returncode, said[1].count("swapped")) == (0, 1), said
    wanted = out.read_bytes()
    out.unlink()
    killed_after(3, signal.SIGKILL, out, *options)
    killed_after(20, signal.SIGKILL, out, *options)
    before = len(list(parts_folder(out).glob("*.json")))
    running = start(*options, "-o", out)
    said = running.communicate(timeout=120)
    assert running.returncode == 0, said
    assert "Going on after" in said[1]
    assert before > 20
    assert out.read_bytes() == wanted
    assert not parts_folder(out).exists()
    assert len(read(out)) == len(frame)


def test_ctrl_c_says_that_the_next_run_goes_on(grids_file: Path, tmp_path: Path) -> None:
    rows(800_000).to_csv(tmp_path / "in.csv", index=False)
    options = [tmp_path / "in.csv", grids_file, "--datum", "wgs84"]
    said = killed_after(2, signal.SIGINT, tmp_path / "out.csv", *options)
    assert "Interrupted. What is done is kept in out.csv.parts" in said
    assert "Traceback" not in said


def test_parts_of_other_input_or_options_are_not_used(grids_file: Path, tmp_path: Path) -> None:
    source, out = tmp_path / "in.csv", tmp_path / "out.csv"
    rows(80_000).to_csv(source, index=False)
    options = [source, grids_file, "--datum", "wgs84"]
    killed_after(1, signal.SIGKILL, out, *options)
    done = locate(source, grids_file, "-o", out, "--datum", "cgcs2000")
    assert "starting anew" in done.stderr
    assert done.exit_code == 0
    killed = out.read_bytes()
    out.unlink()
    killed_after(1, signal.SIGKILL, out, *options)
    rows(80_000)[::-1].to_csv(source, index=False)
    done = locate(*options, "-o", out)
    assert "starting anew" in done.stderr
    assert read(out)["编号"].tolist() == rows(80_000)["编号"].tolist()[::-1]
    assert out.read_bytes() != killed


def test_a_damaged_part_is_made_again(grids_file: Path, tmp_path: Path) -> None:
    source, out = tmp_path / "in.csv", tmp_path / "out.csv"
    rows(100_000).to_csv(source, index=False)
    options = [source, grids_file, "--datum", "wgs84"]
    running = start(*options, "-o", out)
    running.communicate(timeout=120)
    wanted = out.read_bytes()
    out.unlink()
    killed_after(6, signal.SIGKILL, out, *options)
    (parts_folder(out) / "000002.part").write_bytes(b"")
    running = start(*options, "-o", out)
    said = running.communicate(timeout=120)[1]
    assert "Going on after" in said
    assert out.read_bytes() == wanted


def test_a_folder_in_the_way_stays_as_it_is(grids_file: Path, tmp_path: Path) -> None:
    rows(10).to_csv(tmp_path / "in.csv", index=False)
    other = tmp_path / "out.csv.parts" / "notes.txt"
    other.parent.mkdir()
    other.write_text("mine")
    done = locate(tmp_path / "in.csv", grids_file, "-o", tmp_path / "out.csv", "--datum", "wgs84")
    assert done.exit_code == 2
    assert "out.csv.parts is in the way" in done.stderr
    assert other.read_text() == "mine"


def test_a_full_disk_leaves_nothing_half_written(grids_file: Path, tmp_path: Path) -> None:
    source, out = tmp_path / "in.csv", tmp_path / "out.csv"
    rows(20_000).to_csv(source, index=False)
    options = [source, grids_file, "--datum", "wgs84", "-o", out]
    limit = 1_000_000  # enough for every part, too little for the whole

    def small_files() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    running = start(*options, preexec_fn=small_files)
    said = running.communicate(timeout=120)[1]
    assert running.returncode == 2
    assert "out.csv cannot be written (File too large)" in said
    assert [path.name for path in tmp_path.glob("*out.csv*")] == ["out.csv.parts"]
    running = start(*options)
    assert "Going on after 20,000 rows" in running.communicate(timeout=120)[1]
    assert len(read(out)) == 20_000


def test_a_folder_that_cannot_be_written_to_is_named(grids_file: Path, tmp_path: Path) -> None:
    rows(10).to_csv(tmp_path / "in.csv", index=False)
    out = tmp_path / "none" / "out.csv"
    done = locate(tmp_path / "in.csv", grids_file, "-o", out, "--datum", "wgs84")
    assert done.exit_code == 2
    assert "out.csv cannot be written" in done.stderr


def test_what_is_no_point_is_said_row_by_row(grids_file: Path, tmp_path: Path) -> None:
    shapes = gpd.GeoSeries.from_wkt(
        ["POINT (114.005 22.505)", "POINT Z (114.005 22.505 3)", "POINT EMPTY"], crs=4326
    )
    frame = gpd.GeoDataFrame({"id": [1, 2, 3, 4, 5]}, geometry=[*shapes, None, shapes[0]], crs=4326)
    table = pa.table(frame.to_arrow(geometry_encoding="WKB"))
    wkb = table.column("geometry").to_pylist()
    wkb[4] = b"\x01\x02\x00\x00\x00junk"
    about = {"version": "1.0.0", "primary_column": "geometry"}
    about["columns"] = {"geometry": {"encoding": "WKB", "geometry_types": ["Point", "Point Z"]}}  # type: ignore[assignment]
    table = pa.table({"id": frame["id"], "geometry": pa.array(wkb, pa.binary())})
    table = table.replace_schema_metadata({"geo": json.dumps(about)})
    pq.write_table(table, tmp_path / "in.parquet")
    done = locate(tmp_path / "in.parquet", grids_file, "-o", tmp_path / "out.csv")
    assert done.exit_code == 0, done.output
    found = read(tmp_path / "out.csv")
    none, bad = "no_position", "bad_position"
    assert found["status"].tolist() == ["inside", "inside", none, none, bad]
    assert found["reason"][4] == "The geometry is not a point."


def test_parquet_is_written_as_text_or_parquet_only(grids_file: Path, tmp_path: Path) -> None:
    rows(10).to_parquet(tmp_path / "in.parquet")
    done = locate(
        tmp_path / "in.parquet", grids_file, "-o", tmp_path / "o.xlsx", "--datum", "wgs84"
    )
    assert (done.exit_code, "use one of .csv, .parquet" in done.stderr) == (2, True)
    double = pa.table([[1.0], [2.0]], names=["lon", "lon"])
    pq.write_table(double, tmp_path / "double.parquet")
    done = locate(tmp_path / "double.parquet", grids_file, "-o", tmp_path / "o.csv")
    assert (done.exit_code, "two columns called lon" in done.stderr) == (2, True)
    (tmp_path / "bad.parquet").write_bytes(b"PAR1 and no more")
    done = locate(tmp_path / "bad.parquet", grids_file, "-o", tmp_path / "o.csv")
    assert (done.exit_code, "damaged" in done.stderr) == (2, True)
