"""The addresses that are served: the console, the interface for programs, and the second factor's set-up."""

from django.urls import URLPattern, URLResolver, path
from django.views.generic import RedirectView

from yibao.web.api.site import api
from yibao.web.console import contributions, officers, people, proposals, settlements, tables, uploads
from yibao.web.console.site import console, second_factor_url

urlpatterns: list[URLPattern | URLResolver] = [
    path("", RedirectView.as_view(pattern_name="admin:index")),
    path("console/", console.urls),
    second_factor_url,
    path("api/v1/", api.urls),
]
CONSOLE = (contributions, officers, people, proposals, settlements, tables, uploads)
"""The console is filled by whoever imports these."""
handler404 = "yibao.web.failures.not_found"
handler500 = "yibao.web.failures.at_fault"
