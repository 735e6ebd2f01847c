// Markdown as the letters' own compiler reads it (content/fragments.py): the same rules, and the same parser.

import MarkdownIt from "markdown-it";
import { Tokens } from "./tags.js";

export const MARKDOWN = new MarkdownIt("commonmark", { html: false }).enable("strikethrough");

/** The words of one block, as a reader would see them. */
export function readable(text) {
  const tokens = new Tokens(text);
  const inline = MARKDOWN.parse(tokens.text, {}).flatMap((token) => token.children ?? []);
  return squeezed(tokens.restore(inline.map((token) => (/break$/.test(token.type) ? " " : token.content)).join("")));
}

export const squeezed = (text) => text.replace(/\s+/g, " ").trim();
