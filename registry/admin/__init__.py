"""The registry admin for operators; one file a noun. See modelhub.admin_site."""

from registry.admin import (
    ai_models,
    connections,
    features,
    organizations,
    prices,
    providers,
    records,
    users,
)

__all__ = [
    "ai_models",
    "connections",
    "features",
    "organizations",
    "prices",
    "providers",
    "records",
    "users",
]
