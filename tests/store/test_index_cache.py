"""Indexes of large layers are built once and kept in the cache folder."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from click.testing import CliRunner

from geogrid.cache_folder import cache_folder
from geogrid.cli import main
from geogrid.locate import GridIndex, build_index, locate
from geogrid.store import cached_index, index_cache
from geogrid.store.index_cache import WORTH_A_FILE, boundaries_checksum

SIDE = 12
GRIDS = gpd.GeoDataFrame(
    {"code": [f"{at:03d}" for at in range(SIDE * SIDE)], "level": 3},
    geometry=[
        shapely.box(110 + i, 22 + j, 111 + i, 23 + j) for i in range(SIDE) for j in range(SIDE)
    ],
    crs="EPSG:4326",
)
X, Y = np.random.default_rng(3).uniform((109, 21), (123, 35), (3_000, 2)).T
EXPECTED = locate(build_index(GRIDS), X, Y).tolist()


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep files of small layers too, in a cache folder of the test's own."""
    monkeypatch.setattr(index_cache, "WORTH_A_FILE", 0)
    monkeypatch.setenv("GEOGRID_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache" / "indexes"


def is_mapped(index: GridIndex) -> bool:
    base: object = index.order
    while base is not None and not isinstance(base, np.memmap):
        base = getattr(base, "base", None)
    return base is not None


def said_of(grids: gpd.GeoDataFrame = GRIDS) -> tuple[GridIndex, list[str]]:
    said: list[str] = []
    index = cached_index(grids, say=lambda finding: said.append(finding.text()))
    assert locate(index, X, Y).tolist() == locate(build_index(grids), X, Y).tolist()
    return index, said


def only_file(folder: Path) -> Path:
    [file] = folder.iterdir()
    return file


_SECOND = """
import sys
import geopandas as gpd
from geogrid import locate
from geogrid.store import cached_index, index_cache
index_cache.WORTH_A_FILE = 0
def refuse(*_given):
    raise AssertionError("built")
index_cache.build_index = refuse
index = cached_index(gpd.read_parquet(sys.argv[1]))
print(locate(index, 110.5, 22.5).tolist(), "numba" in sys.modules)
"""


def test_a_second_process_loads_and_does_not_build(tmp_path: Path, folder: Path) -> None:
    index, said = said_of()
    assert (is_mapped(index), said) == (False, [])
    GRIDS.to_parquet(tmp_path / "grids.parquet")
    before = only_file(folder).read_bytes()
    command = [sys.executable, "-c", _SECOND, str(tmp_path / "grids.parquet")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("[0] False\n", "")
    assert only_file(folder).read_bytes() == before
    index, said = said_of()
    assert (is_mapped(index), said) == (True, [])


def test_other_boundaries_codes_or_order_are_built(folder: Path) -> None:
    moved = GRIDS.set_geometry(GRIDS.geometry.translate(1e-9, 0))
    recoded = GRIDS.assign(code=GRIDS["code"].to_numpy()[::-1])
    for others in (GRIDS, moved, recoded, GRIDS[::-1]):
        index, said = said_of(others)
        assert (is_mapped(index), said) == (False, [])
    assert len(list(folder.iterdir())) == 4


def test_a_file_of_other_code_is_not_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    said_of()
    monkeypatch.setattr(index_cache, "_code_checksum", lambda: "of another release")
    index, said = said_of()
    assert (is_mapped(index), said) == (False, [])


def test_codes_that_are_numbers_are_not_those_that_are_texts(folder: Path) -> None:
    numbers = GRIDS.assign(code=range(SIDE * SIDE))
    texts = GRIDS.assign(code=[str(code) for code in range(SIDE * SIDE)])  # "10" before "2"
    assert boundaries_checksum(numbers) != boundaries_checksum(texts)
    for others in (numbers, texts):
        index, said = said_of(others)
        assert (is_mapped(index), said) == (False, [])
        assert is_mapped(said_of(others)[0])
    given = [np.int64(code) for code in range(SIDE * SIDE)]
    assert boundaries_checksum(GRIDS, given) == boundaries_checksum(numbers)


def test_a_damaged_file_is_built_anew_and_said(folder: Path) -> None:
    said_of()
    file = only_file(folder)
    data = bytearray(file.read_bytes())
    data[-1] ^= 1
    file.write_bytes(bytes(data))
    index, said = said_of()
    assert not is_mapped(index)
    assert said == [f"The index was built anew: The index {file.name} is damaged."]
    index, said = said_of()
    assert (is_mapped(index), said) == (True, [])


def test_it_is_logged_where_nobody_listens(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    said_of()
    only_file(folder).write_bytes(b"")
    with caplog.at_level(logging.WARNING):
        cached_index(GRIDS)
    assert "The index was built anew" in caplog.text


def test_the_command_keeps_and_says(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    GRIDS.to_parquet(tmp_path / "grids.parquet")
    (tmp_path / "points.csv").write_text("lon,lat\n110.5,22.5\n")

    def run(output: str) -> str:
        done = CliRunner().invoke(
            main,
            [
                "locate", str(tmp_path / "points.csv"), str(tmp_path / "grids.parquet"),
                "--datum", "wgs84", "-o", str(tmp_path / output),
            ],
            env={"GEOGRID_LANG": "en"},
        )  # fmt: skip
        assert done.exit_code == 0, done.output
        return done.stderr

    for output in ("streamed.csv", "whole.xlsx"):
        run(output)
        file = only_file(folder)
        with monkeypatch.context() as patch:
            patch.setattr(index_cache, "build_index", None)
            assert "built anew" not in run(output)
        file.write_bytes(file.read_bytes()[:-100])
        assert f"The index was built anew: The index {file.name} is damaged." in run(output)


def test_what_is_no_index_is_replaced(folder: Path) -> None:
    said_of()
    file = only_file(folder)
    file.write_bytes(b"")
    index, said = said_of()
    assert not is_mapped(index)
    assert said == [f"The index was built anew: {file.name} is not an index that can be read."]
    assert is_mapped(said_of()[0])


def test_a_folder_that_cannot_be_written_is_done_without(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("GEOGRID_CACHE_DIR", str(tmp_path / "file"))
    assert said_of()[1] == []
    monkeypatch.setenv("GEOGRID_CACHE_DIR", str(tmp_path / "cache"))
    said_of()

    def read_only(*_given: object, **_more: object) -> int:
        raise PermissionError(13, "Read-only")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "touch", read_only)
        patch.setattr(Path, "open", read_only)
        assert is_mapped(said_of()[0])  # what is there can still be read
        only_file(folder).unlink()
        index, said = said_of()
    assert (is_mapped(index), said) == (False, [])
    assert list(folder.iterdir()) == []


def test_nobody_has_a_cache_without_a_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GEOGRID_CACHE_DIR")

    def homeless() -> Path:
        raise RuntimeError

    monkeypatch.setattr(Path, "home", homeless)
    assert cache_folder() is None
    assert said_of()[1] == []


def test_the_files_used_last_are_kept(folder: Path) -> None:
    def use(shift: int) -> GridIndex:
        return cached_index(GRIDS.set_geometry(GRIDS.geometry.translate(shift, 0)))

    use(0)
    first = only_file(folder)
    os.utime(first, (1, 1))
    half = folder / f".{first.name}.0123abcd"
    half.write_bytes(b"of a process that was killed")
    fresh = folder / f".{first.name}.4567abcd"
    fresh.write_bytes(b"of a process that is at it")
    os.utime(half, (1, 1))
    for shift in range(1, 4):
        use(shift)
    assert is_mapped(use(0))  # the oldest, and used again
    for shift in range(4, 7):
        use(shift)
    assert first.exists()
    assert len(list(folder.glob("*.index"))) == 4
    assert (half.exists(), fresh.exists()) == (False, True)


def test_several_may_write_and_read_at_once(folder: Path) -> None:
    answers: list[list[int]] = []

    def work() -> None:
        for _ in range(5):
            answers.append(locate(cached_index(GRIDS), X, Y).tolist())
            for file in folder.glob("*.index"):
                file.unlink(missing_ok=True)

    several = [threading.Thread(target=work) for _ in range(4)]
    for thread in several:
        thread.start()
    for thread in several:
        thread.join()
    assert answers == [EXPECTED] * 20
    assert list(folder.glob(".*")) == []


def test_small_layers_have_no_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index_cache, "WORTH_A_FILE", WORTH_A_FILE)
    assert said_of()[1] == []
    assert not folder.exists()
