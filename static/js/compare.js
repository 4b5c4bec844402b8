// Keyboard and place-keeping of the comparison; see templates/recommender/_compare_*.html.
const RESULTS = "compare-results";
let scrolled = 0;
let focused = null;

function options() {
  return [...document.querySelectorAll("#compare-suggestions [data-option]")];
}

// Arrow keys walk through the suggestions, Enter in the box takes the first of them.
document.addEventListener("keydown", (event) => {
  const box = event.target.closest?.(".compare-add");
  if (!box) return;
  const input = box.querySelector("input");
  const stops = [input, ...options()];
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) {
    event.preventDefault();
    const next = stops.indexOf(event.target) + step;
    stops[(next + stops.length) % stops.length].focus();
  } else if (event.key === "Escape") {
    input.value = "";
    box.querySelector(".menu-panel").replaceChildren();
    input.focus();
  } else if (event.key === "Enter" && event.target === input && input.value && stops[1] && !stops.some((stop) => stop.textContent === input.value)) {
    event.preventDefault();
    stops[1].click();
  }
});

// A swap keeps the sideways scroll of the table, and focus does not fall off the page.
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target.id !== RESULTS) return;
  scrolled = document.getElementById("compare-table")?.scrollLeft ?? 0;
  focused = document.activeElement?.id;
});
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.target.id !== RESULTS) return;
  const table = document.getElementById("compare-table");
  if (table) table.scrollLeft = scrolled;
  if (document.activeElement === document.body && !focused) table?.focus({ preventScroll: true });
});

// "Copy link" copies its own address; without a clipboard it stays a link.
document.addEventListener("click", async (event) => {
  const link = event.target.closest("a[data-copy-link]");
  if (!link || !navigator.clipboard) return;
  event.preventDefault();
  await navigator.clipboard.writeText(link.href);
  const toast = Object.assign(document.createElement("div"), { className: "toast", textContent: link.dataset.copyLink });
  document.querySelector(".toasts").append(toast);
  setTimeout(() => toast.remove(), 4000);
});
