from django.contrib import admin
from django.contrib.auth.views import LogoutView
from django.urls import include, path

from modelhub.api import api, not_found
from modelhub.api_docs import api_docs
from registry.views import account

urlpatterns = [
    path("admin/", admin.site.urls),
    path("api/docs", api_docs, name="api_docs"),
    path("api/", api.urls),
    path("api/<path:rest>", not_found),
    path("sign-in/", account.sign_in, name="sign_in"),
    path("sign-in/link/", account.sign_in_link, name="sign_in_link"),
    path("sign-out/", LogoutView.as_view(), name="sign_out"),
    path("account/password/", account.account_password, name="account_password"),
    path("trials/", include("modelhub.gateway.trials.urls")),
    path("", include("registry.urls")),
    path("", include("analytics.urls")),
    path("", include("recommender.urls")),
]

handler400 = "modelhub.error_pages.bad_request"
handler403 = "modelhub.error_pages.permission_denied"
handler404 = "modelhub.error_pages.page_not_found"
handler500 = "modelhub.error_pages.server_error"
