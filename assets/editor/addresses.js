// Where a link leads: as Markdown spells it, and as somebody types it.

import { isTag } from "./tags.js";

export const titled = (title) => (title ? ` "${title.replace(/["\\]/g, "\\$&")}"` : "");

/** An address between the brackets of a link; a merge tag as it is. */
export function address(href) {
  if ((href ?? "").startsWith("{{")) return href;
  const safe = (href ?? "")
    .trim()
    .replace(/\s/g, "%20")
    .replaceAll("<", "%3C")
    .replaceAll(">", "%3E")
    .replaceAll("\\", "%5C");
  return /[()]/.test(safe) ? `<${safe}>` : safe;
}

/** Whether a letter may lead there. */
export const allowed = (href) => /^(https?:\/\/|mailto:|tel:)/i.test(href) || (href.startsWith("{{") && isTag(href));

/** An address as it is meant: "clinic.example" is https, "a@b.example" is mail. Empty where it is none. */
export function meant(typed) {
  const text = typed.trim();
  if (allowed(text) && (text.startsWith("{{") || !/[\s<>"]/.test(text))) return text;
  if (/^[^\s@/:<>"]+@[^\s@/:<>"]+\.[^\s@/:<>"]+$/.test(text)) return `mailto:${text}`;
  if (/^[\w-]+(\.[\w-]+)+([/?#][^\s<>"]*)?$/.test(text)) return `https://${text}`;
  return "";
}
