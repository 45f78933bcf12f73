"""Two worker processes, through the library and through the command."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest
from click.testing import CliRunner
from hand_drawn import grids

from geogrid import check_coverage
from geogrid.cli import main
from geogrid.errors import InputError
from geogrid.scale import check_coverage_distributed, connected, local_workers

from .test_distributed import REGION, SAMPLES, SIDE, assert_same, write


@pytest.mark.filterwarnings("default")  # the cluster's own, while it starts and stops
def test_two_processes_report_what_one_process_reports(tmp_path: Path) -> None:
    with local_workers(2) as client:
        assert len(client.scheduler_info()["workers"]) == 2
        assert client.scheduler.address.startswith("tcp://127.0.0.1:")
        for sample in SAMPLES:
            frame = grids(sample(), code=[f"G{at:02}" for at in range(SIDE * SIDE)])
            folder = write(frame, tmp_path / sample.__name__, parts=4, groups=2)
            for region in (REGION, None):
                found = check_coverage_distributed(folder, region, client=client)
                assert_same(found, check_coverage(frame, region))
        with connected(client.scheduler.address) as other:
            found = check_coverage_distributed(folder, REGION, client=other)
        assert_same(found, check_coverage(frame, REGION))
        (folder / "bad.parquet").write_bytes((folder / "000.parquet").read_bytes()[:-9])
        with pytest.raises(InputError, match="damaged"):
            check_coverage_distributed(folder, REGION, client=client)


def test_a_scheduler_that_does_not_answer_is_named() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    with pytest.raises(InputError, match=address), connected(address):
        pass


@pytest.mark.filterwarnings("default")
def test_the_command_starts_workers_and_prints_the_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GEOGRID_LANG", "en")
    frame = grids(SAMPLES[1](), code=[f"G{at:02}" for at in range(SIDE * SIDE)])
    folder = write(frame, tmp_path / "grids.parquet", parts=3)
    region = tmp_path / "region.parquet"
    grids([REGION], code=["R"]).to_parquet(region)
    command = ["check", str(folder), "--region", str(region), "--workers", "2"]
    done = CliRunner().invoke(main, [*command, "--json"])
    assert done.exit_code == 1, done.output
    wanted = check_coverage(frame, REGION).to_dict()
    assert json.loads(done.stdout) == json.loads(json.dumps(wanted))


@pytest.mark.parametrize(
    ("more", "said"),
    [(["--scheduler", "tcp://127.0.0.1:1"], "not both"), (["--crs", "EPSG:4547"], "--crs")],
)
def test_options_that_do_not_go_together_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, more: list[str], said: str
) -> None:
    monkeypatch.setenv("GEOGRID_LANG", "en")
    path = tmp_path / "grids.parquet"
    grids([REGION]).to_parquet(path)
    done = CliRunner().invoke(main, ["check", str(path), "--workers", "2", *more])
    assert done.exit_code == 2
    assert said in done.stderr
