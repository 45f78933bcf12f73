"""Location over partitions is location in one process."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dask.dataframe as dd
import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from shapely import box

from geogrid.batch import Listener, Where, open_source
from geogrid.batch.parquet_source import ParquetSource
from geogrid.cli import main
from geogrid.errors import FormatError, InputError
from geogrid.locate import GridIndex, build_index, locate
from geogrid.placing import in_language, locate_rows
from geogrid.scale import local_workers, locate_distributed, locate_partitions
from geogrid.scale.executor import _Workers
from geogrid.scale.filed_index import FiledIndex, filed

GRIDS = gpd.GeoDataFrame(
    {"code": [f"{at:02}" for at in range(25)], "name": "网格", "level": 3},
    geometry=[box(114 + i, 22 + j, 115 + i, 23 + j) for j in range(5) for i in range(5)],
    crs=4326,
)


@pytest.fixture(scope="module")
def client() -> Iterator[Any]:
    with local_workers(2) as client:
        yield client


def points(count: int = 400) -> gpd.GeoDataFrame:
    rng = np.random.default_rng(3)
    lon, lat = rng.uniform(113, 120, count), rng.uniform(21, 28, count)
    lon[:20], lat[:20] = np.round(lon[:20]), np.round(lat[:20])
    frame = pd.DataFrame({"id": np.arange(count), "lon": lon, "lat": lat})
    frame.loc[50:55, "lon"] = np.nan
    frame.loc[70:75, ["lon", "lat"]] = frame.loc[70:75, ["lat", "lon"]].to_numpy(copy=True)
    shapes = gpd.points_from_xy(frame["lon"], frame["lat"])
    return gpd.GeoDataFrame(frame, geometry=shapes, crs=4326)


def folder(root: Path) -> Path:
    """Write two files of several row groups, one larger than a portion."""
    root.mkdir()
    points()[:100].to_parquet(root / "1.parquet", row_group_size=30)
    points()[100:].to_parquet(root / "2.parquet", row_group_size=250)
    return root


def command(*arguments: object) -> Any:
    return CliRunner().invoke(main, ["locate", *map(str, arguments)], env={"GEOGRID_LANG": "en"})


@pytest.mark.filterwarnings("default")  # the cluster's own, while it starts and stops
def test_two_workers_write_what_one_process_writes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, client: Any
) -> None:
    source, grids = folder(tmp_path / "in"), tmp_path / "grids.parquet"
    GRIDS.to_parquet(grids)
    alone = command(source, grids, "-o", tmp_path / "one.parquet")
    assert alone.exit_code == 0, alone.output
    address = client.scheduler.address
    done = command(source, grids, "-o", tmp_path / "many.parquet", "--scheduler", address)
    assert done.exit_code == 0, done.output
    assert done.stdout.replace("many", "one") == alone.stdout
    assert done.stderr == alone.stderr
    assert "swapped" in done.stderr
    files = sorted((tmp_path / "many.parquet").iterdir())
    assert [path.name for path in files] == [f"{at:06}.parquet" for at in range(6)]
    one, many = (pq.read_table(tmp_path / f"{name}.parquet") for name in ("one", "many"))
    assert many.equals(one)
    assert many.schema.metadata == one.schema.metadata
    assert gpd.read_parquet(tmp_path / "many.parquet").crs == 4326
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "grids.parquet", "in", "many.parquet", "one.parquet",
    ]  # fmt: skip


def located(source: ParquetSource, output: Path, client: Any = None) -> Any:
    more: dict[str, Any] = {"language": "en", "depends_on": {}}
    said: list[Any] = []
    found = locate_distributed(
        source, GRIDS, output, Where(), client=client, listener=Listener(say=said.append), **more
    )
    return found, [one.kind for one in said]


def test_a_damaged_row_group_is_named_and_the_others_are_kept(tmp_path: Path) -> None:
    broken = folder(tmp_path / "in") / "2.parquet"
    content = broken.read_bytes()
    broken.write_bytes(content[:100] + b"junk" * 500 + content[2100:])
    again = open_source(tmp_path / "in")
    assert isinstance(again, ParquetSource)
    with pytest.raises(InputError, match=r"2\.parquet is damaged"):
        located(again, tmp_path / "two.parquet")
    kept = sorted(path.name for path in (tmp_path / "two.parquet.parts").glob("*.parquet"))
    assert kept == [f"{at:06}.parquet" for at in range(4)]


def test_an_interrupted_run_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = open_source(folder(tmp_path / "in"))
    assert isinstance(source, ParquetSource)
    located(source, tmp_path / "one.parquet")
    with monkeypatch.context() as patch:
        real = ParquetSource.group

        def stopping(self: ParquetSource, part: Any) -> Any:
            if part.first == 60:
                raise KeyboardInterrupt
            return real(self, part)

        patch.setattr(ParquetSource, "group", stopping)
        with pytest.raises(KeyboardInterrupt):
            located(source, tmp_path / "two.parquet")
    (tmp_path / "two.parquet.parts" / "000000.parquet").write_bytes(b"")
    _found, said = located(source, tmp_path / "two.parquet")
    assert said == ["resumed"]
    one, two = (pq.read_table(tmp_path / name) for name in ("one.parquet", "two.parquet"))
    assert two.equals(one)


def test_what_cannot_be_written_is_refused_at_once(tmp_path: Path) -> None:
    source = open_source(folder(tmp_path / "in"))
    assert isinstance(source, ParquetSource)
    with pytest.raises(FormatError, match=r"something\.parquet"):
        located(source, tmp_path / "out.csv")
    (tmp_path / "out.parquet").mkdir()
    with pytest.raises(InputError, match="already"):
        located(source, tmp_path / "out.parquet")
    GRIDS.to_parquet(tmp_path / "grids.parquet")
    (tmp_path / "in.csv").write_text("lon,lat\n114.5,22.5\n")
    done = command(
        tmp_path / "in.csv", tmp_path / "grids.parquet", "-o", tmp_path / "o.parquet",
        "--workers", "1",
    )  # fmt: skip
    assert (done.exit_code, "Workers locate Parquet" in done.stderr) == (2, True)


def wanted(frame: pd.DataFrame) -> pd.DataFrame:
    return in_language(locate_rows(pd.DataFrame(frame), GRIDS, datum="wgs84"), "en")


@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("with_client", [False, True])
def test_frames_of_dask(client: Any, monkeypatch: pytest.MonkeyPatch, with_client: bool) -> None:
    frame = pd.DataFrame(points().drop(columns="geometry"))
    frame.index = pd.RangeIndex(1000, 1400)
    partitions = dd.from_pandas(frame, npartitions=5)
    if not with_client:
        monkeypatch.setattr("distributed.default_client", _no_client)
    found = locate_partitions(partitions, GRIDS, datum="wgs84").compute(
        scheduler=None if with_client else "synchronous"
    )
    assert found.index.equals(frame.index)
    pd.testing.assert_frame_equal(
        found.reset_index(drop=True), wanted(frame), check_dtype=False, obj="frame"
    )


def _no_client() -> None:
    raise ValueError


def test_frames_of_points_know_where_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("distributed.default_client", _no_client)
    frame = points()
    partitions = dd.from_pandas(pd.DataFrame(frame), npartitions=3).map_partitions(
        gpd.GeoDataFrame, geometry="geometry", crs=4326, meta=frame[:0]
    )
    found = locate_partitions(partitions, GRIDS).compute(scheduler="synchronous")
    assert isinstance(found, gpd.GeoDataFrame)
    expected = wanted(frame)
    for name in ("grid_code", "status", "reason", "boundary_m"):
        assert found[name].tolist() == pytest.approx(expected[name].tolist(), nan_ok=True), name


def test_types_are_known_before_anything_is_computed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else Dask cannot write them to Parquet."""
    monkeypatch.setattr("distributed.default_client", _no_client)
    frame = pd.DataFrame(points().drop(columns="geometry"))
    found = locate_partitions(dd.from_pandas(frame, npartitions=2), GRIDS, datum="wgs84")
    computed = found.compute(scheduler="synchronous")
    assert found.dtypes.to_dict() == computed.dtypes.to_dict()


@pytest.mark.filterwarnings("default")
def test_workers_map_one_file_of_a_large_index(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, client: Any
) -> None:
    source = open_source(folder(tmp_path / "in"))
    assert isinstance(source, ParquetSource)
    located(source, tmp_path / "one.parquet")
    monkeypatch.setattr("geogrid.scale.filed_index.WORTH_A_FILE", 0)
    seen: list[Any] = []
    share = _Workers.share

    def shared(self: _Workers, value: Any) -> Any:
        [file] = (tmp_path / "two.parquet.parts").glob("*.index")
        sent = pickle.dumps(value)
        seen.append((file.name, GRIDS.geometry.get_coordinates().to_numpy().tobytes()[:64] in sent))
        asked = share(self, value)
        seen.append(client.submit(_is_mapped, asked, pure=False).result())
        return asked

    monkeypatch.setattr(_Workers, "share", shared)
    located(source, tmp_path / "two.parquet", client)
    assert seen == [("grids.index", False), True]
    one, two = (pq.read_table(tmp_path / name) for name in ("one.parquet", "two.parquet"))
    assert two.equals(one)
    assert all(path.suffix == ".parquet" for path in (tmp_path / "two.parquet").iterdir())


def test_a_worker_hands_on_the_name_of_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("geogrid.scale.filed_index.WORTH_A_FILE", 0)
    index = filed(build_index(GRIDS), tmp_path / "grids.index")
    assert isinstance(index, FiledIndex)
    index.write()
    once = pickle.loads(pickle.dumps(index))
    sent = pickle.dumps(once)
    assert len(sent) < 500
    assert _is_from_a_file(pickle.loads(sent))
    assert locate(once, [114.5], [22.5]).tolist() == [0]


def _is_mapped(shared: Any) -> bool:
    return _is_from_a_file(shared[0].placer.layer.index)


def _is_from_a_file(index: GridIndex) -> bool:
    array: Any = index.rings.coordinates
    while array is not None and not isinstance(array, np.memmap):
        array = getattr(array, "base", None)
    return array is not None
