// Under the block with the cursor: where its link or button leads, what its picture shows, for whom it is there.

import { about, typed } from "./facets.js";

export function panel(element, holder, editor) {
  let shown = null;
  let asked = ""; // "link" or "condition": what is shown because somebody wants to see it
  let number = 0;
  let filling = false;

  function draw() {
    const wanted = editor.isEditable ? about(editor, asked) : null;
    element.hidden = !wanted;
    if (wanted && wanted.key !== shown?.key) fill(wanted);
    shown = wanted;
    if (wanted) requestAnimationFrame(place);
  }

  function place() {
    const { from } = editor.state.selection;
    const { node } = editor.state.selection;
    const dom = node ? editor.view.nodeDOM(from) : editor.view.domAtPos(from).node;
    const block = (dom instanceof Element ? dom : dom?.parentElement)?.closest(
      ".ProseMirror > *, .cta, .picture, p, li, h1, h2",
    );
    if (block) element.style.top = `${block.getBoundingClientRect().bottom - holder.getBoundingClientRect().top + 6}px`;
  }

  function fill({ title, fields, acts, late }) {
    const at = [...element.querySelectorAll("input, select")].indexOf(document.activeElement);
    filling = true;
    element.setAttribute("aria-label", title);
    element.replaceChildren(...fields.map((field) => control(field, late)), ...acts.map(act));
    filling = false;
    if (at >= 0) element.querySelectorAll("input, select")[at]?.focus(); // another choice may ask for more
  }

  function control(field, late) {
    const id = `panel-${(number += 1)}`;
    const box = document.createElement("div");
    const input = document.createElement(field.options ? "select" : "input");
    box.className = "blank";
    box.innerHTML = `<label for="${id}"></label><p class="wrong" role="alert" hidden></p>`;
    box.firstChild.textContent = field.label;
    Object.assign(input, { id, className: "field", autocomplete: "off" });
    if (field.list) input.setAttribute("list", field.list);
    if (field.number) Object.assign(input, { type: "number", min: "1", max: "99" });
    if (field.hint) input.placeholder = field.hint;
    for (const { value, label } of field.options ?? []) input.append(new Option(label, value));
    input.value = field.value;
    box.insertBefore(input, box.lastChild);
    const take = () => {
      const wrong = field.change(input.value);
      box.lastChild.textContent = wrong;
      box.lastChild.hidden = !wrong;
      return !wrong;
    };
    input.addEventListener(late ? "change" : "input", take);
    input.addEventListener("keydown", (event) => {
      if (event.key === "Enter") event.preventDefault();
      if (event.key === "Escape" || (event.key === "Enter" && (!late || take()))) leave();
    });
    return box;
  }

  function act({ label, run }) {
    const made = document.createElement("button");
    Object.assign(made, { type: "button", className: "plain", textContent: label });
    made.addEventListener("click", run);
    return made;
  }

  function leave() {
    asked = "";
    typed();
    editor.view.focus();
    draw();
  }

  editor.on("transaction", draw);
  element.addEventListener("focusout", (event) => {
    if (asked && !filling && !element.contains(event.relatedTarget)) {
      asked = "";
      draw();
    }
  });
  editor.view.dom.addEventListener("click", (event) => {
    const head = event.target.closest(".condition");
    if (!head) return;
    editor.commands.setTextSelection(editor.view.posAtDOM(head.nextElementSibling, 0));
    show("condition");
  });

  function show(what) {
    asked = what;
    draw();
    const first = element.hidden ? null : element.querySelector("input, select");
    first?.focus();
    if (what === "link") first?.select();
  }

  return { link: () => show("link"), condition: () => show("condition") };
}
