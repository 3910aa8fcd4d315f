"""Financing as an application of Django."""

from django.apps import AppConfig


class FinancingConfig(AppConfig):
    """Tables of financing."""

    name = "yibao.financing"
    verbose_name = "筹资"
