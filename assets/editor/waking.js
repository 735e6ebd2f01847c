// The page of a letter wakes up: blocks in front, the letter's own Markdown behind, in the form's field as ever.
// Nothing is written back before something was changed, and of that only the blocks that were touched.

import { Editor, Extension, InputRule } from "@tiptap/core";
import { extensions } from "./blocks.js";
import { offer } from "./conditions.js";
import { adding, blockKeys, handle } from "./handle.js";
import { panel } from "./panel.js";
import { pasting } from "./pasting.js";
import { pictures } from "./pictures.js";
import { blocksOf, read } from "./reading.js";
import { spelled } from "./spelling.js";
import { isTag } from "./tags.js";
import { toolbar } from "./toolbar.js";
import { views } from "./views.js";

export function wake(sheet) {
  offer({ topics: JSON.parse(sheet.dataset.topics), care: "care" in sheet.dataset });
  const body = document.getElementById("body");
  const page = sheet.querySelector(".page");
  const notice = sheet.querySelector(".notice");

  const sources = new WeakMap(); // a block that nobody touched -> the text that it was read from
  let tail = ""; // the newlines at the end of the file

  const acts = { picture: () => shown.ask(), link: () => strip.link() };
  const addMenu = adding(page, acts);
  const say = (words) => {
    notice.textContent = words;
    notice.hidden = !words;
  };

  /** What is typed as a tag becomes one. */
  const typedTags = Extension.create({
    name: "typedTags",
    addInputRules: () => [
      new InputRule({
        find: /(\{\{[^{}]+\}\}|\{%[^{}]+%\})$/,
        handler: ({ state, range, match }) => {
          if (
            !isTag(match[1]) ||
            !state.doc.resolve(range.from).parent.type.contentMatch.matchType(state.schema.nodes.tag)
          )
            return null;
          state.tr.replaceWith(range.from, range.to, state.schema.nodes.tag.create({ text: match[1] }));
        },
      }),
    ],
    addKeyboardShortcuts: () => ({
      "Mod-k": () => {
        strip.link();
        return true;
      },
      "Alt-F10": () => {
        tools.focus();
        return true;
      },
      "Alt-Enter": () => {
        strip.condition();
        return true;
      },
    }),
  });

  const editor = new Editor({
    element: page.querySelector(".words"),
    injectCSS: false,
    extensions: [
      ...extensions,
      typedTags,
      blockKeys(addMenu),
      pasting({ said: say, files: (file) => shown.take(file) }),
    ],
    editorProps: {
      attributes: {
        role: "textbox",
        "aria-multiline": "true",
        "aria-label": "Words",
        "aria-describedby": "keys-hint body-wrong",
        spellcheck: "true",
      },
    },
    onUpdate: write,
    // What is inserted by the buttons above goes where the cursor was.
    onFocus: () => body.dispatchEvent(new Event("focusin", { bubbles: true })),
  });

  function write() {
    const known = new Map();
    const content = [];
    editor.state.doc.forEach((node) => {
      const json = node.toJSON();
      if (sources.has(node)) known.set(json, sources.get(node));
      content.push(json);
    });
    body.value = spelled({ content }, (node) => known.get(node)) + tail;
    body.dispatchEvent(new Event("input", { bubbles: true }));
  }

  /** Opens what the field holds; throws Unfaithful, or whatever the blocks refuse, and then shows nothing of it. */
  function open() {
    const found = read(body.value);
    const doc = editor.schema.nodeFromJSON(found.doc);
    doc.check();
    const { tr } = editor.state;
    tr.replaceWith(0, tr.doc.content.size, doc.content).setMeta("addToHistory", false).setMeta("preventUpdate", true);
    editor.view.dispatch(tr);
    editor.state.doc.forEach((node, _, index) => sources.set(node, found.sources[index]));
    tail = /\n*$/.exec(body.value)[0];
  }

  const shown = pictures(document.getElementById("bringing"), editor, say);
  const strip = panel(page.querySelector(".panel"), page, editor);
  const tools = toolbar(sheet.querySelector(".tools"), editor, acts);
  handle(page, editor, addMenu);
  const view = views({ sheet, body, editor, open, say });

  body.addEventListener("insert", (event) => {
    if (!view.isVisual()) return;
    event.preventDefault();
    const { before, after, instead } = event.detail;
    const { from, to } = editor.state.selection;
    const chosen = editor.state.doc.textBetween(from, to, " ", (node) => node.attrs.text ?? "") || instead;
    const line = blocksOf(before + chosen + after).content[0].content;
    editor.chain().focus().insertContent(line).run();
  });
}
