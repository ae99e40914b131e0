// The page in a real browser while things go wrong: each changes what it says within seconds, by processes that are
// really halted, killed and stopped.
//   CTT_BIN=build/dev/bin/ctt node e2e/truth.mjs [--shots] [--only=WORDS]
import { spawn } from "node:child_process";
import { renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  accessible,
  check,
  ended,
  env,
  finish,
  home,
  look,
  must,
  open,
  prepare,
  rest,
  run,
  schedule,
  serve,
  signal,
  start,
  stop,
  trade,
  work,
} from "./stage.mjs";

const here = new URL(".", import.meta.url).pathname;
const SOON = { timeout: 5000 };
const json = async (path) => (await rest(path)).json();
// Notifications as the browser would show them.
const heard = () => {
  globalThis.rung = [];
  globalThis.Notification = class {
    static permission = "granted";
    static requestPermission = async () => "granted";
    constructor(title, { body }) {
      globalThis.rung.push(`${title}: ${body}`);
    }
  };
  localStorage.setItem("ctt.alarms", "yes");
};

prepare();
const WINDOW = ["--window", "1000", "--iterations", "2", "--gate", "none"];
schedule("btc", ...WINDOW);
await serve();

const { date_range } = await json("datasets/demo/preview");
const replay = (bars) => {
  const end = new Date(Date.parse(date_range.start) + bars * 3_600_000).toISOString();
  return trade("btc", "--speed", "0", "--to", end);
};
let trader = replay(700);
await check(
  "sessions over the same bars are shown one by one, with round trips and what was known",
  async () => {
    await ended(trader);
    trader = replay(500);
    await ended(trader);
    const sessions = await json("live/sessions?schedule_id=btc");
    const [second, first] = sessions.map((one) => one.total_bars);
    must(sessions.length === 2 && second < first, `sessions of ${first} and ${second} bars`);
    const page = await open("/trading");
    await page.getByText("replay", { exact: true }).first().waitFor();
    await page
      .getByText(/in-sample: \d+ of \d+ bars/)
      .first()
      .waitFor(); // the base had learned from them
    await page.locator(".chart.tall canvas").first().waitFor();
    for (const words of ["Round trips", "Win rate", "Hold, same bars", "Limits"])
      await page.getByText(words, { exact: true }).first().waitFor();
    await page.getByRole("region", { name: "Months" }).waitFor();
    await page.getByRole("region", { name: "Results by model" }).getByText("v1", { exact: true }).waitFor();
    await look(page, "trading");
    await accessible(page, "trading");
    await page.getByRole("button", { name: "Candles" }).click();
    await page.locator(".legend", { hasText: /O .* H .* L .* C / }).waitFor();
    // Bars from before those that are stored: no highs and lows are made up for them.
    const chart = await page.locator(".chart.tall canvas").first().boundingBox();
    await page.mouse.move(chart.x + 30, chart.y + 120);
    await page.locator(".legend", { hasText: /close .*high and low are not known/ }).waitFor();
    await page.mouse.move(0, 0);
    await page.getByRole("button", { name: "1W" }).click();
    await look(page, "candles");
    const table = page.getByRole("region", { name: "Table of sessions" });
    const marked = await table.getByText("in-sample", { exact: true }).count();
    must(marked === 2, `${marked} of 2 sessions are marked as in-sample`);
    const older = sessions[1].id;
    await page.getByRole("button", { name: older }).click();
    await page.getByRole("heading", { name: `Session ${older}` }).waitFor();
    await page
      .getByText(/in-sample: \d+ of \d+ bars/)
      .first()
      .waitFor();
    must(page.url().includes(`session=${older}`), page.url());
    await page.context().close();
  },
);

await check("a cycle on bars that were learned from claims nothing out of sample", async () => {
  run("cycle", "run", "--now", "--schedule", "btc");
  run("cycle", "run", "--now", "--schedule", "btc"); // the same window once more
  const { items } = await json("continuous/history?schedule_id=btc");
  must(items[0].metrics.oos_clean === false, JSON.stringify(items[0].metrics));
  const page = await open("/continuous");
  const table = page.getByRole("region", { name: "Table of cycles" });
  const part = items[0].metrics.clean_bars > 0;
  await table
    .getByText(part ? /◑ \d+\/\d+ bars/ : "in-sample")
    .first()
    .waitFor();
  if (!part) await page.getByText(/left out, whose bars had been learned from/).waitFor();
  for (const [head, words] of [
    ["Deployed", ""],
    ["Took", ""],
  ]) {
    const box = await page.getByRole("columnheader", { name: head }).boundingBox();
    must(box && box.x + box.width <= 1280, `${head} is out of sight at 1280 px ${words}`);
  }
  await page.getByRole("combobox", { name: "Measure" }).selectOption("pnl_pct");
  await page
    .locator(".chart.trend .recharts-surface")
    .first()
    .click({ position: { x: 300, y: 80 } });
  await page.locator("tr.detail").waitFor();
  await page.getByText("Snapshot of the window").waitFor();
  await look(page, "cycles");
  await accessible(page, "cycles");
  await page.context().close();
});

await check("a paper trader that is killed is gone, and the page rings", async () => {
  const keys = join(home, "alpaca.toml");
  writeFileSync(join(work, "keys.txt"), "PKTEST\nsecret-test\n");
  writeFileSync(keys, 'key_id = "PKTEST"\nsecret_key = "secret-test"\n', { mode: 0o600 });
  const flags = ["--generate", "3000", "--clock", "80%", "--rebase", "--speed", "1"];
  const words = [join(here, "../../tests/support/fake_alpaca"), ...flags, "--keys", join(work, "keys.txt")];
  const broker = spawn("/usr/bin/python3", words, { stdio: ["pipe", "pipe", "ignore"] });
  const ready = await new Promise((done) => {
    broker.stdout.once("data", (data) => done(JSON.parse(String(data))));
    broker.once("exit", () => done(null));
  });
  if (!ready) return console.log("   skipped: the fake Alpaca needs python3-aiohttp");
  env.CTT_ALPACA_DATA_URL = env.CTT_ALPACA_TRADING_URL = ready.rest;
  env.CTT_ALPACA_STREAM_URL = ready.stream;
  run("datasets", "create", "paper", "--source", "alpaca", "--symbol", "BTC/USD", "--timeframe", "1m");
  run("datasets", "fetch", "paper", "--candles", "700");
  const costs = ["--costs", "free"];
  run(
    "train",
    "--dataset",
    "paper",
    "--pack",
    "quick",
    "--name",
    "p",
    "--iterations",
    "1",
    "--candles",
    "500",
    ...costs,
  );
  const setup = [
    "--base",
    "p",
    "--dataset",
    "paper",
    "--pack",
    "quick",
    "--window",
    "400",
    "--iterations",
    "1",
  ];
  run("schedule", "start", "--name", "paper", ...setup, "--gate", "none", ...costs);
  const paper = start("trade", "--schedule", "paper");
  const page = await open("/?schedule=paper", { init: heard });
  await page.getByText("● active").waitFor();
  await page
    .locator(".badge", { hasText: /^paper$/ })
    .first()
    .waitFor();
  paper.kill("SIGKILL");
  await page.getByText("trader gone").first().waitFor(SOON);
  await page.getByText("the trader of paper is gone without a word").first().waitFor(SOON);
  await page.getByText("ctt trade --schedule paper").first().waitFor();
  await page.getByText("○ not running").waitFor(SOON);
  await page.waitForFunction(() => document.title.includes("paper trader gone"), null, SOON);
  must(
    (await page.evaluate(() => globalThis.rung)).some((text) => text.includes("gone")),
    "nothing rang",
  );
  await look(page, "trader-gone");
  await accessible(page, "trader gone");
  broker.kill();
  run("schedule", "stop", "--schedule", "paper");
  run("schedule", "delete", "paper", "-y");
  await page.context().close();
});

await check("a halt, its release, and a trader that is killed change the page within 5 s", async () => {
  trader = trade("btc", "--speed", "20");
  const page = await open("/", { init: heard });
  await page.getByText("● active").waitFor();
  const named = (words) => page.waitForFunction((text) => document.title.includes(text), words, SOON);
  run("trade", "halt", "--schedule", "btc", "--reason", "a look at the books");
  await page.getByText("■ halted", { exact: true }).first().waitFor(SOON);
  await page.getByRole("heading", { name: /Act now|Look here/ }).waitFor(SOON);
  await page.getByText("a look at the books").first().waitFor(SOON);
  await named("halted");
  must((await page.locator("link[rel=icon]").getAttribute("href")) !== "/icon.svg", "the icon has no mark");
  await look(page, "halted");
  await accessible(page, "halted");
  run("trade", "resume", "--schedule", "btc");
  await page.getByRole("heading", { name: "All is well" }).waitFor(SOON);
  trader.kill("SIGKILL");
  await page.getByText("○ not running").waitFor(SOON);
  const rung = await page.evaluate(() => globalThis.rung);
  must(
    rung.some((text) => text.includes("halt") || text.includes("look at the books")),
    `rung: ${rung.join("; ")}`,
  );
  await page.context().close();
});

await check("a failed cycle is not well", async () => {
  const page = await open("/");
  renameSync(join(home, "models"), join(home, "models.away"));
  try {
    run("cycle", "run", "--now", "--schedule", "btc");
  } catch {
    // its exit status says the same
  }
  renameSync(join(home, "models.away"), join(home, "models"));
  await page.getByRole("heading", { name: /Act now|Look here/ }).waitFor(SOON);
  await page.getByText("cycle failed").first().waitFor(SOON);
  await look(page, "failed-cycle");
  await page.context().close();
});

await check(
  "several schedules: a table, a picker that the address keeps, deleting with the name typed",
  async () => {
    schedule("eth", ...WINDOW);
    const page = await open("/");
    const table = page.getByRole("region", { name: "Schedules" });
    for (const name of ["btc", "eth"]) await table.getByRole("button", { name }).waitFor();
    await look(page, "schedules");
    await accessible(page, "schedules");
    await page.getByRole("combobox", { name: "Schedule", exact: true }).selectOption("eth");
    await page.waitForURL(/schedule=eth/);
    await page.getByRole("link", { name: "Continuous" }).click();
    await page.getByRole("heading", { name: "Continuous: eth" }).waitFor();
    await page.getByText("No cycle yet").waitFor();
    must(page.url().includes("schedule=eth"), page.url());
    await page.reload();
    await page.getByRole("heading", { name: "Continuous: eth" }).waitFor();
    await page.getByRole("button", { name: "Stop" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Stop" }).click();
    await page.getByRole("button", { name: "Delete" }).click();
    const dialog = page.getByRole("dialog");
    const sure = dialog.getByRole("button", { name: "Delete" });
    must(await sure.isDisabled(), "nothing was typed");
    await dialog.getByText("ctt schedule delete eth").waitFor();
    await dialog.getByRole("textbox").fill("eth");
    await look(page, "delete");
    await sure.click();
    await page.getByRole("heading", { name: "Continuous: btc" }).waitFor();
    must((await json("continuous/schedules")).items.length === 1, "eth is still there");
    await page.context().close();
  },
);

await check("an address that names no schedule steers none", async () => {
  const page = await open("/continuous?schedule=nosuch");
  await page.getByRole("heading", { name: "There is no schedule nosuch" }).waitFor();
  must((await page.getByRole("button", { name: "Stop" }).count()) === 0, "it offers to stop another one");
  await look(page, "no-such-schedule");
  await accessible(page, "no such schedule");
  await page.getByRole("button", { name: "btc" }).click();
  await page.getByRole("heading", { name: "Continuous: btc" }).waitFor();
  await page.context().close();
});

await check("what fails after the server has taken it is told until it is seen", async () => {
  const page = await open("/models");
  const body = JSON.stringify({ schedule_id: "btc" });
  const headers = { "Content-Type": "application/json", "Idempotency-Key": "deploy-1" };
  must((await rest("models/1/deploy", { method: "POST", body, headers })).status === 202, "it was refused");
  const told = page
    .getByRole("alert")
    .filter({ hasText: "no trader runs; it takes the model when it starts" });
  await told.waitFor();
  await page.getByText("○ btc, no trader runs").waitFor();
  await told.getByRole("button", { name: "Seen" }).click();
  await told.waitFor({ state: "detached" });
  await page.context().close();
});

await check("the event log says what happened", async () => {
  const page = await open("/events");
  await page.getByText("reason a look at the books", { exact: false }).first().waitFor();
  await page.getByText("schedule deleted").first().waitFor();
  await page.getByLabel("Type").selectOption("continuous_cycle_failed");
  await page.getByText("schedule deleted").first().waitFor({ state: "detached" });
  await look(page, "events");
  await accessible(page, "events");
  await page.context().close();
});

await check("a server that hangs is stale after 10 s, and live when it answers again", async () => {
  const page = await open("/", { init: heard });
  await page.locator("#trader-title").waitFor();
  signal("SIGSTOP");
  await page.getByText(/◐ Stale since \d\d:\d\d:\d\d/).waitFor({ timeout: 16_000 });
  await page.getByRole("heading", { name: "Not known" }).waitFor();
  await page.getByText("◐ not known").first().waitFor();
  must(await page.evaluate(() => document.title.includes("stale")), "the title says nothing");
  must(
    (await page.evaluate(() => globalThis.rung)).some((text) => text.includes("does not answer")),
    "no notification",
  );
  await look(page, "stale");
  await accessible(page, "stale");
  signal("SIGCONT");
  await page.getByText("● Live", { exact: true }).waitFor(SOON);
  await page.context().close();
});

await check("a database that is moved away is not well", async () => {
  const page = await open("/");
  const file = join(home, "ctt.db");
  renameSync(file, `${file}.away`);
  await page.getByText("database moved").first().waitFor(SOON);
  renameSync(`${file}.away`, file);
  await page
    .getByText("database moved")
    .first()
    .waitFor({ state: "detached", ...SOON });
  await page.context().close();
});

await check("a server that only reads shows no control that it would refuse", async () => {
  const alone = await open("/", { init: heard });
  await stop();
  await alone.waitForFunction(() => globalThis.rung.some((text) => text.includes("does not answer")), {
    timeout: 16_000,
  });
  await alone.context().close();
  await serve("--read-only");
  for (const path of ["/continuous", "/models", "/packs", "/trading"]) {
    const page = await open(path);
    await page.getByText("read-only").waitFor();
    await page.waitForTimeout(500);
    const names = [
      "Pause",
      "Stop",
      "Run now",
      "Freeze",
      "Deploy",
      "Duplicate",
      "Halt trading",
      "Resume trading",
    ];
    for (const name of names)
      must((await page.getByRole("button", { name }).count()) === 0, `${path} offers ${name}`);
    await page.context().close();
  }
});

await finish();
