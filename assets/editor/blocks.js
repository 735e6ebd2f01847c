// The blocks that a letter is made of, and what stands inside their lines, beyond what every text has.

import { Extension, Mark, Node } from "@tiptap/core";
import StarterKit from "@tiptap/starter-kit";
import { allowed } from "./addresses.js";
import { conditionSays } from "./conditions.js";
import { isTag, told } from "./tags.js";

const kept = (name, attribute) => ({
  default: null,
  parseHTML: (element) => element.getAttribute(attribute),
  renderHTML: (attrs) => (attrs[name] === null ? {} : { [attribute]: attrs[name] }),
});

/** A merge tag inside a line: one thing, moved and deleted as one. */
const Tag = Node.create({
  name: "tag",
  group: "inline",
  inline: true,
  atom: true,
  addAttributes: () => ({ text: kept("text", "data-tag") }),
  parseHTML: () => [{ tag: "span[data-tag]", getAttrs: (element) => isTag(element.dataset.tag) && null }],
  renderHTML: ({ node, HTMLAttributes }) => [
    "span",
    { ...HTMLAttributes, class: `tag${node.attrs.text.startsWith("{%") ? " steers" : ""}`, title: node.attrs.text },
    told(node.attrs.text),
  ],
  renderText: ({ node }) => node.attrs.text,
});

/** Tags on a line of their own that are no simple condition: kept as they are. */
const TagLine = Node.create({
  name: "tagLine",
  group: "section",
  atom: true,
  addAttributes: () => ({ text: kept("text", "data-tag-line") }),
  parseHTML: () => [{ tag: "div[data-tag-line]" }],
  renderHTML: ({ node, HTMLAttributes }) => [
    "div",
    { ...HTMLAttributes, class: "tag-line", title: node.attrs.text },
    told(node.attrs.text.match(/\{%.*?%\}/s)?.[0] ?? node.attrs.text),
  ],
});

const OnlyIf = Node.create({
  name: "onlyIf",
  group: "section",
  content: "(block|section)+",
  defining: true,
  addAttributes: () => ({
    tag: { ...kept("tag", "data-only-if"), default: "{% if first_name %}" },
    end: { ...kept("end", "data-end"), default: "{% endif %}" },
  }),
  parseHTML: () => [{ tag: "div[data-only-if]", contentElement: "div" }],
  renderHTML: ({ node, HTMLAttributes }) => [
    "div",
    { ...HTMLAttributes, class: "only-if" },
    ["p", { class: "condition", contenteditable: "false" }, `Shown only if ${conditionSays(node.attrs.tag)}`],
    ["div", {}, 0],
  ],
});

const Tip = Node.create({
  name: "tip",
  group: "block",
  content: "block+",
  defining: true,
  parseHTML: () => [{ tag: "div[data-tip]", contentElement: "div" }],
  renderHTML: () => [
    "div",
    { "data-tip": "", class: "tip" },
    ["p", { class: "tip-word", contenteditable: "false" }, "Tip"],
    ["div", {}, 0],
  ],
});

const Button = Node.create({
  name: "button",
  group: "block",
  content: "(text|tag)*",
  marks: "",
  defining: true,
  addAttributes: () => ({ href: { ...kept("href", "data-button"), default: "" } }),
  parseHTML: () => [{ tag: "div[data-button]", contentElement: "span" }],
  renderHTML: ({ HTMLAttributes }) => ["div", { ...HTMLAttributes, class: "cta" }, ["span", {}, 0]],
  addKeyboardShortcuts() {
    return {
      Enter: () =>
        this.editor.isActive(this.name) &&
        this.editor
          .chain()
          .insertContentAt(this.editor.state.selection.$to.after(), { type: "paragraph" })
          .focus()
          .run(),
    };
  },
});

const OURS = /\/media\/[0-9a-f]{64}-\d{1,4}x\d{1,4}\.(?:jpg|png)$/;

/** Drawn where it is one of ours, by whatever name our host is called: any other host would learn that somebody writes. */
const Picture = Node.create({
  name: "picture",
  group: "block",
  atom: true,
  draggable: true,
  addAttributes: () => ({
    src: { ...kept("src", "data-picture"), default: "" },
    alt: { ...kept("alt", "data-alt"), default: "" },
    title: kept("title", "data-title"),
    href: kept("href", "data-href"),
  }),
  parseHTML: () => [{ tag: "div[data-picture]" }],
  renderHTML: ({ node, HTMLAttributes }) => {
    const { src, alt } = node.attrs;
    const ours = OURS.exec(src)?.[0];
    const shown = ours ? ["img", { src: ours, alt }] : ["span", { class: "absent" }, src || "no address yet"];
    return [
      "div",
      { ...HTMLAttributes, class: "picture" },
      shown,
      ["span", { class: alt ? "alt" : "alt missing" }, alt || "No description yet"],
    ];
  },
});

const Link = Mark.create({
  name: "link",
  inclusive: false,
  addAttributes: () => ({ href: kept("href", "data-link"), title: kept("title", "data-title") }),
  parseHTML: () => [
    { tag: "span[data-link]" },
    {
      tag: "a[href]",
      getAttrs: (element) => {
        const href = element.getAttribute("href").trim();
        return allowed(href) && { href };
      },
    },
  ],
  // Never an <a>: nothing in the editor leads away from it.
  renderHTML: ({ HTMLAttributes }) => ["span", { ...HTMLAttributes, class: "link" }, 0],
});

const Tight = Extension.create({
  name: "tight",
  addGlobalAttributes: () => [
    {
      types: ["bulletList", "orderedList"],
      attributes: { tight: { default: true, parseHTML: () => true, renderHTML: () => ({}) } },
    },
  ],
});

export const extensions = [
  StarterKit.configure({
    link: false,
    underline: false,
    trailingNode: false,
    document: false,
    dropcursor: { color: false, class: "drop" },
  }),
  Node.create({ name: "doc", topNode: true, content: "(block|section)+" }),
  Tag,
  TagLine,
  OnlyIf,
  Tip,
  Button,
  Picture,
  Link,
  Tight,
];
