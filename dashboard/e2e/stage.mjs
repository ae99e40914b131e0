// What the scripts of this folder stand on: a state directory, `ctt serve-ws` on it, processes of ctt, a Chromium.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { chromium } from "playwright-core";

const here = new URL("..", import.meta.url).pathname;
const ctt = resolve(process.env.CTT_BIN ?? join(here, "../build/dev/bin/ctt"));
const browser_path = ["/usr/bin/chromium", "/usr/bin/chromium-browser"].find(existsSync);
if (!browser_path || !existsSync(ctt)) {
  console.log(`skipped: needs ${browser_path ? ctt : "chromium"}`);
  process.exit(77);
}
/** A number of the command line, `--name=7`. */
export const number = (name, otherwise) =>
  Number(process.argv.find((word) => word.startsWith(`--${name}=`))?.split("=")[1] ?? otherwise);
const shots = process.argv.includes("--shots");
export const work = mkdtempSync(join(tmpdir(), "ctt-page-"));
export const home = join(work, "home");
const port = 20_000 + (process.pid % 20_000);
export const env = { ...process.env, CTT_HOME: home, NO_COLOR: "1" };
const axe = readFileSync(join(here, "node_modules/axe-core/axe.min.js"), "utf8");
const children = new Set();
let server;
let address;
let failures = 0;

/** Runs ctt to its end. */
export function run(...args) {
  const { status, stderr } = spawnSync(ctt, [...args, "-q"], { env, encoding: "utf8" });
  if (status !== 0) throw new Error(`ctt ${args.join(" ")}: exit ${status}: ${stderr}`);
}
/** A dataset `demo` of so many hourly bars, and `base`, a policy that learned from some of them. */
export function prepare({ bars = 4000, learned = 2000, iterations = 2, until = [] } = {}) {
  run("init");
  const source = ["--source", "synthetic", "--seed", "7", "--candles", String(bars), "--timeframe", "1Hour"];
  run("datasets", "create", "demo", ...source);
  train("base", "--iterations", String(iterations), "--candles", String(learned), ...until);
}
export const train = (name, ...more) =>
  run("train", "--dataset", "demo", "--pack", "quick", "--name", name, ...more);
/** Starts a schedule on them. */
export const schedule = (name, ...more) =>
  run("schedule", "start", "--name", name, "--base", "base", "--dataset", "demo", "--pack", "quick", ...more);
/** Starts a replaying trader of a schedule. */
export const trade = (name, ...more) =>
  start("trade", "--schedule", name, "--replay", "dataset:demo", ...more);
/** Starts ctt and goes on. */
export function start(...args) {
  const child = spawn(ctt, [...args, "-q"], { env, stdio: "ignore" });
  children.add(child);
  child.once("exit", () => children.delete(child));
  return child;
}
export const ended = (child) =>
  new Promise((done) =>
    child.exitCode !== null || child.signalCode ? done() : child.once("exit", () => done()),
  );

export async function serve(...flags) {
  const words = ["serve-ws", "--listen", `127.0.0.1:${port}`, "--dashboard", join(here, "dist"), ...flags];
  server = spawn(ctt, words, { env, stdio: ["ignore", "pipe", "ignore"] });
  address = await new Promise((done, failed) => {
    server.stdout.once("data", (data) => done(String(data).trim()));
    server.once("exit", () => failed(new Error("ctt serve-ws ended")));
  });
  return server;
}
export const signal = (name) => server.kill(name);
export async function stop() {
  const over = ended(server);
  server.kill("SIGKILL");
  await over;
}
export const token = () => /k=([0-9a-f]+)/.exec(address)[1];
export const rest = (path, options = {}) =>
  fetch(`http://127.0.0.1:${port}/api/${path}`, {
    ...options,
    headers: { Authorization: `Bearer ${token()}`, ...options.headers },
  });

const only = process.argv.find((word) => word.startsWith("--only="))?.slice(7);
export async function check(what, work_of) {
  if (only && !what.includes(only)) return;
  const began = Date.now();
  try {
    await work_of();
    console.log(`ok: ${what} (${((Date.now() - began) / 1000).toFixed(1)} s)`);
  } catch (error) {
    ++failures;
    console.log(`FAILED: ${what}: ${String(error).split("\n").slice(0, 6).join(" ")}`);
    const page = browser?.contexts().at(-1)?.pages()[0];
    if (page && shots) await page.screenshot({ path: join(here, "shots/failed.png"), fullPage: true });
  }
}
export const must = (good, text) => {
  if (!good) throw new Error(text);
};

let browser;
export const complaints = [];
export async function open(path, { width = 1280, dark = false, height = 900, init = null } = {}) {
  browser ??= await chromium.launch({ executablePath: browser_path, args: ["--no-sandbox"] });
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: dark ? "dark" : "light",
    reducedMotion: "reduce",
  });
  if (init) await context.addInitScript(init);
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  page.on("console", (message) => {
    if (
      message.type() === "error" &&
      !/WebSocket|ERR_CONNECTION|Failed to load resource/.test(message.text())
    )
      complaints.push(`${path}: ${message.text()}`);
  });
  page.on("pageerror", (error) => {
    // A page that is closed while a chart is on its way says so.
    if (!String(error).includes("dynamically imported")) complaints.push(`${path}: ${error}`);
  });
  await page.goto(address.replace("/#", `${path}#`));
  await page.getByText("● Live", { exact: true }).waitFor();
  return page;
}
export async function look(page, name) {
  await page.waitForTimeout(400);
  if (!shots) return;
  mkdirSync(join(here, "shots"), { recursive: true });
  await page.screenshot({ path: join(here, `shots/${name}.png`), fullPage: true });
}
export async function accessible(page, name) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run());
  must(
    violations.length === 0,
    `${name}: ${violations.map((v) => `${v.id} ${v.nodes[0].html.slice(0, 120)}`).join("; ")}`,
  );
  const sideways = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  must(sideways <= 0, `${name} scrolls sideways by ${sideways}`);
}

/** Ends all of it; the exit status says whether every check held. */
export async function finish() {
  if (browser)
    await check("no complaint on the console, under the server's content policy", async () =>
      must(complaints.length === 0, complaints.join("; ")),
    );
  await browser?.close();
  for (const child of children) child.kill("SIGKILL");
  await stop();
  rmSync(work, { recursive: true, force: true });
  process.exit(failures > 0 ? 1 : 0);
}
