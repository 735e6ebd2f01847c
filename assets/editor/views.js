// Two views of one letter: as blocks, and as the text it is kept as. The second is fetched when it is first asked for.

import { NO_BLOCK, Unfaithful } from "./reading.js";

const WHY = "It opens as source, so that nothing of it is changed.";
const NO_SOURCE = "The source view could not be fetched; here is the plain field.";

export function views({ sheet, body, editor, open, say }) {
  const box = document.getElementById("views");
  const buttons = Object.fromEntries([...box.querySelectorAll("button")].map((each) => [each.value, each]));
  const visual = sheet.querySelector(".visual");
  const place = sheet.querySelector(".source");
  let now = "";
  let source = null;

  function press(name) {
    now = name;
    for (const [each, button] of Object.entries(buttons)) button.setAttribute("aria-pressed", each === name);
    visual.hidden = name !== "visual";
    place.hidden = name !== "source";
    document.documentElement.dataset.view = name;
  }

  async function show(name) {
    if (name === "visual") {
      try {
        open();
        say("");
        return press("visual");
      } catch (problem) {
        say(`${problem instanceof Unfaithful ? problem.message : NO_BLOCK} ${WHY}`);
      }
    }
    body.hidden = true;
    press("source");
    try {
      const { openSource } = await import(sheet.dataset.sourceScript);
      source ??= openSource(place, {
        html: sheet.dataset.format === "html",
        label: "Words",
        change: (text) => {
          body.value = text;
          body.dispatchEvent(new Event("input", { bubbles: true }));
        },
        focus: () => body.dispatchEvent(new Event("focusin", { bubbles: true })),
      });
      source.set(body.value);
    } catch {
      body.hidden = false;
      place.hidden = true;
      say(NO_SOURCE);
    }
    return undefined;
  }

  box.addEventListener("click", async (event) => {
    const { value } = event.target.closest("button") ?? {};
    if (!value || value === now) return;
    say("");
    await show(value);
    if (now === "visual") editor.view.focus();
    else source?.focus();
  });
  // Another copy was put into the field.
  body.addEventListener("replaced", () => show(now === "visual" ? "visual" : "source"));
  body.addEventListener("insert", (event) => {
    if (now !== "source" || !source) return;
    event.preventDefault();
    source.insert(event.detail);
  });

  box.hidden = !buttons.visual; // a letter of HTML has one view
  sheet.hidden = false;
  body.hidden = true;
  show(sheet.dataset.format === "html" ? "source" : "visual");
  return { isVisual: () => now === "visual" };
}
