// Merge tags: found in a text, kept apart as words while Markdown is read, and told in plain words on a chip.
// The letters' own reader does the same (content/tokens.py), so that both see the same blocks.

const STRING = `"[^"]*"|'[^']*'`;
const between = (open, close) => `\\{${open}(?:${STRING}|(?!${close}\\}).)*?${close}\\}`;
const TAG = new RegExp(`${between("\\{", "\\}")}|${between("%", "%")}`, "gs");
const WORD = /^\{%[-+]?\s*(\w*)/;

export const pieces = (text) => {
  const found = [];
  let last = 0;
  for (const match of text.matchAll(TAG)) {
    if (match.index > last) found.push({ text: text.slice(last, match.index) });
    found.push({ tag: match[0] });
    last = match.index + match[0].length;
  }
  if (last < text.length) found.push({ text: text.slice(last) });
  return found;
};

export const isTag = (text) => pieces(text).length === 1 && "tag" in pieces(text)[0];

/** `if`, `else`, `endfor`, ...; empty for what prints a field. */
export const wordOf = (tag) => WORD.exec(tag)?.[1] ?? "";

/** Whether something is left that could be read as a tag, but is none: half of one, a comment. */
export const hasHalves = (text) => /\{[{%#]|[%#]\}/.test(text.replace(TAG, ""));

/** Whether a tag swallows the lines beside it, as `{%-` does: what stands there is then no block of its own. */
export const takesSpace = (text) => pieces(text).some(({ tag }) => tag && /^\{[{%][-+]|[-+][}%]\}$/.test(tag));

export class Tokens {
  constructor(text) {
    this.tags = [];
    let number = 0;
    while (text.includes(`qz${number}q`)) number += 1;
    this.mark = `qz${number}q`;
    this.word = new RegExp(`${this.mark}(\\d{5})z`, "g");
    this.text = pieces(text)
      .map((piece) => piece.text ?? this.keep(piece.tag))
      .join("");
  }

  keep(tag) {
    this.tags.push(tag);
    return `${this.mark}${String(this.tags.length - 1).padStart(5, "0")}z`;
  }

  restore(text) {
    return text.replace(this.word, (_, number) => this.tags[Number(number)]);
  }

  /** The text cut at its words: {text} and {tag}. */
  cut(text) {
    const found = [];
    let last = 0;
    for (const match of text.matchAll(this.word)) {
      if (match.index > last) found.push({ text: text.slice(last, match.index) });
      found.push({ tag: this.tags[Number(match[1])] });
      last = match.index + match[0].length;
    }
    if (last < text.length) found.push({ text: text.slice(last) });
    return found;
  }

  /** Whether a line is nothing but {% %} tags and space. */
  isBlock(line) {
    const parts = this.cut(line).filter((part) => part.tag || part.text.trim());
    return parts.length > 0 && parts.every((part) => part.tag?.startsWith("{%"));
  }
}

// -- in plain words

const SAYS = {
  first_name: "first name",
  clinic_name: "clinic name",
  clinic_phone: "phone",
  clinic_city: "city",
  clinic_postal_address: "postal address",
  booking_url: "booking page",
  privacy_url: "privacy page",
  preferences_url: "page for choosing topics",
  unsubscribe_url: "page for stopping",
  topics: "topics",
};
const named = (name) => SAYS[name] ?? name.replaceAll("_", " ");

/** What stands on a chip: "first name", "first name, or “there”", "if first name", "end". */
export function told(tag) {
  const inner = tag.replace(/^\{[{%][-+]?\s*/, "").replace(/\s*[-+]?[}%]\}$/, "");
  if (tag.startsWith("{{")) {
    const fallback = /^([\w.]+)\s*\|\s*default\(\s*(["'])(.*?)\2\s*\)$/.exec(inner);
    if (fallback) return `${named(fallback[1])}, or “${fallback[3]}”`;
    return /^[\w.]+$/.test(inner) ? named(inner) : inner;
  }
  const word = wordOf(tag);
  if (word === "endif") return "end of “if”";
  if (word === "endfor") return "end of the list";
  if (word === "for") return inner.replace(/^for\s+(\w+)\s+in\s+(\w+)$/, "for each $1 of $2");
  if (word === "else") return "otherwise";
  const asked = inner.replace(/^(el)?if\s+/, "");
  const said = /^[\w.]+$/.test(asked) ? named(asked) : asked;
  return word === "elif" ? `otherwise, if ${said}` : `if ${said}`;
}

/** The expression of `{% if x %}`. */
export const conditionOf = (tag) => tag.replace(/^\{%[-+]?\s*if\s+/, "").replace(/\s*[-+]?%\}$/, "");
