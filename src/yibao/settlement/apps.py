"""Settlement as an application of Django."""

from django.apps import AppConfig


class SettlementConfig(AppConfig):
    """Tables of settlement."""

    name = "yibao.settlement"
    verbose_name = "待遇结算"
