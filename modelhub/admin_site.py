"""The registry admin: unfold's site with our sign-in page and our strict policy.

It is for operators (staff and superusers) and shows every organisation's rows; what a
person may do there follows Django's model permissions. Members of an organisation work
in the app itself.
"""

from collections.abc import Callable
from typing import Any

from csp.constants import UNSAFE_EVAL, UNSAFE_INLINE
from csp.decorators import csp_update
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from unfold.sites import UnfoldAdminSite

View = Callable[..., HttpResponse]

# What unfold needs beyond the product's policy, under /admin/ alone: its Alpine
# compiles the expressions in attributes, and sets widths as style attributes. Scripts
# still come from our own address; nothing inline runs, no inline style element applies.
ADMIN_POLICY = {"script-src": [UNSAFE_EVAL], "style-src-attr": [UNSAFE_INLINE]}


class ModelHubAdminSite(UnfoldAdminSite):
    index_title = "Registry admin"

    def admin_view(self, view: View, cacheable: bool = False) -> View:
        guarded: View = super().admin_view(csp_update(ADMIN_POLICY)(view), cacheable)
        return guarded

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """Without unfold's colours: it would write them into an inline style, which
        the policy forbids. They stand in static/css/admin.css."""
        return {**super().each_context(request), "colors": None}

    @method_decorator(never_cache)
    @login_not_required
    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The product's own sign-in page, then back to the page asked for."""
        if request.user.is_authenticated:
            raise PermissionDenied(
                "The registry admin is for operators. Ask one to give you staff rights."
            )
        destination = request.GET.get("next", request.get_full_path())
        return redirect_to_login(destination)

    def logout(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return HttpResponseRedirect("/")
