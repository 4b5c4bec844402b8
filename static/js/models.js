// The models page: tray of models to compare, the providers' own filter, tidy addresses.
const KEY = "modelhub.compare";
const MOST = 6;
const tray = document.getElementById("compare-tray");

// Without JavaScript the checkboxes belong to the tray's form; with it the list below does,
// so that a choice survives filtering and paging.
let chosen = read();

function read() {
  try {
    return JSON.parse(sessionStorage.getItem(KEY) ?? "[]").filter((one) => typeof one === "string").slice(0, MOST);
  } catch {
    return [];
  }
}

function choose(reference, on) {
  if (on && !chosen.includes(reference) && chosen.length >= MOST) {
    say(`Six models at most. Take one out of the tray before you add ${reference}.`);
    return show();
  }
  chosen = chosen.filter((one) => one !== reference);
  if (on) chosen.push(reference);
  sessionStorage.setItem(KEY, JSON.stringify(chosen));
  show();
}

function show() {
  for (const box of document.querySelectorAll('input[name="m"][type="checkbox"]')) {
    box.setAttribute("form", "");
    box.checked = chosen.includes(box.value);
  }
  tray.hidden = chosen.length === 0;
  tray.querySelector("[data-tray-count]").textContent = `Compare ${chosen.length} of ${MOST}`;
  tray.querySelector("[data-tray-clear]").hidden = chosen.length === 0;
  tray.querySelector("[data-tray-go]").disabled = chosen.length < 2;
  tray.querySelector("[data-tray-chips]").replaceChildren(...chosen.map(chip));
}

function chip(reference) {
  const made = document.getElementById("tray-chip").content.cloneNode(true);
  const provider = reference.split("/", 1)[0];
  const mark = made.querySelector(".mark");
  mark.dataset.provider = provider;
  mark.textContent = provider.replace(/[^a-z0-9]/gi, "").slice(0, 2).toUpperCase();
  made.querySelector("[data-name]").textContent = reference.slice(provider.length + 1);
  const button = made.querySelector("button");
  button.setAttribute("aria-label", `Remove ${reference}`);
  button.dataset.remove = reference;
  const field = Object.assign(document.createElement("input"), { type: "hidden", name: "m", value: reference });
  made.append(field);
  return made;
}

function say(text) {
  const toast = Object.assign(document.createElement("div"), { className: "toast", textContent: text });
  toast.dataset.tone = "warning";
  document.querySelector(".toasts").append(toast);
  setTimeout(() => toast.remove(), 6000);
}

document.addEventListener("change", (event) => {
  if (event.target.matches('input[name="m"][type="checkbox"]')) choose(event.target.value, event.target.checked);
});

tray.addEventListener("click", (event) => {
  const remove = event.target.closest("[data-remove]");
  if (remove) choose(remove.dataset.remove, false);
  if (event.target.closest("[data-tray-clear]")) {
    chosen = [];
    sessionStorage.removeItem(KEY);
    show();
  }
});

// Providers: their own filter narrows the list below it and never reaches the page's form.
for (const type of ["input", "keydown", "search", "change"])
  document.addEventListener(type, (event) => {
    const field = event.target;
    if (!field.matches?.("[data-facet-filter]")) return;
    event.stopPropagation();
    if (event.key === "Enter") event.preventDefault();
    const words = field.value.trim().toLowerCase();
    for (const option of field.parentElement.querySelectorAll(".check"))
      option.hidden = !option.textContent.toLowerCase().includes(words);
  }, true);

// Addresses carry only what differs from the plain page.
const DEFAULTS = { sort: "-release", view: "cards" };
document.addEventListener("htmx:configRequest", (event) => {
  if (event.target.id !== "models-filters") return;
  const parameters = event.detail.formData;
  for (const [name, value] of [...parameters.entries()])
    if (value === "" || DEFAULTS[name] === value) parameters.delete(name);
});

function ready() {
  for (const field of document.querySelectorAll("[data-facet-filter]")) field.hidden = false;
  show();
}
ready();
document.addEventListener("htmx:load", ready);
