"""Which exact ids a person may give to a custom model: each needs an address."""

import re

from django.core.exceptions import ValidationError

CUSTOM = "custom"
"""The provider of models that nobody else serves."""
OWN_PAGES = re.compile(r"\d+/(edit|retire|delete)")


def check_model_name(provider_slug: str, model_name: str) -> None:
    """Raises ValidationError with one sentence where the id has no address of its own:
    `/models/<provider>/<id>/`. Slashes, dots, colons, `<` and spaces inside are fine.
    """
    parts = model_name.split("/")
    if not model_name.strip() or model_name != model_name.strip():
        raise ValidationError("An id neither begins nor ends with a space.")
    if not model_name.isprintable():
        raise ValidationError("An id holds no line breaks or other control characters.")
    if "" in parts:
        raise ValidationError("Something stands before, after and between slashes.")
    if {".", "..", "-"} & set(parts):
        raise ValidationError("Between slashes, an id is not just a dot or a dash.")
    if provider_slug == CUSTOM and OWN_PAGES.fullmatch(model_name):
        raise ValidationError("That is the address of a page here. Choose another id.")
