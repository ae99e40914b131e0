// The trading page left open while bars flow: does it still draw 60 frames a second at the end, and does it grow?
//   CTT_BIN=build/dev/bin/ctt node e2e/soak.mjs [--minutes=60] [--speed=15]
// Prints a line a minute. The heap is what is left after the browser threw away what nobody holds.
import { readFileSync } from "node:fs";
import { check, finish, must, number, open, prepare, rest, run, schedule, serve, trade } from "./stage.mjs";

const minutes = number("minutes", 60);
const speed = number("speed", 15);
const GROWTH_MIB = 20;
const WARM_UP = 2; // minutes until every part of the page has been in use

prepare({ bars: Math.ceil((minutes + 3) * 60 * speed), learned: 1000, iterations: 1 });
schedule("btc", "--window", "1000", "--iterations", "2", "--gate", "none");
const server = await serve();
trade("btc", "--speed", String(speed));

const page = await open("/trading", {
  init: () => {
    let before = 0;
    globalThis.gaps = [];
    const frame = (now) => {
      if (before) globalThis.gaps.push(now - before);
      before = now;
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  },
});
await page.locator(".chart.tall canvas").first().waitFor();
const browser = await page.context().newCDPSession(page);
await browser.send("Performance.enable");

const MIB = 1024 * 1024;
const resident = () =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.pid}/status`, "utf8"))[1]) / 1024;
async function measure() {
  const gaps = (await page.evaluate(() => globalThis.gaps.splice(0))).sort((a, b) => a - b);
  await browser.send("HeapProfiler.collectGarbage");
  const { metrics } = await browser.send("Performance.getMetrics");
  const of = Object.fromEntries(metrics.map(({ name, value }) => [name, value]));
  const [{ total_bars: bars }] = await (await rest("live/sessions?schedule_id=btc")).json();
  return {
    bars,
    frames_per_second: (1000 * gaps.length) / gaps.reduce((sum, gap) => sum + gap, 0),
    longest_ms: gaps.at(-1),
    heap_mib: of.JSHeapUsedSize / MIB,
    nodes: of.Nodes,
    listeners: of.JSEventListeners,
    server_mib: resident(),
  };
}

const minute = [];
for (let i = 0; i < minutes; ++i) {
  await page.waitForTimeout(60_000);
  minute.push(await measure());
  console.log(
    JSON.stringify(minute.at(-1), (_, value) =>
      typeof value === "number" ? Number(value.toFixed(1)) : value,
    ),
  );
  // A cycle, and its swap: a mark on the curve, and answers asked for again.
  if (i % 10 === 0) run("cycle", "run", "--now", "--schedule", "btc");
}

const first = minute[Math.min(WARM_UP, minutes) - 1];
const last = minute.at(-1);
await check(`${speed} bars a second for ${minutes} minutes`, async () => {
  const flowed = (last.bars - minute[0].bars) / Math.max(1, minutes - 1) / 60;
  must(flowed > 0.9 * speed || minutes === 1, `${flowed.toFixed(1)} bars a second were decided`);
});
await check("60 frames a second", async () => {
  const rates = minute.map((one) => one.frames_per_second).sort((a, b) => a - b);
  const middle = rates[rates.length >> 1];
  must(middle > 58, `${middle.toFixed(1)} in the middle minute, ${rates[0].toFixed(1)} in the worst`);
});
await check(`no growth beyond ${GROWTH_MIB} MiB`, async () => {
  for (const what of ["heap_mib", "server_mib"]) {
    const grown = last[what] - first[what];
    must(grown < GROWTH_MIB, `${what}: ${first[what].toFixed(1)} to ${last[what].toFixed(1)} MiB`);
  }
});
await finish();
