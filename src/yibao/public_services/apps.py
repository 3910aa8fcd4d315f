"""The area as an application of Django."""

from django.apps import AppConfig


class PublicServicesConfig(AppConfig):
    """Tables of applications."""

    name = "yibao.public_services"
    verbose_name = "公共管理服务"
