"""Settings of signing in: django-allauth with second factors, passkeys and sessions.
The doors of other systems stand in `modelhub.single_sign_on`."""

from modelhub.env import env_bool

SIGN_IN_APPS = [
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
]
SIGN_IN_MIDDLEWARE = [
    "allauth.account.middleware.AccountMiddleware",
    "registry.sign_in.sessions.SeenMiddleware",
]
AUTHENTICATION_BACKENDS = [
    "allauth.account.auth_backends.AuthenticationBackend",
    "sesame.backends.ModelBackend",
]

ACCOUNT_ADAPTER = "registry.sign_in.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
# Accounts come by invitation: an admin vouches for the address.
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_NOTIFICATIONS = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 15 * 60
# The key of `login_failed` is the account at one network address, so that nobody shuts
# others out; `account_failed` is the account from everywhere.
ACCOUNT_RATE_LIMITS = {
    "login": "60/m/ip",
    "login_failed": "20/m/ip,5/300s/key",
    "account_failed": "60/h/key",
    # Messages to one address that somebody typed, and from one account.
    "reset_password": "20/m/ip,5/h/key",
    "reset_password_from_key": "20/m/ip",
    "email_link": "10/h/key",
}
# Of links that are mailed for a new password.
PASSWORD_RESET_TIMEOUT = 2 * 60 * 60
# Django's: allauth's own keeps a second list of addresses.
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = (
    "django.contrib.auth.tokens.PasswordResetTokenGenerator"  # noqa: S105  # a class
)

MFA_ADAPTER = "registry.sign_in.second_factors.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_TOTP_ISSUER = "ModelHub"
# A code stays right for one step of 30 s before and after: clocks differ.
MFA_TOTP_TOLERANCE = 1
# Browsers offer passkeys over https and at http://localhost alone.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not env_bool("USE_HTTPS", default=False)

MFA_FORMS = {
    "add_webauthn": "registry.forms.passkeys.PasskeyAddForm",
    "login_webauthn": "registry.forms.passkeys.PasskeySignInForm",
    "authenticate_webauthn": "registry.forms.passkeys.PasskeyFactorForm",
    "reauthenticate_webauthn": "registry.forms.passkeys.PasskeyAgainForm",
}

# Shared by all processes: limits count for all of them together.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "registry_cache",
    }
}
