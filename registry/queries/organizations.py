"""Which organisation a console command is about."""

from registry.models import Organization


class OrganizationUnclear(Exception):
    """No organisation can be told; the text says what to write."""


def chosen_organization(slug: str | None) -> Organization:
    """The one with `slug`, or without one the only one there is beside sample data."""
    known = list(Organization.objects.order_by("slug"))
    names = ", ".join(one.slug for one in known)
    if slug is not None:
        found = next((one for one in known if one.slug == slug), None)
        if found is None:
            message = f"There is no organisation {slug!r}. Known: {names or 'none'}."
            raise OrganizationUnclear(message)
        return found
    real = [one for one in known if not one.is_sample]
    if len(real) != 1:
        message = (
            f"Name the organisation with --organization: {names}."
            if known
            else "There is no organisation yet."
        )
        raise OrganizationUnclear(message)
    return real[0]
