// The sample follows what is chosen; without this the button "See it first" does.
const form = document.getElementById("brand");
const frame = document.getElementById("sample-letter");
let waits;

function look() {
  const address = new URL(frame.dataset.letter, location.href);
  for (const name of ["accent", "heading", "logo"]) address.searchParams.set(name, form.elements[name].value);
  if (new URLSearchParams(location.search).get("dark") === "1") address.searchParams.set("dark", "1");
  frame.src = address;
}

form.querySelector("[data-try]").remove();
form.addEventListener("input", (event) => {
  if (event.target.type === "file") return;
  clearTimeout(waits);
  waits = setTimeout(look, 200);
});
