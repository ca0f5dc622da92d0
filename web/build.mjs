// Builds what the gateway serves into gateway/static. `--check` builds beside it and compares, so
// that the committed files are known to come from this source.

import { build } from "esbuild";
import { createHash } from "node:crypto";
import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const HERE = dirname(fileURLToPath(import.meta.url));
const STATIC = join(HERE, "..", "gateway", "static");
const PARTS = ["widget", "demo", "console"];
const LIMITS = { launcher: 3 * 1024, widget: 25 * 1024, insight: 200 * 1024 };

const SHARED = {
  absWorkingDir: HERE,
  bundle: true,
  minify: true,
  target: ["es2022", "safari16"],
  charset: "utf8",
  legalComments: "none",
  jsx: "automatic",
  jsxImportSource: "preact",
  write: false,
};

async function bundle(entry, format) {
  const built = await build({ ...SHARED, entryPoints: [entry], format });
  return built.outputFiles[0].contents;
}

/** A name that changes with its content may be cached for ever. */
function hashed(name, content) {
  const hash = createHash("sha256").update(content).digest("hex").slice(0, 12);
  return name.replace(/(\.\w+)$/, `-${hash}$1`);
}

async function page(part, scriptEntry, styleEntry, files, name = "page", source = part) {
  const script = await bundle(scriptEntry, "esm");
  const style = await bundle(styleEntry);
  const names = { script: hashed(`${name}.js`, script), style: hashed(`${name}.css`, style) };
  const html = (await readFile(join(HERE, `source/${source}/index.html`), "utf8"))
    .replace("{{script}}", `/${part}/${names.script}`)
    .replace("{{style}}", `/${part}/${names.style}`);
  files.set(`${part}/${names.script}`, script);
  files.set(`${part}/${names.style}`, style);
  files.set(`${part}/${name === "page" ? "index" : name}.html`, Buffer.from(html));
}

async function make() {
  const files = new Map();
  files.set("widget/widget.js", await bundle("source/launcher/launcher.ts", "iife"));
  await page("widget", "source/widget/main.tsx", "source/widget/widget.css", files);
  await page("console", "source/console/main.tsx", "source/console/console.css", files);
  await page("console", "source/insight/main.tsx", "source/insight/insight.css", files, "insight", "insight");
  await page("demo", "source/demo/demo.ts", "source/demo/demo.css", files);
  return files;
}

function sizes(files) {
  const size = (content) => gzipSync(content).length;
  const launcher = size(files.get("widget/widget.js"));
  let widget = 0;
  for (const [name, content] of files) {
    if (name.startsWith("widget/") && name !== "widget/widget.js") widget += size(content);
  }
  let insight = 0;
  for (const [name, content] of files) {
    if (name.startsWith("console/insight")) insight += size(content);
  }
  return { launcher, widget, insight };
}

async function write(files, root) {
  for (const part of PARTS) await rm(join(root, part), { recursive: true, force: true });
  for (const [name, content] of files) {
    await mkdir(dirname(join(root, name)), { recursive: true });
    await writeFile(join(root, name), content);
  }
}

async function committed() {
  const found = new Map();
  for (const part of PARTS) {
    const entries = await readdir(join(STATIC, part), { recursive: true, withFileTypes: true });
    for (const entry of entries.filter((one) => one.isFile())) {
      const path = join(entry.parentPath, entry.name);
      found.set(relative(STATIC, path), await readFile(path));
    }
  }
  return found;
}

async function differences(files) {
  const known = await committed();
  const names = new Set([...files.keys(), ...known.keys()]);
  return [...names].filter((name) => !same(files.get(name), known.get(name)));
}

function same(one, other) {
  return one !== undefined && other !== undefined && Buffer.from(one).equals(Buffer.from(other));
}

const files = await make();
const measured = sizes(files);
const isTooLarge = Object.entries(LIMITS).some(([name, limit]) => measured[name] > limit);
console.log(`gzip: launcher ${measured.launcher} B, widget ${measured.widget} B, supervisor's page ${measured.insight} B`);
if (isTooLarge) {
  console.error(`Too large; the limits are ${JSON.stringify(LIMITS)}.`);
  process.exitCode = 1;
}
if (process.argv.includes("--check")) {
  const changed = await differences(files);
  if (changed.length > 0) {
    console.error(`Built files differ from their source: ${changed.join(", ")}. Run make web.`);
    process.exitCode = 1;
  }
} else {
  await write(files, STATIC);
}
