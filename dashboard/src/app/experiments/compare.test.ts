import { expect, it } from "vitest";
import { valueText } from "../../lib/format";
import type { ExperimentDetail } from "../../lib/types";
import { lineClass, overlaid } from "./Overlay";

const run = (values: [number, number | null][]) =>
  ({
    experiment: { id: "x" },
    iterations: values.map(([iteration, kl]) => ({ iteration, metrics: { kl } })),
  }) as unknown as ExperimentDetail;

it("lays curves of different length and start over each other by their iteration", () => {
  const rows = overlaid(
    [
      run([
        [1, 0.1],
        [2, 0.2],
      ]),
      run([
        [2, 0.5],
        [3, null],
      ]),
    ],
    "kl",
  );
  expect(rows).toEqual([
    { iteration: 1, run0: 0.1 },
    { iteration: 2, run0: 0.2, run1: 0.5 },
  ]);
});

it("gives each of many curves a look of its own", () => {
  const looks = new Set(Array.from({ length: 24 }, (_, i) => lineClass(i)));
  expect(looks.size).toBe(24);
});

it("shows a seed whole, a fraction short and what is missing as a dash", () => {
  expect(valueText(5689030123456789)).toBe("5689030123456789");
  expect(valueText(0.0123456789)).toBe("0.0123457");
  expect(valueText([64, 64])).toBe("64, 64");
  expect(valueText(null)).toBe("–");
});
