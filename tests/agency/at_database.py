"""Lets the default connection of this process be to another database."""

from contextlib import suppress
from typing import Any

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
