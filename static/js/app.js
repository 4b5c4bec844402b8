// Behaviour of the app on top of ui.js, by delegation as there.
document.addEventListener("click", (event) => {
  event.target.closest("[data-dismiss]")?.closest(".toast")?.remove();
});

// A fragment with a dialog opens itself when it arrives.
document.addEventListener("htmx:load", (event) => {
  const dialog = event.target.closest?.("dialog[data-open]") ?? event.target.querySelector?.("dialog[data-open]");
  if (dialog && !dialog.open) dialog.hasAttribute("data-docked") ? dialog.show() : dialog.showModal();
});

// A request that failed says so instead of doing nothing.
document.addEventListener("htmx:responseError", (event) => {
  notify(`That did not work (${event.detail.xhr.status}). Nothing was changed; reload the page and try again.`);
});
document.addEventListener("htmx:sendError", () => notify("The server did not answer. Check that ModelHub is running."));

function notify(text) {
  const toast = Object.assign(document.createElement("div"), { className: "toast", textContent: text });
  toast.dataset.tone = "danger";
  document.querySelector(".toasts")?.append(toast);
  setTimeout(() => toast.remove(), 8000);
}

// Arrow keys walk through the search dialog's results.
document.addEventListener("keydown", (event) => {
  const palette = event.target.closest?.("#palette");
  if (!palette || (event.key !== "ArrowDown" && event.key !== "ArrowUp")) return;
  event.preventDefault();
  const stops = [palette.querySelector("input"), ...palette.querySelectorAll("a")];
  const step = event.key === "ArrowDown" ? 1 : -1;
  stops[(stops.indexOf(document.activeElement) + step + stops.length) % stops.length].focus();
});

// A toast's own action takes the toast away once it is answered, not before: htmx needs
// the button in the page until then.
document.addEventListener("htmx:afterRequest", (event) => {
  event.target.closest?.("[data-dismiss-after]")?.closest(".toast")?.remove();
});

// Enter in a field first changes it and then submits its form. Where the change has been
// asked already, the submit asks nothing new, and would only abort what is under way.
document.addEventListener("htmx:confirm", (event) => {
  const { elt, triggeringEvent } = event.detail;
  if (triggeringEvent?.type === "submit" && elt.matches("[hx-trigger*=change].htmx-request")) event.preventDefault();
});
