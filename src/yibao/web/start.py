"""Starts Django in this process: what a command that needs the database calls first."""

import os

import django

SETTINGS = "yibao.web.settings"


def start() -> None:
    """Makes models usable; calling it again does nothing."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    django.setup()
