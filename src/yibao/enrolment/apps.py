"""The area as an application of Django."""

from django.apps import AppConfig


class EnrolmentConfig(AppConfig):
    """Tables of people and enrolment."""

    name = "yibao.enrolment"
    verbose_name = "参保登记"
