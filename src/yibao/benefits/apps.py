"""The area as an application of Django."""

from django.apps import AppConfig


class BenefitsConfig(AppConfig):
    """Tables of who is certified for what."""

    name = "yibao.benefits"
    verbose_name = "待遇资格"
