from django.contrib import admin
from django.urls import include, path

from modelhub.api import api, not_found
from modelhub.api_docs import api_docs

urlpatterns = [
    path("admin/", admin.site.urls),
    path("api/docs", api_docs, name="api_docs"),
    path("api/", api.urls),
    path("api/<path:rest>", not_found),
    path("", include("registry.urls_account")),
    path("trials/", include("modelhub.gateway.trials.urls")),
    path("", include("registry.urls")),
    path("", include("analytics.urls")),
    path("", include("recommender.urls")),
]

handler400 = "modelhub.error_pages.bad_request"
handler403 = "modelhub.error_pages.permission_denied"
handler404 = "modelhub.error_pages.page_not_found"
handler500 = "modelhub.error_pages.server_error"
handler429 = "registry.views.sign_in.too_many_requests"
