// A trial: sends the fields of its form and shows the answer while it is written. Lines
// of JSON come back: {text} for a piece, {end} with the figures or the reason.
const running = new WeakMap();
const LONGEST_CARRIED = 4000; // Addresses have an end.

document.addEventListener("click", (event) => {
  const send = event.target.closest("[data-trial-send]");
  if (send) run(send.closest("[data-trial]"));
  const open = event.target.closest("[data-trial-open]");
  if (open) carry(open);
  const stop = event.target.closest("[data-trial-stop]");
  if (stop) running.get(stop.closest("[data-trial]"))?.abort();
});

// Ctrl or Cmd with Enter sends.
document.addEventListener("keydown", (event) => {
  const trial = event.target.closest?.("[data-trial]");
  if (!trial || event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  run(trial);
});

// The link to the playground takes along what was typed here.
function carry(link) {
  const address = new URL(link.href);
  for (const [name, text] of new FormData(link.closest("form")))
    if ((name === "message" || name.startsWith("value:")) && text) address.searchParams.set(name, text.slice(0, LONGEST_CARRIED));
  const model = link.closest("form").querySelector("select[name=model]");
  if (model) address.searchParams.set("models", model.value);
  link.href = address;
}

async function run(trial) {
  if (running.has(trial)) return;
  const part = (name) => trial.querySelector(`[data-trial-${name}]`);
  const [text, end] = [part("text"), part("end")];
  const control = new AbortController();
  running.set(trial, control);
  part("send").disabled = true;
  part("stop").hidden = part("answer").hidden = false;
  text.textContent = "";
  end.replaceChildren();
  try {
    const answer = await fetch(trial.dataset.trialUrl, {
      method: "POST",
      body: new FormData(trial.closest("form")),
      signal: control.signal,
    });
    if (!answer.headers.get("content-type")?.startsWith("application/x-ndjson")) throw new Error(answer.status);
    for await (const line of lines(answer.body)) {
      const event = JSON.parse(line);
      if (event.text) text.append(event.text);
      if (event.end) end.innerHTML = event.end;
    }
  } catch (error) {
    const stopped = error.name === "AbortError";
    end.textContent = stopped ? "Stopped. What was written until then is recorded." : `That did not work (${error.message}).`;
  } finally {
    running.delete(trial);
    part("send").disabled = false;
    part("stop").hidden = true;
  }
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
