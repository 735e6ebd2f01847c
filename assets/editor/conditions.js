// For whom something is shown: what can be picked in plain words, and the expression behind it.

import { conditionOf } from "./tags.js";

const CONDITIONS = [
  { name: "named", label: "she gave her first name", test: "first_name" },
  { name: "unnamed", label: "she gave no first name", test: "not first_name" },
  { name: "booking", label: "there is a page for booking", test: "booking_url" },
  { name: "phone", label: "there is a phone number", test: "clinic_phone" },
];
const OF_CARE = [
  { name: "session", label: "her session is number ...", test: "session.number ==", number: true },
  { name: "later", label: "her session is later than number ...", test: "session.number >", number: true },
];
const OTHER = { name: "other", label: "something else, typed as a condition" };
const offered = [...CONDITIONS];

/** What can be asked here: of each topic whether she gets it, and in care which of her sessions it is. */
export function offer({ topics, care }) {
  const asked = Object.entries(topics).map(([slug, label]) => ({
    name: `topic ${slug}`,
    label: `she gets ${label}`,
    test: `"${slug}" in topics`,
  }));
  offered.splice(CONDITIONS.length, Infinity, ...asked, ...(care ? OF_CARE : []));
}

export const choices = () => [...offered, OTHER].map(({ name, label }) => ({ value: name, label }));

/** {name, value}: which of the choices an `{% if %}` is, with its number or its words. */
export function readCondition(tag) {
  const asked = conditionOf(tag);
  const plain = offered.find((each) => !each.number && each.test === asked.replaceAll("'", '"'));
  if (plain) return { name: plain.name, value: "" };
  const counted = offered.find((each) => each.number && asked.startsWith(each.test));
  const number = counted && /^\s*(\d{1,3})$/.exec(asked.slice(counted.test.length));
  return number ? { name: counted.name, value: number[1] } : { name: OTHER.name, value: asked };
}

export const isCounted = (name) => offered.some((each) => each.name === name && each.number);
export const isTyped = (name) => name === OTHER.name;

/** The tag for a choice. */
export function spellCondition({ name, value }) {
  const found = offered.find((each) => each.name === name);
  if (!found) return `{% if ${value.replace(/[\s%{}]+/g, " ").trim() || "first_name"} %}`;
  return found.number ? `{% if ${found.test} ${Number.parseInt(value, 10) || 1} %}` : `{% if ${found.test} %}`;
}

/** As the block's head says it. */
export function conditionSays(tag) {
  const { name, value } = readCondition(tag);
  const found = offered.find((each) => each.name === name);
  return found ? found.label.replace("...", value) : value;
}
