// Shows the key that the server would make from the name, while the name is typed.
const name = document.getElementById("id_name");
const key = document.getElementById("id_key");

function suggest() {
  const plain = name.value.normalize("NFKD").replace(/[^\x00-\x7f]/g, "").toLowerCase();
  const words = (plain.match(/[a-z0-9]+/g) ?? []).join("-");
  key.placeholder = words.replace(/^[^a-z]+/, "").slice(0, 80).replace(/-+$/, "");
}

if (name && key) {
  name.addEventListener("input", suggest);
  suggest();
}
