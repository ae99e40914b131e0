import { expect, it } from "vitest";
import { valueText } from "../../lib/format";
import type { ExperimentDetail } from "../../lib/types";
import { askCurves, type Curves } from "./curves";
import { DRAWN_MAX, lineClass, overlaid } from "./Overlay";

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

it("keeps the place of a curve when one before it is missing", () => {
  expect(overlaid([null, run([[1, 0.5]])], "kl")).toEqual([{ iteration: 1, run1: 0.5 }]);
});

it("asks for curves one by one, hides only the one that fails, and asks again for those that run", async () => {
  const asked: string[] = [];
  let open = 0;
  const ask = async (id: string) => {
    asked.push(id);
    open += 1;
    expect(open).toBe(1);
    await Promise.resolve();
    open -= 1;
    if (id === "gone") throw new Error("pruned");
    return { experiment: { status: id }, iterations: [] } as unknown as ExperimentDetail;
  };
  const known: Curves = new Map();
  const ids = ["completed", "gone", "running"];
  await askCurves(ids, known, ask, () => false);
  expect(asked).toEqual(ids);
  expect([...known.values()].map((one) => one instanceof Error)).toEqual([false, true, false]);
  await askCurves(ids, known, ask, () => false);
  expect(asked.slice(3)).toEqual(["gone", "running"]);
});

it("gives each of many curves a look of its own", () => {
  const looks = new Set(Array.from({ length: DRAWN_MAX }, (_, i) => lineClass(i)));
  expect(looks.size).toBe(DRAWN_MAX);
});

it("shows a seed whole, a fraction short and what is missing as a dash", () => {
  expect(valueText(5689030123456789)).toBe("5689030123456789");
  expect(valueText(0.0123456789)).toBe("0.0123457");
  expect(valueText([64, 64])).toBe("64, 64");
  expect(valueText(null)).toBe("–");
});
