"""Second factors: their secrets are encrypted under the key ring."""

from base64 import b32encode
from secrets import token_bytes

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator

from registry.key_ring import Undecryptable, decrypt, encrypt
from registry.models import User


class SecondFactorAdapter(DefaultMFAAdapter):
    error_messages = {  # noqa: RUF012  # the parent's is a plain dict too
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": "That code is wrong, used already, or too old.",
    }

    def encrypt(self, text: str) -> str:
        return encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        """Where no key opens it, a secret that nobody knows: no code is right then,
        and the other factors go on working."""
        try:
            return decrypt(encrypted_text)
        except Undecryptable:
            return b32encode(token_bytes(20)).decode("ascii")

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:
        count = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return f"Passkey {count + 1}"
