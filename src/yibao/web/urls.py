"""The addresses that are served: the console, the interface for programs, and the second factor's set-up."""

from django.urls import URLPattern, URLResolver, path
from django.views.generic import RedirectView

from yibao.web.api.site import api
from yibao.web.console import officers, people, tables
from yibao.web.console.site import console, second_factor_url

urlpatterns: list[URLPattern | URLResolver] = [
    path("", RedirectView.as_view(pattern_name="admin:index")),
    path("console/", console.urls),
    second_factor_url,
    path("api/v1/", api.urls),
]
assert officers and people and tables, "the console is filled by whoever imports it"
handler404 = "yibao.web.failures.not_found"
handler500 = "yibao.web.failures.at_fault"
