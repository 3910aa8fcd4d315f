"""Settlements a second through the whole journey on PostgreSQL, beside a bare probe in the same run.

    .venv/bin/python benchmarks/agency.py [--settlements 1000] [--rounds 3]

One worker, the disk made sure of (fsync on). The probe is what no ledger can do without: one idempotency row, four ledger
lines, four balances brought up to date, one commit, by bare psycopg. Rounds of both take turns and the best of each counts:
the ratio decides, absolute numbers belong to the machine. The last line is one JSON object.
"""

import argparse
import json
import os
import sys
import time
from datetime import date
from itertools import count
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

import psycopg
from django.core.management import call_command
from tools.postgres import Server

from yibao.web.start import start

PEOPLE = 200
KEYS = count(1)


def main() -> None:
    """Measures and prints; the last line is the JSON object."""
    options = argparse.ArgumentParser()
    options.add_argument("--settlements", type=int, default=1_000)
    options.add_argument("--rounds", type=int, default=3)
    asked = options.parse_args()
    server = Server(fsync=True)
    try:
        os.environ["YIBAO_DATABASE"] = server.url("postgres")
        start()
        call_command("migrate", verbosity=0)
        people = _people()
        statements = _statements(people)
        settled, probed = [], []
        for _ in range(asked.rounds):
            settled.append(_settling(people, asked.settlements))
            probed.append(_probing(server.url("postgres"), asked.settlements))
    finally:
        server.stop()
    per_s, probe = max(settled), max(probed)
    print(f"settlements through the journey  {per_s:>10,.0f} a second, {statements} SQL statements each")
    print(f"bare probe                       {probe:>10,.0f} a second")
    print(f"the journey does                 {per_s / probe:>10.0%} of the probe")
    print(
        json.dumps({"settlements_per_s": round(per_s), "probe_per_s": round(probe), "statements": statements})
    )


def _people() -> list[int]:
    from tests.agency.settling import institutions, person

    institutions()
    return [person() for _ in range(PEOPLE)]


def _settle(person_id: int, number: int) -> None:
    from tests.agency.settling import AT, OFFICER, stay, visit

    from yibao.journeys.settlement.settling import settle

    bill = (visit if number % 4 else stay)(person_id, 20 + number % 3_000, date(2023, 1 + number % 12, 1))
    settle(OFFICER, f"bench-{next(KEYS)}", bill, at=AT)


def _statements(people: list[int]) -> int:
    """SQL statements of one settlement when the process has warmed up."""
    from django.db import connection

    for number in range(8):
        _settle(people[number], number)
    seen = []

    def counted(execute, sql, params, many, context):
        seen.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(counted):
        _settle(people[0], 2_000)
    return len(seen)


def _settling(people: list[int], settlements: int) -> float:
    began = time.perf_counter()
    for number in range(settlements):
        _settle(people[number % len(people)], number)
    return settlements / (time.perf_counter() - began)


def _probing(url: str, times: int) -> float:
    with psycopg.connect(url, autocommit=True) as session:
        session.execute(
            "DROP TABLE IF EXISTS probe_line; DROP TABLE IF EXISTS probe_key; DROP TABLE IF EXISTS probe_balance"
        )
        session.execute("CREATE TABLE probe_key (key text PRIMARY KEY, reply text)")
        session.execute("CREATE TABLE probe_balance (account int PRIMARY KEY, amount bigint NOT NULL)")
        session.execute(
            "CREATE TABLE probe_line (id bigserial PRIMARY KEY, key text, account int, amount bigint)"
        )
        session.execute("INSERT INTO probe_balance SELECT n, 0 FROM generate_series(0, 99) n")
        began = time.perf_counter()
        for number in range(times):
            with session.transaction():
                session.execute("INSERT INTO probe_key VALUES (%s, %s)", [str(number), "{}"])
                for side in range(4):
                    account, amount = (number + side) % 100, (-1) ** side * number
                    session.execute(
                        "INSERT INTO probe_line (key, account, amount) VALUES (%s, %s, %s)",
                        [str(number), account, amount],
                    )
                    session.execute(
                        "UPDATE probe_balance SET amount = amount + %s WHERE account = %s", [amount, account]
                    )
        return times / (time.perf_counter() - began)


if __name__ == "__main__":
    main()
