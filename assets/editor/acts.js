// What can be done with a whole block: moved, deleted, added, shown only to some.

import { NodeSelection, TextSelection } from "@tiptap/pm/state";

const isHome = (node) => node.type.name === "doc" || node.type.name === "onlyIf";

/** The block that the cursor is in, and where it stands: {node, pos, index, parent, depth}. */
export function blockAt({ selection: { $from } }) {
  for (let depth = $from.depth; depth >= 0; depth -= 1) {
    const parent = $from.node(depth);
    if (!isHome(parent)) continue;
    const index = Math.min($from.index(depth), parent.childCount - 1);
    return { node: parent.child(index), pos: $from.posAtIndex(index, depth), index, parent, depth };
  }
  return null;
}

/** Up (-1) or down (1) by one, out of a condition at its edge. Returns whether anything moved. */
export function move(editor, way) {
  const { state } = editor;
  const { node, pos, index, parent, depth } = blockAt(state);
  const end = pos + node.nodeSize;
  const other = parent.maybeChild(index + way);
  const { tr } = state;
  let to;
  if (other) {
    to = way < 0 ? pos - other.nodeSize : pos + other.nodeSize;
    if (way < 0) tr.replaceWith(to, end, [node, other]);
    else tr.replaceWith(pos, end + other.nodeSize, [other, node]);
  } else if (depth > 0 && parent.childCount > 1) {
    const { $from } = state.selection;
    to = way < 0 ? $from.before(depth) : $from.after(depth) - node.nodeSize;
    tr.delete(pos, end).insert(to, node);
  } else return false;
  editor.view.dispatch(selected(tr, state, pos, to).scrollIntoView());
  editor.view.focus();
  return true;
}

function selected(tr, { selection }, from, to) {
  if (selection instanceof NodeSelection)
    return tr.setSelection(NodeSelection.create(tr.doc, selection.from - from + to));
  const shift = (pos) => Math.min(pos - from + to, tr.doc.content.size);
  return tr.setSelection(
    TextSelection.between(tr.doc.resolve(shift(selection.anchor)), tr.doc.resolve(shift(selection.head))),
  );
}

export function remove(editor) {
  const { state } = editor;
  let { node, pos, parent, depth } = blockAt(state);
  if (depth > 0 && parent.childCount === 1) {
    node = parent;
    pos = state.selection.$from.before(depth);
    parent = state.selection.$from.node(depth - 1);
  }
  const { tr } = state;
  if (parent.childCount === 1) tr.replaceWith(pos, pos + node.nodeSize, state.schema.nodes.paragraph.create());
  else tr.delete(pos, pos + node.nodeSize);
  tr.setSelection(TextSelection.near(tr.doc.resolve(Math.min(pos, tr.doc.content.size))));
  editor.view.dispatch(tr.scrollIntoView());
  editor.view.focus();
}

const PARAGRAPH = { type: "paragraph" };
const item = { type: "listItem", content: [PARAGRAPH] };

/** What the "+" offers. `picture` is asked for first, so it has no content here. */
export const KINDS = [
  { name: "paragraph", label: "Text", content: PARAGRAPH },
  { name: "heading", label: "Heading", content: { type: "heading", attrs: { level: 1 } } },
  { name: "small", label: "Small heading", content: { type: "heading", attrs: { level: 2 } } },
  { name: "bullets", label: "List with bullets", content: { type: "bulletList", content: [item] } },
  { name: "numbers", label: "List with numbers", content: { type: "orderedList", content: [item] } },
  { name: "picture", label: "Picture" },
  {
    name: "button",
    label: "Button",
    content: { type: "button", attrs: { href: "{{ booking_url }}" }, content: [{ type: "text", text: "Book a time" }] },
  },
  { name: "divider", label: "Divider", content: { type: "horizontalRule" } },
  { name: "quote", label: "Quote", content: { type: "blockquote", content: [PARAGRAPH] } },
  { name: "tip", label: "Tip", content: { type: "tip", content: [PARAGRAPH] } },
  { name: "onlyIf", label: "Shown only if ...", content: { type: "onlyIf", content: [PARAGRAPH] } },
];

/** A new block behind the one with the cursor, or in its place where that is an empty line. */
export function add(editor, content) {
  const { state } = editor;
  const { node, pos } = blockAt(state);
  const fresh = state.schema.nodeFromJSON(content);
  const empty = node.type.name === "paragraph" && node.content.size === 0;
  const at = empty ? pos : pos + node.nodeSize;
  const { tr } = state;
  tr.replaceWith(at, empty ? at + node.nodeSize : at, fresh);
  if (fresh.isAtom || fresh.type.name === "horizontalRule") {
    const after = at + fresh.nodeSize;
    if (!tr.doc.nodeAt(after)) tr.insert(after, state.schema.nodes.paragraph.create());
    tr.setSelection(
      fresh.type.name === "picture" ? NodeSelection.create(tr.doc, at) : TextSelection.near(tr.doc.resolve(after)),
    );
  } else if (fresh.type.name === "button") {
    tr.setSelection(TextSelection.create(tr.doc, at + 1, at + fresh.nodeSize - 1));
  } else tr.setSelection(TextSelection.near(tr.doc.resolve(at + 1)));
  editor.view.dispatch(tr.scrollIntoView());
  editor.view.focus();
}

/** The block with the cursor, and those selected behind it, under a condition. */
export function showOnlyIf(editor) {
  const { state } = editor;
  const { pos, index, parent, depth } = blockAt(state);
  const { $to } = state.selection;
  const last =
    $to.depth >= depth && $to.node(depth) === parent ? Math.min($to.index(depth), parent.childCount - 1) : index;
  const nodes = [];
  for (let at = index; at <= last; at += 1) nodes.push(parent.child(at));
  const end = pos + nodes.reduce((sum, node) => sum + node.nodeSize, 0);
  const { tr } = state;
  tr.replaceWith(pos, end, state.schema.nodes.onlyIf.create(null, nodes));
  tr.setSelection(TextSelection.near(tr.doc.resolve(state.selection.from + 1)));
  editor.view.dispatch(tr);
  editor.view.focus();
}

/** What stood under a condition stands for everybody again. `pos` is the condition's. */
export function showAlways(editor, pos) {
  const { tr } = editor.state;
  const node = tr.doc.nodeAt(pos);
  tr.replaceWith(pos, pos + node.nodeSize, node.content);
  editor.view.dispatch(tr.setSelection(TextSelection.near(tr.doc.resolve(pos + 1))));
  editor.view.focus();
}
