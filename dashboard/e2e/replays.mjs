// Replays: started from the page, watched, told in tables and shown as their report. --shots keeps screenshots.
import { accessible, check, finish, look, must, open, prepare, rest, schedule, serve } from "./stage.mjs";

const day = (ago) => new Date(Date.now() - ago * 86_400_000).toISOString().slice(0, 10);
prepare({ bars: 1500, learned: 600, until: ["--to", day(30)] });
schedule("demo", "--interval", "1d", "--window", "300");
await serve();

await check("a replay is started from the page, watched to its end, and its report is shown", async () => {
  const page = await open("/replays");
  await page.getByText("Does retraining pay?").waitFor();
  await accessible(page, "no replay");
  await page.getByRole("button", { name: "Replay this schedule" }).click();
  await page.getByLabel("From (UTC)").fill(day(25));
  await page.getByLabel(/To \(UTC\)/).fill(day(21));
  await page.getByLabel("Seeds").fill("1");
  await page.getByLabel("scratch").uncheck();
  await page.getByLabel("placebo").uncheck();
  await look(page, "replay-start");
  await accessible(page, "start of a replay");
  await page.getByText(`--from ${day(25)} --to ${day(21)} --arms never,always,gated --seeds 1`).waitFor();
  await page.getByRole("button", { name: "Start", exact: true }).click();
  await page.getByText("completed").waitFor();
  await look(page, "replays");
  await page.getByRole("table").getByRole("link").first().click();
  await page
    .getByText(/Retraining every 1d behind the gate made/)
    .first()
    .waitFor();
  await page.getByRole("heading", { name: "Arms, median over seeds" }).waitFor();
  const report = page.frameLocator("iframe.report");
  await report.getByRole("heading", { name: "Do it again" }).waitFor();
  const font = await report.locator("body").evaluate((body) => getComputedStyle(body).fontFamily);
  must(!/^"?Times/.test(font), `the report has no style: ${font}`);
  await look(page, "replay");
  await accessible(page, "a replay");
});

await check("what a replay is told in tables is what its result says", async () => {
  const [one] = await (await rest("replays")).json();
  const detail = await (await rest(`replays/${one.id}`)).json();
  const page = await open(`/replays/${one.id}`, { width: 360, dark: true });
  const net = detail.result.points[0].arms.find(({ arm }) => arm === "never").median.net_return_pct;
  const size = Math.abs(net).toFixed(1);
  const shown = `${Number(size) === 0 ? "" : net < 0 ? "−" : "+"}${size} %`;
  const never = page.getByRole("region", { name: "Arms" }).locator("tr", { hasText: "never" }).first();
  await never.getByText(shown).first().waitFor();
  await page.frameLocator("iframe.report").getByRole("heading", { name: "Do it again" }).waitFor();
  await look(page, "replay-360-dark");
  await accessible(page, "a replay at 360");
});

await finish();
