// A .gz beside each text file of dist, and what /continuous loads against its budget.
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const FIRST_SCRIPT_MAX = 95_000;
const PAGE_MAX = 320_000;
const LAZY_PARTS = ["src/components/EquityChart.tsx", "src/app/continuous/TrendChart.tsx"];

const manifest = JSON.parse(readFileSync("dist/.vite/manifest.json", "utf8"));
rmSync("dist/.vite", { recursive: true });
const sizes = {};
for (const name of readdirSync("dist", { recursive: true })) {
  if (!/\.(js|css|html|svg)$/.test(name)) continue;
  const zipped = gzipSync(readFileSync(`dist/${name}`), { level: 9 });
  writeFileSync(`dist/${name}.gz`, zipped);
  sizes[name] = zipped.length;
}

const loaded = new Set(["index.html"]);
function load(part) {
  if (loaded.has(part.file)) return;
  loaded.add(part.file);
  for (const style of part.css ?? []) loaded.add(style);
  for (const imported of part.imports ?? []) load(manifest[imported]);
}
for (const part of ["index.html", ...LAZY_PARTS]) load(manifest[part]);

const first = sizes[manifest["index.html"].file];
const page = [...loaded].reduce((sum, name) => sum + sizes[name], 0);
console.log(
  `first script ${first} bytes of ${FIRST_SCRIPT_MAX}, /continuous ${page} of ${PAGE_MAX}, compressed`,
);
if (first > FIRST_SCRIPT_MAX || page > PAGE_MAX) {
  console.error("error: the page is over its budget; look for what came in with the last change");
  process.exit(1);
}
