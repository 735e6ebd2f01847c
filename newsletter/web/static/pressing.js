// The form came back with a sum to do. Do it, and press for her: she has pressed already. Only once, so that nothing
// goes round for ever; after that she presses herself.
const form = document.querySelector("form[data-challenge]");
const said = form.querySelector("[data-working]");
const words = said.textContent;
if ("press" in form.dataset) said.textContent = said.dataset.working;
form.elements.proof.value = await solve(JSON.parse(form.dataset.challenge));
if ("press" in form.dataset) form.submit();
else said.textContent = words;
