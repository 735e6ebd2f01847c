// The editor of a letter. On the page of one it wakes; whoever asks from elsewhere gets what reads and spells Markdown.

import { wake } from "./waking.js";

export { read } from "./reading.js";
export { spelled } from "./spelling.js";

const sheet = globalThis.document?.getElementById("sheet");
if (sheet) wake(sheet);
