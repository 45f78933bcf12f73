"""``python -m benchmarks.lookup_list``: a workbook of addresses through the page, in Chromium.

A workbook as an office keeps it (a title above the header, twelve columns, formulas, a filter, a
validation) has 50,000 addresses of the sample plan, nearly all different, some with slips. It is
uploaded on ``/lookup/batch``, its columns are confirmed, and the result is downloaded; the clock
runs from choosing the file until the download is on the disk. Then every cell that was there is
compared, and the rows are counted. Options: ``--rows``, ``--rounds``.
"""

from __future__ import annotations

import argparse
import os
import re
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from random import Random

import openpyxl
from openpyxl.worksheet.datavalidation import DataValidation
from playwright.sync_api import Page, expect, sync_playwright

from benchmarks.report import machine
from geogrid.store import load_plan, sample_folder

HEADER = (
    "工单编号", "来电时间", "诉求类型", "诉求人", "事发地址", "诉求内容", "件数", "满意度",
    "折算", "办理单位", "状态", "备注",
)  # fmt: skip
_SERVE = "from geogrid.cli import main; main()"
_KINDS, _LIKED = ("噪音", "停车"), ("满意", "一般")


def write_workbook(path: Path, count: int) -> None:
    """Write the list; the same one each time."""
    rng = Random(12345)
    plan = load_plan(sample_folder("futian"))
    known = [text for text in plan.units["address"].tolist() if text]
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "诉求台账"
    sheet.append(["某街道12345诉求台账"])
    sheet.merge_cells("A1:L1")
    sheet.append(HEADER)
    for at in range(count):
        row = at + 3
        sheet.append(
            [
                f"GD{at:07}",
                f"2026-03-{at % 28 + 1:02} 09:{at % 60:02}",
                rng.choice(_KINDS),
                f"市民{at % 997}",
                _written(rng, rng.choice(known)),
                "请尽快处理" * rng.randint(1, 6),
                rng.randint(1, 9),
                rng.choice(_LIKED),
                f"=G{row}*1.5",
                f"科室{at % 12}",
                "已办结",
                "",
            ]
        )
    sheet.auto_filter.ref = f"A2:L{count + 2}"
    sheet.freeze_panes = "A3"
    marks = DataValidation(type="list", formula1='"满意,一般,不满意"')
    marks.add(f"H3:H{count + 2}")
    sheet.add_data_validation(marks)
    book.save(path)


def _written(rng: Random, address: str) -> str:
    """Return an address as a caller's clerk writes it: a region before it, a room behind it."""
    text = rng.choice(("", "福田区", "深圳市福田区")) + address
    text += f"{rng.randint(1, 32)}{rng.randint(1, 8):02}" + rng.choice(("", "室", "房"))
    if rng.random() < 0.03:  # a letter twice
        at = rng.randrange(len(text))
        text = text[:at] + text[at] + text[at:]
    return text


def through_the_page(page: Page, url: str, source: Path, target: Path) -> dict[str, float]:
    """Return the seconds until the columns were asked, the result was shown, and it was on disk."""
    page.goto(f"{url}/lookup/batch")
    begin = time.perf_counter()
    page.set_input_files("#drop input", source)
    page.locator("#confirm [type=submit]").wait_for()
    asked = time.perf_counter()
    page.locator("#confirm [type=submit]").click()
    expect(page.locator(".verdict")).to_contain_text(re.compile("[0-9,]+ 行"), timeout=300_000)
    shown = time.perf_counter()
    with page.expect_download(timeout=300_000) as started:
        page.locator("#download").click()
    started.value.save_as(target)
    end = time.perf_counter()
    return {
        "read": asked - begin,
        "search": shown - asked,
        "write": end - shown,
        "all": end - begin,
    }


def require_untouched(source: Path, target: Path) -> None:
    """Raise where a cell that was there is another one, or a row is missing."""
    before, after = (
        openpyxl.load_workbook(path, read_only=True)["诉求台账"] for path in (source, target)
    )
    rows = zip(before.iter_rows(values_only=True), after.iter_rows(values_only=True), strict=True)
    for number, (old, new) in enumerate(rows, 1):
        if number > 1 and old != new[: len(HEADER)]:
            raise AssertionError(f"row {number}: {old} became {new}")


def _free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=50_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    print(machine())
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source, target = folder / "台账.xlsx", folder / "台账_网格.xlsx"
        write_workbook(source, options.rows)
        port = _free_port()
        url = f"http://127.0.0.1:{port}"
        served = ["-c", _SERVE, "serve", "--port", str(port)]
        served += ["--workspace", str(folder / "place")]
        with subprocess.Popen([sys.executable, *served], start_new_session=True) as server:
            try:
                _wait_for(f"{url}/readyz")
                rounds = _rounds(url, source, target, options.rounds)
            finally:
                os.killpg(server.pid, signal.SIGTERM)
        require_untouched(source, target)
    print(f"{options.rows:,} rows, medians of {options.rounds}, seconds:")
    for step in rounds[0]:
        print(f"| {step} | {statistics.median(each[step] for each in rounds):.1f} |")


def _wait_for(url: str) -> None:
    """Wait until the server answers, and until it has compiled what searches need.

    Raises
    ------
    TimeoutError
        It does not within two minutes.
    """
    for _each in range(240):
        try:
            with urllib.request.urlopen(url, timeout=2):
                time.sleep(45)
                return
        except OSError:
            time.sleep(0.5)
    raise TimeoutError(url)


def _rounds(url: str, source: Path, target: Path, many: int) -> list[dict[str, float]]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page(locale="zh-CN", accept_downloads=True)
        page.set_default_timeout(300_000)
        return [through_the_page(page, url, source, target) for _each in range(many)]


if __name__ == "__main__":
    main()
