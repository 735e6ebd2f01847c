// Build what others wrote into newsletter/web/static/built/, or into the folder that is named: `make assets`.
// Beside the scripts stand their licenses, and a manifest that says which bytes came from which version.

import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { buildSync, version as esbuild } from "esbuild";

const HERE = path.dirname(fileURLToPath(import.meta.url));
const TARGET = path.resolve(process.argv[2] ?? path.join(HERE, "../newsletter/web/static/built"));

// File -> the package and its script. The script stays a classic one: what it calls itself is global.
const SCRIPTS = {
  "htmx.js": { name: "htmx.org", script: "dist/htmx.js" },
};

// Our pages allow no code made of text. The doors to it are walled up, so that none is opened by a setting either.
const WALLED_UP = { eval: "undefined", Function: "undefined" };

const inside = (name, file) => path.join(HERE, "node_modules", name, file);
const digest = (bytes) => createHash("sha256").update(bytes).digest("hex");

function minified({ name, script }) {
  const built = buildSync({
    entryPoints: [inside(name, script)],
    define: WALLED_UP,
    minify: true,
    target: "es2020",
    charset: "utf8",
    legalComments: "none",
    write: false,
    logLevel: "error",
  });
  return built.outputFiles[0].contents;
}

const files = {};
const packages = { esbuild };
const licenses = [];
for (const [file, source] of Object.entries(SCRIPTS)) {
  const about = JSON.parse(await readFile(inside(source.name, "package.json"), "utf8"));
  packages[source.name] = about.version;
  const words = (await readFile(inside(source.name, "LICENSE"), "utf8")).trim();
  licenses.push(`${file}: ${source.name} ${about.version} (${about.license})\n\n${words}\n`);
  files[file] = minified(source);
}
files["LICENSES.txt"] = licenses.join(`\n${"-".repeat(72)}\n\n`);

const sha256 = Object.fromEntries(Object.entries(files).map(([file, bytes]) => [file, digest(bytes)]));
files["MANIFEST.json"] = `${JSON.stringify({ packages, sha256 }, null, 2)}\n`;

await mkdir(TARGET, { recursive: true });
await Promise.all(Object.entries(files).map(([file, bytes]) => writeFile(path.join(TARGET, file), bytes)));
