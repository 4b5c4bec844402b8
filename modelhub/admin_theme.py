"""Names, navigation and assets of the registry admin, for unfold."""

from typing import Any

from django.templatetags.static import static
from django.urls import reverse_lazy


def _item(title: str, icon: str, model: str) -> dict[str, Any]:
    return {
        "title": title,
        "icon": icon,
        "link": reverse_lazy(f"admin:registry_{model}_changelist"),
        "permission": lambda request: request.user.has_perm(f"registry.view_{model}"),
    }


UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "ModelHub",
    "SITE_HEADER": "ModelHub",
    "SITE_SUBHEADER": "Registry admin",
    "SITE_URL": "/",
    "SITE_ICON": lambda request: static("logo.svg"),
    "SITE_FAVICONS": [
        {
            "rel": "icon",
            "type": "image/svg+xml",
            "href": lambda request: static("logo.svg"),
        }
    ],
    "SITE_DROPDOWN": [
        {"icon": "arrow_back", "title": "Back to ModelHub", "link": "/"},
    ],
    "SHOW_HISTORY": True,
    "SHOW_BACK_BUTTON": True,
    "STYLES": [lambda request: static("css/admin.css")],
    "SCRIPTS": [lambda request: static("js/admin.js")],
    "COMMAND": {"search_models": False, "show_history": False},
    "SIDEBAR": {
        "show_search": False,
        "show_all_applications": False,
        "navigation": [
            {
                "items": [
                    {"title": "Back to ModelHub", "icon": "arrow_back", "link": "/"}
                ]
            },
            {
                "title": "Catalogue",
                "separator": True,
                "items": [
                    _item("Models", "deployed_code", "aimodel"),
                    _item("Prices", "payments", "price"),
                    _item("Aliases", "alt_route", "modelalias"),
                    _item("Providers", "dns", "provider"),
                    _item("Catalogue syncs", "sync", "catalogsync"),
                ],
            },
            {
                "title": "Routing",
                "separator": True,
                "items": [
                    _item("Features", "route", "feature"),
                    _item("Assignments", "assignment", "assignment"),
                    _item("Assignment history", "history", "assignmentrevision"),
                    _item("Model settings", "tune", "modelsetting"),
                ],
            },
            {
                "title": "People",
                "separator": True,
                "items": [
                    _item("Organisations", "apartment", "organization"),
                    _item("Memberships", "badge", "membership"),
                    _item("People", "person", "user"),
                    _item("Audit log", "receipt_long", "auditentry"),
                ],
            },
        ],
    },
}
