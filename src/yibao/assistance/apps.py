"""The area as an application of Django."""

from django.apps import AppConfig


class AssistanceConfig(AppConfig):
    """Tables of assistance."""

    name = "yibao.assistance"
    verbose_name = "医疗救助"
