// The playground: one form, and a column for each model. A column is asked for by a
// request of its own, whose lines of JSON are {text} for a piece and {end} with the
// whole column. See templates/recommender/_playground_*.html.
const running = new Map();
const form = document.getElementById("playground-form");
const answers = () => document.getElementById("playground-answers");

// ---- Answers --------------------------------------------------------------
async function ask(column) {
  const address = column.dataset.ask;
  if (!address || running.has(address)) return;
  const control = new AbortController();
  running.set(address, control);
  toggleStop();
  column.removeAttribute("data-starts");
  column.querySelector("[data-waiting]")?.remove();
  const text = column.querySelector("[data-text]");
  const status = column.querySelector("[data-status]");
  Object.assign(status.dataset, { tone: "info", live: "" });
  status.textContent = "Writing";
  text.parentElement.classList.add("streaming");
  let ended = false;
  try {
    const answer = await fetch(address, { method: "POST", headers: { "X-CSRFToken": form.elements.csrfmiddlewaretoken.value }, signal: control.signal });
    if (!answer.headers.get("content-type")?.startsWith("application/x-ndjson")) throw new Error(answer.status);
    for await (const line of lines(answer.body)) {
      const event = JSON.parse(line);
      if (event.text) text.append(event.text);
      if (event.end) { put(column, event.end); ended = true; }
    }
    if (!ended) throw new Error("the answer was cut");
  } catch (error) {
    text.parentElement.classList.remove("streaming");
    delete status.dataset.live;
    status.dataset.tone = error.name === "AbortError" ? "" : "danger";
    status.textContent = error.name === "AbortError" ? "Stopped" : `That did not work (${error.message})`;
  } finally {
    running.delete(address);
    toggleStop();
    if (running.size === 0) setTimeout(refresh, ended ? 0 : 400);
  }
}

function put(column, html) {
  const holder = document.createElement("template");
  holder.innerHTML = html;
  const fresh = holder.content.firstElementChild;
  column.replaceWith(fresh);
  htmx.process(fresh);
}

async function* lines(stream) {
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) break;
    const parts = (rest + value).split("\n");
    rest = parts.pop();
    yield* parts.filter(Boolean);
  }
  if (rest) yield rest;
}

// All ended: the server says what can be done now. What another window writes is looked
// for again.
function refresh() {
  const columns = document.querySelector("[data-columns]");
  if (!columns || running.size) return;
  htmx.ajax("GET", columns.dataset.refresh, { target: "#playground-answers", swap: "innerHTML" });
}

function toggleStop() {
  const stop = form?.querySelector("[data-stop-all]");
  if (stop) stop.hidden = running.size === 0;
}

function begin() {
  document.querySelectorAll("[data-starts]").forEach(ask);
  if (document.querySelector("[data-elsewhere]") && running.size === 0) setTimeout(refresh, 2000);
}

document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.target === answers()) begin();
});
document.addEventListener("ask-now", (event) => {
  const column = document.getElementById(`answer-${event.detail.value}`);
  if (column) ask(column);
});
document.addEventListener("htmx:afterRequest", (event) => {
  const path = event.detail.pathInfo?.requestPath ?? "";
  if (path.endsWith("/vote/") && event.detail.successful) htmx.trigger(document.body, "voted");
});

// ---- The form -------------------------------------------------------------
const chosen = () => [...form.querySelectorAll(".playground-chip")];
let waiting = 0;

function preview() {
  clearTimeout(waiting);
  waiting = setTimeout(() => {
    const values = Object.fromEntries([]);
    const data = new FormData(form);
    data.delete("uploads");
    for (const name of new Set(data.keys())) values[name] = data.getAll(name);
    htmx.ajax("POST", form.dataset.preview, { target: "#playground-estimate", swap: "innerHTML", values });
  }, 300);
}

function addModel(reference) {
  const names = chosen().map((chip) => chip.querySelector("input").value);
  if (names.includes(reference) || names.length >= Number(form.dataset.most)) return;
  const template = form.querySelector("[data-chip-template]");
  const chip = template.content.firstElementChild.cloneNode(true);
  chip.querySelector("input").value = reference;
  chip.querySelector("[data-name]").textContent = reference;
  chip.querySelector("button").setAttribute("aria-label", `Remove ${reference}`);
  template.before(chip);
  preview();
}

document.addEventListener("click", (event) => {
  const at = (selector) => event.target.closest(selector);
  const model = at("[data-add-model]");
  if (model) {
    addModel(model.dataset.addModel);
    const search = model.closest("[data-picker]").querySelector("input");
    search.value = "";
    search.focus();
    model.hidden = true; // Removed, it would count as a click outside of the menu.
  }
  const gone = at("[data-remove]");
  if (gone) { gone.closest(gone.dataset.remove).remove(); preview(); }
  if (at("[data-add-turn]")) {
    const turn = form.querySelector("[data-turn-template]").content.firstElementChild.cloneNode(true);
    const turns = form.querySelector("[data-turns]");
    turn.querySelector("select").value = turns.children.length % 2 ? "assistant" : "user";
    turns.append(turn);
    turn.querySelector("textarea").focus();
  }
  const use = at("[data-use-feature]");
  if (use) use.search = new URLSearchParams({ feature: form.elements.feature.value });
  const askNow = at("[data-ask-now]");
  if (askNow) ask(askNow.closest("[data-ask]"));
  if (at("[data-stop-all]")) for (const control of running.values()) control.abort();
  const opener = at("[data-opens]");
  if (opener) document.getElementById(opener.dataset.opens).showModal();
});

// The picker opens with its search ready.
document.addEventListener("toggle", (event) => {
  if (event.target.matches?.("[data-picker][open]")) event.target.querySelector("input").focus();
}, true);

form?.addEventListener("input", (event) => { if (event.target.name !== "q") preview(); });
form?.addEventListener("submit", () => { for (const control of running.values()) control.abort(); });

// Enter in the search of the picker takes the first model; it does not run.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter") return;
  if (event.ctrlKey || event.metaKey) {
    if (!form || !form.querySelector("[data-run]")) return;
    event.preventDefault();
    form.requestSubmit();
  } else if (event.target.closest?.("[data-picker] input")) {
    event.preventDefault();
    event.target.closest("[data-picker]").querySelector("[data-add-model]")?.click();
  }
});

begin();
