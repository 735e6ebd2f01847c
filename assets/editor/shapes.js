// What a paragraph or a row of blocks is, once it is whole: a button, a picture, a tip, a condition. Pure.

import { wordOf } from "./tags.js";

/** A paragraph that is more than one: tags between blocks, a button, a picture. */
export function shaped(node, onTop) {
  const [first, ...others] = node.content;
  const meant = node.content.filter((each) => each.type !== "text" || each.text.trim());
  const link = first?.marks?.find((mark) => mark.type === "link");
  if (
    onTop &&
    meant.length &&
    meant.every((each) => each.type === "tag" && each.attrs.text.startsWith("{%") && !each.marks)
  ) {
    const text = node.content
      .map((each) => each.attrs?.text ?? each.text)
      .join("")
      .trim();
    Object.assign(node, { type: "tagLine", attrs: { text, tags: meant.map((each) => each.attrs.text) }, content: [] });
  } else if (first?.type === "picture" && others.length === 0) {
    Object.assign(node, { type: "picture", attrs: { ...first.attrs, href: link?.attrs.href ?? null }, content: [] });
  } else if (link && others.at(-1)?.text === "{.button}" && !others.at(-1).marks) {
    const label = node.content.slice(0, -1).map(({ marks, ...each }) => each);
    Object.assign(node, { type: "button", attrs: { href: link.attrs.href }, content: label });
  }
}

export function isTip(node) {
  const first = node.content[0];
  const [word, ...others] = first?.type === "paragraph" ? first.content : [];
  return (
    others.length === 0 &&
    word?.text === "Tip" &&
    word.marks?.length === 1 &&
    word.marks[0].type === "bold" &&
    node.content.length > 1
  );
}

/** `{% if %}` and its end around blocks become one block with children; whatever has an `else` stays lines of tags. */
export function grouped(nodes) {
  const found = [];
  for (let index = 0; index < nodes.length; index += 1) {
    const end = closing(nodes, index);
    if (end > 0) {
      const children = grouped(nodes.slice(index + 1, end));
      const map = [nodes[index].map[0], nodes[end].map[1]];
      const attrs = { tag: nodes[index].attrs.tags[0], end: nodes[end].attrs.tags[0] };
      found.push({ type: "onlyIf", attrs, content: children.length ? children : [{ type: "paragraph" }], map });
      index = end;
    } else found.push(nodes[index]);
  }
  return found;
}

/** Where the `{% if %}` at `index` is closed, with no `else` of its own; 0 where it is not so. */
function closing(nodes, index) {
  const alone = (node) => (node.type === "tagLine" && node.attrs.tags.length === 1 ? wordOf(node.attrs.tags[0]) : "");
  if (alone(nodes[index]) !== "if") return 0;
  let depth = 0;
  for (let at = index; at < nodes.length; at += 1) {
    if (nodes[at].type !== "tagLine") continue;
    const words = nodes[at].attrs.tags.map(wordOf);
    if (depth === 1 && words.some((word) => word === "else" || word === "elif")) return 0;
    depth += words.filter((word) => word === "if").length - words.filter((word) => word === "endif").length;
    if (depth === 0) return alone(nodes[at]) === "endif" ? at : 0;
  }
  return 0;
}
