// The calculator's form stays in place while its answers are swapped: marks the fields
// that the answer complains about, and copies the link.
document.addEventListener("htmx:afterSettle", () => {
  for (const hint of document.querySelectorAll("[data-hint-for]")) {
    const field = document.getElementById(hint.dataset.hintFor);
    if (!field) continue;
    if (hint.hasAttribute("data-error")) field.setAttribute("aria-invalid", "true");
    else field.removeAttribute("aria-invalid");
  }
});

document.addEventListener("click", async (event) => {
  const link = event.target.closest("[data-copy]");
  if (!link || !navigator.clipboard) return; // Without it the link opens, and the address is there to copy.
  event.preventDefault();
  await navigator.clipboard.writeText(link.dataset.copy);
  const toast = Object.assign(document.createElement("div"), { className: "toast", textContent: "Link copied." });
  toast.dataset.tone = "success";
  document.querySelector(".toasts")?.append(toast);
  setTimeout(() => toast.remove(), 4000);
});
