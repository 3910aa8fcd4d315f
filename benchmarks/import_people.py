"""People with a year's coverage taken in from CSV into PostgreSQL: seconds, rows a second, peak memory of the importing process.

    .venv/bin/python benchmarks/import_people.py [--people 100000 1000000] [--work DIR]

Each size goes into a database of its own on one server, the disk made sure of (fsync on), by the commands that an agency
runs: `yibao import people`, then `yibao import coverage`, both with their start. Memory of two sizes beside one another says
whether it grows. Nobody in the files is real. The last line is one JSON object.
"""

import argparse
import csv
import json
import os
import subprocess
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parent.parent))

import numpy as np
import psycopg
from django.core.management import call_command
from tools.postgres import Server

from yibao.files.identity import CHECKS, WEIGHTS

AREA, OFFICER, DAY = "140100", "clerk", "2023-07-01"
COUNTIES = ("140105", "140106", "140107", "140121", "140122", "140123")
A_DAY = 999
"""People born on one day."""


class Run(NamedTuple):
    """One command: rows, seconds, peak memory in MB."""

    rows: int
    wall_s: float
    peak_mb: int


def main() -> None:
    """Measures and prints; the last line is the JSON object."""
    options = argparse.ArgumentParser()
    options.add_argument("--people", type=int, nargs="+", default=[100_000, 1_000_000])
    options.add_argument("--work", type=Path)
    asked = options.parse_args()
    found: dict[str, list[Run]] = {"people": [], "coverage": []}
    server = Server(fsync=True)
    try:
        with tempfile.TemporaryDirectory(prefix="yibao-import-", dir=asked.work) as folder:
            for people in asked.people:
                files = written(Path(folder), people)
                url = database(server, f"of_{people}")
                for kind, path in files.items():
                    found[kind].append(imported(url, kind, path, people))
                    path.unlink()
    finally:
        server.stop()
    for kind, runs in found.items():
        for run in runs:
            print(
                f"{kind:<9} {run.rows:>10,} rows {run.wall_s:8.1f} s {run.rows / run.wall_s:>9,.0f} a second"
                f"   {run.peak_mb:>5} MB at most"
            )
    print(json.dumps({kind: [run._asdict() for run in runs] for kind, runs in found.items()}))


def written(folder: Path, people: int) -> dict[str, Path]:
    """A file of people and one of their coverage."""
    paths = {kind: folder / f"{kind}-{people}.csv" for kind in ("people", "coverage")}
    with paths["people"].open("w", encoding="utf-8", newline="") as stream:
        sheet = csv.writer(stream)
        sheet.writerow(
            ("person_no", "identity_no", "name", "sex", "born_on", "county_code", "household_no", "address")
        )
        for order in range(people):
            born = date(1940, 1, 1) + timedelta(days=order // A_DAY)
            number = _checked(f"990105{born:%Y%m%d}{order % A_DAY + 1:03d}")
            sex = "男" if int(number[16]) % 2 else "女"
            county = COUNTIES[order % len(COUNTIES)]
            sheet.writerow((f"P{order}", number, "甲某", sex, born, county, f"H{order // 3}", "某街道一号"))
    with paths["coverage"].open("w", encoding="utf-8", newline="") as stream:
        sheet = csv.writer(stream)
        sheet.writerow(("person_no", "covered_from", "covered_to"))
        sheet.writerows((f"P{order}", "2023-01-01", "2023-12-31") for order in range(people))
    return paths


def database(server: Server, name: str) -> str:
    """A migrated database with an officer who may take people in."""
    with psycopg.connect(server.url("postgres"), autocommit=True) as session:
        session.execute(f"CREATE DATABASE {name}")  # type: ignore[arg-type]
    url = server.url(name)
    os.environ["YIBAO_DATABASE"] = url
    from django.db import connections

    from yibao.web.databases import database as settings
    from yibao.web.start import start

    start()
    connections.close_all()
    connections.settings["default"] = connections.configure_settings({"default": settings(url)})["default"]
    del connections["default"]
    call_command("migrate", verbosity=0)
    from yibao.rights.models import Grant, Officer
    from yibao.rights.terms import Role

    officer = Officer.objects.create_user(OFFICER)
    Grant.objects.create(officer=officer, role=Role.CITY_OFFICER, area_code=AREA, first_day=date(2020, 1, 1))
    connections.close_all()
    return url


def imported(url: str, kind: str, path: Path, rows: int) -> Run:
    """One command in a process of its own."""
    words = ["import", kind, str(path), "--area", AREA, "--day", DAY, "--as", OFFICER]
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "yibao.cli.main", *words], env={**os.environ, "YIBAO_DATABASE": url}
    )
    _, status, used = os.wait4(process.pid, 0)
    wall_s = time.perf_counter() - began
    if status != 0:
        raise SystemExit(f"yibao {' '.join(words)} ended with {os.waitstatus_to_exitcode(status)}")
    return Run(rows, round(wall_s, 1), used.ru_maxrss // 1024)


def _checked(body: str) -> str:
    """An identity number's first seventeen digits with its check digit."""
    digits = np.frombuffer(body.encode(), np.uint8).astype(np.int32) - ord("0")
    return body + chr(CHECKS[int(digits @ WEIGHTS) % 11])


if __name__ == "__main__":
    main()
