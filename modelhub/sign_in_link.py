from django.urls import reverse
from sesame.utils import get_query_string

from registry.models import User


def sign_in_link(user: User, address: str) -> str:
    """A link that signs `user` in once, within an hour."""
    query: str = get_query_string(user)
    return f"{address.rstrip('/')}{reverse('sign_in_link')}{query}"
