from __future__ import annotations

import json
import multiprocessing
import os
from hashlib import sha256
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geogrid._raster import FIRST_LINK, HEADER, LEAF
from geogrid.errors import FormatError
from geogrid.locate import GridIndex, build_index, locate
from geogrid.store import load_index, save_index
from geogrid.store.index_cache import boundaries_checksum
from geogrid.store.index_file import _MAGIC, _RINGS

SIDE = 12
GRIDS = gpd.GeoDataFrame(
    {"code": [f"{at:03d}" for at in range(SIDE * SIDE)]},
    geometry=[shapely.box(i, j, i + 1, j + 1) for i in range(SIDE) for j in range(SIDE)],
    crs="EPSG:4326",
)
X, Y = np.random.default_rng(3).uniform(-1, SIDE + 1, (2, 3_000))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "grids.index"
    save_index(build_index(GRIDS), file, boundaries=boundaries_checksum(GRIDS))
    return file


def _mapped_from(array: np.ndarray) -> object:
    base: object = array
    while not isinstance(base, np.memmap):
        base = base.base  # type: ignore[attr-defined]
    return base


def _all_arrays(index: GridIndex) -> list[np.ndarray]:
    raster = index.raster
    assert raster is not None
    return [index.order, index.owner, index.rings.coordinates, *vars(raster).values()]


def test_a_loaded_index_answers_the_same_from_the_file_itself(path: Path) -> None:
    index = load_index(path, boundaries=boundaries_checksum(GRIDS))
    expected = locate(build_index(GRIDS), X, Y)
    assert locate(index, X, Y).tolist() == expected.tolist()
    assert locate(index, X[:50], Y[:50]).tolist() == expected[:50].tolist()
    for array in _all_arrays(index):
        assert isinstance(_mapped_from(array), np.memmap)
        assert not array.flags.writeable
        assert array.__array_interface__["data"][0] % 64 == 0


def _ask(path: Path, sent: multiprocessing.Queue) -> None:
    index = load_index(path)
    answers = locate(index, X, Y).tolist()
    with Path(f"/proc/{os.getpid()}/smaps").open() as maps:
        lines = maps.read().split("\n")
    at = next(i for i, line in enumerate(lines) if line.endswith(path.name))
    copied = next(line for line in lines[at:] if line.startswith("Anonymous"))
    sent.put((answers, copied.split()[1]))


@pytest.mark.skipif(not Path("/proc/self/smaps").exists(), reason="asks Linux for shared pages")
def test_two_processes_share_the_pages(path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    sent = context.Queue()
    several = [context.Process(target=_ask, args=(path, sent)) for _ in range(2)]
    for process in several:
        process.start()
    told = [sent.get(timeout=120) for _ in several]
    for process in several:
        process.join()
    expected = locate(build_index(GRIDS), X, Y).tolist()
    assert told == [(expected, "0")] * 2  # no page of the file was copied


def test_other_boundaries_are_noticed(path: Path) -> None:
    moved = GRIDS.set_geometry(GRIDS.geometry.translate(1e-9, 0))
    recoded = GRIDS.assign(code=GRIDS["code"].to_numpy()[::-1])
    for others in (moved, recoded, GRIDS[::-1]):
        with pytest.raises(FormatError, match="other boundaries"):
            load_index(path, boundaries=boundaries_checksum(others))


@pytest.mark.parametrize("place", [0, 9, 13, 40, 200, 2_000, -1, -5_000])
def test_a_flipped_byte_is_noticed(path: Path, place: int) -> None:
    data = bytearray(path.read_bytes())
    data[place] ^= 1
    path.write_bytes(bytes(data))
    with pytest.raises(FormatError):
        load_index(path)


@pytest.mark.parametrize("size", [0, 7, 47, 100, 1_000, -1, -10_000])
def test_a_truncated_file_is_noticed(path: Path, size: int) -> None:
    path.write_bytes(path.read_bytes()[:size])
    with pytest.raises(FormatError):
        load_index(path)


def _forged(index: GridIndex, path: Path, **arrays: np.ndarray) -> None:
    """Write a file whose checksums are right and whose arrays are not."""
    raster = index.raster
    assert raster is not None
    for name, array in arrays.items():
        owner = raster if name in vars(raster) else index if name in vars(index) else index.rings
        object.__setattr__(owner, name, array)
    save_index(index, path)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("cells", -2_000_003),
        ("cells", 10_000),
        ("cells", -4),
        ("first_cell", 7),
        ("columns", 5_000),
        ("columns", -1),
        ("owner", 10_000),
        ("order", 0),
        ("stop", 10_000),
        ("first", -1),
        ("polygon", 10_000),
        ("frame", np.nan),
        ("frame", -1.0),
    ],
)
def test_a_forged_file_leads_nowhere(path: Path, name: str, value: float) -> None:
    index = build_index(GRIDS)
    source = index.raster if name in vars(index.raster) else index
    array = getattr(source if hasattr(source, name) else index.rings, name).copy()
    array[...] = value
    _forged(index, path, **{name: array})
    with pytest.raises(FormatError):
        load_index(path)


def test_a_forged_leaf_leads_nowhere(path: Path) -> None:
    index = build_index(GRIDS)
    leaves = index.raster.leaves.copy()
    links = FIRST_LINK - index.raster.cells[index.raster.cells <= FIRST_LINK].astype(np.int64)
    start = links[links % 4 == LEAF][0] // 4
    leaves.view(np.int64)[start + HEADER - 1] = 1 << 40
    _forged(index, path, leaves=leaves)
    with pytest.raises(FormatError):
        load_index(path)


def _header_with(shape: list[object]) -> bytes:
    rows = {name: {"shape": shape, "sha256": ""} for name in _RINGS}
    return json.dumps({"boundaries": "", "arrays": rows}).encode()


@pytest.mark.parametrize(
    "header",
    [
        b"{}",
        b"[]",
        b'{"arrays": {}}',
        b"\xff",
        *(_header_with(shape) for shape in ([9e99], [-1], [1 << 62], ["x"], [1, 2, 3])),
    ],
)
def test_a_forged_header_is_refused(path: Path, header: bytes) -> None:
    lead = _MAGIC + (1).to_bytes(4, "little") + len(header).to_bytes(4, "little")
    path.write_bytes(lead + sha256(header).digest() + header)
    with pytest.raises(FormatError):
        load_index(path)


def test_a_path_may_be_a_text(tmp_path: Path) -> None:
    file = str(tmp_path / "grids.index")
    save_index(build_index(GRIDS), file)
    assert load_index(file).size == len(GRIDS)
