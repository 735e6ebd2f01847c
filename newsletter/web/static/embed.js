// The sign-up form on another site. `/embed.js` is this file behind `solve`, `asked` and `chosen`, and with `given` in front: words,
// colors, where to.
const tag = document.currentScript;
const { says } = given;

function make(name, attributes, ...inside) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...inside);
  return made;
}

// "We wrote to {}.": each pair of braces becomes one of `bold`.
function sentence(text, ...bold) {
  return text.split("{}").flatMap((part, at) => (at ? [make("strong", {}, bold[at - 1]), part] : [part]));
}

const email = make("input", { id: "email", name: "email", type: "email", inputmode: "email", autocomplete: "email",
  autocapitalize: "off", spellcheck: "false", required: "", "aria-describedby": "said" });
const trap = make("input", { name: "subject", tabindex: "-1", autocomplete: "off" });
const send = make("button", { class: "send" }, says.button);
const said = make("div", { id: "said", role: "status" });
const form = make("form", { novalidate: "" }, make("label", { for: "email" }, says.label), email, said, ...asked(),
  make("div", { class: "trap" }, make("label", {}, says.trap, trap)), send);
const terms = make("p", { class: "terms" }, says.terms);
if (given.privacy) terms.append(" ", make("a", { href: given.privacy }, says.privacy));
const heading = make("h2", { id: "heading", tabindex: "-1" });
const block = make("section", { class: "block", lang: "en", "aria-labelledby": "heading" });

function begin() {
  heading.textContent = says.heading;
  block.replaceChildren(heading, make("p", {}, says.promise), form, terms);
  say();
}

// One thing at a time stands below the field, and is read out.
function say(what, ...inside) {
  said.replaceChildren(...(what ? [make("div", { class: what }, ...inside)] : []));
  if (what === "wrong") email.setAttribute("aria-invalid", "true");
  else email.removeAttribute("aria-invalid");
  send.hidden = false;
}

function ask(suggestion) {
  const use = make("button", { type: "button" }, says.use);
  const keep = make("button", { type: "button", class: "quiet" }, says.keep);
  use.onclick = () => { email.value = suggestion; post(); };
  keep.onclick = () => post({ keep: email.value });
  say("ask", make("p", {}, ...sentence(says.meant, suggestion)), make("div", { class: "choices" }, use, keep));
  send.hidden = true;
  use.focus();
}

function finish(address) {
  heading.textContent = says.check;
  const again = make("button", { type: "button", class: "plain" }, says.again);
  again.onclick = () => { begin(); email.focus(); };
  block.replaceChildren(heading, make("p", { role: "status" }, ...sentence(says.wrote, address, says.subject, given.clinic)),
    make("p", { class: "more" }, says.nothing), again);
  heading.focus();
}

async function call(more) {
  const fields = { email: email.value, subject: trap.value, form: tag.dataset.form || "embed", opened: given.opened,
    time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone || "", ...chosen(), ...more };
  const body = new URLSearchParams(fields);
  return (await fetch(given.to, { method: "POST", body, credentials: "omit", headers: { Accept: "application/json" } })).json();
}

async function post(more = {}) {
  if (send.hasAttribute("aria-disabled")) return;
  send.setAttribute("aria-disabled", "true");
  try {
    say("ask", says.moment);
    let answer = await call(more);
    if (answer.challenge) {
      say("ask", says.sum);
      answer = await call({ ...more, proof: await solve(answer.challenge) });
    }
    if (answer.error && answer.field !== "email") say("ask", answer.error);
    else if (answer.error && !answer.suggestion) { say("wrong", answer.error); email.focus(); }
    else if (answer.suggestion) ask(answer.suggestion);
    else finish(email.value.trim());
  } catch {
    say("ask", says.unreachable);
  } finally {
    send.removeAttribute("aria-disabled");
  }
}

form.onsubmit = (event) => { event.preventDefault(); post(); };
begin();

const host = make("div", { "data-newsletter": "" });
const root = host.attachShadow({ mode: "open" });
const { scheme } = tag.dataset;
const dark = `.block { color-scheme: dark; ${given.dark} }`;
const style = `${given.style} .block { ${given.light} } ${{ light: "", dark }[scheme] ?? `${given.inDark} { ${dark} }`}`;
try {
  // Such a sheet needs no `style-src` from that site's policy.
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(style);
  root.adoptedStyleSheets = [sheet];
} catch {
  // Safari before 16.4.
  root.append(make("style", {}, style));
}
root.append(block);
tag.after(host);
