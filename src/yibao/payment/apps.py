"""The area as an application of Django."""

from django.apps import AppConfig


class PaymentConfig(AppConfig):
    """Tables of institutions."""

    name = "yibao.payment"
    verbose_name = "医药机构"
