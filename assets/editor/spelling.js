// Blocks become Markdown. Pure: plain objects in, text out, as reading.js makes them of it.

import { address, titled } from "./addresses.js";
import { line } from "./lines.js";
import { wordOf } from "./tags.js";

/** A document as Markdown. `known` may give the text that a block was read from, for one that nobody has touched. */
export function spelled(doc, known = () => undefined) {
  return joined(doc.content ?? [], known);
}

function joined(nodes, known = () => undefined) {
  let text = "";
  let before = null;
  let marker = "";
  for (const node of nodes) {
    const isList = node.type === "bulletList" || node.type === "orderedList";
    const again = isList && before?.type === node.type; // two lists in a row would be one
    let words = again || node.type === "codeBlock" ? undefined : known(node);
    if (words === undefined) words = block(node, again ? marker : "");
    if (!words) continue;
    if (isList) marker = words.match(/^(?:\d+)?(.)/)[1];
    text += (before ? gap(before, node) : "") + words;
    before = node;
  }
  return text;
}

/** Tags between blocks stand close to what they are about. */
function gap(before, after) {
  const opens = before.type === "tagLine" && !wordOf(lastTag(before)).startsWith("end");
  const closes = after.type === "tagLine" && /^\{%[-+]?\s*(end|el)/.test(after.attrs.text);
  return opens || closes ? "\n" : "\n\n";
}

const lastTag = (node) => node.attrs.text.slice(node.attrs.text.lastIndexOf("{%"));

function block(node, besideMarker) {
  const content = node.content ?? [];
  switch (node.type) {
    case "heading": {
      const words = line(content, { oneLine: true });
      return words ? `${"#".repeat(node.attrs.level)} ${words}` : "";
    }
    case "bulletList":
      return list(node, () => (besideMarker === "-" ? "* " : "- "));
    case "orderedList":
      return list(node, (index) => `${(node.attrs.start ?? 1) + index}${besideMarker === "." ? ")" : "."} `);
    case "blockquote":
      return quoted(joined(content));
    case "tip":
      return quoted(`**Tip**\n\n${joined(content)}`.trimEnd());
    case "horizontalRule":
      return "---";
    case "codeBlock":
      return code(node);
    case "button": {
      const label = line(content, { oneLine: true });
      return label ? `[${label}](${address(node.attrs.href)}){.button}` : "";
    }
    case "picture":
      return picture(node.attrs);
    case "tagLine":
      return node.attrs.text;
    case "onlyIf":
      return `${node.attrs.tag}\n${joined(content)}\n${node.attrs.end}`;
    default:
      return line(content);
  }
}

function list(node, marker) {
  const { tight } = node.attrs;
  const items = (node.content ?? []).map((item, index) => {
    const mark = marker(index);
    const inner = (item.content ?? [])
      .map((each) => block(each, ""))
      .filter(Boolean)
      .join(tight ? "\n" : "\n\n");
    return mark.trimEnd() + (inner ? ` ${indented(inner, mark.length)}` : "");
  });
  return items.join(tight ? "\n" : "\n\n");
}

const indented = (text, width) => text.replace(/\n(?=[^\n])/g, `\n${" ".repeat(width)}`);

const quoted = (text) =>
  text
    .split("\n")
    .map((each) => (each ? `> ${each}` : ">"))
    .join("\n");

function code(node) {
  const text = node.content?.[0]?.text ?? "";
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map((run) => run[0].length));
  const fence = "`".repeat(longest + 1);
  return `${fence}${node.attrs?.language ?? ""}\n${text}\n${fence}`;
}

function picture({ src, alt, title, href }) {
  const words = (alt ?? "").replace(/\s+/g, " ").replace(/[\\[\]`*_<]/g, "\\$&");
  const shown = `![${words}](${address(src)}${titled(title)})`;
  return href ? `[${shown}](${address(href)})` : shown;
}
