"""A passkey in a real Chromium, whose virtual authenticator plays the device."""

import pytest

pytestmark = pytest.mark.browser

EMAIL = "passkey@example.com"


@pytest.fixture
def by_name(site) -> str:
    """Browsers have passkeys at localhost, but not at 127.0.0.1."""
    return site.url.replace("127.0.0.1", "localhost")


def with_authenticator(page) -> None:
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def test_a_passkey_is_made_used_and_removed(site, visit, by_name):
    link = site.sign_in_link(EMAIL, "passkeys").replace(site.url, by_name)
    page = visit(link).page
    with_authenticator(page)

    page.goto(f"{by_name}/account/")
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Name").fill("Laptop")
    page.get_by_role("button", name="Make the passkey").click()
    page.get_by_role("heading", name="Recovery codes").wait_for()

    page.goto(f"{by_name}/account/")
    page.get_by_text("Laptop").first.wait_for()
    page.get_by_label("Your account").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in/")

    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url(f"{by_name}/")

    page.goto(f"{by_name}/account/")
    page.get_by_role("link", name="Remove Laptop").click()
    page.get_by_role("button", name="Remove it").click()
    page.get_by_text("The passkey is removed.").wait_for()
    assert page.get_by_text("Laptop").count() == 0


def test_without_a_passkey_the_page_says_what_happened(site, visit, by_name):
    page = visit(f"{by_name}/sign-in/").page
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")

    page.evaluate(
        "() => { navigator.credentials.get = async () => "
        "{ throw new DOMException('no', 'NotAllowedError') } }"
    )
    page.get_by_role("button", name="Use a passkey").click()

    page.get_by_text("No passkey was used.").wait_for()
