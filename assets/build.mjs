// Build what others wrote, and our editor, into newsletter/web/static/built/ or the folder that is named: `make assets`.
// Beside the scripts stand their licenses, and a manifest that says which bytes came from which version.

import { createHash } from "node:crypto";
import { mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { buildSync, version as esbuild } from "esbuild";

const HERE = path.dirname(fileURLToPath(import.meta.url));
const TARGET = path.resolve(process.argv[2] ?? path.join(HERE, "../newsletter/web/static/built"));

// Our pages allow no code made of text. The doors to it are walled up, so that none is opened by a setting either.
const CLASSIC = { define: { eval: "undefined", Function: "undefined" } };
// Modules ask of things whether they are an `instanceof Function`: what they get can answer that, and nothing else.
const MODULE = { bundle: true, format: "esm", define: { eval: "undefined", Function: "WALLED_UP" }, inject: ["editor/walls.js"] };

// File -> its entry. htmx stays a classic script: what it calls itself is global. The others are modules; the source
// view is one of its own, fetched when somebody first asks for it.
const SCRIPTS = {
  "htmx.js": { entry: "node_modules/htmx.org/dist/htmx.js", options: CLASSIC },
  "editor.js": { entry: "editor/main.js", options: MODULE },
  "source.js": { entry: "editor/source.js", options: MODULE },
};

const digest = (bytes) => createHash("sha256").update(bytes).digest("hex");

/** The bytes of one script, and the folders of the packages that went into it. */
function built({ entry, options }) {
  const made = buildSync({
    absWorkingDir: HERE,
    entryPoints: [entry],
    ...options,
    minify: true,
    target: "es2022",
    charset: "utf8",
    legalComments: "none",
    metafile: true,
    write: false,
    logLevel: "error",
  });
  const read = Object.values(made.metafile.outputs).flatMap(({ inputs }) => Object.keys(inputs));
  const packages = read.map((file) => /^node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0]).filter(Boolean);
  return { bytes: made.outputFiles[0].contents, packages: [...new Set(packages)].sort() };
}

/** The words of a package's license; a family may keep them in one member only. */
async function license(folder) {
  const own = (await readdir(path.join(HERE, folder))).find((name) => /^licen[cs]e/i.test(name));
  if (own) return (await readFile(path.join(HERE, folder, own), "utf8")).trim();
  if (folder.startsWith("node_modules/@tiptap/")) return license("node_modules/@tiptap/core");
  throw new Error(`${folder} ships no license`);
}

const files = {};
const packages = { esbuild };
const users = new Map();
for (const [file, script] of Object.entries(SCRIPTS)) {
  const made = built(script);
  files[file] = made.bytes;
  for (const folder of made.packages) users.set(folder, [...(users.get(folder) ?? []), file]);
}
// Packages whose words are the same share them.
const licenses = new Map();
for (const [folder, names] of [...users].sort()) {
  const about = JSON.parse(await readFile(path.join(HERE, folder, "package.json"), "utf8"));
  packages[about.name] = about.version;
  const words = await license(folder);
  const line = `${names.join(", ")}: ${about.name} ${about.version} (${about.license})`;
  licenses.set(words, [...(licenses.get(words) ?? []), line]);
}
files["LICENSES.txt"] = [...licenses].map(([words, lines]) => `${lines.join("\n")}\n\n${words}\n`).join(`\n${"-".repeat(72)}\n\n`);

const sha256 = Object.fromEntries(Object.entries(files).map(([file, bytes]) => [file, digest(bytes)]));
files["MANIFEST.json"] = `${JSON.stringify({ packages, sha256 }, null, 2)}\n`;

await mkdir(TARGET, { recursive: true });
await Promise.all(Object.entries(files).map(([file, bytes]) => writeFile(path.join(TARGET, file), bytes)));
