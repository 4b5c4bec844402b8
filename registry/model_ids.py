"""Which exact ids a person may give to a custom model: each needs an address."""

import re

from django.core.exceptions import ValidationError

CUSTOM = "custom"
"""The provider of models that nobody else serves."""
MAX_LENGTH = 200
OWN_PAGES = re.compile(r"\d+/(edit|retire|delete)")


def check_model_name(provider_slug: str, model_name: str) -> None:
    """Raises ValidationError with one sentence where the id has no address of its own:
    `/models/<provider>/<id>/`. Slashes, dots, colons, `<` and spaces inside are fine.
    """
    parts = model_name.split("/")
    if not model_name.strip() or model_name != model_name.strip():
        raise ValidationError("An id neither begins nor ends with a space.")
    if len(model_name) > MAX_LENGTH:
        raise ValidationError(f"An id has at most {MAX_LENGTH} characters.")
    if not model_name.isprintable():
        raise ValidationError("An id holds no line breaks or other control characters.")
    if "" in parts:
        raise ValidationError(
            "A slash stands between words: not first, last or doubled."
        )
    if {".", "..", "-"} & set(parts):
        raise ValidationError("Between slashes, an id is not just a dot or a dash.")
    if provider_slug == CUSTOM and OWN_PAGES.fullmatch(model_name):
        raise ValidationError("That is the address of a page here. Choose another id.")
