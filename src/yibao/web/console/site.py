"""The console's site: who comes in, and what the first page says."""

from typing import Any

from csp.decorators import csp_replace
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.views.decorators.debug import sensitive_post_parameters
from django_otp import user_has_device
from unfold.sites import UnfoldAdminSite

from yibao.rights.terms import ROLE_WORDS
from yibao.web.sign_in import acting, second_factor


class Console(UnfoldAdminSite):
    """Officers who have signed in with both factors; what each of them sees, the tables ask of their grants."""

    index_title = "工作台"
    enable_nav_sidebar = True

    def has_permission(self, request: HttpRequest) -> bool:
        """Whether both factors were given."""
        return bool(request.user.is_active and request.user.is_verified())

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """A page that asks for both factors, under the console's own policy of what it may load."""
        return csp_replace(settings.CONSOLE_POLICY)(super().admin_view(view, cacheable))

    @method_decorator(csp_replace(settings.CONSOLE_POLICY))
    @method_decorator(sensitive_post_parameters())
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The sign-in page; who has signed in and has no second factor yet goes to set one up."""
        if request.method == "GET" and request.user.is_authenticated and not user_has_device(request.user):
            return HttpResponseRedirect(reverse("second-factor"))
        return super().login(request, {**(extra_context or {}), "home": reverse("admin:index")})

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """What every page is told: whom it is for."""
        told: dict[str, Any] = super().each_context(request)
        if self.has_permission(request):
            granted = acting(request).granted
            told["granted_words"] = [f"{ROLE_WORDS[one.role][0]}（{one.area_code}）" for one in granted]
        return told

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The first page: what the officer may begin, and the tables."""
        from yibao.web.console.doing import doings_of

        return super().index(request, {**(extra_context or {}), "doings": doings_of(request, "")})

    def extra_urls(self) -> list[URLPattern]:
        """Pages beside the tables."""
        from yibao.web.console.doing import urls

        return urls()


console = Console(name="admin")
second_factor_url = path(
    "second-factor/", csp_replace(settings.CONSOLE_POLICY)(second_factor), name="second-factor"
)
