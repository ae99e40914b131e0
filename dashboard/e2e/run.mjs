// The page in a real browser, against a real `ctt serve-ws` on a real state directory.
//   CTT_BIN=build/dev/bin/ctt node e2e/run.mjs [--shots]
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
const shots = process.argv.includes("--shots");
const work = mkdtempSync(join(tmpdir(), "ctt-page-"));
const port = 20_000 + (process.pid % 20_000);
const env = { ...process.env, CTT_HOME: join(work, "home"), NO_COLOR: "1" };
const axe = readFileSync(join(here, "node_modules/axe-core/axe.min.js"), "utf8");
let server;
let failures = 0;

function run(...args) {
  const { status, stderr } = spawnSync(ctt, [...args, "-q"], { env, encoding: "utf8" });
  if (status !== 0) throw new Error(`ctt ${args.join(" ")}: exit ${status}: ${stderr}`);
}
async function serve() {
  server = spawn(ctt, ["serve-ws", "--listen", `127.0.0.1:${port}`, "--dashboard", join(here, "dist")], {
    env,
  });
  const line = await new Promise((done, failed) => {
    server.stdout.once("data", (data) => done(String(data).trim()));
    server.once("exit", () => failed(new Error("ctt serve-ws ended")));
  });
  return line;
}
const stop = () =>
  new Promise((done) => {
    server.once("exit", done);
    server.kill("SIGKILL");
  });

async function check(what, work_of) {
  try {
    await work_of();
    console.log(`ok: ${what}`);
  } catch (error) {
    ++failures;
    console.log(`FAILED: ${what}: ${String(error).split("\n").slice(0, 4).join(" ")}`);
  }
}
const must = (good, text) => {
  if (!good) throw new Error(text);
};

run("init");
let address = await serve();
const browser = await chromium.launch({ executablePath: browser_path, args: ["--no-sandbox"] });
const complaints = [];
async function open(path, { width = 1200, dark = false } = {}) {
  const context = await browser.newContext({
    viewport: { width, height: 900 },
    colorScheme: dark ? "dark" : "light",
    reducedMotion: "reduce",
  });
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
async function look(page, name) {
  await page.waitForTimeout(400);
  if (!shots) return;
  mkdirSync(join(here, "shots"), { recursive: true });
  await page.screenshot({ path: join(here, `shots/${name}.png`), fullPage: true });
}
async function accessible(page, name) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run());
  must(
    violations.length === 0,
    `${name}: ${violations.map((v) => `${v.id} ${v.nodes[0].html.slice(0, 120)}`).join("; ")}`,
  );
  const sideways = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  must(sideways <= 0, `${name} scrolls sideways by ${sideways}`);
}

await check("with nothing there, the pages say what to do", async () => {
  for (const path of ["/", "/continuous"]) {
    const page = await open(path);
    await page.getByText("ctt demo --serve").waitFor();
    await accessible(page, `empty ${path}`);
    await look(page, `empty${path.replaceAll("/", "-")}`);
    await page.context().close();
  }
});

run(
  "datasets",
  "create",
  "demo",
  "--source",
  "synthetic",
  "--seed",
  "7",
  "--candles",
  "4000",
  "--timeframe",
  "1Hour",
);
run(
  "train",
  "--dataset",
  "demo",
  "--pack",
  "quick",
  "--name",
  "base",
  "--iterations",
  "2",
  "--candles",
  "2000",
);

await check(
  "setup previews the first window, shows the server's complaint at its field, and starts",
  async () => {
    const page = await open("/continuous");
    await page.getByLabel(/Base policy/).selectOption({ label: "base" });
    await page.getByLabel(/Dataset/).selectOption("demo");
    await page.getByLabel(/Pack/).selectOption("quick");
    await page.getByText(/The first window would be/).waitFor();
    await page.getByLabel(/Window/).fill("1000");
    await page.getByLabel(/Iterations/).fill("2");
    await page.getByLabel(/Name/).fill("demo");
    await page.getByText(/of 1000 bars present/).waitFor();
    await look(page, "setup");
    await accessible(page, "setup");
    await page.getByRole("button", { name: "Start", exact: true }).click();
    await page.getByRole("heading", { name: "Continuous: demo" }).waitFor();
    await page.getByText("No cycle yet").waitFor();
    await look(page, "no-cycle");
    await accessible(page, "no cycle");
    await page.context().close();
  },
);

await check("a countdown runs by the server's clock", async () => {
  const page = await open("/continuous");
  const read = () => page.locator(".big.tabular").textContent();
  const first = await read();
  await page.waitForTimeout(1300);
  must((await read()) !== first, `still ${first}`);
  await page.context().close();
});

const trader = spawn(
  ctt,
  ["trade", "--schedule", "demo", "--replay", "dataset:demo", "--speed", "15", "-q"],
  { env },
);
await check("run now: progress, a completed cycle, the badge of the deployed model", async () => {
  const page = await open("/continuous");
  await page.getByRole("button", { name: "Run now" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("ctt cycle run --now --schedule demo").waitFor();
  await accessible(page, "dialog");
  await look(page, "dialog");
  await dialog.getByRole("button", { name: "Run now" }).click();
  await page.getByText("✓ completed").first().waitFor({ timeout: 60_000 });
  await page.getByText("● live", { exact: true }).first().waitFor({ timeout: 60_000 });
  await page.getByText("v2 ← v1").waitFor();
  await page.getByRole("button", { name: "Details of cycle 1" }).click();
  await page.getByText("Without fees").waitFor();
  await look(page, "history");
  await page.context().close();
});

await check("pause and resume wait for the server and show its answer", async () => {
  const page = await open("/continuous");
  await page.getByRole("button", { name: "Pause" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Pause" }).click();
  await page.getByText("‖ paused").waitFor();
  await page.getByText("No cycle is planned").waitFor();
  await page.getByRole("button", { name: "Resume", exact: true }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Resume" }).click();
  await page.getByText("▶ active").waitFor();
  await page.context().close();
});

await check("rolling back says what it does, freezes, and the served model changes", async () => {
  const page = await open("/continuous");
  await page.getByRole("button", { name: "Roll back" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("ctt models rollback --schedule demo").waitFor();
  await look(page, "rollback");
  await dialog.getByRole("button", { name: "Roll back" }).click();
  await page.getByText("❄ frozen").waitFor();
  await page.getByText(/^v1 since/).waitFor();
  await page.context().close();
});

await check(
  "offline: what is known stays, controls say why they rest; back again it goes on from its seq",
  async () => {
    const page = await open("/continuous");
    await stop();
    await page.getByText(/Reconnecting in/).waitFor();
    must(await page.getByRole("button", { name: "Pause" }).isDisabled(), "Pause can be pressed offline");
    await page.getByText("▶ active").waitFor();
    await look(page, "offline");
    await accessible(page, "offline");
    run("schedule", "pause", "--schedule", "demo");
    address = await serve();
    await page.getByText("● Live", { exact: true }).waitFor({ timeout: 35_000 });
    await page.getByText("‖ paused").waitFor();
    run("schedule", "resume", "--schedule", "demo");
    await page.getByText("▶ active").waitFor();
    await page.context().close();
  },
);

await check(
  "every page, light and dark, wide and narrow: no finding of axe, no sideways scroll",
  async () => {
    for (const path of ["/", "/continuous", "/experiments", "/models", "/trading", "/packs", "/datasets"]) {
      for (const view of [{ width: 1200 }, { width: 320, dark: true }]) {
        const page = await open(path, view);
        await page.waitForTimeout(700);
        await look(page, `page${path.replaceAll("/", "-")}-${view.width}`);
        await accessible(page, `${path} at ${view.width}`);
        await page.context().close();
      }
    }
  },
);

await check("an experiment has curves, two of them a comparison, a dataset a preview", async () => {
  const page = await open("/experiments");
  await page.getByRole("link", { name: "base", exact: true }).click();
  await page.getByText("Reward per episode").waitFor();
  await accessible(page, "experiment");
  await look(page, "experiment");
  await page.goBack();
  await page.getByRole("checkbox", { name: "Compare base" }).waitFor();
  for (const box of (await page.getByRole("checkbox").all()).slice(0, 2)) await box.check();
  await page.getByRole("button", { name: "Compare two" }).click();
  await page.getByRole("heading", { name: "Settings" }).waitFor();
  await accessible(page, "comparison");
  await page.getByRole("link", { name: "Datasets" }).click();
  await page
    .getByRole("region", { name: "demo", exact: true })
    .getByRole("button", { name: "Preview" })
    .click();
  await page.getByText("Deviation").waitFor();
  await page.context().close();
});

await check("the keyboard reaches a dialog and leaves it", async () => {
  const page = await open("/continuous");
  await page.getByRole("button", { name: "Pause" }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await page.context().close();
});

await check("no complaint on the console, under the server's content policy", async () =>
  must(complaints.length === 0, complaints.join("; ")),
);

await browser.close();
trader.kill();
await stop();
rmSync(work, { recursive: true, force: true });
process.exit(failures > 0 ? 1 : 0);
