// The words of one block become Markdown: marks that nest, and characters that stay what they are.

import { address, titled } from "./addresses.js";
import { readable, squeezed } from "./markdown.js";
import { pieces } from "./tags.js";

const SIGNS = { bold: "**", italic: "*", strike: "~~" };
const LETTER = /[\p{L}\p{N}]/u;

/** One block's words. `oneLine` for what may hold no line breaks: headings, buttons.
 *
 * Signs that lean on each other may be read as text. Where they would be, the words are worth more than their looks.
 */
export function line(content, { oneLine = false } = {}) {
  let parts = flat(content, oneLine);
  const says = squeezed(parts.map((part) => part.tag ?? part.text ?? part.code ?? " ").join(""));
  for (const given of ["strike", "italic", "bold", ""]) {
    const words = spelledOut([...parts]);
    if (!given || readable(words) === says) return words;
    parts = parts.map((part) => without(part, given));
  }
  return "";
}

function spelledOut(parts) {
  for (const mark of Object.keys(SIGNS)) tidied(parts, mark);
  return written(trimmed(parts));
}

/** Text, tags and breaks, each with its marks; tags that were typed as text are tags. */
function flat(content, oneLine) {
  return content.flatMap((node) => {
    const marks = (node.marks ?? []).map((mark) => ({ ...mark }));
    const code = marks.some((mark) => mark.type === "code");
    if (node.type === "hardBreak") return oneLine ? [{ text: " ", marks }] : [{ isBreak: true, marks }];
    if (node.type === "tag") return [{ tag: node.attrs.text, marks }];
    if (node.type !== "text") return [];
    if (code) return [{ code: node.text, marks: marks.filter((mark) => mark.type !== "code") }];
    return pieces(node.text.replace(/[\t\n ]+/g, " ")).map((piece) => ({ ...piece, marks }));
  });
}

const has = (part, type) => part?.marks.some((mark) => mark.type === type) ?? false;
const without = (part, type) => ({ ...part, marks: part.marks.filter((mark) => mark.type !== type) });

/** A mark neither begins nor ends with a space, a break, or a sign that leans on a letter: Markdown would not see it. */
function tidied(parts, type) {
  for (let from = 0; from < parts.length; from += 1) {
    if (!has(parts[from], type)) continue;
    let to = from;
    while (has(parts[to + 1], type)) to += 1;
    to = edge(parts, to, type, from, false);
    from = edge(parts, from, type, to, true);
    from = Math.max(from, to);
  }
}

/** Moves what may not stand at one end of a mark out of it; returns where the mark ends now. */
function edge(parts, at, type, limit, isStart) {
  const outside = parts[isStart ? at - 1 : at + 1];
  const leans = LETTER.test(isStart ? last(outside) : first(outside));
  const pattern = leans ? (isStart ? /^[\s\p{P}\p{S}]+/u : /[\s\p{P}\p{S}]+$/u) : isStart ? /^\s+/ : /\s+$/;
  const part = parts[at];
  if (part.isBreak) {
    parts[at] = without(part, type);
    return at === limit ? at : edge(parts, isStart ? at + 1 : at - 1, type, limit, isStart);
  }
  const found = part.text === undefined ? null : pattern.exec(part.text);
  if (!found) return at;
  const rest = isStart ? part.text.slice(found[0].length) : part.text.slice(0, -found[0].length);
  const out = { ...without(part, type), text: found[0] };
  if (!rest) {
    parts[at] = out;
    return at === limit ? at : edge(parts, isStart ? at + 1 : at - 1, type, limit, isStart);
  }
  parts.splice(at, 1, ...(isStart ? [out, { ...part, text: rest }] : [{ ...part, text: rest }, out]));
  return isStart ? at + 1 : at;
}

const first = (part) => (part?.tag ? "x" : (part?.text?.[0] ?? ""));
const last = (part) => (part?.tag ? "x" : (part?.text?.at(-1) ?? ""));

/** Nothing but words at both ends of the block. */
function trimmed(parts) {
  const blank = (part) => part.isBreak || (part.text !== undefined && !part.text.trim());
  let found = [...parts];
  while (found.length && blank(found[0])) found.shift();
  while (found.length && blank(found.at(-1))) found.pop();
  if (found[0]?.text) found[0] = { ...found[0], text: found[0].text.trimStart() };
  const end = found.length - 1;
  if (found[end]?.text) found[end] = { ...found[end], text: found[end].text.trimEnd() };
  return found;
}

const alike = (one, other) => one.type === other.type && JSON.stringify(one.attrs) === JSON.stringify(other.attrs);

function written(parts) {
  let out = "";
  const open = []; // innermost last
  const close = () => {
    const mark = open.pop();
    out += mark.type === "link" ? `](${address(mark.attrs.href)}${titled(mark.attrs.title)})` : mark.sign;
  };
  parts.forEach((part, index) => {
    const goesOn = (mark) => part.marks.some((each) => alike(each, mark));
    while (!open.every(goesOn)) close();
    const fresh = part.marks.filter((mark) => !open.some((each) => alike(each, mark)));
    fresh.sort((one, other) => reach(parts, index, other) - reach(parts, index, one) || rank(one) - rank(other));
    for (const mark of fresh) {
      const sign =
        mark.type === "italic" && out.endsWith("*") && !open.some((each) => each.type === "bold")
          ? "_"
          : SIGNS[mark.type];
      out += mark.type === "link" ? "[" : sign;
      open.push({ ...mark, sign });
    }
    out += spelledPart(part, out, parts[index + 1]);
  });
  while (open.length) close();
  return out;
}

const rank = (mark) => ["link", "bold", "italic", "strike"].indexOf(mark.type);

function reach(parts, index, mark) {
  let to = index;
  while (parts[to + 1]?.marks.some((each) => alike(each, mark))) to += 1;
  return to;
}

function spelledPart(part, out, next) {
  if (part.tag) return part.tag;
  if (part.isBreak) return out === "" || out.endsWith("\n") ? "\\\n" : "  \n";
  if (part.code !== undefined) return code(part.code);
  const atStart = out === "" || out.endsWith("\n");
  const text = escaped(atStart ? part.text.trimStart() : part.text, atStart, next);
  return next?.isBreak ? text.trimEnd() : text;
}

function code(text) {
  const runs = [...text.matchAll(/`+/g)].map((run) => run[0].length);
  let width = 1;
  while (runs.includes(width)) width += 1;
  const fence = "`".repeat(width);
  const room = /^`|`$|^ .* $/s.test(text) ? " " : "";
  return fence + room + text + room + fence;
}

/** Text that Markdown would take for something else, made to stay text. */
function escaped(text, atStart, next) {
  let safe = text
    .replace(/[\\`*[\]]/g, "\\$&")
    .replace(/~(?=~)|(?<=~)~/g, "\\~")
    .replace(/<(?=[A-Za-z/!?])/g, "\\<")
    .replace(/&(?=#?\w+;)/g, "\\&");
  safe = safe.replace(/_/g, (sign, at) => (inWord(safe, at) ? sign : `\\${sign}`));
  if (safe.endsWith("!") && has(next, "link")) safe = `${safe.slice(0, -1)}\\!`;
  if (!atStart) return safe;
  return safe
    .replace(/^(#{1,6}(?=\s|$)|[-+](?=\s|$)|>|=+\s*$|-+\s*$|~~~)/, "\\$1")
    .replace(/^(\d{1,9})([.)])(?=\s|$)/, "$1\\$2");
}

const inWord = (text, at) => LETTER.test(text[at - 1] ?? "") && LETTER.test(text[at + 1] ?? "");
