"""Lets the default connection of this process be to another database."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from django.core.management import call_command
from django.db import connections

from yibao.web.databases import database


def point_at(url: str) -> None:
    """Connects to a database as YIBAO_DATABASE names it."""
    connect(connections.configure_settings({"default": database(url)})["default"])


def connect(settings: dict[str, Any]) -> None:
    """Connects by Django's settings of a database."""
    connections.close_all()
    connections.settings["default"] = settings
    with suppress(AttributeError):  # this thread has had no connection yet
        del connections["default"]


@contextmanager
def migrated(url: str) -> Iterator[None]:
    """Makes the tables of a database, and leaves the default connection to what it was to."""
    before = connections.settings["default"]
    point_at(url)
    call_command("migrate", verbosity=0)
    yield
    connect(before)
