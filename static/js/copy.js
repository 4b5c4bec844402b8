// A button with data-copy puts that text on the clipboard and says so: in the words of
// data-copied, where the text itself is a secret.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const toast = Object.assign(document.createElement("div"), { className: "toast" });
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
    toast.textContent = button.dataset.copied ?? `Copied ${button.dataset.copy}`;
  } catch {
    // Without HTTPS browsers refuse the clipboard: select the text instead.
    getSelection().selectAllChildren(button.previousElementSibling);
    toast.textContent = "Selected. Press Ctrl C to copy.";
  }
  document.querySelector(".toasts").append(toast);
  setTimeout(() => toast.remove(), 3000);
});
