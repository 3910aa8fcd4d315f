"""Rights as an application of Django."""

from django.apps import AppConfig


class RightsConfig(AppConfig):
    """Tables of rights and audit."""

    name = "yibao.rights"
    verbose_name = "权限与审计"
