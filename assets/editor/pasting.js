// What is pasted becomes the blocks we have: Markdown as it is meant, pages and documents without their looks.

import { Extension } from "@tiptap/core";
import { Fragment, Slice } from "@tiptap/pm/model";
import { Plugin } from "@tiptap/pm/state";
import { blocksOf } from "./reading.js";
import { spelled } from "./spelling.js";

const NO_PICTURES = "Pictures were left out of what you pasted; bring them with the picture button.";
const BULLET = /^\s*(?:[·•o§▪-]|\d{1,3}[.)])(?:\s|\u00a0)+/;

/** A tag with nothing but what is looked at below: no handler, no address to fetch, no style that a page would apply. */
function bared(_, name, attributes) {
  const kept = attributes.matchAll(/\s(href|class|style|start)\s*=\s*("[^"]*"|'[^']*'|[^\s>]+)/gi);
  return `<${name}${[...kept].map(([, key, value]) => ` ${key.toLowerCase() === "style" ? "data-look" : key}=${value}`).join("")}>`;
}

/** Pasted HTML without what belongs to the program that it came from; `said` hears of what was left out. */
export function cleaned(html, said) {
  const bare = html
    .replace(/<!--[\s\S]*?-->/g, "")
    .replace(/<(style|script|xml|title)\b[\s\S]*?<\/\1>/gi, "")
    .replace(/<([a-z][\w:-]*)((?:"[^"]*"|'[^']*'|[^'">])*)>/gi, bared);
  const page = new DOMParser().parseFromString(bare, "text/html");
  const pictures = page.querySelectorAll("img, picture, svg, video, object, iframe");
  if (pictures.length) said(NO_PICTURES);
  for (const each of pictures) each.remove();
  for (const each of page.querySelectorAll("[data-look]")) looked(each);
  for (const each of page.querySelectorAll("b")) {
    if (/font-weight:\s*(normal|400)/.test(each.dataset.look ?? "")) each.replaceWith(...each.childNodes);
  }
  listed(page);
  for (const each of page.querySelectorAll("td, th")) each.append(" ");
  for (const each of page.querySelectorAll("p")) if (!each.textContent.replaceAll("\u00a0", " ").trim()) each.remove();
  return page.body.innerHTML.replaceAll("\u00a0", " ").replaceAll("&nbsp;", " ");
}

/** Bold and italic that a document says by its looks alone. */
function looked(element) {
  const look = element.dataset.look;
  if (element.tagName !== "SPAN") return;
  for (const [pattern, name] of [
    [/font-weight:\s*(bold|[6-9]00)/, "strong"],
    [/font-style:\s*italic/, "em"],
  ]) {
    if (!pattern.test(look)) continue;
    const mark = element.ownerDocument.createElement(name);
    mark.append(...element.childNodes);
    element.append(mark);
  }
}

/** Word's lists are paragraphs that look like items. */
function listed(page) {
  let list = null;
  for (const each of page.querySelectorAll("p")) {
    const isItem = /MsoListParagraph/i.test(each.className) || /mso-list:\s*l\d/i.test(each.dataset.look ?? "");
    if (!isItem) {
      list = null;
      continue;
    }
    const name = /^\s*\d/.test(each.textContent) ? "ol" : "ul";
    for (const mark of each.querySelectorAll("[data-look*='mso-list:Ignore'], [data-look*='mso-list: Ignore']"))
      mark.remove();
    each.innerHTML = each.innerHTML.replace(BULLET, "");
    if (list?.tagName.toLowerCase() !== name || list.nextElementSibling !== each) {
      list = page.createElement(name);
      each.before(list);
    }
    const item = page.createElement("li");
    item.append(each);
    list.append(item);
  }
}

export const pasting = ({ said, files }) =>
  Extension.create({
    name: "pasting",
    addProseMirrorPlugins() {
      const { schema } = this.editor;
      const read = (text) => {
        try {
          const doc = schema.nodeFromJSON(withoutPictures(blocksOf(text), said));
          doc.check();
          return doc.content;
        } catch {
          return Fragment.from(
            text
              .split(/\n+/)
              .filter(Boolean)
              .map((line) => schema.nodes.paragraph.create(null, schema.text(line))),
          );
        }
      };
      return [
        new Plugin({
          props: {
            transformPastedHTML: (html) => (html.includes("data-pm-slice") ? html : cleaned(html, said)),
            clipboardTextParser: (text) => {
              const content = read(text);
              const isText = (node) => node?.type.name === "paragraph";
              return new Slice(content, isText(content.firstChild) ? 1 : 0, isText(content.lastChild) ? 1 : 0);
            },
            clipboardTextSerializer: (slice) => {
              const content = slice.content.toJSON() ?? [];
              return spelled({
                content: slice.content.firstChild?.isInline ? [{ type: "paragraph", content }] : content,
              });
            },
            handlePaste: (_, event) => taken(event.clipboardData, files),
            handleDrop: (_, event, __, moved) => !moved && taken(event.dataTransfer, files),
          },
        }),
      ];
    },
  });

/** Markdown may hold a picture in the middle of a line; a letter's pictures stand alone. */
function withoutPictures(node, said, inLine = false) {
  if (inLine && node.type === "picture") {
    said(NO_PICTURES);
    return null;
  }
  if (!node.content) return node;
  const isLine = ["paragraph", "heading", "button"].includes(node.type);
  return { ...node, content: node.content.map((each) => withoutPictures(each, said, isLine)).filter(Boolean) };
}

function taken(data, files) {
  const pictures = [...(data?.files ?? [])].filter((file) => file.type.startsWith("image/"));
  if (!pictures.length || data.types.includes("text/html")) return false;
  files(pictures[0]);
  return true;
}
