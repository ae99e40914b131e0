// How long a curve of 10,000 points with 50 swaps takes to stand, and to take a new point, in a real browser.
//   npm run bench -- ADDRESS     the address that `ctt demo --serve` prints, its trader running
import { chromium } from "playwright-core";

const [address] = process.argv.slice(2);
if (!address) throw new Error("give the address that ctt demo --serve prints");
const points = 10_000;
const swaps = 50;
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
const page = await browser.newPage({ viewport: { width: 1200, height: 900 } });

// The longest time between two frames is what a person sees of the work between them.
await page.addInitScript(() => {
  let before = 0;
  window.gaps = [];
  const frame = (now) => {
    if (before) window.gaps.push(now - before);
    before = now;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
});
// Answered late, when everything else of the page stands; hours that end with the server's own newest one.
let answered;
let standing = false;
const sent = new Promise((done) => {
  answered = done;
});
await page.route("**/api/live/equity*", async (route) => {
  if (standing) return; // a swap asks again
  const real = await (await route.fetch()).json();
  const end = real.t.at(-1);
  const ramp = Array.from({ length: points }, (_, i) => i);
  const curve = {
    ...real,
    t: ramp.map((i) => end - 3600 * (points - 1 - i)),
    v: ramp.map((i) => 10_000 + 800 * Math.sin(i / 300) + 90 * Math.sin(i * 1.7)),
    model_version: ramp.map((i) => 1 + Math.floor((i * (swaps + 1)) / points)),
    total: points,
  };
  await new Promise((done) => setTimeout(done, 3000));
  await page.evaluate(() => window.gaps.splice(0));
  await route.fulfill({ json: curve });
  answered();
});
await page.goto(address.replace("/#", "/trading#"));
await sent;
await page.locator(".chart.tall canvas").first().waitFor();
await page.waitForTimeout(2000);
standing = true;
const longest = () =>
  page
    .evaluate(() => window.gaps.splice(0).sort((a, b) => b - a))
    .then((gaps) => [gaps[0], gaps.length, gaps[gaps.length >> 1]]);
const [mounted] = await longest();
const drawn = await page.locator(".chart.tall canvas").count();
await page.waitForTimeout(5000);
const [updated, frames, middle] = await longest();
console.log(`${points} points, ${swaps} swaps, ${drawn} canvases`);
console.log(`mounted: longest time between two frames ${mounted.toFixed(0)} ms`);
console.log(
  `updated: ${frames} frames in 5 s, the longest ${updated.toFixed(0)} ms, the middle one ${middle.toFixed(0)} ms`,
);
if (process.argv[3]) await page.screenshot({ path: process.argv[3] });
await page.unrouteAll({ behavior: "ignoreErrors" });
await browser.close();
