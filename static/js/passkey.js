// What a browser says when no passkey came of it, in words beside the button.
const WORDS = {
  NotAllowedError: "No passkey was used. Try again, or sign in another way.",
  InvalidStateError: "This device has a passkey for your account already.",
  NotSupportedError: "This browser or device has no passkeys.",
  SecurityError:
    "Passkeys need https and a name: at 127.0.0.1 or over plain http there are none.",
};

function tell(text) {
  const place = document.querySelector("[data-passkey-error]");
  if (!place) return;
  place.textContent = text;
  place.hidden = false;
}

document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  const fault = event.detail.exception;
  tell(WORDS[fault?.name] ?? "The passkey did not work. Try again in a moment.");
});

const hasPasskeys = "PublicKeyCredential" in window;
for (const button of document.querySelectorAll("[data-passkey]")) {
  button.hidden = false;
  button.disabled = !hasPasskeys;
  if (!hasPasskeys) button.title = WORDS.NotSupportedError;
}
