// Saves what is typed a moment after the typing stops, and shows the letter anew. What the studio has not acknowledged
// stays in this browser too, so that neither a closed window, a dead line nor a lapsed visit loses a word.
const PAUSE = 600;
const AGAIN = [2, 5, 10, 20, 30].map((seconds) => seconds * 1000);
const WORDS = ["subject", "preview_text", "body"];
const TOO_LONG = "Not saved: this is longer than a letter can be. Shorten it; nothing is lost.";
const SIGNED_OUT = "Not saved: your visit has ended. Sign in again in another window; this one then saves by itself.";
const NO_ANSWER = "Not saved yet: the studio does not answer. Everything stays here, and is tried again.";

const form = document.getElementById("letter");
const field = form.elements;
const saved = document.getElementById("saved");
const stage = document.getElementById("stage");
const meanwhile = document.getElementById("meanwhile");
const offer = document.getElementById("offer");
const place = `letter:${form.dataset.kept}`;

let timer = 0;
let running = null; // the save under way
let failures = 0;
let stopped = meanwhile.childElementCount > 0; // two wordings: she chooses first
let last = document.getElementById("body"); // where the cursor was

const now = () => Object.fromEntries(WORDS.map((name) => [name, field[name].value.replace(/\r\n?/g, "\n")]));
const same = (one, other) => WORDS.every((name) => one[name] === other[name]);
let sent = now();

document.documentElement.classList.add("scripted");
document.getElementById("inserts").hidden = false;

// -- this browser's own copy

const stored = {
  read() {
    try { return JSON.parse(localStorage.getItem(place)); } catch { return null; }
  },
  write() {
    const copy = { ...now(), revision: field.revision.value, mark: field.mark.value };
    try { localStorage.setItem(place, JSON.stringify(copy)); } catch { /* a full or forbidden store: the studio has it */ }
  },
  clear() {
    try { localStorage.removeItem(place); } catch { /* as above */ }
  },
};

function offerBack() {
  const copy = stored.read();
  if (!copy || stopped) return;
  if (same(copy, now())) return stored.clear();
  offer.hidden = false;
  document.getElementById("put-back").onclick = () => {
    for (const name of [...WORDS, "revision", "mark"]) field[name].value = copy[name] ?? "";
    field.body.dispatchEvent(new Event("replaced"));
    offer.hidden = true;
    count();
    later(0);
  };
  document.getElementById("let-go").onclick = () => {
    offer.hidden = true;
    stored.clear();
  };
}

// -- saving

function say(words, trouble = false) {
  saved.textContent = words;
  saved.classList.toggle("trouble", trouble);
}

function later(wait) {
  clearTimeout(timer);
  if (!stopped) timer = setTimeout(save, wait);
}

async function save() {
  clearTimeout(timer);
  if (running || stopped) return running;
  running = post();
  try { await running; } finally { running = null; }
}

async function post() {
  const words = now();
  say("Saving");
  try {
    let answer = await ask();
    if (answer.status === 400 || strange(answer)) {
      const gate = await renew();
      if (gate === "closed") return retry(SIGNED_OUT);
      if (gate === "fresh") answer = await ask();
    }
    if (answer.status >= 500 || strange(answer)) return retry(NO_ANSWER);
    if (answer.status === 413) return say(TOO_LONG, true);
    const told = await answer.json();
    if (answer.ok) return accept(told, words);
    if (answer.status === 409) return both(told);
    return say(`Not saved: ${told.error}`, true);
  } catch {
    return retry(NO_ANSWER);
  }
}

const ask = () => fetch(form.action, { method: "POST", body: new FormData(form), headers: { Accept: "application/json" } });

// A page where JSON was asked for: the way in, most likely.
const strange = (answer) => answer.status === 401 || answer.redirected;

// A visit that began anew has another key for its forms: the page, asked again, brings it along.
async function renew() {
  const page = await fetch(form.action, { headers: { Accept: "text/html" } });
  if (strange(page)) return "closed";
  const fresh = new DOMParser().parseFromString(await page.text(), "text/html").querySelector("#letter [name=csrf_token]");
  if (!fresh) return "refused";
  field.csrf_token.value = fresh.value;
  return "fresh";
}

function retry(words) {
  say(words, true);
  later(AGAIN[Math.min(failures++, AGAIN.length - 1)]);
}

function accept(told, words) {
  failures = 0;
  sent = words;
  field.revision.value = told.revision;
  field.mark.value = told.mark;
  say(told.saved ? `Saved ${told.saved}` : "Not changed yet");
  for (const name of [...WORDS, "person"]) complain(name, told.wrong[name]);
  document.getElementById("row").innerHTML = told.row;
  document.getElementById("said").innerHTML = told.said;
  const good = document.querySelector(".last-good");
  if (told.shows) draw(told.frame);
  else if (good) good.hidden = false;
  if (same(words, now())) stored.clear();
  else later(PAUSE);
}

function both(told) {
  stopped = true;
  meanwhile.innerHTML = told.meanwhile;
  say("Not saved: two wordings. Choose one below.", true);
  meanwhile.querySelector("[data-theirs]").onclick = () => stored.clear();
  meanwhile.scrollIntoView({ block: "nearest" });
}

function complain(name, words) {
  const line = document.getElementById(`${name}-wrong`);
  line.hidden = !words;
  line.querySelector("span").textContent = words ?? "";
  field[name].toggleAttribute("aria-invalid", Boolean(words));
}

// The new picture is drawn under the old one: nothing flickers, and Back leads out of the page, not through pictures.
function draw(source) {
  const old = stage.querySelector("iframe:not(.coming)");
  stage.querySelector(".coming")?.remove();
  const fresh = old.cloneNode();
  fresh.className = "coming";
  fresh.src = source;
  fresh.onload = () => {
    old.remove();
    fresh.className = "";
  };
  stage.append(fresh);
}

// -- what she does

function count() {
  for (const name of ["subject", "preview_text"]) {
    const text = field[name].value.replace(/\{\{.*?\}\}/g, "x".repeat(10)).replace(/\{%.*?%\}/g, "");
    document.getElementById(`${name}-count`).textContent = text.length;
  }
}

form.addEventListener("input", (event) => {
  if (!WORDS.includes(event.target.name)) return;
  count();
  stored.write();
  if (!stopped) say("Not saved yet");
  later(PAUSE);
});

form.addEventListener("focusin", (event) => {
  if (WORDS.includes(event.target.name)) last = event.target;
});

document.getElementById("inserts").addEventListener("click", (event) => {
  const { before, after, instead } = event.target.dataset;
  if (before === undefined) return;
  // The editor, where it is awake, puts it where its own cursor is.
  const asked = new CustomEvent("insert", { detail: { before, after, instead }, cancelable: true });
  if (last === field.body && !last.dispatchEvent(asked)) return;
  const chosen = last.value.slice(last.selectionStart, last.selectionEnd) || instead;
  last.focus();
  // execCommand alone keeps the browser's own "undo" in order.
  if (!document.execCommand("insertText", false, before + chosen + after)) {
    last.setRangeText(before + chosen + after, last.selectionStart, last.selectionEnd, "end");
    last.dispatchEvent(new Event("input", { bubbles: true }));
  }
});

for (const button of document.querySelectorAll("[name=show]")) {
  button.addEventListener("click", (event) => {
    event.preventDefault();
    if (button.classList.contains("shade")) {
      const dark = field.dark.value !== "1";
      field.dark.value = dark ? "1" : "";
      button.setAttribute("aria-pressed", dark);
      stage.classList.toggle("dark", dark);
    } else {
      field.view.value = button.value;
      for (const each of button.parentElement.children) each.setAttribute("aria-pressed", each === button);
      stage.classList.remove("phone", "desktop", "text");
      stage.classList.add(button.value);
    }
    later(0);
  });
}

for (const who of document.querySelectorAll("[name=as]")) {
  who.addEventListener("change", () => {
    if (who.value !== "person" || field.person.value) later(0);
    else field.person.focus();
  });
}
field.person.addEventListener("change", () => {
  document.querySelector("[name=as][value=person]").checked = true;
  later(0);
});

// A button that leads elsewhere waits for the save under way: its answer brings the revision that the form must carry.
form.addEventListener("submit", async (event) => {
  clearTimeout(timer);
  if (!running) {
    stopped = true;
    return;
  }
  event.preventDefault();
  const pressed = event.submitter;
  await running;
  if (!stopped) form.requestSubmit(pressed);
});

for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).value);
    button.textContent = "Copied";
  });
}

// Back from the next page: what this one last sent may have been kept there, which the marks tell.
addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  stopped = meanwhile.childElementCount > 0;
  later(0);
});

addEventListener("visibilitychange", () => {
  if (document.hidden && !same(sent, now())) save();
});

offerBack();
