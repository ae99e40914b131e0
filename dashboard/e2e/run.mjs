// The page in a real browser, against a real `ctt serve-ws` on a real state directory.
//   CTT_BIN=build/dev/bin/ctt node e2e/run.mjs [--shots]
import {
  accessible,
  check,
  finish,
  look,
  must,
  open,
  prepare,
  run,
  serve,
  stop,
  trade,
  train,
} from "./stage.mjs";

run("init");
await serve();

await check("with nothing there, the pages say what to do", async () => {
  for (const path of ["/", "/continuous"]) {
    const page = await open(path);
    await page.getByText("ctt demo --serve").waitFor();
    await accessible(page, `empty ${path}`);
    await look(page, `empty${path.replaceAll("/", "-")}`);
    await page.context().close();
  }
});

prepare();

await check(
  "setup previews the first window, shows the server's complaint at its field, and starts",
  async () => {
    const page = await open("/continuous");
    await page.getByText(/The first window would be/).waitFor(); // base, dataset and pack that fit are chosen
    must((await page.getByLabel(/Base policy/).inputValue()) !== "", "no base is preselected");
    must((await page.getByLabel(/Dataset/).inputValue()) === "demo", "another dataset than the base's");
    must((await page.getByLabel(/Pack/).inputValue()) === "quick", "another pack than the base's");
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

trade("demo", "--speed", "15");
await check("run now: progress, a completed cycle, the badge of the deployed model", async () => {
  const page = await open("/continuous");
  await page.getByRole("button", { name: "Run now" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("ctt cycle run --now --schedule demo").waitFor();
  await accessible(page, "dialog");
  await look(page, "dialog");
  await dialog.getByRole("button", { name: "Run now" }).click();
  await page.getByText("✓ completed").first().waitFor({ timeout: 60_000 });
  await page.getByText("● in a replay", { exact: true }).first().waitFor({ timeout: 60_000 });
  await page.getByText("v2, served by a replay", { exact: true }).waitFor();
  await page.getByText("v2 ← v1").waitFor();
  await page.getByRole("button", { name: "Details of cycle 1" }).click();
  for (const words of [
    "Without fees",
    "v1, its parent",
    "Weight norm",
    "Snapshot of the window",
    "no defects",
  ])
    await page.getByText(words).first().waitFor();
  await page.getByText("ctt cycle reproduce 1 --schedule demo").waitFor();
  await accessible(page, "details");
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
  await page.getByRole("button", { name: "Stop", exact: true }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Stop" }).click();
  await page.getByText("■ idle").waitFor();
  await page.getByRole("button", { name: "Resume", exact: true }).click();
  await page.getByText("ctt schedule resume --schedule demo").waitFor();
  await page.getByRole("dialog").getByRole("button", { name: "Resume" }).click();
  await page.getByText("▶ active").waitFor();
  await page.context().close();
});

await check(
  "settings are changed in a dialog that shows the command, and hold from the next slot on",
  async () => {
    const page = await open("/continuous");
    await page.getByRole("button", { name: "Settings" }).click();
    const dialog = page.getByRole("dialog");
    const save = dialog.getByRole("button", { name: "Save" });
    if (!(await save.isDisabled())) throw new Error("there is nothing to save yet");
    await dialog.getByLabel(/Interval/).fill("4");
    await dialog.getByLabel(/Gate/).selectOption("strict");
    await dialog.getByText("ctt schedule update --schedule demo --interval 4h --gate strict").waitFor();
    await look(page, "settings");
    await accessible(page, "settings");
    await save.click();
    await page.getByText("4 h, 1000 bars, 2 iterations").waitFor();
    await page.context().close();
  },
);

await check("rolling back says what it does, freezes, and the served model changes", async () => {
  const page = await open("/continuous");
  await page.getByRole("button", { name: "Roll back to v1" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("ctt models rollback v1 --schedule demo").waitFor();
  await dialog.getByText(/Now v2 serves; v1/).waitFor();
  await look(page, "rollback");
  await dialog.getByRole("button", { name: "Roll back to v1" }).click();
  await page.getByText("❄ frozen").waitFor();
  await page.getByText("v1, served by a replay", { exact: true }).waitFor(); // and nothing of an account
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
    await serve();
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
    for (const path of [
      "/",
      "/continuous",
      "/experiments",
      "/models",
      "/trading",
      "/packs",
      "/datasets",
      "/events",
    ]) {
      const wide = ["/", "/continuous", "/trading"].includes(path) ? [{ width: 1920, dark: true }] : [];
      for (const view of [{ width: 1280 }, { width: 360, dark: true }, ...wide]) {
        const page = await open(path, view);
        await page.waitForTimeout(700);
        await look(page, `page${path.replaceAll("/", "-")}-${view.width}`);
        await accessible(page, `${path} at ${view.width}`);
        await page.context().close();
      }
    }
  },
);

await check("an experiment has curves and tags, a dataset a preview", async () => {
  const page = await open("/experiments");
  await page.getByRole("link", { name: "base", exact: true }).click();
  await page.getByText("Reward per episode").waitFor();
  await page.getByRole("button", { name: "Edit tags" }).click();
  await page.getByLabel("Tags").fill("champion rate=slow");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("rate=slow").waitFor();
  await page.getByRole("button", { name: "Edit tags" }).click();
  await page.getByLabel("Tags").fill("cycle:99");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("the tag cycle:99 is kept by ctt itself").waitFor();
  await page.getByRole("button", { name: "Cancel" }).click();
  await accessible(page, "experiment");
  await look(page, "experiment");
  await page.getByRole("link", { name: "Datasets" }).click();
  await page
    .getByRole("region", { name: "demo", exact: true })
    .getByRole("button", { name: "Preview" })
    .click();
  await page.getByText("Deviation").waitFor();
  await page.context().close();
});

await check("experiments are searched, sorted and compared, any number of them", async () => {
  for (const rate of ["0.0005", "0.002"])
    train(`rate-${rate}`, "--iterations", "3", "--candles", "800", "--set", `lr=${rate}`, "--tag", "sweep");
  const page = await open("/experiments");
  const table = page.getByRole("region", { name: "Table of experiments" });
  const names = () => table.locator("tbody tr td:nth-child(2)").allTextContents();
  await table.getByText("base", { exact: true }).first().waitFor();
  await page.getByRole("searchbox").fill("SWEEP rate");
  await table.getByText("base", { exact: true }).first().waitFor({ state: "detached" });
  must((await names()).length === 2, `found ${await names()}`);
  await page.getByRole("button", { name: "Name" }).click();
  await page.waitForURL(/search=SWEEP\+rate&sort=name&order=asc/);
  await page.getByRole("columnheader", { name: "Name ↑" }).waitFor();
  await table.locator("tbody tr").first().getByText("rate-0.0005").waitFor();
  await page.getByRole("button", { name: /Name/ }).click();
  await page.getByRole("columnheader", { name: "Name ↓" }).waitFor();
  await table.locator("tbody tr").first().getByText("rate-0.002").waitFor();
  for (const box of await table.getByRole("checkbox").all()) await box.check();
  await page.getByRole("searchbox").fill("");
  await page.getByRole("checkbox", { name: "Compare base" }).check();
  await look(page, "experiments");
  await accessible(page, "experiments with a choice");
  await page.getByRole("button", { name: "Compare 3" }).click();
  await page.getByRole("heading", { name: "3 experiments" }).waitFor();
  const settings = page.getByRole("region", { name: "Table of settings" });
  for (const head of ["base", "rate-0.0005", "rate-0.002"])
    await settings.getByRole("columnheader", { name: head }).waitFor();
  await settings.getByRole("row", { name: /lr .*0\.0005/ }).waitFor();
  await page.getByText("Reward per episode").waitFor();
  must((await page.locator(".curve").first().locator("path.recharts-curve").count()) === 3, "not 3 curves");
  await accessible(page, "comparison");
  await look(page, "comparison");
  await page.context().close();
});

await check("the columns of the cycles are chosen, and stay so", async () => {
  const page = await open("/continuous");
  const head = (name) => page.getByRole("columnheader", { name });
  await head("Deployed").waitFor();
  const box = await head("Took").boundingBox();
  must(box && box.x + box.width <= 1280, "Took is out of sight at 1280 px");
  await page.getByText("Columns", { exact: true }).click();
  await page.getByRole("checkbox", { name: "Sharpe" }).check();
  await page.getByRole("checkbox", { name: "Window" }).uncheck();
  await head("Sharpe").waitFor();
  await accessible(page, "choice of columns");
  await look(page, "columns");
  await page.reload();
  await head("Sharpe").waitFor();
  must((await head("Window").count()) === 0, "Window is back");
  await page.getByText("Columns", { exact: true }).click();
  await page.getByRole("button", { name: "As at first" }).click();
  await head("Window").waitFor();
  await page.context().close();
  const narrow = await open("/continuous", { width: 360 });
  const card = narrow.locator('#cycle-1 td[data-label="Deployed"]');
  await card.waitFor();
  const place = await card.boundingBox();
  must(place && place.x >= 0 && place.x + place.width <= 360, "a card is wider than the screen");
  await narrow.context().close();
});

await check("a training is started from the page, and a pack is copied, changed and refused", async () => {
  const page = await open("/experiments");
  await page.getByRole("button", { name: "Train", exact: true }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel(/Name/).fill("second");
  await dialog.getByLabel(/Pack/).selectOption("quick");
  await dialog.getByLabel(/Dataset/).selectOption("demo");
  await dialog.getByLabel(/Iterations/).fill("2");
  await dialog.getByLabel(/Candles/).fill("1000");
  await dialog
    .getByText("ctt train --pack quick --dataset demo --name second --iterations 2 --candles 1000")
    .waitFor();
  await accessible(page, "train");
  await dialog.getByRole("button", { name: "Train" }).click();
  await page.getByRole("link", { name: "second" }).waitFor();
  await page.getByRole("link", { name: "Packs" }).click();
  await page
    .getByRole("region", { name: "Quick" })
    .first()
    .getByRole("button", { name: "Duplicate" })
    .click();
  const copy = page.locator("section.card").filter({ hasText: "quick-2" });
  await copy.getByRole("button", { name: "Edit" }).click();
  await dialog.getByLabel("lr", { exact: true }).fill("-1");
  await dialog.getByRole("button", { name: "Save" }).click();
  await dialog.getByText(/lr/).nth(1).waitFor();
  await dialog.getByRole("alert").waitFor();
  await dialog.getByLabel("lr", { exact: true }).fill("0.002");
  await look(page, "pack");
  await dialog.getByRole("button", { name: "Save" }).click();
  await dialog.waitFor({ state: "detached" });
  await copy.getByRole("button", { name: "Settings" }).click();
  await copy.getByText("0.002").waitFor();
  await page.context().close();
});

await check("a training is told as it goes by the frames that other dashboards read too", async () => {
  const page = await open("/experiments");
  const told = new Set();
  page.on("websocket", (socket) =>
    socket.on("framereceived", ({ payload }) => told.add(JSON.parse(String(payload)).type)),
  );
  await page.reload();
  await page.getByText("● Live", { exact: true }).waitFor();
  train("told", "--iterations", "3", "--candles", "800");
  const wanted = ["hello", "status", "experiment_start", "training_update", "training_progress"];
  wanted.push("episode_metrics", "experiment_end");
  const missing = () => wanted.filter((type) => !told.has(type));
  for (let i = 0; i < 50 && missing().length > 0; ++i) await page.waitForTimeout(100);
  must(missing().length === 0, `never told: ${missing()}`);
  await page.context().close();
});

await check("a dataset is made from the page, and what will not do is said at its field", async () => {
  const page = await open("/datasets");
  await page.getByRole("button", { name: "New dataset" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel(/Name/).fill("made");
  await dialog.getByLabel(/Source/).selectOption("csv");
  await dialog.getByLabel(/File/).fill("candles.csv");
  await dialog.getByRole("button", { name: "Create" }).click();
  await dialog
    .getByText(/the file of a dataset is named from the root/)
    .first()
    .waitFor();
  await dialog.getByLabel(/Source/).selectOption("synthetic");
  await dialog.getByLabel(/Seed/).fill("11");
  await dialog
    .getByText("ctt datasets create made --source synthetic --symbol BTC/USD --timeframe 1h --seed 11")
    .waitFor();
  await accessible(page, "new dataset");
  await dialog.getByRole("button", { name: "Create" }).click();
  await page.getByRole("region", { name: "made", exact: true }).waitFor();
  await page.context().close();
});

await check("a link opened in another tab is let in by the tab that has the token", async () => {
  const page = await open("/models");
  const other = await page.context().newPage();
  await other.goto(page.url());
  await other.getByText("● Live", { exact: true }).waitFor();
  await other.getByRole("heading", { name: "Models" }).waitFor();
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

// From where the focus is, by nothing but Tab.
async function reach(page, words) {
  for (let pressed = 0; pressed < 100; ++pressed) {
    await page.keyboard.press("Tab");
    const named = await page.evaluate(() => {
      const at = document.activeElement;
      return at?.labels?.[0]?.innerText ?? at?.ariaLabel ?? at?.innerText ?? "";
    });
    if (named.startsWith(words)) return;
  }
  throw new Error(`Tab does not come to "${words}"`);
}

await check("the keyboard alone goes from setup to rollback", async () => {
  const page = await open("/continuous");
  await page.getByRole("button", { name: "Another schedule" }).waitFor();
  await reach(page, "Another schedule");
  await page.keyboard.press("Enter");
  await reach(page, "Name");
  await page.keyboard.type("keys");
  await page.getByText("The first window would be").waitFor();
  await reach(page, "Start");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Continuous: keys" }).waitFor();
  await reach(page, "Schedule");
  await page.keyboard.press("ArrowUp");
  await page.getByRole("heading", { name: "Continuous: demo" }).waitFor();
  await reach(page, "Roll back to v2");
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").waitFor();
  await reach(page, "Roll back to v2");
  await page.keyboard.press("Enter");
  await page.getByText("v2, served by a replay", { exact: true }).waitFor();
  await page.context().close();
});

await finish();
