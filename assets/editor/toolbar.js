// The row of buttons above the page: one stop for the Tab key, arrows inside (ARIA practices, "toolbar").

import { add, KINDS, showOnlyIf } from "./acts.js";

const kind = (name) => KINDS.find((each) => each.name === name).content;

export function toolbar(element, editor, acts) {
  const chain = () => editor.chain().focus();
  const does = {
    undo: { run: () => chain().undo().run(), can: () => editor.can().undo() },
    redo: { run: () => chain().redo().run(), can: () => editor.can().redo() },
    bold: { run: () => chain().toggleBold().run(), on: () => editor.isActive("bold") },
    italic: { run: () => chain().toggleItalic().run(), on: () => editor.isActive("italic") },
    link: { run: acts.link, on: () => editor.isActive("link") },
    heading: {
      run: () => chain().toggleHeading({ level: 1 }).run(),
      on: () => editor.isActive("heading", { level: 1 }),
    },
    small: { run: () => chain().toggleHeading({ level: 2 }).run(), on: () => editor.isActive("heading", { level: 2 }) },
    bullets: { run: () => chain().toggleBulletList().run(), on: () => editor.isActive("bulletList") },
    numbers: { run: () => chain().toggleOrderedList().run(), on: () => editor.isActive("orderedList") },
    quote: { run: () => chain().toggleWrap("blockquote").run(), on: () => editor.isActive("blockquote") },
    tip: { run: () => chain().toggleWrap("tip").run(), on: () => editor.isActive("tip") },
    button: { run: () => add(editor, kind("button")), on: () => editor.isActive("button") },
    picture: { run: acts.picture, on: () => editor.isActive("picture") },
    divider: { run: () => add(editor, kind("divider")) },
    onlyIf: { run: () => showOnlyIf(editor), on: () => editor.isActive("onlyIf") },
  };
  const buttons = [...element.querySelectorAll("[data-do]")];
  element.addEventListener("click", (event) => does[event.target.closest("[data-do]")?.dataset.do]?.run());
  element.addEventListener("mousedown", (event) => event.preventDefault()); // the selection stays
  element.addEventListener("keydown", (event) => {
    const at = buttons.indexOf(document.activeElement);
    const moves = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: buttons.length - 1 };
    if (event.key === "Escape") editor.view.focus();
    if (!(event.key in moves)) return;
    event.preventDefault();
    reach(buttons[(moves[event.key] + buttons.length) % buttons.length]);
  });

  function reach(button) {
    for (const each of buttons) each.tabIndex = each === button ? 0 : -1;
    button.focus();
  }

  function show() {
    for (const button of buttons) {
      const { on, can } = does[button.dataset.do];
      if (on) button.setAttribute("aria-pressed", on());
      // Dead to the eye and to a reader of screens, yet with the focus still on it.
      if (can) button.setAttribute("aria-disabled", !can());
    }
  }
  editor.on("transaction", show);
  for (const each of buttons) each.tabIndex = each === buttons[0] ? 0 : -1;
  show();
  return { focus: () => buttons.find((each) => each.tabIndex === 0).focus() };
}
