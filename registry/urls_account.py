"""Addresses of signing in and of a person's own account. The names are those by which
django-allauth finds its steps."""

from django.urls import path

from registry.views import (
    account,
    email_address,
    invitations,
    other_systems,
    password_forgotten,
    saml,
    second_factors,
    sign_in,
)

SAML = "sign-in/saml/<slug:organization_slug>/"

urlpatterns = [
    path("sign-in/", sign_in.sign_in, name="sign_in"),
    path("sign-in/", sign_in.sign_in, name="account_login"),
    path("sign-in/link/", sign_in.sign_in_link, name="sign_in_link"),
    path("sign-in/passkey/", sign_in.sign_in_passkey, name="mfa_login_webauthn"),
    path("sign-in/second-factor/", sign_in.second_factor, name="mfa_authenticate"),
    path("sign-in/again/", sign_in.password_again, name="account_reauthenticate"),
    path("sign-in/again/code/", sign_in.code_again, name="mfa_reauthenticate"),
    path(
        "sign-in/again/passkey/",
        sign_in.passkey_again,
        name="mfa_reauthenticate_webauthn",
    ),
    path(
        "sign-in/forgotten/",
        password_forgotten.password_forgotten,
        name="account_reset_password",
    ),
    path(
        "sign-in/forgotten/<str:uidb36>/<str:key>/",
        password_forgotten.password_from_link,
        name="account_reset_password_from_key",
    ),
    path("sign-in/inactive/", sign_in.inactive, name="account_inactive"),
    path(
        "sign-in/with/<slug:provider_id>/",
        other_systems.other_system,
        name="openid_connect_login",
    ),
    path(
        "sign-in/with/<slug:provider_id>/back/",
        other_systems.other_system_back,
        name="openid_connect_callback",
    ),
    path(SAML, saml.saml_login, name="saml_login"),
    path(f"{SAML}back/", saml.saml_acs, name="saml_acs"),
    path(f"{SAML}finish/", saml.saml_finish_acs, name="saml_finish_acs"),
    path(f"{SAML}metadata/", saml.saml_metadata, name="saml_metadata"),
    path(f"{SAML}out/", saml.saml_sls, name="saml_sls"),
    path("sign-out/", sign_in.sign_out, name="sign_out"),
    path("sign-out/", sign_in.sign_out, name="account_logout"),
    path("invitations/<str:secret>/", invitations.invitation, name="invitation"),
    path("account/", account.account, name="account"),
    path("account/", account.account, name="mfa_index"),
    path("account/", account.account, name="mfa_list_webauthn"),
    path("account/name/", account.account_name, name="account_name"),
    path("account/zone/", account.account_zone, name="account_zone"),
    path("account/email/", email_address.account_email, name="account_email"),
    path(
        "account/email/verify/",
        email_address.account_email_verify,
        name="account_email_verify",
    ),
    path(
        "account/email/confirm/<str:secret>/",
        email_address.account_email_confirm,
        name="account_email_confirm",
    ),
    path("account/password/", account.account_password, name="account_password"),
    path(
        "account/sessions/end/",
        account.account_sessions_end,
        name="account_sessions_end",
    ),
    path(
        "account/sessions/<int:pk>/end/",
        account.account_session_end,
        name="account_session_end",
    ),
    path("account/app/", second_factors.app_add, name="mfa_activate_totp"),
    path("account/app/remove/", second_factors.app_remove, name="mfa_deactivate_totp"),
    path("account/passkeys/add/", second_factors.passkey_add, name="mfa_add_webauthn"),
    path(
        "account/passkeys/<int:pk>/remove/",
        second_factors.passkey_remove,
        name="mfa_remove_webauthn",
    ),
    path(
        "account/codes/",
        second_factors.recovery_codes,
        name="mfa_view_recovery_codes",
    ),
    path(
        "account/codes/new/",
        second_factors.recovery_codes_again,
        name="mfa_generate_recovery_codes",
    ),
    path(
        "account/codes/file/",
        second_factors.recovery_codes_file,
        name="mfa_download_recovery_codes",
    ),
]
