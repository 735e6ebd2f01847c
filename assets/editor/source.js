// The letter as the text it is kept as, with colors: CodeMirror in a shadow root, where its styles need no <style>.

import { minimalSetup } from "codemirror";
import { EditorView, lineNumbers } from "@codemirror/view";
import { EditorState } from "@codemirror/state";
import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { jinja } from "@codemirror/lang-jinja";
import { markdown } from "@codemirror/lang-markdown";
import { tags } from "@lezer/highlight";

const LOOK = EditorView.theme({
  "&": { color: "var(--ink)", backgroundColor: "var(--card)", fontSize: "0.9375rem" },
  "&.cm-focused": { outline: "3px solid var(--accent)", outlineOffset: "1px" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.6", minHeight: "26rem" },
  ".cm-content": { caretColor: "var(--ink)", padding: "0.8rem 0" },
  ".cm-gutters": { color: "var(--soft)", backgroundColor: "transparent", border: "0" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    background: "var(--accent-tint)",
  },
});
const COLORS = HighlightStyle.define([
  { tag: [tags.heading, tags.strong], fontWeight: "bold" },
  { tag: tags.emphasis, fontStyle: "italic" },
  {
    tag: [tags.tagName, tags.keyword, tags.controlKeyword, tags.operatorKeyword, tags.brace, tags.angleBracket],
    color: "var(--accent)",
  },
  { tag: [tags.link, tags.url, tags.string, tags.attributeValue, tags.variableName], color: "var(--well)" },
  { tag: [tags.comment, tags.processingInstruction, tags.attributeName, tags.meta], color: "var(--soft)" },
]);

/** Where a browser itself types over what is selected it copies looks into a style attribute, which our pages refuse. */
function overwrite(event, view) {
  if (event.inputType !== "insertText" || !event.data || view.composing || view.state.selection.main.empty)
    return false;
  view.dispatch(view.state.replaceSelection(event.data), { userEvent: "input.type", scrollIntoView: true });
  return true;
}

/** Opens the source view in `place`: {set, insert, focus}. `change` hears of what is typed, not of what is `set`. */
export function openSource(place, { html, label, change, focus }) {
  const root = place.attachShadow({ mode: "open" });
  let silent = false;
  const view = new EditorView({
    root,
    parent: root,
    state: EditorState.create({
      extensions: [
        minimalSetup,
        lineNumbers(),
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({ "aria-label": label, spellcheck: "true" }),
        html ? jinja() : jinja({ base: markdown() }),
        EditorView.domEventHandlers({ beforeinput: overwrite }),
        LOOK,
        syntaxHighlighting(COLORS),
        EditorView.updateListener.of((update) => {
          if (update.docChanged && !silent) change(update.state.doc.toString());
          if (update.focusChanged && view.hasFocus) focus();
        }),
      ],
    }),
  });
  return {
    focus: () => view.focus(),
    set(text) {
      if (text === view.state.doc.toString()) return;
      silent = true;
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
      silent = false;
    },
    insert({ before, after, instead }) {
      const { from, to } = view.state.selection.main;
      const chosen = view.state.sliceDoc(from, to) || instead;
      view.dispatch(view.state.replaceSelection(before + chosen + after));
      view.focus();
    },
  };
}
