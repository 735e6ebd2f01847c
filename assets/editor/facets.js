// What the selection offers to be filled in: an address, a description, a condition.

import { showAlways } from "./acts.js";
import { meant } from "./addresses.js";
import { choices, isCounted, isTyped, readCondition, spellCondition } from "./conditions.js";
import { conditionOf, isTag } from "./tags.js";

const WRONG = "An address begins with https://, mailto: or tel:, or is a field such as {{ booking_url }}.";

/** What the selection offers to be filled in: {key, title, pos, fields, acts}, or null. */
export function about(editor, asked) {
  const { selection } = editor.state;
  const node = selection.node ?? null;
  if (node?.type.name === "picture") return picture(editor, node, selection.from);
  for (let depth = selection.$from.depth; depth > 0; depth -= 1) {
    const around = selection.$from.node(depth);
    if (around.type.name === "button") return button(editor, around, selection.$from.before(depth));
  }
  if (asked === "link" || editor.isActive("link")) return link(editor);
  if (node?.type.name === "onlyIf") return onlyIf(editor, node, selection.from);
  if (asked !== "condition") return null; // it would stand in the way of writing
  for (let depth = selection.$from.depth; depth > 0; depth -= 1) {
    const around = selection.$from.node(depth);
    if (around.type.name === "onlyIf") return onlyIf(editor, around, selection.$from.before(depth));
  }
  return null;
}

const put = (editor, pos, attrs) => {
  const node = editor.state.doc.nodeAt(pos);
  if (node) editor.view.dispatch(editor.state.tr.setNodeMarkup(pos, null, { ...node.attrs, ...attrs }));
};

function addressField(value, change, empty = false) {
  return {
    label: "Leads to",
    value,
    list: "addresses",
    change: (typed) => {
      const href = meant(typed);
      if (href || (empty && !typed.trim())) change(href || null);
      return href || (empty && !typed.trim()) ? "" : WRONG;
    },
  };
}

function button(editor, node, pos) {
  return {
    key: `button:${pos}`,
    title: "Button",
    fields: [addressField(node.attrs.href, (href) => put(editor, pos, { href }))],
    acts: [],
  };
}

function picture(editor, node, pos) {
  return {
    key: `picture:${pos}:${node.attrs.src}`,
    title: "Picture",
    acts: [],
    fields: [
      {
        label: "Description",
        value: node.attrs.alt,
        hint: "What it shows, for whoever cannot see it.",
        change: (alt) => {
          put(editor, pos, { alt });
          editor.commands.setNodeSelection(pos);
          return "";
        },
      },
      addressField(
        node.attrs.href ?? "",
        (href) => {
          put(editor, pos, { href });
          editor.commands.setNodeSelection(pos);
        },
        true,
      ),
    ],
  };
}

function link(editor) {
  const { href } = editor.getAttributes("link");
  const { from, to } = editor.state.selection;
  return {
    key: href === undefined ? `linking:${from}:${to}` : "link",
    title: "Link",
    fields: [
      addressField(href ?? "", (fresh) => {
        const chain = editor.chain().extendMarkRange("link");
        if (editor.state.selection.empty && !editor.isActive("link")) {
          chain.insertContent({ type: "text", text: fresh, marks: [{ type: "link", attrs: { href: fresh } }] }).run();
        } else chain.setMark("link", { href: fresh, title: null }).run();
      }),
    ],
    late: href === undefined, // written down once it is whole, not letter by letter
    acts:
      href === undefined
        ? []
        : [
            {
              label: "Remove the link",
              run: () => editor.chain().focus().extendMarkRange("link").unsetMark("link").run(),
            },
          ],
  };
}

let typing = -1; // the position of the condition that somebody wants to type, though it could be picked

function onlyIf(editor, node, pos) {
  const asked = typing === pos ? { name: "other", value: conditionOf(node.attrs.tag) } : readCondition(node.attrs.tag);
  const write = (condition) => {
    put(editor, pos, { tag: spellCondition(condition) });
    return "";
  };
  const fields = [
    {
      label: "Shown only if",
      value: asked.name,
      options: choices(),
      change: (name) => {
        typing = isTyped(name) ? pos : -1;
        return write({ name, value: isTyped(name) ? conditionOf(node.attrs.tag) : "1" });
      },
    },
  ];
  if (isCounted(asked.name))
    fields.push({
      label: "Number",
      value: asked.value,
      number: true,
      change: (value) => write({ name: asked.name, value }),
    });
  if (isTyped(asked.name)) {
    fields.push({
      label: "Condition",
      value: asked.value,
      change: (value) => {
        const tag = `{% if ${value.trim()} %}`;
        return value.trim() && isTag(tag)
          ? write({ name: "other", value })
          : "A condition reads like: topics and first_name";
      },
    });
  }
  return {
    key: `onlyIf:${pos}:${asked.name}`,
    title: "Condition",
    fields,
    acts: [{ label: "Show it to everybody", run: () => showAlways(editor, pos) }],
  };
}

/** Whoever leaves the panel has typed her condition. */
export const typed = () => {
  typing = -1;
};
