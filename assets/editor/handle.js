// Beside the block with the cursor, or under the pointer: "+" for a new block, and a grip for moving and deleting it.

import { Extension } from "@tiptap/core";
import { TextSelection } from "@tiptap/pm/state";
import { add, blockAt, KINDS, move, remove } from "./acts.js";
import { openMenu } from "./menu.js";

/** Alt with an arrow moves the block; "/" on an empty line opens the menu of blocks. */
export const blockKeys = (addMenu) =>
  Extension.create({
    name: "blockKeys",
    addKeyboardShortcuts() {
      return {
        "Alt-ArrowUp": () => move(this.editor, -1) || true,
        "Alt-ArrowDown": () => move(this.editor, 1) || true,
        "/": () => {
          const { $from, empty } = this.editor.state.selection;
          if (!empty || $from.parent.type.name !== "paragraph" || $from.parent.content.size) return false;
          addMenu(this.editor, () => this.editor.chain().focus().insertContent("/").run());
          return true;
        },
      };
    },
  });

/** The menu of blocks under the one with the cursor. `acts.picture` asks for a picture. */
export const adding =
  (holder, acts) =>
  (editor, unused = () => editor.view.focus()) => {
    const items = KINDS.map(({ name, label, content }) => ({
      label,
      run: () => (name === "picture" ? acts.picture() : add(editor, content)),
    }));
    openMenu(holder, "Add a block", items, under(holder, editor), unused);
  };

function under(holder, editor) {
  const { pos } = blockAt(editor.state);
  const dom = editor.view.nodeDOM(pos);
  const block = (dom instanceof Element ? dom : editor.view.dom).getBoundingClientRect();
  const frame = holder.getBoundingClientRect();
  return { top: Math.min(block.bottom, block.top + 60) - frame.top + 4, left: block.left - frame.left };
}

export function handle(holder, editor, addMenu) {
  const box = holder.querySelector(".handle");
  const [plus, grip] = box.querySelectorAll("button");
  let pointed = null; // the position of the block under the pointer

  function place() {
    const pos = pointed ?? blockAt(editor.state)?.pos;
    const dom = pos === undefined ? null : editor.view.nodeDOM(pos);
    box.hidden = !(dom instanceof Element);
    if (!box.hidden) box.style.top = `${dom.getBoundingClientRect().top - holder.getBoundingClientRect().top}px`;
  }

  /** The cursor goes where the handle is, so that what is done is done there. */
  function go() {
    if (pointed === null || blockAt(editor.state)?.pos === pointed) return;
    const { tr } = editor.state;
    editor.view.dispatch(tr.setSelection(TextSelection.near(tr.doc.resolve(pointed + 1))));
    pointed = null;
  }

  plus.addEventListener("click", () => {
    go();
    addMenu(editor);
  });
  grip.addEventListener("click", () => {
    go();
    const items = [
      { label: "Move up", keys: "Alt ↑", run: () => move(editor, -1) || editor.view.focus() },
      { label: "Move down", keys: "Alt ↓", run: () => move(editor, 1) || editor.view.focus() },
      { label: "Delete", run: () => remove(editor) },
    ];
    const at = grip.getBoundingClientRect();
    const frame = holder.getBoundingClientRect();
    openMenu(holder, "This block", items, { top: at.bottom - frame.top + 2, left: at.left - frame.left }, () =>
      editor.view.focus(),
    );
  });

  editor.view.dom.addEventListener("pointermove", (event) => {
    if (event.pointerType !== "mouse") return;
    const found = [...editor.view.dom.children].findIndex(
      (each) => event.clientY < each.getBoundingClientRect().bottom,
    );
    pointed = found < 0 || found >= editor.state.doc.childCount ? null : startOf(editor.state.doc, found);
    place();
  });
  holder.addEventListener("pointerleave", () => {
    pointed = null;
    place();
  });
  editor.on("transaction", ({ transaction }) => {
    // The focus comes and goes by transactions too: where the pointer is stays true then.
    if (transaction.docChanged || transaction.selectionSet) pointed = null;
    requestAnimationFrame(place);
  });
  new ResizeObserver(place).observe(editor.view.dom);
  place();
}

function startOf(doc, index) {
  let pos = 0;
  for (let at = 0; at < index; at += 1) pos += doc.child(at).nodeSize;
  return pos;
}
