"""The database is what the environment names; the command line starts without Django; migrations are complete."""

import subprocess
import sys

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection
from tests.agency.at_database import migrated
from tests.agency.settling import AT, OFFICER, institutions, person, stay

from yibao.journeys.settlement.settling import settle
from yibao.journeys.verifying.database import database_findings
from yibao.web.databases import DatabaseUnreadable
from yibao.web.databases import database as database_settings


def test_the_help_page_loads_no_django():
    code = (
        "import sys; from typer.testing import CliRunner; from yibao.cli.main import app; "
        "said = CliRunner().invoke(app, ['--help']); assert said.exit_code == 0, said.output; "
        "sys.exit(sum(name.split('.')[0] in ('django', 'psycopg') for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_a_migrated_database_answers(database):
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM django_migrations")
        assert cursor.fetchone()[0] > 0


def test_no_migration_is_missing(database):
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


@pytest.mark.parametrize(
    "named", ["mysql://u@h/n", "postgresql://u@h", "postgresql://u@h:port/n", "postgresql://u@h/a/b"]
)
def test_what_names_no_database_is_refused_in_words(named):
    with pytest.raises(DatabaseUnreadable, match=r"YIBAO_DATABASE .*请写"):
        database_settings(named)


def test_a_url_is_taken_apart():
    found = database_settings("postgresql://yb:p%40ss@db.example:5433/agency")
    assert (found["USER"], found["PASSWORD"], found["HOST"], found["PORT"], found["NAME"]) == (
        "yb",
        "p@ss",
        "db.example",
        "5433",
        "agency",
    )


def test_an_owner_who_is_no_superuser_makes_and_uses_the_tables(server):
    with psycopg.connect(server.url("postgres"), autocommit=True) as session:
        session.execute("CREATE ROLE plain LOGIN")
        session.execute("CREATE DATABASE owned OWNER plain")
    url = server.url("owned").replace("yibao@", "plain@")
    with migrated(url):
        institutions()
        settle(OFFICER, "s", stay(person(), 9_000), at=AT)
        assert database_findings() == []
