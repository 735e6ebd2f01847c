// Markdown becomes blocks: the tree that the editor opens, as plain objects. Pure; nothing here knows a browser.
// What the blocks cannot hold is never guessed at: `read` compares what they would be written as with what was there.

import { MARKDOWN } from "./markdown.js";
import { grouped, isTip, shaped } from "./shapes.js";
import { spelled } from "./spelling.js";
import { hasHalves, takesSpace, Tokens } from "./tags.js";

const LONGEST = 20_000;
const MARKS = { strong: "bold", em: "italic", s: "strike" };

export const NO_BLOCK = "This letter holds something that the visual editor has no block for.";

export class Unfaithful extends Error {}

/** The blocks of a text, with the lines that each top-level one was written as: {doc, sources}. Throws Unfaithful. */
export function read(text) {
  const body = text.replace(/\r\n?/g, "\n");
  if (body.length > LONGEST) throw new Unfaithful("This letter is longer than the visual editor can hold.");
  if (hasHalves(body)) throw new Unfaithful("A merge tag of this letter is unfinished, or is a comment.");
  if (takesSpace(body)) throw new Unfaithful("A merge tag of this letter takes away the space beside it.");
  const { doc, sources, references, inLine } = parsed(body);
  if (inLine) throw new Unfaithful("A picture of this letter stands in the middle of a line.");
  if (references) throw new Unfaithful("This letter keeps addresses of links apart from their words.");
  if (meaning(spelled(doc)) !== meaning(body)) throw new Unfaithful(NO_BLOCK);
  return { doc, sources };
}

/** The same without the comparison: for what is pasted, where nothing can be lost. */
export const blocksOf = (text) => parsed(text.replace(/\r\n?/g, "\n")).doc;

/** What a text says, however it is spelled: its HTML, with tags in place and every run of space one space. */
export function meaning(text) {
  const tokens = new Tokens(text);
  const html = MARKDOWN.render(
    padded(tokens)
      .map((line) => line.text)
      .join("\n"),
  );
  return tokens
    .restore(html)
    .replace(/\s+/g, " ")
    .replace(/ (?=<\/?(?:p|ul|ol|li|h\d|blockquote|hr|pre)\b)/g, "")
    .trim();
}

function parsed(body) {
  const tokens = new Tokens(body);
  const lines = padded(tokens);
  const env = {};
  const flat = MARKDOWN.parse(lines.map((line) => line.text).join("\n"), env);
  const source = ([from, to]) =>
    tokens
      .restore(
        lines
          .slice(from, to)
          .filter((line) => !line.added)
          .map((line) => line.text)
          .join("\n"),
      )
      .replace(/^\n+|\s+$/g, "");
  const builder = new Builder(tokens);
  const nodes = grouped(builder.build(flat).content);
  return {
    doc: { type: "doc", content: strip(nodes.length ? nodes : [{ type: "paragraph" }]) },
    sources: nodes.map((node) => source(node.map)),
    inLine: builder.inLine,
    references: Object.keys(env.references ?? {}).length > 0,
  };
}

/** Lines, with an empty one around each that holds nothing but {% %} tags. */
function padded(tokens) {
  const blank = { text: "", added: true };
  return tokens.text.split("\n").flatMap((text) => (tokens.isBlock(text) ? [blank, { text }, blank] : [{ text }]));
}

class Builder {
  constructor(tokens) {
    this.tokens = tokens;
    this.inLine = false; // whether a picture stands among words
  }

  build(flat) {
    const root = { type: "doc", content: [] };
    const open = [root];
    for (const token of flat) {
      const here = open.at(-1);
      if (token.nesting === 1) {
        const node = { ...this.opened(token), content: [], map: token.map };
        here.content.push(node);
        open.push(node);
      } else if (token.nesting === -1) {
        this.closed(open.pop(), open.at(-1), open.length === 1);
      } else if (token.type === "inline") {
        here.content = this.inline(token.children);
      } else {
        here.content.push({ ...this.leaf(token), map: token.map });
      }
    }
    return root;
  }

  opened(token) {
    switch (token.type) {
      case "heading_open":
        return { type: "heading", attrs: { level: Number(token.tag[1]) } };
      case "bullet_list_open":
        return { type: "bulletList", attrs: { tight: true } };
      case "ordered_list_open":
        return { type: "orderedList", attrs: { start: token.attrGet("start") ?? 1, tight: true } };
      case "list_item_open":
        return { type: "listItem" };
      case "blockquote_open":
        return { type: "blockquote" };
      default:
        return { type: "paragraph", hidden: token.hidden };
    }
  }

  leaf(token) {
    if (token.type === "hr") return { type: "horizontalRule" };
    const text = this.tokens.restore(token.content.replace(/\n$/, ""));
    const language = token.info ? this.tokens.restore(token.info) : null;
    return { type: "codeBlock", attrs: { language }, content: text ? [{ type: "text", text }] : [] };
  }

  closed(node, parent, onTop) {
    if (node.type === "paragraph" || node.type === "heading") {
      if (!node.hidden && node.type === "paragraph" && parent.type === "listItem") parent.loose = true;
      if (node.type === "paragraph") shaped(node, onTop);
      if (node.content.some((each) => each.type === "picture")) this.inLine = true;
      delete node.hidden;
    } else if (node.type === "listItem") {
      if (node.content[0]?.type !== "paragraph") node.content.unshift({ type: "paragraph" });
      if (node.loose) parent.attrs.tight = false;
      delete node.loose;
    } else if (node.type === "blockquote" && isTip(node)) {
      node.type = "tip";
      node.content.shift();
    }
  }

  inline(children) {
    const content = [];
    const marks = [];
    const put = (node) => content.push(marks.length ? { ...node, marks: marks.map((mark) => ({ ...mark })) } : node);
    for (const token of children) {
      const mark = MARKS[token.type.replace(/_(open|close)$/, "")];
      if (mark && token.nesting === 1) marks.push({ type: mark });
      else if (token.type === "link_open") {
        const title = token.attrGet("title");
        marks.push({
          type: "link",
          attrs: { href: this.address(token, "href"), title: title ? this.tokens.restore(title) : null },
        });
      } else if (token.nesting === -1) marks.pop();
      else if (token.type === "hardbreak") put({ type: "hardBreak" });
      else if (token.type === "softbreak") put({ type: "text", text: " " });
      else if (token.type === "image") put(this.picture(token));
      else if (token.type === "code_inline") {
        const text = this.tokens.restore(token.content);
        content.push({ type: "text", text, marks: [...marks, { type: "code" }] });
      } else {
        for (const part of this.tokens.cut(token.content)) {
          put(part.tag ? { type: "tag", attrs: { text: part.tag } } : { type: "text", text: part.text });
        }
      }
    }
    return content;
  }

  picture(token) {
    const alt = this.tokens.restore(MARKDOWN.renderer.renderInlineAsText(token.children, MARKDOWN.options, {}));
    const title = token.attrGet("title");
    return {
      type: "picture",
      attrs: { src: this.address(token, "src"), alt, title: title ? this.tokens.restore(title) : null, href: null },
    };
  }

  address(token, name) {
    return this.tokens.restore(token.attrGet(name) ?? "");
  }
}

function strip(nodes) {
  return nodes.map(({ map, content, ...node }) => {
    if (node.type === "tagLine") node.attrs = { text: node.attrs.text };
    return content?.length ? { ...node, content: strip(content) } : node;
  });
}
