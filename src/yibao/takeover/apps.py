"""The area as an application of Django."""

from django.apps import AppConfig


class TakeoverConfig(AppConfig):
    """Tables of what was taken over from the system before."""

    name = "yibao.takeover"
    verbose_name = "期初接管"
