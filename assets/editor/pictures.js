// A picture is chosen, dropped or pasted; brought to the studio; and described before it stands in the letter.

import { add } from "./acts.js";

export function pictures(dialog, editor, say) {
  const form = dialog.querySelector("form");
  const [file, alt] = [form.elements.picture, form.elements.alt];
  const wrong = dialog.querySelector(".wrong");
  const shelf = dialog.querySelector(".earlier");
  const chosen = dialog.querySelector(".chosen");
  let picture = null; // {address, width, height, name}: what was brought or picked

  function complain(words) {
    wrong.textContent = words;
    wrong.hidden = !words;
  }

  function choose(found) {
    picture = found;
    chosen.replaceChildren(drawn(found));
    dialog.dataset.step = found ? "describe" : "choose";
    if (found) alt.focus();
  }

  async function bring(one) {
    complain("");
    dialog.dataset.busy = "";
    const data = new FormData();
    data.append("picture", one);
    data.append("csrf_token", document.getElementById("letter").elements.csrf_token.value);
    try {
      const answer = await fetch(dialog.dataset.pictures, {
        method: "POST",
        body: data,
        headers: { Accept: "application/json" },
      });
      const told = await answer.json();
      if (answer.ok) choose(told);
      else complain(told.wrong ?? told.error ?? "This picture could not be brought.");
    } catch {
      complain("The studio does not answer; try it again.");
    }
    delete dialog.dataset.busy;
  }

  async function earlier() {
    try {
      const answer = await fetch(dialog.dataset.pictures, { headers: { Accept: "application/json" } });
      const found = answer.ok ? await answer.json() : [];
      shelf.replaceChildren(...found.slice(0, 24).map(pick));
      shelf.parentElement.hidden = !found.length;
    } catch {
      shelf.parentElement.hidden = true;
    }
  }

  function pick(found) {
    const button = document.createElement("button");
    Object.assign(button, { type: "button", title: found.name });
    button.setAttribute("aria-label", found.name);
    button.append(drawn(found));
    button.addEventListener("click", () => choose(found));
    return button;
  }

  function ask() {
    form.reset();
    complain("");
    choose(null);
    dialog.showModal();
    earlier();
  }

  file.addEventListener("change", () => file.files[0] && bring(file.files[0]));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!picture) return complain("Choose a picture first.");
    if (!alt.value.trim()) {
      alt.focus();
      return complain("Say in a few words what it shows.");
    }
    add(editor, { type: "picture", attrs: { src: picture.address, alt: alt.value.trim() } });
    say("");
    return dialog.close();
  });
  dialog.querySelector("[data-close]").addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => editor.view.focus());

  return {
    ask,
    take(one) {
      ask();
      bring(one);
    },
  };
}

/** On our own host the address alone is asked for; its host may be named otherwise than this page's. */
function drawn(found) {
  if (!found) return "";
  const image = document.createElement("img");
  image.src = new URL(found.address, location.href).pathname;
  image.alt = "";
  return image;
}
